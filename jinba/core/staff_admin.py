"""Pieces of the admin that several apps share. States are never typed: they move by actions that give a reason."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from jinba.core.capped_paginator import CappedPaginator
from jinba.core.errors import Refused

MOST_AT_ONCE = 100


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


class ReasonForm(forms.Form):
    """Why. A subclass with more fields asks for more; all of them reach the action by name."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, required: bool = True, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"
        if "reason" in self.fields:
            self.fields["reason"].required = required
            self.fields["reason"].help_text = help_text


def reasoned(
    *,
    word: str,
    act: Callable[..., Any],
    note: str = "",
    required: bool = True,
    help_text: str = "",
    form: type[ReasonForm] = ReasonForm,
    permissions: Iterable[str] = ("change",),
    name: str = "",
    related: tuple[str, ...] = (),
) -> Callable[[Any, HttpRequest, Any], HttpResponse | None]:
    """An admin action that asks for confirmation and the reason, then calls `act(<noun>=row, by=officer, reason=…)`.

    <noun> is `model_admin.noun`; the fields of a `form` of one's own go to `act` by their names. What `act` refuses is
    told row by row. The action bears the name `<module>_<function>` of `act` unless `name` gives another.
    """

    @admin.action(description=word, permissions=list(permissions))
    def action(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        sure = "sure" in request.POST
        asked = form(request.POST if sure else None, required=required, help_text=help_text)
        chosen = queryset.select_related(*related) if related else queryset
        rows = list(chosen.order_by("pk")[:MOST_AT_ONCE])
        if sure and asked.is_valid():
            noun, given = model_admin.noun, asked.cleaned_data
            told = f"{word}：{given.get('reason', '')}".rstrip("：")

            def decide(row: Any) -> None:
                act(**{noun: row}, by=request.user, **given)
                model_admin.log_change(request, row, told)

            act_on_each(request, rows, decide, done=word)
            return None
        return ask_first(
            model_admin, request, rows=rows, form=asked, word=word, note=note, deed=request.POST.get("action", "")
        )

    action.__name__ = name or f"{act.__module__.rpartition('.')[2]}_{act.__name__.strip('_')}"
    return action


def ask_first(
    model_admin: Any, request: HttpRequest, *, rows: list[Any], form: forms.Form, word: str, note: str, deed: str
) -> HttpResponse:
    """The page that asks “really?” and why; its answer comes back as the same action with `sure`."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": word,
        "word": word,
        "note": note,
        "deed": deed,
        "form": form,
        "rows": [(row, shown_state(row)) for row in rows],
        "selected": [row.pk for row in rows],
        "opts": model_admin.opts,
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/ask_reason.html", context, status=status)


def shown_state(row: Any) -> str:
    """The state of a row in words; empty when it has none."""
    if shown := getattr(row, "shown_state", ""):
        return str(shown)
    display = getattr(row, "get_state_display", None)
    return str(display()) if display else ""


class DeskAdmin(admin.ModelAdmin):
    """A page to read, with the list's actions as buttons below instead of a way to save.

    A subclass names its `noun` (the keyword by which its actions take a row) and either `leads_to` and `can_move`,
    which say which buttons fit the row's state, or overrides `deeds_for`.
    """

    noun = ""
    # The state to which each action leads, and the table of moves.
    leads_to: dict[str, str] = {}
    can_move: Callable[[str, str, str], bool]
    change_form_template = "admin/desk_change_form.html"
    view_on_site = False
    show_full_result_count = False
    list_per_page = 50
    paginator = CappedPaginator
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def deeds_for(self, request: HttpRequest, row: Any) -> Iterable[str]:
        """The names of the actions that are offered on the row's own page."""
        return [name for name, state in self.leads_to.items() if self.can_move(row.state, state, "officer")]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        offered = set(self.deeds_for(request, row)) if row is not None else set()
        deeds = [(name, words) for name, words in self.get_action_choices(request) if name in offered]
        shown = {"show_save": False, "show_save_and_continue": False, "deeds": deeds, "pk": object_id}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})
