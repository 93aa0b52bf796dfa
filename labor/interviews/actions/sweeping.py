"""What nobody does by hand, found once a minute. Every finding is settled by an action, in its own transaction."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import patient
from labor.applications.choices import Stage
from labor.interviews.actions import booking, booths, companions, seating, telling, walk_ins
from labor.interviews.actions.changing import cancel, finish, no_show, reschedule, talks_with_others
from labor.interviews.actions.history import gather
from labor.interviews.actions.offering import WITHOUT_TIME, close_sitting
from labor.interviews.choices import TIMED, CancelReason, Held, Mode, Side, SittingKind, State
from labor.interviews.models import BookedTime, BoothDay, Interview, Sitting
from labor.interviews.models.interviews import CLOSES_AFTER

logger = logging.getLogger(__name__)

AT_ONCE = 200
# After the end: so long people may still be late, then check-ins speak; then the employer is waited for.
LATE = timedelta(minutes=30)
FOR_A_RESULT = timedelta(hours=24)
# By telephone or on the spot nobody checks in: the employer has longer to say how it was.
WITHOUT_ROOM = timedelta(days=3)
FOR_A_RESULT_OF_A_TALK = timedelta(days=7)
# Who wants another time, and gets none, is not kept waiting for ever.
FOR_NEW_TIMES = timedelta(days=7)


def sweep() -> int:
    """All rounds; returns how many findings were settled."""
    rounds = (
        end_with_applications,
        end_unanswered,
        close_sittings,
        settle_missed,
        settle_talks,
        follow_merges,
        see_off_companions,
        clear_closed_days,
        walk_ins.end_earlier_days,
    )
    return sum(a_round() for a_round in rounds)


def _each(rows: Iterable[Any], deed: Callable[[Any], Any], what: str) -> int:
    done = 0
    for row in rows:
        try:
            done += deed(row) is not False
        except Refused as refusal:  # somebody was faster, or holds it; the next round looks again
            logger.info("sweep: %s %s: %s", what, row.pk, refusal.message)
        except Exception:
            logger.exception("sweep: %s %s", what, row.pk)
    return done


def end_with_applications() -> int:
    """An application ended, or went on without its interview: the interview does not take place."""
    over = Interview.objects.open().exclude(application__stage=Stage.INTERVIEW_SCHEDULED)
    return _each(
        over.order_by("pk")[:AT_ONCE],
        lambda row: cancel(interview=row, by=None, reason=CancelReason.APPLICATION_OVER),
        "application over, interview",
    )


def end_unanswered() -> int:
    """Nobody picked a time until the last day for it, or while there was one."""
    now = timezone.now()
    too_late = Q(sitting__answer_by__lte=now) | Q(sitting__ends_at__lte=now)
    proposed = Interview.objects.filter(too_late, state=State.PROPOSED)
    rescheduling = Interview.objects.filter(
        too_late | Q(sitting__closed_at__isnull=False), state=State.RESCHEDULING, updated_at__lte=now - FOR_NEW_TIMES
    )
    return _each(
        (proposed | rescheduling).order_by("pk")[:AT_ONCE],
        lambda row: cancel(interview=row, by=None, reason=CancelReason.UNANSWERED, only_from=WITHOUT_TIME),
        "unanswered, interview",
    )


def close_sittings() -> int:
    """The end of a sitting, of a queue its room's end."""
    now = timezone.now()
    going_on = Interview.objects.filter(sitting=OuterRef("pk"), state__in=TIMED)
    ended = Sitting.objects.filter(closed_at__isnull=True).filter(
        Q(kind=SittingKind.SLOTS, ends_at__lte=now)
        | Q(~Exists(going_on), kind=SittingKind.QUEUE, ends_at__lte=now)
        | Q(kind=SittingKind.QUEUE, ends_at__lte=now - CLOSES_AFTER)
    )
    rows = ended.select_related("posting").defer("posting__search").order_by("pk")[:AT_ONCE]
    return _each(rows, lambda row: close_sitting(sitting=row, by=None), "sitting")


def settle_missed() -> int:
    """The time is over and it never began: by the check-ins somebody stayed away, or else the employer is asked."""
    late = timezone.now() - LATE
    rows = Interview.objects.filter(state=State.CONFIRMED, ends_at__lte=late).select_related("sitting")
    return _each(rows.order_by("pk")[:AT_ONCE], _settle_missed, "missed, interview")


