"""Interviews in one line each, for lists and first pages: whose, when, and the one thing to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, When
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.core.spoken import clock_of, near
from labor.interviews.choices import OPEN, TIMED, CancelReason, Mode, Result, Side, SittingKind, State
from labor.interviews.models import Interview, Slot
from labor.interviews.models.interviews import InterviewQuerySet
from labor.interviews.models.sittings import OPENS_BEFORE

# On a first page; the rest stands in the list.
FEW = 3
# One whose end has passed so long ago is not coming any more, whatever its state.
LINGERS = timedelta(hours=2)
RESULTS = {
    Result.PASSED: "通过了",
    Result.UNDECIDED: "还没定，等企业回话",
    Result.FAILED: "这次没成",
}


@dataclass(frozen=True)
class Card:
    """`name` is whose interview it is, empty for his own; `page` is its own page, `href` where to do `link_text`."""

    interview: Interview
    title: str
    employer: str
    name: str
    text: str
    page: str
    href: str
    link_text: str
    is_urgent: bool = False
    is_on: bool = False


def listed(rows: InterviewQuerySet) -> InterviewQuerySet:
    """The rows with what a card says."""
    free = Slot.objects.free().filter(sitting=OuterRef("sitting"))
    rows = rows.annotate(has_times=Exists(free)).select_related(
        "application__posting__employer", "application__worker", "sitting", "booth", "scorecard"
    )
    return rows.defer("application__posting__search", "application__posting__duties", "scorecard__notes")


def open_rows(rows: InterviewQuerySet, now: datetime) -> InterviewQuerySet:
    """Those about which something is still to come."""
    return rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now - LINGERS), state__in=OPEN)


def wants_answer(interview: Interview) -> bool:
    """Whether the worker has to choose now; of a row of `listed`."""
    if interview.state not in (State.PROPOSED, State.RESCHEDULING):
        return False
    sitting = interview.sitting
    if sitting.is_queue:
        return sitting.closed_at is None and sitting.ends_at > timezone.now()
    return interview.has_times  # type: ignore[attr-defined]


def next_of(user: Any, *, most: int = FEW) -> list[Card]:
    """What the user should know first: rooms that are open, answers that are due, what comes soonest. One query."""
    now = timezone.now()
    rows = open_rows(Interview.objects.seen_by(user), now)
    if user.role == Role.EMPLOYER:
        rows = rows.filter(starts_at__isnull=False)  # whoever still has to choose is on its board
    if user.role == Role.PARK:
        rows = rows.filter(application__worker__in=user.delegations.live().values("worker"))
    waits = Q(sitting__kind=SittingKind.QUEUE, sitting__closed_at=None, sitting__ends_at__gt=now) | Q(has_times=True)
    rank = Case(
        When(state__in=TIMED, starts_at__lte=now + OPENS_BEFORE, then=0),
        When(waits, state__in=(State.PROPOSED, State.RESCHEDULING), then=1),
        default=2,
    )
    found = listed(rows).annotate(rank=rank).order_by("rank", "starts_at", "pk")[:most]
    return [card_of(row, reader=user, now=now) for row in found]


def cards_of(interviews: Iterable[Interview], *, reader: Any, now: datetime, has_day: bool = False) -> list[Card]:
    return [card_of(one, reader=reader, now=now, has_day=has_day) for one in interviews]


def card_of(interview: Interview, *, reader: Any, now: datetime, has_day: bool = False) -> Card:
    """`has_day`: it stands under the name of its day, and needs but the clock."""
    application = interview.application
    posting, is_on = application.posting, has_room(interview, now) and may_sit(interview, reader)
    is_employer = reader.role == Role.EMPLOYER
    page = reverse("interviewing:detail", args=[interview.pk]) if is_employer else interview.get_absolute_url()
    href, link_text, urgent = page, "看一看", False
    if is_on:
        href, link_text, urgent = reverse("rooms:room", args=[interview.pk]), "进入面试", True
    elif not is_employer and wants_answer(interview):
        link_text, urgent = "去选时间", True
    return Card(
        interview=interview,
        title=posting.title,
        employer="" if is_employer else posting.employer.name,
        name=_name(interview, reader),
        text=_text(interview, now, has_day),
        page=page,
        href=href,
        link_text=link_text,
        is_urgent=urgent,
        is_on=is_on,
    )


def has_room(interview: Interview, now: datetime) -> bool:
    """Whether there is a video room that is open now."""
    return interview.mode == Mode.VIDEO and interview.is_on(now)


def may_sit(interview: Interview, reader: Any) -> bool:
    """Whether the reader himself takes part: the worker, the helper who comes along, the interviewer."""
    return reader.pk in (interview.application.worker.user_id, interview.helper_id, interview.recruiter_id)


def _name(interview: Interview, reader: Any) -> str:
    if reader.role == Role.SEEKER:
        return ""
    application = interview.application
    if reader.role == Role.EMPLOYER and not application.shows_person:
        return application.worker.masked_name
    return application.worker.name


def _text(interview: Interview, now: datetime, has_day: bool) -> str:
    """Where it stands, in the worker's words."""
    if interview.state == State.PROPOSED:
        if not wants_answer(interview):
            return "给的时间都被选走了，等企业再给时间"
        until = interview.sitting.answer_by
        return f"企业约您面试，请在{near(until, now)}之前选时间" if until else "企业约您面试，请选一个时间"
    if interview.state == State.RESCHEDULING:
        return "企业给了新的时间，请选一个" if wants_answer(interview) else "要换时间，等企业给新的时间"
    if interview.state == State.CANCELLED:
        return f"取消了：{CancelReason(interview.cancel_reason).label}"
    if interview.state == State.NO_SHOW:
        return "企业没来" if interview.no_show_by == Side.EMPLOYER else "没有到"
    if interview.state == State.DONE:
        return _outcome(interview)
    at = interview.starts_at
    when = "" if at is None else clock_of(at) if has_day else near(at, now)
    how = interview.booth.name if interview.booth else WAYS[Mode(interview.mode)]
    number = f"，{interview.queue_number} 号" if interview.queue_number else ""
    return f"{'正在面试' if interview.state == State.LIVE else when} · {how}{number}"


WAYS = {Mode.VIDEO: "手机视频", Mode.PHONE: "打电话", Mode.ONSITE: "到厂里"}


def result_of(interview: Interview) -> str:
    """How it ended, in plain words; empty before the card is handed in."""
    card = getattr(interview, "scorecard", None)
    return RESULTS[Result(card.result)] if card and card.handed_in_at and card.result else ""


def _outcome(interview: Interview) -> str:
    return f"面试完了：{result_of(interview) or '等企业给结果'}"
