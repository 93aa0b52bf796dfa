"""Pieces of the admin that several apps share. States are never typed: they move by actions that give a reason."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from jinba.core.errors import Refused


def id_in(text: str) -> int:
    """The number that somebody searches for; 0, which no row bears, when he typed something else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


class LookOnly:
    """Rows are read, not added, changed or deleted. For a ModelAdmin or an inline; goes first among the bases."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class QueueFilter(admin.SimpleListFilter):
    """The list opens on what waits for an officer; everything else is one click away."""

    title = "状态"
    parameter_name = "queue"
    states: Iterable[tuple[str, Any]] = ()
    waiting: tuple[str, ...] = ()
    waiting_words = "待办"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", "全部"), *self.states]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": self.waiting_words,
        }
        for value, words in self.lookup_choices:
            yield {
                "selected": self.value() == str(value),
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        chosen = self.value()
        if chosen is None and not request.GET.get("q"):  # who searches does not want the queue alone
            return queryset.filter(state__in=self.waiting)
        return queryset.filter(state=chosen) if chosen in dict(self.states) else queryset


def act_on_each(request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], Any], *, done: str) -> int:
    """Call `act` on each row; what is refused is told row by row, the rest is done. Returns how many were done."""
    count = 0
    for row in rows:
        try:
            act(row)
            count += 1
        except Refused as refusal:
            messages.error(request, f"{row}：{refusal.message}")
    if count:
        messages.success(request, f"{done}：{count} 项。")
    return count
