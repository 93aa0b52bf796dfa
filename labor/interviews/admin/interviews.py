"""Sittings and interviews, to look at only: employers and workers move them. What recruiters noted is not shown."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from jinba.core.masking import masked_name, masked_phone, masked_text
from jinba.core.staff_admin import BigList, LookOnly, id_in
from labor.applications.admin import ApplicationAdmin
from labor.interviews.choices import SeatKind
from labor.interviews.models import CallReport, Interview, InterviewEvent, LetIn, Reminder, Seat, Sitting, Slot

STAFF_SEATS = (SeatKind.RECRUITER, SeatKind.HOST)


class EventInline(LookOnly, admin.TabularInline):
    model = InterviewEvent
    fields = readonly_fields = ("at", "from_state", "to_state", "side", "by", "for_worker", "starts_at", "note")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


class SeatInline(LookOnly, admin.StackedInline):
    model = Seat
    fields = readonly_fields = (
        *("number", "kind", "who", "masked", "opened_at", "arrived_at", "admitted_at", "admitted_by", "checked_at"),
        *("seen_at", "revoked_at"),
    )
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("admitted_by").order_by("pk")

    @admin.display(description="称呼")
    def who(self, seat: Seat) -> str:
        return seat.name if seat.kind in STAFF_SEATS else masked_name(seat.name)

    @admin.display(description="手机号")
    def masked(self, seat: Seat) -> str:
        return masked_phone(seat.phone) or "—"


class LetInInline(LookOnly, admin.TabularInline):
    model = LetIn
    fields = readonly_fields = ("booth", "by", "at", "over_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("booth", "by")


class ReminderInline(LookOnly, admin.TabularInline):
    model = Reminder
    fields = readonly_fields = ("lead", "starts_at", "due_at", "done_at", "is_sent")
    extra = 0


class ReportInline(LookOnly, admin.StackedInline):
    model = CallReport
    fields = readonly_fields = (
        *("started_at", "line", "is_connected", "setup_ms", "first_frame_ms", "seconds", "drops", "restarts"),
        *("is_relayed", "audio_only_seconds"),
    )
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("seat")

    @admin.display(description="座位")
    def line(self, report: CallReport) -> str:
        return f"{report.seat.number} → {report.peer}"


@admin.register(Interview)
class InterviewAdmin(LookOnly, BigList, admin.ModelAdmin):
    # As many as fit on a desk 1280 wide; the rest is on the page of each.
    list_display = ("id", "application", "employer", "stands", "mode", "starts_at", "recruiter")
    list_filter = ("state", "booth")
    list_select_related = ("application__worker", "application__posting__employer", "recruiter")
    search_fields = ("=id",)
    search_help_text = "面试、报名或面试官的编号"
    fields = readonly_fields = (
        *("application", "sitting", "round", "state", "mode", "recruiter", "starts_at", "ends_at", "booth", "helper"),
        *("queue_number", "called_at", "words", "no_show_by", "cancelled_by", "cancel_reason", "worker_came_at"),
        *("employer_came_at", "live_at", "ended_at", "by_phone_at", "by_phone_side", "told", "changes", "made_by"),
        *("created_at", "updated_at"),
    )
    view_on_site = False
    inlines = (EventInline, SeatInline, LetInInline, ReportInline, ReminderInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        left = ("search", "duties", "requirements")
        return super().get_queryset(request).defer(*(f"application__posting__{name}" for name in left))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        return queryset.filter(Q(pk=number) | Q(application=number) | Q(recruiter=number)), False

    @admin.display(description="用人单位")
    def employer(self, interview: Interview) -> str:
        return interview.application.posting.employer.name

    @admin.display(description="状态")
    def stands(self, interview: Interview) -> str:
        who = f"（{interview.get_no_show_by_display()}没来）" if interview.no_show_by else ""
        return f"{interview.get_state_display()}{who}"

    @admin.display(description="想改到什么时候")
    def words(self, interview: Interview) -> str:
        return masked_text(interview.wish) or "—"

    @admin.display(description="给求职者的话")
    def told(self, interview: Interview) -> str:
        return masked_text(interview.feedback) or "—"


class OfApplicationInline(LookOnly, admin.TabularInline):
    """The interviews about an application, on its page."""

    model = Interview
    fields = readonly_fields = ("round", "state", "mode", "starts_at", "recruiter", "no_show_by", "cancel_reason")
    show_change_link = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("recruiter", "application__worker", "application__posting")


# Applications are below this floor and do not know what comes above.
ApplicationAdmin.inlines = (*ApplicationAdmin.inlines, OfApplicationInline)  # type: ignore[assignment]


class SlotInline(LookOnly, admin.TabularInline):
    model = Slot
    fields = readonly_fields = ("starts_at", "ends_at", "withdrawn_at")
    extra = 0


class GoesOnFilter(admin.SimpleListFilter):
    title = "收场"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "还没收场")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(closed_at__isnull=True) if self.value() == "yes" else queryset


@admin.register(Sitting)
class SittingAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("id", "posting", "recruiter", "kind", "mode", "starts_at", "closed_at")
    list_filter = (GoesOnFilter,)
    list_select_related = ("posting", "recruiter")
    search_fields = ("=id",)
    search_help_text = "场次、岗位或面试官的编号"
    fields = readonly_fields = (
        *("posting", "recruiter", "kind", "mode", "starts_at", "ends_at", "minutes", "place", "note", "answer_by"),
        *("takes_walk_ins", "made_by", "made_at", "closed_at"),
    )
    inlines = (SlotInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("posting__search", "posting__duties", "posting__requirements")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        return queryset.filter(Q(pk=number) | Q(posting=number) | Q(recruiter=number)), False
