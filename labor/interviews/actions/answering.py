"""The worker, or who may speak for him, answers: this time, from this place, with this company, or not at all."""

from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from jinba.core.spoken import when
from labor.interviews.actions import booking, reminding, seating, telling
from labor.interviews.actions.changing import NO_TIME, cancel
from labor.interviews.actions.history import gather, must_move, must_run, noted, part_of, shift
from labor.interviews.choices import OPEN, Mode, Side, State
from labor.interviews.models import Booth, Interview, Sitting, Slot
from labor.interviews.opening import host_on
from labor.workers.acting import record
from labor.workers.choices import ActKind
from labor.workers.models import Delegation, Worker

GONE = "这个时间已经收回了，请另选一个。"
PAST = "这个时间已经过了，请另选一个。"


@patient
def pick(
    *, interview: Interview, slot: Slot | None, by: Any, booth: Booth | None = None, helper: Any = None
) -> Interview:
    """Take one of the free times, or a place in the queue (`slot=None`); from then on it is certain.

    `helper` is the user who comes along and may act for the worker; True means `by` himself. Who picks another time
    than he has gives the old one back. The same answer twice changes nothing.
    """
    interview = gather(pk=interview.pk, slot_id=slot.pk if slot is not None else None, with_sitting=slot is None)
    slot = Slot.objects.select_related("sitting").get(pk=slot.pk) if slot is not None else None
    side, delegation = part_of(interview=interview, by=by)
    if side != Side.WORKER:
        raise Refused("面试时间由求职者，或者他委托的人来选。")
    must_run(interview=interview)
    helper = by if helper is True else helper
    if interview.state == State.CONFIRMED and _is_same(interview, slot, booth, helper):
        return interview
    was_changed = interview.events.filter(to_state=State.CONFIRMED).exists()
    if interview.state == State.CONFIRMED:
        _give_back(interview, side=side, by=by, for_worker=delegation is not None)
    must_move(interview=interview, to=State.CONFIRMED, side=side)
    starts_at, ends_at, number = _place_in_time(interview, slot)
    check_booth(booth=booth, mode=interview.mode, starts_at=starts_at, ends_at=ends_at)
    _check_company(worker=interview.application.worker, helper=helper)
    event = shift(
        interview=interview, to=State.CONFIRMED, side=side, by=by, for_worker=delegation is not None,
        slot=slot, starts_at=starts_at, ends_at=ends_at, booth=booth, helper=helper, queue_number=number,
        wish="", worker_came_at=None, employer_came_at=None, called_at=None, live_at=None,
        changes=interview.changes + was_changed,
    )  # fmt: skip
    if slot is not None:
        booking.book_recruiter(slot=slot, recruiter=interview.recruiter)
    booking.book_interview(interview=interview, starts_at=starts_at, ends_at=ends_at)
    reminding.issue(interview=interview)
    seating.seat_all(interview=interview)
    telling.confirmed(interview=interview, event=event, by=by, was_changed=was_changed)
    record(
        worker=interview.application.worker, by=by, delegation=delegation, kind=ActKind.MOVE,
        note=f"“{interview.application.posting.title}”：选了面试时间 {when(starts_at)}",
        url=interview.get_absolute_url(),
    )  # fmt: skip
    return interview


def _is_same(interview: Interview, slot: Slot | None, booth: Booth | None, helper: Any) -> bool:
    wanted = (slot and slot.pk, booth and booth.pk, helper and helper.pk)
    return (interview.slot_id, interview.booth_id, interview.helper_id) == wanted


def _give_back(interview: Interview, *, side: Side, by: Any, for_worker: bool) -> None:
    """Another time in place of the one he has: as if he had asked for it and picked at once."""
    if interview.starts_at is not None and interview.starts_at <= timezone.now():
        raise Refused("面试时间已经到了，不能再换。")
    booking.free_interview(interview=interview)
    reminding.stop(interview=interview)
    shift(
        interview=interview, to=State.RESCHEDULING, side=side, by=by, for_worker=for_worker, **NO_TIME,
    )  # fmt: skip


