"""Moves of an interview after it was offered: another time, not at all, it begins, it is over, somebody stayed away."""

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from jinba.core.push import push
from jinba.core.spoken import clock_of, when
from labor.applications.actions import arranging
from labor.applications.choices import Stage
from labor.interviews.actions import booking, reminding, seating, telling
from labor.interviews.actions.history import checked_note, gather, must_move, must_run, noted, part_of, shift
from labor.interviews.choices import OPEN, TIMED, CancelReason, Mode, Side, State
from labor.interviews.models import Interview, Sitting, Slot
from labor.interviews.moves import REASONS
from labor.interviews.words import happened, why_cancelled
from labor.workers.acting import record
from labor.workers.choices import ActKind
from labor.workers.models import Delegation

# So long one waits for the other side before one may say that it stayed away.
PATIENCE = timedelta(minutes=10)
NO_TIME: dict[str, Any] = {
    "slot": None, "starts_at": None, "ends_at": None, "booth": None, "helper": None, "queue_number": None,
    "called_at": None, "by_phone_at": None, "by_phone_side": "",
}  # fmt: skip


@patient
def ask_other_time(*, interview: Interview, by: Any, wish: str = "") -> Interview:
    """The time does not count any more and is given back; the worker picks another one, or the employer offers some.

    Asked for by the worker or his helper, by the employer, or by the park when the booth cannot be used.
    """
    wish = checked_note(note=wish, field="wish")
    interview = gather(pk=interview.pk)
    side, delegation = part_of(interview=interview, by=by)
    must_run(interview=interview)
    if interview.state == State.RESCHEDULING:
        return interview
    must_move(interview=interview, to=State.RESCHEDULING, side=side)
    if side == Side.WORKER and interview.starts_at is not None and interview.starts_at <= timezone.now():
        raise Refused("面试时间已经到了，不能再改。去不了，请打电话告诉企业。")
    reschedule(interview=interview, side=side, by=by, delegation=delegation, wish=wish)
    return interview


def reschedule(
    *, interview: Interview, side: Side, by: Any, delegation: Delegation | None = None, wish: str = "",
    offers: bool = False,
) -> None:  # fmt: skip
    """Take a gathered interview's time back: part of other actions. `offers`: the worker reads of new times at once."""
    worker, posting = interview.application.worker, interview.application.posting
    seats, was = telling.seats_of(interview=interview), interview.starts_at
    release(interview=interview)
    event = shift(
        interview=interview, to=State.RESCHEDULING, side=side, by=by, note=wish, for_worker=delegation is not None,
        wish=wish if side == Side.WORKER else "", changes=interview.changes + 1,
        live_at=None, worker_came_at=None, employer_came_at=None, **NO_TIME,
    )  # fmt: skip
    sitting = interview.sitting
    has_times = sitting.closed_at is None and (
        sitting.ends_at > timezone.now() if sitting.is_queue else sitting.slots.free().exists()
    )
    telling.rescheduling(
        interview=interview, event=event, by=by, seats=seats, has_times=has_times, offers=offers
    )  # fmt: skip
    record(
        worker=worker, by=by, delegation=delegation, kind=ActKind.MOVE,
        note=f"“{posting.title}”：要改面试时间" + (f"，原来 {when(was)}" if was else ""),
        url=interview.get_absolute_url(),
    )  # fmt: skip


def release(*, interview: Interview) -> None:
    """Give times, links and reminders back."""
    booking.free_interview(interview=interview)
    _free_closed(interview)
    reminding.stop(interview=interview)
    seating.unseat_all(interview=interview)


def _free_closed(interview: Interview) -> None:
    """In a sitting that is closed nobody picks the time any more: it is the recruiter's own again.

    Whoever closes a sitting locks its slots too: either he sees the time given back, or we see that it is closed.
    """
    if interview.slot_id is None:
        return
    slot, now = locked_one(Slot.objects.all(), pk=interview.slot_id), timezone.now()
    is_closed = Sitting.objects.filter(pk=slot.sitting_id, closed_at__isnull=False).exists()
    if is_closed and slot.withdrawn_at is None and slot.starts_at > now:
        booking.free(slot=slot)
        Slot.objects.filter(pk=slot.pk).update(withdrawn_at=now)


