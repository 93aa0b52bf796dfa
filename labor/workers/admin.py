"""Workers, to look at: each writes his own profile. No phone is shown in clear."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join

from jinba.accounts.admin import by_phone_or
from jinba.core.capped_paginator import CappedPaginator
from jinba.core.staff_admin import LookOnly
from labor.workers import profile
from labor.workers.models import Worker, WorkerSkill


class WorkerSkillInline(LookOnly, admin.TabularInline):
    model = WorkerSkill
    fields = readonly_fields = ("skill", "level")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("skill")


@admin.register(Worker)
class WorkerAdmin(LookOnly, admin.ModelAdmin):
    """Made for a million rows: no count of all, prefix and blind-index search only."""

    list_display = ("id", "name", "masked", "home", "job_status", "registered_via", "is_active", "created_at")
    list_filter = ("job_status", "registered_via", "is_active")
    list_select_related = ("home",)
    list_per_page = 50
    ordering = ("-id",)
    paginator = CappedPaginator
    show_full_result_count = False
    search_fields = ("name",)
    search_help_text = "完整的手机号，或姓名的开头"
    fields = readonly_fields = (
        *("name", "masked", "home", "village", "told", "group", "is_personalised", "registered_via", "registered_by"),
        *("is_active", "created_at", "updated_at"),
    )
    inlines = (WorkerSkillInline,)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(by_phone_or(search_term, "name")), False

    @admin.display(description="手机号")
    def masked(self, worker: Worker) -> str:
        return worker.masked_phone or "—"

    @admin.display(description="本人说过的")
    def told(self, worker: Worker) -> str:
        known = ((line.short, line.words) for line in profile.lines(worker) if line.is_known)
        return format_html_join("", "<div>{}：{}</div>", known)
