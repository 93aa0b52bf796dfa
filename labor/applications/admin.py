from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from employers.models import JobPosting
from jinba.core.capped_paginator import CappedPaginator
from jinba.core.staff_admin import id_in
from labor.applications.models import Application, ApplicationEvent, PostingInvitation

MOST_POSTINGS = 1000


class _LookOnly:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EventInline(_LookOnly, admin.TabularInline):
    model = ApplicationEvent
    fields = ("at", "from_stage", "to_stage", "reason", "note", "by")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


@admin.register(Application)
class ApplicationAdmin(_LookOnly, admin.ModelAdmin):
    """To look at only: the worker and the employer move an application, nobody else."""

    list_display = ("id", "worker", "posting", "employer", "stage", "stage_since", "via", "created_at")
    list_filter = ("stage", "via", "close_reason")
    list_select_related = ("worker", "posting__employer")
    search_fields = ("=id",)
    search_help_text = "报名、劳动者、岗位或单位的编号"
    show_full_result_count = False
    paginator = CappedPaginator
    ordering = ("-id",)
    inlines = (EventInline,)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Each number by its own index; joined by OR over three tables they would all be read."""
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        of_employer = JobPosting.objects.filter(employer=number).values_list("pk", flat=True)[:MOST_POSTINGS]
        wanted = Q(pk=number) | Q(worker=number) | Q(posting=number) | Q(posting__in=list(of_employer))
        return queryset.filter(wanted), False

    @admin.display(description="用人单位")
    def employer(self, application: Application) -> str:
        return application.posting.employer.name


@admin.register(PostingInvitation)
class PostingInvitationAdmin(_LookOnly, admin.ModelAdmin):
    list_display = ("id", "posting", "worker", "invited_by", "invited_at", "declined_at")
    list_select_related = ("posting", "worker", "invited_by")
    search_fields = ("=id", "=posting__id", "=worker__id")
    search_help_text = "邀请、岗位或劳动者的编号"
    show_full_result_count = False
    ordering = ("-id",)