def _place_in_time(interview: Interview, slot: Slot | None) -> tuple[datetime, datetime, int | None]:
    sitting, now = interview.sitting, timezone.now()
    if sitting.closed_at is not None:
        raise Refused("这一场已经结束，不能再选。请等企业给新的时间。", field="slot")
    if sitting.is_queue:
        if slot is not None:
            raise Refused("这一场是排队叫号，不用选时间。", field="slot")
        if sitting.ends_at <= now:
            raise Refused(PAST, field="slot")
        return sitting.starts_at, sitting.ends_at, next_number(sitting=sitting)
    if slot is None:
        raise Refused("请选一个时间。", field="slot")
    if slot.sitting_id != sitting.pk:
        raise Refused("这个时间不是给这场面试的，请刷新再选。", field="slot")
    if slot.withdrawn_at is not None:
        raise Refused(GONE, field="slot")
    if slot.starts_at <= now:
        raise Refused(PAST, field="slot")
    if Interview.objects.filter(slot=slot, state__in=OPEN).exclude(pk=interview.pk).exists():
        raise Refused(booking.TAKEN, field="slot")
    return slot.starts_at, slot.ends_at, None


def next_number(*, sitting: Sitting) -> int:
    """The next place at the end of the queue of a locked sitting."""
    last = Interview.objects.filter(sitting=sitting).aggregate(last=Max("queue_number"))["last"]
    return (last or 0) + 1


def check_booth(*, booth: Booth | None, mode: str, starts_at: datetime, ends_at: datetime) -> None:
    """Refused unless the booth is open for the whole time with a host on duty. Whether it is free, the booking says."""
    if booth is None:
        return
    if mode != Mode.VIDEO:
        raise Refused("只有视频面试才用得上面试间。", field="booth")
    booth = locked_one(Booth.objects.all(), pk=booth.pk)  # it may be closed for that day at this very moment
    if not booth.is_active:
        raise Refused("这个面试间现在不开放，请换一个。", field="booth")
    if host_on(booth=booth, starts_at=starts_at, ends_at=ends_at) is None:
        raise Refused(f"{booth.name} 这个时间不开放，请换一个面试间，或者另选一个时间。", field="booth")


def _check_company(*, worker: Worker, helper: Any) -> None:
    if helper is None:
        return
    if not Delegation.objects.live().filter(worker=worker, helper=helper, helper__is_active=True).exists():
        raise Refused("只有求职者委托的人才能陪同。", field="helper")


@patient
def change_booth(*, interview: Interview, booth: Booth | None, by: Any) -> Interview:
    """Take part from another booth, or without one from one's own phone (None); the time stays.

    The worker, his helpers, and the park's staff may do it until it begins.
    """
    interview = gather(pk=interview.pk)
    side, delegation = part_of(interview=interview, by=by)
    if side not in (Side.WORKER, Side.PARK):
        raise Refused("在哪里参加面试，由求职者自己定。")
    must_run(interview=interview)
    if interview.state != State.CONFIRMED or interview.starts_at is None or interview.ends_at is None:
        raise Refused("面试时间还没定，或者已经开始，不能换面试间。")
    if interview.booth_id == (booth.pk if booth is not None else None):
        return interview
    check_booth(booth=booth, mode=interview.mode, starts_at=interview.starts_at, ends_at=interview.ends_at)
    left = interview.booth and host_on(
        booth=interview.booth, starts_at=interview.starts_at, ends_at=interview.ends_at
    )  # fmt: skip
    event = noted(
        interview=interview, side=side, by=by, for_worker=delegation is not None,
        note=f"改到{booth.name}参加" if booth is not None else "改用自己的手机参加",
        booth=booth, changes=interview.changes + 1,
    )  # fmt: skip
    booking.free_interview(interview=interview)
    booking.book_interview(interview=interview, starts_at=interview.starts_at, ends_at=interview.ends_at)
    seating.seat_all(interview=interview)
    telling.booth_changed(interview=interview, event=event, by=by, left=left)
    record(
        worker=interview.application.worker, by=by, delegation=delegation, kind=ActKind.MOVE,
        note=f"“{interview.application.posting.title}”的面试：{event.note}", url=interview.get_absolute_url(),
    )  # fmt: skip
    return interview


def decline(*, interview: Interview, by: Any, reason: str, note: str = "") -> Interview:
    """The worker does not want this interview; the application stays, and the employer may ask again."""
    if interview.state not in (State.PROPOSED, State.CANCELLED):
        raise Refused("时间已经定了，要取消请点“取消面试”。")
    return cancel(interview=interview, by=by, reason=reason, note=note)
