"""Applications, to look at only: the worker and the employer move one, nobody else."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from employers.models import JobPosting
from jinba.core.staff_admin import BigList, LookOnly, id_in
from labor.applications.models import Application, ApplicationEvent, GroupApplication, PostingInvitation
from labor.workers.admin.workers import WorkerAdmin

MOST_POSTINGS = 1000


class EventInline(LookOnly, admin.TabularInline):
    model = ApplicationEvent
    fields = readonly_fields = ("at", "from_stage", "to_stage", "reason", "note", "by", "for_worker")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


class OfWorkerInline(LookOnly, admin.TabularInline):
    """What a worker applied for, on his page."""

    model = Application
    fields = readonly_fields = ("posting", "stage", "stage_since", "via", "created_at")
    show_change_link = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("posting", "worker")


# Workers are below this floor and do not know what comes above.
WorkerAdmin.inlines = (OfWorkerInline, *WorkerAdmin.inlines)


@admin.register(Application)
class ApplicationAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("id", "worker", "posting", "employer", "stage", "stage_since", "via", "created_at")
    list_filter = ("stage",)
    list_select_related = ("worker", "posting__employer")
    search_fields = ("=id",)
    search_help_text = "报名、劳动者、岗位或单位的编号"
    inlines = (EventInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("posting__search", "posting__duties", "posting__requirements")

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


@admin.register(GroupApplication)
class GroupApplicationAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("id", "kind", "people", "posting", "applied_by", "applied_at")
    list_select_related = ("posting", "applied_by")
    search_fields = ("=id",)
    search_help_text = "结伴报名或岗位的编号"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        return queryset.filter(Q(pk=number) | Q(posting=number)), False


@admin.register(PostingInvitation)
class PostingInvitationAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("id", "posting", "worker", "invited_by", "invited_at", "declined_at")
    list_select_related = ("posting", "worker", "invited_by")
    search_fields = ("=id",)
    search_help_text = "邀请、岗位或劳动者的编号"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        return queryset.filter(Q(pk=number) | Q(worker=number) | Q(posting=number)), False
