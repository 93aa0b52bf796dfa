"""Pieces of the admin that several apps share. States are never typed: they move by actions that give a reason."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from jinba.core.capped_paginator import CappedPaginator
from jinba.core.errors import Refused
from jinba.core.history_admin import WithVersions
from jinba.core.masking import masked_text

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


class IndexedChangeList(ChangeList):
    """Sorts by the columns of `sortable_by` alone, also when the address asks for another."""

    def get_ordering_field(self, field_name: Any) -> Any:
        if self.sortable_by is not None and field_name not in self.sortable_by:
            return None
        return super().get_ordering_field(field_name)


class BigList(WithVersions):
    """A list that opens as fast with a million rows as with fifty; goes before `admin.ModelAdmin` among the bases.

    What a subclass adds has to keep that: filters and searches by an index, columns of other tables joined
    (`tests/admin/test_lists.py` walks over all of them).
    """

    list_per_page: ClassVar[Any] = 50
    list_max_show_all: ClassVar[Any] = 200
    ordering: ClassVar[Any] = ("-id",)
    sortable_by: ClassVar[Any] = ("id",)
    paginator: ClassVar[Any] = CappedPaginator
    show_full_result_count: ClassVar[Any] = False
    show_facets: ClassVar[Any] = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return IndexedChangeList


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
        super().__init__(*args, **{"label_suffix": "："} | kwargs)
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
            told = masked_text(f"{word}：{given.get('reason', '')}".rstrip("："))

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


class DeskAdmin(BigList, admin.ModelAdmin):
    """A page to read, with the list's actions as buttons below instead of a way to save.

    A subclass names its `noun` (the keyword by which its actions take a row) and either `leads_to` and `can_move`,
    which say which buttons fit the row's state, or overrides `deeds_for`.
    """

    noun: ClassVar[str] = ""
    # The state to which each action leads, and the table of moves.
    leads_to: ClassVar[dict[str, str]] = {}
    can_move: Callable[[str, str, str], bool]
    change_form_template: ClassVar[Any] = "admin/desk_change_form.html"
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing: a row that is only read is not written, whatever is posted. Whoever has fields overrides it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The trace of a deed; of a form that changed nothing there is none."""
        return super().log_change(request, obj, message) if message else None

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


class WithProgress:
    """A row that stands for long work shows how far it is and asks for itself until the work is over.

    Put `progress_piece` among `fields` and `bar` into `list_display`, and say in `progress_of` what is shown.
    """

    change_form_template: ClassVar[Any] = "admin/progress_change_form.html"
    model: Any
    admin_site: Any

    def progress_of(self, row: Any) -> tuple[int, str, bool]:
        """Percent, words, and whether it still goes on."""
        raise NotImplementedError

    @property
    def _progress_name(self) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}_progress"

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view(require_GET(self.progress))
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("<int:pk>/progress/", guarded, name=self._progress_name), *urls]

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=pk)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        piece = self._piece(row)
        response = render(request, "components/progress.html", piece)
        if not piece["poll_url"]:
            response["HX-Refresh"] = "true"  # the lines below the bar are drawn with the page
        return response

    def _piece(self, row: Any) -> dict[str, Any]:
        percent, words, goes_on = self.progress_of(row)
        url = reverse(f"admin:{self._progress_name}", args=[row.pk]) if goes_on else ""
        return {"label": str(row), "value": percent, "text": words, "poll_url": url}

    @admin.display(description="进度")
    def bar(self, row: Any) -> str:
        percent = self.progress_of(row)[0]
        return format_html('<progress value="{0}" max="100">{0}%</progress> {0}%', percent)

    @admin.display(description="进度")
    def progress_piece(self, row: Any) -> str:
        return render_to_string("components/progress.html", self._piece(row))
