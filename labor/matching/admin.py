from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from jinba.core.capped_paginator import CappedPaginator
from jinba.core.errors import Refused
from jinba.core.staff_admin import WithProgress
from labor.matching.actions import runs
from labor.matching.choices import RunState
from labor.matching.models import MatchRun


@admin.register(MatchRun)
class MatchRunAdmin(WithProgress, admin.ModelAdmin):
    """Officers start a run and watch it; rows are never edited by hand."""

    list_display = ("id", "state", "bar", "is_current", "workers_count", "postings_count", "started_at", "finished_at")
    list_filter = ("state",)
    list_per_page = 20
    show_full_result_count = False
    paginator = CappedPaginator
    fields = (
        "progress_piece", "state", "failure", "is_current", "requested_by", "period", "day", "workers_count",
        "postings_count", "spec_version", "started_at", "finished_at", "result_hash",
    )  # fmt: skip
    readonly_fields = fields
    change_list_template = "admin/matching/matchrun/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("postings").select_related("requested_by")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("start/", guard(require_POST(self.start)), name="matching_matchrun_start"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may_start = {"may_start": self.has_change_permission(request)}
        return super().changelist_view(request, {**may_start, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        nothing_to_save = {"show_save": False, "show_save_and_continue": False}
        return super().change_view(request, object_id, form_url, {**nothing_to_save, **(extra_context or {})})

    def start(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            run = runs.start(by=request.user)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("admin:matching_matchrun_changelist")
        messages.success(request, "匹配已开始。这一页会自己更新进度。")
        return redirect("admin:matching_matchrun_change", run.pk)

    def progress_of(self, run: MatchRun) -> tuple[int, str, bool]:
        running = run.state == RunState.RUNNING
        words = f"{run.blocks_done} / {run.blocks_total} 块" if running else run.get_state_display()
        return run.progress, words, running
