"""People who come to the zone without an appointment: a number, a call into a booth, and how it ended.

Locks: application and interview where one is picked, worker, then the day's numbers, then the row.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.accounts.codes import lock
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from labor.applications.models import Application
from labor.interviews.actions import answering, changing, offering
from labor.interviews.choices import HERE, Side, State, WalkInState
from labor.interviews.models import Booth, Interview, Sitting, Slot, WalkIn
from labor.interviews.models.interviews import CLOSES_AFTER
from labor.interviews.opening import free_booths
from labor.workers.acting import own, record
from labor.workers.choices import ActKind
from labor.workers.models import Worker

NUMBERS_LOCK = 4104  # the first of the two numbers of an advisory lock
PARK_ONLY = "现场排号由服务专区的工作人员办。"
LAST_NUMBER = 9_999
LOOKED_BACK = timedelta(days=60)  # so that the sweep does not read years


def _must_be_park(by: Any) -> None:
    if by.role != Role.PARK:
        raise Refused(PARK_ONLY)


@patient
def register(*, worker: Worker, by: Any, interview: Interview | None = None) -> WalkIn:
    """Give the worker today's next number. Whoever is in the queue already keeps the number that he has.

    `by` hosts the queue, and the worker has entrusted himself to him; an `interview` is one of the worker's own.
    """
    _must_be_park(by)
    worker, delegation = own(worker, by)
    if interview is not None and (interview.application.worker_id != worker.pk or not interview.is_open):
        raise Refused("这场面试不是他的，或者已经结束了。", field="interview")
    today = timezone.localdate()
    here = WalkIn.objects.filter(on=today, worker=worker, state__in=HERE).first()
    if here is not None:
        if interview is not None and here.interview_id != interview.pk:
            here.interview = interview
            here.save(update_fields=["interview"])
        return here
    lock(NUMBERS_LOCK, str(today))
    number = (WalkIn.objects.filter(on=today).aggregate(last=Max("number"))["last"] or 0) + 1
    if number > LAST_NUMBER:
        raise Refused("今天的号发完了。")
    made = WalkIn.objects.create(on=today, number=number, worker=worker, interview=interview, registered_by=by)
    record(worker=worker, by=by, delegation=delegation, kind=ActKind.OTHER, note=f"在服务专区排了 {number} 号")
    return made


@patient
def come(
    *, worker: Worker, by: Any, interview: Interview | None = None, slot: Slot | None = None,
    application: Application | None = None, sitting: Sitting | None = None,
) -> WalkIn:  # fmt: skip
    """Register him for one of his interviews; one that has no time yet gets it, or its place in the queue.

    Who was not asked to any may be taken into a queue (`sitting`) by an `application` of his own.

    A booth is booked if one is free, in a queue the one that its people share. When his room is on he counts as
    come. Refused, nothing is changed.
    """
    if application is not None and sitting is not None:
        if application.worker_id != worker.pk:
            raise Refused("这个报名不是他的。", field="about")
        interview = offering.take_in(sitting=sitting, application=application, by=by)
    if interview is not None and interview.state in (State.PROPOSED, State.RESCHEDULING):
        when = slot or interview.sitting
        free = free_booths(starts_at=when.starts_at, ends_at=when.ends_at, sitting=interview.sitting)
        booth = free[0][0] if free else None
        interview = answering.pick(interview=interview, slot=slot, by=by, booth=booth)
    if interview is not None and interview.is_on(now := timezone.now()):
        changing.came(interview=interview, side=Side.WORKER, at=now)
    return register(worker=worker, by=by, interview=interview)


@patient
def call(*, walk_in: WalkIn, booth: Booth, by: Any) -> WalkIn:
    """Ask the number into the booth. Asked twice by the same booth, the second time changes nothing."""
    _must_be_park(by)
    booth = locked_one(Booth.objects.all(), pk=booth.pk)  # so that two numbers cannot enter one booth
    row = locked_one(WalkIn.objects.select_related("booth"), pk=walk_in.pk)
    if row.state == WalkInState.CALLED and row.booth_id == booth.pk:
        return row
    if row.state == WalkInState.CALLED:
        raise Refused(f"{row.number} 号已经叫到{row.booth}了。")
    _must_be_here(row)
    if row.on != timezone.localdate():
        raise Refused(f"{row.number} 号是 {row.on.month} 月 {row.on.day} 日的号，今天请重新排。")
    if not booth.is_active:
        raise Refused(f"{booth}现在不用，请叫到别的面试间。", field="booth")
    inside = WalkIn.objects.filter(on=row.on, booth=booth, state=WalkInState.CALLED).first()
    if inside is not None:
        raise Refused(f"{inside.number} 号还在{booth}。他办完了，请先点“办完了”。", field="booth")
    now = timezone.now()
    here = Q(booth=booth) | Q(let_in__booth=booth, let_in__over_at=None)
    live = Interview.objects.filter(here, state=State.LIVE, ends_at__gt=now - CLOSES_AFTER)
    if any(interview.pk != row.interview_id for interview in live):
        raise Refused(f"{booth}里正在面试，请叫到别的面试间。", field="booth")
    row.booth, row.state, row.called_at = booth, WalkInState.CALLED, now
    row.save(update_fields=["booth", "state", "called_at"])
    return row


@patient
def done(*, walk_in: WalkIn, by: Any) -> WalkIn:
    """He has been served, in a booth or at the desk."""
    return _end(walk_in, by, WalkInState.SERVED)


@patient
def left(*, walk_in: WalkIn, by: Any) -> WalkIn:
    """He went without being served, or did not come when he was called."""
    return _end(walk_in, by, WalkInState.LEFT)


def _end(walk_in: WalkIn, by: Any, state: WalkInState) -> WalkIn:
    _must_be_park(by)
    row = locked_one(WalkIn.objects.all(), pk=walk_in.pk)
    if row.state == state:
        return row
    _must_be_here(row)
    row.state, row.ended_at = state, timezone.now()
    row.save(update_fields=["state", "ended_at"])
    return row


def _must_be_here(row: WalkIn) -> None:
    if row.state not in HERE:
        raise Refused(f"{row.number} 号已经是“{row.get_state_display()}”了。")


def end_earlier_days() -> int:
    """Whoever still stands in the queue of one of the last days has gone. Returns how many."""
    today = timezone.localdate()
    rows = WalkIn.objects.filter(on__gte=today - LOOKED_BACK, on__lt=today, state__in=HERE)
    return rows.update(state=WalkInState.LEFT, ended_at=timezone.now())