def _settle_missed(interview: Interview) -> bool:
    """False when there is nothing to do but wait."""
    employer_came = interview.employer_came_at is not None or talks_with_others(interview=interview)
    # The other side's wish to telephone, which nobody of the employer answered, is no telephone call.
    is_by_phone = interview.by_phone_at is not None and (employer_came or interview.by_phone_side == Side.EMPLOYER)
    if interview.mode == Mode.VIDEO and not is_by_phone:
        worker_came = interview.worker_came_at is not None
        if worker_came and not employer_came:
            no_show(interview=interview, side=Side.EMPLOYER, by=None)
            return True
        # Before a booth one waits in the hall: only who was called could be seen by his seat.
        was_waited_for = not interview.sitting.is_queue or interview.booth_id is None or interview.called_at is not None
        if employer_came and not worker_came and was_waited_for:
            no_show(interview=interview, side=Side.WORKER, by=None)
            return True
        patience = FOR_A_RESULT
    else:
        patience = WITHOUT_ROOM
    return _ask_then(
        interview, patience, lambda: cancel(interview=interview, by=None, reason=CancelReason.NOT_HELD)
    )  # fmt: skip


def _ask_then(interview: Interview, patience: timedelta, deed: Callable[[], Any]) -> bool:
    assert interview.ends_at
    if timezone.now() >= interview.ends_at + patience:
        deed()
        return True
    return _ask_for_result(interview)


def _ask_for_result(interview: Interview) -> bool:
    """Whether the employer is asked now; of one time once."""
    key = f"interview:{interview.pk}:result:{interview.changes}"
    return telling.result_wanted(interview=interview, key=key)


def settle_talks() -> int:
    """It began, and its room is closed: the employer is asked for the result; in the end it counts as held."""
    rows = Interview.objects.filter(state=State.LIVE, ends_at__lte=timezone.now() - CLOSES_AFTER)
    return _each(
        rows.select_related("sitting").order_by("pk")[:AT_ONCE],
        lambda row: _ask_then(row, FOR_A_RESULT_OF_A_TALK, lambda: finish(interview=row, by=None, feedback="")),
        "talk, interview",
    )


def clear_closed_days() -> int:
    """Go on with closings of booths that were cut short; returns on how many days something was moved."""
    days = BoothDay.objects.filter(host=None, by__isnull=False, on__gte=timezone.localdate())
    return _each(
        days.select_related("booth", "by").order_by("pk"),
        lambda day: bool(booths.clear(day=day, by=day.by)),
        "closed booth, day",
    )


def follow_merges() -> int:
    """Two profiles became one: the times of the one that went are the other's."""
    stale = BookedTime.objects.filter(held=Held.WORKER, interview__isnull=False).exclude(
        held_id=F("interview__application__worker")
    )
    rows = Interview.objects.filter(pk__in=stale.values("interview")).order_by("starts_at", "pk")
    return _each(rows[:AT_ONCE], lambda row: _follow_merge(interview_id=row.pk), "merged, interview")


@patient
def _follow_merge(*, interview_id: int) -> None:
    """Book anew for whom it is now; who has something else at that time picks another one."""
    interview = gather(pk=interview_id)
    if interview.state not in TIMED or interview.starts_at is None or interview.ends_at is None:
        booking.free_interview(interview=interview)
        return
    booking.free_interview(interview=interview)
    worker = interview.application.worker
    in_the_way = BookedTime.objects.in_the_way(Held.WORKER, worker.pk, interview.starts_at, interview.ends_at)
    if interview.state == State.CONFIRMED and in_the_way.exists():
        reschedule(interview=interview, side=Side.SYSTEM, by=None, wish="和另一场面试的时间碰上了")
        return
    if not in_the_way.exists():
        booking.book_interview(interview=interview, starts_at=interview.starts_at, ends_at=interview.ends_at)
    if interview.state == State.CONFIRMED:  # who talks already keeps his seat
        seating.seat_all(interview=interview)


def see_off_companions() -> int:
    """Whose delegation ended comes along no more."""
    rows = companions.without_delegation().order_by("pk")[:AT_ONCE]
    return _each(rows, lambda row: companions.see_off(interview_id=row.pk), "companion, interview")
