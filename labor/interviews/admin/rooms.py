"""How calls went, what was recorded and which texts went out, to look at only. No film, no number, no link is here."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from jinba.core.masking import masked_name
from jinba.core.staff_admin import BigList, LookOnly, id_in
from labor.interviews.admin.interviews import STAFF_SEATS
from labor.interviews.models import CallReport, Recording, RecordingConsent, SeatText


class OfInterview(LookOnly, BigList):
    """Rows about an interview, found by its number."""

    search_fields: ClassVar[Any] = ("=id",)
    search_help_text: ClassVar[Any] = "面试的编号"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("interview__application__posting__search")  # type: ignore[misc]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(interview=id_in(search_term)), False


WHOSE = ("interview__application__worker", "interview__application__posting")


@admin.register(CallReport)
class CallReportAdmin(OfInterview, admin.ModelAdmin):
    list_display = ("id", "interview", "line", "is_connected", "first_frame_ms", "drops", "is_relayed", "started_at")
    list_filter = ("started_at",)
    list_select_related = (*WHOSE, "seat")
    fields = readonly_fields = (
        *("interview", "line", "is_connected", "setup_ms", "first_frame_ms", "seconds", "drops", "restarts"),
        *("is_relayed", "audio_only_seconds", "started_at", "updated_at"),
    )

    @admin.display(description="座位")
    def line(self, report: CallReport) -> str:
        return f"{report.seat.number} → {report.peer}"


class ConsentInline(LookOnly, admin.TabularInline):
    model = RecordingConsent
    fields = readonly_fields = ("who", "is_given", "text", "at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("seat")

    @admin.display(description="谁")
    def who(self, consent: RecordingConsent) -> str:
        name = consent.seat.name if consent.seat.kind in STAFF_SEATS else masked_name(consent.seat.name)
        return f"{consent.seat.get_kind_display()} {name}"


@admin.register(Recording)
class RecordingAdmin(OfInterview, admin.ModelAdmin):
    list_display = ("id", "interview", "state", "asked_by", "started_at", "retain_until")
    list_filter = ("state",)
    list_select_related = (*WHOSE, "asked_by")
    fields = readonly_fields = (
        *("interview", "state", "asked_by", "asked_at", "started_at", "ended_at", "bytes", "retain_until"),
        "deleted_at",
    )
    inlines = (ConsentInline,)


class OnItsWayFilter(admin.SimpleListFilter):
    title = "发送"
    parameter_name = "sending"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "还没发出去")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(next_try_at__isnull=False) if self.value() == "yes" else queryset


@admin.register(SeatText)
class SeatTextAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("id", "whom", "why", "next_try_at", "tries", "sent_at", "error")
    list_filter = (OnItsWayFilter,)
    list_select_related = ("seat",)
    search_fields = ("=id",)
    search_help_text = "短信或座位的编号"
    fields = readonly_fields = ("whom", "why", "words", "next_try_at", "tries", "asked_at", "sent_at", "error")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        return queryset.filter(Q(pk=number) | Q(seat=number)), False

    @admin.display(description="给谁")
    def whom(self, text: SeatText) -> str:
        return f"{text.seat.interview_id} 号面试的{text.seat.get_kind_display()}"