@patient
def cancel(
    *, interview: Interview, by: Any, reason: str, note: str = "", only_from: Container[str] = OPEN
) -> Interview:  # fmt: skip
    """It does not take place. The application goes back to where somebody can be asked; `by` None is the system.

    Whoever chose it for its state says so (`only_from`): nothing changes when it went on, or to another sitting.
    """
    note = checked_note(note=note)
    chosen_in, interview = interview.sitting_id, gather(pk=interview.pk)
    if only_from is not OPEN and (interview.state not in only_from or interview.sitting_id != chosen_in):
        return interview
    side, delegation = part_of(interview=interview, by=by)
    if interview.state == State.CANCELLED:
        return interview
    must_move(interview=interview, to=State.CANCELLED, side=side)
    if reason not in REASONS[side]:
        raise Refused("请选一个原因。", field="reason")
    if reason == CancelReason.OTHER and not note:
        raise Refused("请写一句是什么原因。", field="note")
    if side == Side.WORKER and interview.state == State.CONFIRMED and _is_over(interview):
        raise Refused("面试时间已经过了，不用再取消。")
    seats = telling.seats_of(interview=interview)
    release(interview=interview)
    event = shift(
        interview=interview, to=State.CANCELLED, side=side, by=by, note=note, for_worker=delegation is not None,
        cancelled_by=side, cancel_reason=reason, changes=interview.changes + 1,
    )  # fmt: skip
    arranging.unschedule(application=interview.application, by=by, note=f"面试取消：{why_cancelled(interview)}")
    telling.cancelled(interview=interview, event=event, by=by, seats=seats)
    record(
        worker=interview.application.worker, by=by, delegation=delegation, kind=ActKind.MOVE,
        note=f"“{interview.application.posting.title}”：{happened(event)}", url=interview.get_absolute_url(),
    )  # fmt: skip
    return interview


def _is_over(interview: Interview) -> bool:
    return interview.ends_at is not None and interview.ends_at <= timezone.now()


@patient
def go_live(*, interview: Interview, by: Any) -> Interview:
    """It begins: the recruiter admits the first person, or calls him. Asked twice, the second time changes nothing."""
    interview = gather(pk=interview.pk)
    side, _ = part_of(interview=interview, by=by)
    if interview.state == State.LIVE:
        return interview
    must_move(interview=interview, to=State.LIVE, side=side)
    must_run(interview=interview)
    begin(interview=interview, by=by)
    return interview


def begin(*, interview: Interview, by: Any, **fields: Any) -> None:
    """Part of `go_live` and `call_next`: a gathered interview is on from now."""
    now = timezone.now()
    if not interview.is_on(now):
        opens = interview.opens_at()
        if opens is not None and now < opens:
            raise Refused(f"还没到时间，面试室 {clock_of(opens)} 开。")
        raise Refused("面试时间早过了，面试室已经关了。请改期，或者补交结果。")
    shift(
        interview=interview, to=State.LIVE, side=Side.EMPLOYER, by=by, live_at=now,
        employer_came_at=interview.employer_came_at or now, **fields,
    )  # fmt: skip
    reminding.stop(interview=interview)


def came(*, interview: Interview, side: str, at: datetime) -> None:
    """Somebody of that side is in the waiting room; the first time counts. For a later no-show it is the evidence."""
    field = {Side.WORKER: "worker_came_at", Side.EMPLOYER: "employer_came_at"}[Side(side)]
    rows = Interview.objects.filter(pk=interview.pk, state__in=TIMED, **{f"{field}__isnull": True})
    if rows.update(**{field: at}):
        setattr(interview, field, at)
        push(f"interview.{interview.pk}", "room.changed")


@patient
def no_show(*, interview: Interview, side: str, by: Any) -> Interview:
    """One side says that the other stayed away; `by` None is the system, after the end.

    Refused when the other one was seen in the waiting room; in a queue also when the employer talked with others, or
    never called the worker. The application goes back to where it can be asked again.
    """
    side = Side(side)
    interview = gather(pk=interview.pk)
    own, delegation = part_of(interview=interview, by=by)
    if interview.state == State.NO_SHOW and interview.no_show_by == side:
        return interview
    if side not in (Side.WORKER, Side.EMPLOYER):
        raise Refused("请说是哪一方没来。", field="side")
    if own == side:
        raise Refused("只能说对方没来。自己去不了，请取消或者改期。")
    must_move(interview=interview, to=State.NO_SHOW, side=own)
    if own != Side.SYSTEM:
        must_run(interview=interview)
    assert interview.starts_at
    if timezone.now() < interview.starts_at + PATIENCE:
        raise Refused(f"请再等一等，开始 {PATIENCE.seconds // 60} 分钟以后还不来，才能这样记。")
    if side == Side.EMPLOYER and talks_with_others(interview=interview):
        raise Refused("企业的人在，正按号一个一个面，不能记成没来。请等叫号，或者取消。")
    if side == Side.WORKER and own != Side.SYSTEM and interview.sitting.is_queue:
        _must_have_been_called(interview)
    seen_at = interview.worker_came_at if side == Side.WORKER else interview.employer_came_at
    if seen_at is not None:
        who = "求职者" if side == Side.WORKER else "企业的人"
        raise Refused(f"{who} {clock_of(seen_at)} 到过等候室，不能记成没来。可以改期，或者取消。")
    release(interview=interview)
    event = shift(
        interview=interview, to=State.NO_SHOW, side=own, by=by, for_worker=delegation is not None, no_show_by=side,
        note="求职者没有来" if side == Side.WORKER else "企业没有来",
    )  # fmt: skip
    arranging.unschedule(application=interview.application, by=by, note=event.note)
    telling.missed(interview=interview, event=event, by=by)
    record(
        worker=interview.application.worker, by=by, delegation=delegation, kind=ActKind.MOVE,
        note=f"“{interview.application.posting.title}”的面试：{event.note}", url=interview.get_absolute_url(),
    )  # fmt: skip
    return interview


