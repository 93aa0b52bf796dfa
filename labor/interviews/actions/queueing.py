"""A queue of people whom one recruiter calls one by one, each of whom sees his place in it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one, patient
from jinba.core.push import push
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.interviews.actions import telling
from labor.interviews.actions.answering import next_number
from labor.interviews.actions.changing import begin
from labor.interviews.actions.history import gather, must_be_member, must_run, noted
from labor.interviews.choices import Mode, SeatKind, Side, State
from labor.interviews.models import Interview, Seat, Sitting

# Whoever was heard of so lately sits in the waiting room.
HERE = timedelta(seconds=30)
# A second tap within this time is the same call.
DOUBLE_TAP = timedelta(seconds=10)
# These of the next hear that it is soon.
NEXT_ONES = 2


def place(*, interview: Interview) -> tuple[int, int] | None:
    """His number, and how many are called before him; None when he stands in no queue or was called."""
    if interview.queue_number is None or interview.state != State.CONFIRMED:
        return None
    before = Interview.objects.filter(
        sitting=interview.sitting_id, state=State.CONFIRMED, queue_number__lt=interview.queue_number
    ).count()
    return interview.queue_number, before


def line(*, sitting: Sitting) -> list[Interview]:
    """Who waits to be called, in the order of the queue."""
    rows = Interview.objects.filter(
        sitting=sitting, state=State.CONFIRMED, application__stage=Stage.INTERVIEW_SCHEDULED
    ).select_related("application__worker__user", "application__posting__employer", "sitting", "recruiter", "booth")
    return list(rows.defer("application__posting__search").order_by("queue_number"))


@patient
def call_next(*, sitting: Sitting, by: Any) -> Interview | None:
    """Call the first of the queue who is there; None when nobody is. His interview begins with it.

    Who is first and not there is told that it is his turn; who was told before, and still is not there when somebody
    behind him is called, goes to the end. Nobody is called before the one that goes on is over: his result is in.
    """
    must_be_member(by=by, employer_id=sitting.posting.employer_id)
    waiting = line(sitting=sitting)
    # Applications first, as everywhere; whoever joins meanwhile waits for the sitting.
    locked(Application.objects.only("pk"), ids=[interview.application_id for interview in waiting])
    sitting = locked_one(Sitting.objects.select_related("posting"), pk=sitting.pk)
    if not sitting.is_queue:
        raise Refused("这一场不用叫号，到时间进面试室就行。")
    if sitting.closed_at is not None:
        raise Refused("这一场已经收了。")
    now = timezone.now()
    locked(Interview.objects.filter(sitting=sitting, state__in=(State.CONFIRMED, State.LIVE)))
    going_on = Interview.objects.filter(sitting=sitting, state=State.LIVE).order_by("-called_at").first()
    if going_on is not None:
        if going_on.called_at is not None and now - going_on.called_at < DOUBLE_TAP:
            return going_on
        raise Refused(f"{going_on.queue_number} 号还没有交结果。交了，再叫下一个。")
    waiting = line(sitting=sitting)
    here = _who_is_here(sitting, waiting)
    found = next((interview for interview in waiting if interview.pk in here), None)
    if found is None:
        _tell_first(waiting, by)
        return None
    begin(interview=found, by=by, called_at=now)
    telling.called(interview=found, event=found.events.latest("pk"), by=by)
    _skip(waiting[: waiting.index(found)], by)
    _tell_the_next(sitting)
    return found


def _who_is_here(sitting: Sitting, waiting: list[Interview]) -> set[int]:
    """Who sits in the waiting room now; by telephone or on the spot nobody has to."""
    if sitting.mode != Mode.VIDEO:
        return {interview.pk for interview in waiting}
    seats = Seat.objects.valid().filter(
        interview__in=waiting, kind=SeatKind.WORKER, connection__isnull=False, seen_at__gte=timezone.now() - HERE
    )
    return set(seats.values_list("interview_id", flat=True))


def _tell_first(waiting: list[Interview], by: Any) -> None:
    """Nobody is there: the first hears that it is his turn; he keeps his place until somebody else is called."""
    first = next((interview for interview in waiting if interview.called_at is None), None)
    if first is None or not first.is_on(timezone.now()):
        return
    event = noted(interview=first, side=Side.EMPLOYER, by=by, note="叫了号，人不在", called_at=timezone.now())
    telling.called(interview=first, event=event, by=by)


def _skip(absent: list[Interview], by: Any) -> None:
    """Who stands before the one that was called: told the first time, at the end the second time."""
    for interview in absent:
        if interview.called_at is None:
            event = noted(
                interview=interview, side=Side.EMPLOYER, by=by, note="叫了号，人不在", called_at=timezone.now()
            )
            telling.called(interview=interview, event=event, by=by)
            continue
        _move_back(interview, by, "叫了号，人不在，排到最后")


def _move_back(interview: Interview, by: Any, note: str) -> None:
    number = next_number(sitting=interview.sitting)
    event = noted(
        interview=interview, side=Side.EMPLOYER, by=by, note=note, queue_number=number, called_at=None
    )  # fmt: skip
    telling.moved_back(interview=interview, event=event)


def _tell_the_next(sitting: Sitting) -> None:
    """Everybody's page counts anew; the next ones are told, each once for each place."""
    for before, interview in enumerate(line(sitting=sitting)):
        push(f"interview.{interview.pk}", "room.changed")
        if before < NEXT_ONES and interview.called_at is None:
            key = f"interview:{interview.pk}:before:{interview.queue_number}:{before}"
            telling.waiting(interview=interview, before=before, key=key)


@patient
def skip(*, interview: Interview, by: Any) -> Interview:
    """The recruiter sends somebody who waits to the end of the queue; he hears of it. The last one stays."""
    interview = gather(pk=interview.pk, with_sitting=True)
    must_be_member(by=by, employer_id=interview.application.posting.employer_id)
    must_run(interview=interview)
    sitting = interview.sitting
    if interview.state != State.CONFIRMED or interview.queue_number is None or sitting.closed_at is not None:
        raise Refused("只能把还在排队的人往后排。刷新页面看看最新情况。")
    if line(sitting=sitting)[-1] == interview:
        return interview
    _move_back(interview, by, "排到最后")
    _tell_the_next(sitting)
    return interview
