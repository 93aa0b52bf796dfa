"""Rosters and pairs, to look at: what is done about them is done on the site's own pages, to which each row leads."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from jinba.core.capped_paginator import CappedPaginator
from jinba.core.staff_admin import LookOnly, QueueFilter
from labor.workers.choices import BatchState, PairState
from labor.workers.models import DuplicatePair, MergeRecord, RegistrationBatch


class PairQueue(QueueFilter):
    states = PairState.choices
    waiting = (PairState.OPEN,)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        return queryset if chosen == "all" else queryset.filter(state=chosen or PairState.OPEN)


class BatchQueue(QueueFilter):
    states = BatchState.choices
    waiting = (*BatchState.at_work(), BatchState.CHECKED)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        if chosen == "all":
            return queryset
        return queryset.filter(state=chosen) if chosen else queryset.filter(state__in=self.waiting)


class Looked(LookOnly, admin.ModelAdmin):
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    ordering = ("-id",)


@admin.register(DuplicatePair)
class DuplicatePairAdmin(Looked):
    list_display = ("id", "people", "reason", "state", "found_at", "compare")
    list_filter = (PairQueue,)
    list_select_related = ("first", "second")
    fields = readonly_fields = (
        *("first", "second", "reason", "state", "found_at", "settled_at", "settled_by", "note", "compare"),
    )

    @admin.display(description="哪两位")
    def people(self, pair: DuplicatePair) -> str:
        return f"{pair.first} / {pair.second}"

    @admin.display(description="处理")
    def compare(self, pair: DuplicatePair) -> str:
        return format_html('<a href="{}">并排比对</a>', reverse("duplicates:detail", args=[pair.pk]))


@admin.register(RegistrationBatch)
class RegistrationBatchAdmin(Looked):
    list_display = ("id", "file_name", "by", "state", "rows", "done", "problems", "registered", "uploaded_at", "look")
    list_filter = (BatchQueue,)
    list_select_related = ("by",)
    fields = readonly_fields = (
        *("file_name", "by", "state", "rows", "done", "problems", "duplicates", "registered", "skipped", "message"),
        *("attempts", "consented_text", "uploaded_at", "confirmed_at", "finished_at", "look"),
    )

    @admin.display(description="进度")
    def look(self, batch: RegistrationBatch) -> str:
        return format_html('<a href="{}">看进度</a>', reverse("batches:detail", args=[batch.pk]))


@admin.register(MergeRecord)
class MergeRecordAdmin(Looked):
    """What stood there before is personal and stays in cipher: who has to undo a merge reads it in the shell."""

    list_display = ("id", "gone", "kept", "by", "at", "reason")
    list_select_related = ("gone", "kept", "by")
    fields = readonly_fields = ("gone", "kept", "by", "at", "reason", "taken", "moved")
