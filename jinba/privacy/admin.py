"""Who saw whose numbers, and what left the house: to look at, for those who watch over it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.cache import add_never_cache_headers
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from jinba.accounts import second_factor
from jinba.core import encrypted_files
from jinba.core.errors import Refused
from jinba.core.staff_admin import BigList, LookOnly, WithProgress, id_in
from jinba.privacy.choices import ExportState, Subject
from jinba.privacy.exports import sheets, writing
from jinba.privacy.fields import in_words
from jinba.privacy.models import ExportRecord, PersonalDataAccess


@admin.register(PersonalDataAccess)
class PersonalDataAccessAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("id", "at", "by", "role", "organisation", "subject", "subject_id", "what", "purpose", "reason")
    list_select_related = ("by",)
    search_fields = ("=id",)
    search_help_text = "看的人的用户名，或被看的人的编号"
    fields = readonly_fields = (
        *("at", "by", "role", "organisation", "subject", "subject_id", "what", "purpose", "reason"),
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By one index or the other: whom it is about, or who looked."""
        words = search_term.strip()
        if not words:
            return queryset, False
        if number := id_in(words):
            return queryset.filter(subject__in=Subject.values, subject_id=number), False
        return queryset.filter(by__username=words), False

    @admin.display(description="看了什么")
    def what(self, look: PersonalDataAccess) -> str:
        return in_words(look.fields)


@admin.register(ExportRecord)
class ExportRecordAdmin(WithProgress, LookOnly, BigList, admin.ModelAdmin):
    """Everybody sees his own exports; who checks personal data sees all. The file is for its maker alone."""

    list_display = ("id", "at", "by", "title_or_what", "filters", "rows", "is_masked", "state", "bar", "downloads")
    list_select_related = ("by",)
    search_fields = ("=id",)
    search_help_text = "导出编号，或导出的人的用户名"
    fields = readonly_fields = (
        *("progress_piece", "at", "by", "title_or_what", "format", "filters", "reason", "is_masked", "state"),
        *("rows", "failure", "finished_at", "downloads", "downloaded_at"),
    )
    change_form_template = "admin/privacy/exportrecord/change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).defer("query").select_related("by")
        user: Any = request.user
        return rows if user.has_perm("privacy.view_personaldataaccess") else rows.filter(by=user)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        if number := id_in(words):
            return queryset.filter(pk=number), False
        return queryset.filter(by__username=words), False

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(require_POST(self.download))
        return [
            path("<int:pk>/download/<int:part>/", download, name="privacy_exportrecord_download"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.get_object(request, object_id)
        parts = []
        if record is not None and record.by_id == request.user.pk and record.state == ExportState.DONE:
            parts = [(number, f"第 {number + 1} 份") for number in range(len(record.files))]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "parts": parts})

    def download(self, request: HttpRequest, pk: int, part: int) -> HttpResponseBase:
        record = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        if not second_factor.is_recent(request):
            messages.info(request, "请先确认是您本人，再下载。")
            return redirect(second_factor.confirm_address(back=request.path.partition("download/")[0] + "change/"))
        try:
            name = writing.download(record=record, part=part, by=request.user)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("admin:privacy_exportrecord_change", pk)
        number = f"-{part + 1}" if len(record.files) > 1 else ""
        response = FileResponse(
            encrypted_files.open(name),
            as_attachment=True,
            filename=f"{record.title or '导出'}-{localtime(record.at):%Y%m%d-%H%M}{number}.{record.format}",
            content_type=sheets.CONTENT_TYPES.get(record.format, "application/octet-stream"),
        )
        add_never_cache_headers(response)
        return response

    def progress_of(self, record: ExportRecord) -> tuple[int, str, bool]:
        words = f"{record.rows:,} / {record.planned:,} 行" if record.is_under_way and record.planned else ""
        return record.progress, words or record.get_state_display(), record.is_under_way

    @admin.display(description="导出什么")
    def title_or_what(self, record: ExportRecord) -> str:
        return record.title or record.what
