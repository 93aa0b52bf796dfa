"""The review of sessions: who waits comes first; states move by actions, with a reason that people read."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from employers.actions import lexicon
from employers.models import Employer
from jinba.core.errors import Refused
from jinba.core.staff_admin import MOST_AT_ONCE, DeskAdmin, LookOnly, QueueFilter, act_on_each, id_in, reasoned
from labor.live import gates
from labor.live.actions import airing, planning, reviewing
from labor.live.choices import Side, State
from labor.live.models import Card, CrewMember, LiveSession, SessionEvent
from labor.live.moves import MOVES

MOST_FOUND = 200  # employers of whose name a search is a part


class SessionQueue(QueueFilter):
    states = State.choices
    waiting = (State.REVIEW,)
    waiting_words = "待审核"


class EventInline(LookOnly, admin.TabularInline):
    model = SessionEvent
    fields = readonly_fields = ("at", "from_state", "to_state", "side", "by", "reason")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


class CardInline(LookOnly, admin.TabularInline):
    model = Card
    fields = readonly_fields = ("order", "posting", "employer", "state", "seats_left", "removed_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("posting__employer")
        return rows.defer("posting__search", "posting__duties", "posting__requirements")

    @admin.display(description="单位")
    def employer(self, card: Card) -> str:
        return f"{card.posting.employer}（{card.posting.employer.get_state_display()}）"

    @admin.display(description="岗位状态")
    def state(self, card: Card) -> str:
        return card.posting.shown_state

    @admin.display(description="还招")
    def seats_left(self, card: Card) -> int:
        return card.posting.seats_left


class CrewInline(LookOnly, admin.TabularInline):
    model = CrewMember
    fields = readonly_fields = ("part", "shown_name", "user")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user")


def can_move(start: str, end: str, actor: str) -> bool:
    return Side.OFFICER in MOVES.get((State(start), State(end)), ())


@admin.register(LiveSession)
class LiveSessionAdmin(DeskAdmin):
    """Review. Officers read and decide; what a session is about is written by its crew alone."""

    noun = "session"
    change_form_template = "admin/live/livesession/change_form.html"
    can_move = staticmethod(can_move)
    leads_to = {
        "approve": State.ANNOUNCED,
        "return_": State.PLANNED,
        "cancel": State.CANCELLED,
        "abort": State.ABORTED,
    }
    list_display = ("title", "host_words", "state", "starts_at", "studio", "updated_at")
    list_filter = (SessionQueue,)
    list_select_related = ("host", "studio")
    search_fields = ("=id",)
    search_help_text = "场次编号，或主办单位名称的一部分"
    fields = readonly_fields = (
        *("title", "host_words", "state", "state_reason", "lacks", "intro", "starts_at", "ends_at", "studio"),
        *("platform", "platform_url", "emergency_plan", "slow_seconds", "rehearsed_at", "announced_for"),
        *("approver", "approved_at", "live_at", "ended_at", "peak_viewers", "made_by", "created_at"),
    )
    inlines = (CardInline, CrewInline, EventInline)
    actions = ("approve", "return_", "cancel", "abort")
    return_ = reasoned(
        word="退回修改", act=reviewing.return_, note="主办方改好后可以再提交。已经预告的会先撤下来。",
        help_text="主办方会看到。", name="return_",
    )  # fmt: skip
    cancel = reasoned(
        word="取消这场直播", act=planning.cancel, note="取消后不能恢复，预约的人会收到消息。",
        help_text="主办方和预约的人会看到。", name="cancel",
    )  # fmt: skip
    abort = reasoned(
        word="马上停播", act=airing.abort, note="正在播的马上停，观众看到“这场直播中止了”，没有回放，不能恢复。",
        help_text="主办方会看到。", name="abort",
    )  # fmt: skip

    @admin.action(description="通过并预告", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: Any) -> None:
        rows = list(queryset.order_by("pk")[:MOST_AT_ONCE])

        def announce(row: LiveSession) -> None:
            try:
                reviewing.approve(session=row, by=request.user)
            except reviewing.NotReady as refusal:
                raise Refused("".join(refusal.problems)) from refusal
            self.log_change(request, row, "通过并预告")

        act_on_each(request, rows, announce, done="已通过")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        hosts = Employer.objects.filter(name__icontains=words).values_list("pk", flat=True)
        return queryset.filter(Q(pk=id_in(words)) | Q(host__in=list(hosts[:MOST_FOUND]))), False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("host", "studio", "approved_by", "made_by")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        session = self.get_object(request, object_id)
        shown: dict[str, Any] = {}
        if session is not None:
            waits = session.state in (State.REVIEW, State.ANNOUNCED)
            shown = {
                "lacks": gates.problems_to_review(session) if waits else [],
                "doubts": doubts_of(session) if session.state == State.REVIEW else [],
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    @admin.display(description="主办单位")
    def host_words(self, session: LiveSession) -> str:
        return session.host_name

    @admin.display(description="谁通过的")
    def approver(self, session: LiveSession) -> str:
        return str(session.approved_by or "-")

    @admin.display(description="还缺什么")
    def lacks(self, session: LiveSession) -> str:
        if not session.is_coming:
            return "-"
        return "".join(gates.problems(session)) or "没有"


def doubts_of(session: LiveSession) -> list[str]:
    """Words of the title and the introduction that may be unlawful in an offer of work: to look at, not a verdict."""
    found = lexicon.current().find({"title": session.title, "intro": session.intro})
    return list(dict.fromkeys(hit.text for hit in found))
