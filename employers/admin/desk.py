"""What the officers' pages about employers and postings have in common: they are read, and act by giving a reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from employers.forms import ReasonForm
from jinba.core.capped_paginator import CappedPaginator
from jinba.core.staff_admin import act_on_each

MOST_AT_ONCE = 100


def reasoned(
    *, word: str, act: Callable[..., Any], note: str, required: bool = True
) -> Callable[[Any, HttpRequest, Any], HttpResponse | None]:
    """An admin action that asks for the reason, then calls `act(<noun>=row, by=officer, reason=…)` on each row."""

    @admin.action(description=word, permissions=["change"])
    def action(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        sure = "sure" in request.POST
        form = ReasonForm(request.POST if sure else None, required=required, help_text="用人单位会看到。")
        rows = list(queryset.order_by("pk")[:MOST_AT_ONCE])
        if sure and form.is_valid():
            reason = form.cleaned_data["reason"]
            noun = model_admin.noun
            act_on_each(request, rows, lambda row: act(**{noun: row}, by=request.user, reason=reason), done=word)
            return None
        context = {
            **model_admin.admin_site.each_context(request),
            "title": word,
            "word": word,
            "note": note,
            "deed": request.POST["action"],
            "form": form,
            "rows": rows,
            "selected": [row.pk for row in rows],
            "opts": model_admin.opts,
        }
        return TemplateResponse(request, "admin/employers/ask_reason.html", context)

    action.__name__ = f"{act.__module__.rpartition('.')[2]}_{act.__name__.strip('_')}"
    return action


class DeskAdmin(admin.ModelAdmin):
    """A page to read, with the list's actions as buttons below instead of a way to save."""

    # The state to which each action leads, and the table of moves.
    leads_to: dict[str, str] = {}
    can_move: Callable[[str, str, str], bool]
    change_form_template = "admin/employers/change_form.html"
    view_on_site = False
    show_full_result_count = False
    list_per_page = 50
    paginator = CappedPaginator
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        deeds = [
            (name, words)
            for name, words in self.get_action_choices(request)
            if name in self.leads_to and row is not None and self.can_move(row.state, self.leads_to[name], "officer")
        ]
        shown = {"show_save": False, "show_save_and_continue": False, "deeds": deeds, "pk": object_id}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})