def talks_with_others(*, interview: Interview) -> bool:
    """Whether the recruiter talks, or talked, with others of the same queue: then he is there."""
    others = Interview.objects.filter(sitting=interview.sitting, live_at__isnull=False).exclude(pk=interview.pk)
    return interview.sitting.is_queue and others.exists()


def _must_have_been_called(interview: Interview) -> None:
    """In a queue one waits from the call. Without a room the call begins the interview: absence shows at the end."""
    minutes, now = PATIENCE.seconds // 60, timezone.now()
    if interview.mode != Mode.VIDEO:
        if not _is_over(interview):
            raise Refused("这一场排队还没结束，他还可能来。结束以后还没来，才能这样记。")
    elif interview.called_at is None:
        raise Refused(f"还没有叫到这个号。叫了号，{minutes} 分钟以后还不来，才能这样记。")
    elif now < interview.called_at + PATIENCE:
        raise Refused(f"请再等一等，叫号 {minutes} 分钟以后还不来，才能这样记。")


@patient
def call_by_phone(*, interview: Interview, by_side: str, by: Any) -> Interview:
    """The video does not go: from now on by telephone. The first wish counts; nobody's number is shown by it.

    Any seat may ask, also one without account (`by` None); the door knows whose side it sits on.
    """
    interview = gather(pk=interview.pk)
    must_run(interview=interview)
    if interview.by_phone_at is not None:
        if by_side == Side.EMPLOYER and interview.is_on(timezone.now()):
            came(interview=interview, side=Side.EMPLOYER, at=timezone.now())  # he answers the wish
        return interview
    if interview.mode != Mode.VIDEO or not interview.is_on(timezone.now()):
        raise Refused("面试室现在没有开，不用改打电话。")
    by_side = Side(by_side)
    event = noted(
        interview=interview, side=by_side, by=by, note="视频不顺，改打电话",
        by_phone_at=timezone.now(), by_phone_side=by_side,
    )  # fmt: skip
    telling.by_phone(interview=interview, event=event, by=by)
    return interview


@patient
def finish(*, interview: Interview, by: Any, feedback: str, note: str = "") -> Interview:
    """It took place, in the room, by telephone or on the spot; `feedback` is for the worker. `by` None is the system.

    Also of one that was taken for missed. Asked twice, the second time changes nothing.
    """
    note, feedback = checked_note(note=note), feedback.strip()
    if len(feedback) > 300:
        raise Refused("给求职者的话最多写 300 个字。", field="feedback")
    interview = gather(pk=interview.pk)
    side, _ = part_of(interview=interview, by=by)
    if interview.state == State.DONE:
        return interview
    must_move(interview=interview, to=State.DONE, side=side)
    if side != Side.SYSTEM:
        _must_be_resultable(interview)
    now = timezone.now()
    booking.free_interview(interview=interview)
    reminding.stop(interview=interview)
    event = shift(
        interview=interview, to=State.DONE, side=side, by=by, note=note, feedback=feedback, ended_at=now,
        live_at=interview.live_at, no_show_by="",
    )  # fmt: skip
    if interview.application.is_live:
        arranging.interviewed(application=interview.application, by=by)
    telling.result(interview=interview, event=event, by=by)
    return interview


def _must_be_resultable(interview: Interview) -> None:
    if interview.state == State.NO_SHOW:
        application = interview.application
        if application.stage not in (Stage.SHORTLISTED, Stage.INTERVIEW_SCHEDULED):
            must_run(interview=interview)
            raise Refused("这个报名已经往前走了，不用再补这场面试的结果。")
        if application.interviews.filter(state__in=OPEN).exists():
            raise Refused("已经重新约了面试，结果请交在新的那一场。")
        return
    must_run(interview=interview)
    if interview.state == State.CONFIRMED and (interview.starts_at is None or timezone.now() < interview.starts_at):
        raise Refused("面试还没有开始，不能交结果。")
