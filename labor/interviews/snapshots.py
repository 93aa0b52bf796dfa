"""What a person in the room, or before its door, may know of it now: the `room` message of the socket."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, Func, Max
from django.utils import timezone

from labor.interviews.choices import TIMED, SeatKind, State
from labor.interviews.models import ChatLine, Interview, Seat
from labor.interviews.recordings import recording_of

GONE_AFTER = timedelta(seconds=30)  # without a sign of life
CLOSED = "closed"  # over by time, whatever its state
ENDED = (State.DONE, State.CANCELLED, State.NO_SHOW)


def group_of(interview_id: int) -> str:
    """The group of the room's sockets, wherever they run."""
    return f"interview.{interview_id}"


def over(interview: Interview, now: datetime) -> str | None:
    """Why nobody is in the room any more, or None; a room that is not open yet is not over."""
    if interview.state not in TIMED:
        return str(interview.state)
    closes_at = interview.closes_at()
    return CLOSED if closes_at is not None and closes_at <= now else None


def is_here(seat: Seat, now: datetime) -> bool:
    return seat.connection is not None and seat.seen_at is not None and seat.seen_at > now - GONE_AFTER


def snapshot(*, seat_id: int) -> dict[str, Any] | None:
    """The room as that seat may see it, read now; None when the seat is not valid any more.

    Not admitted, he sees himself and whether the recruiter is there. The recruiter sees everybody, others see who was
    let in. `rev` grows with time, so that an older answer is known from a newer one.
    """
    clock = Func(function="clock_timestamp", output_field=DateTimeField())
    me = (
        Seat.objects.valid()
        .select_related("interview__sitting", "interview__application__posting__employer")
        .annotate(read_at=clock)
        .filter(pk=seat_id)
        .first()
    )
    if me is None:
        return None
    interview, now = me.interview, timezone.now()
    seats = list(Seat.objects.valid().filter(interview=interview).order_by("number"))
    sees_all, is_in = me.kind == SeatKind.RECRUITER, me.kind == SeatKind.RECRUITER or me.is_admitted
    people = [
        _person(seat, now, is_in=is_in)
        for seat in seats
        if seat.pk == me.pk or sees_all or seat.kind == SeatKind.RECRUITER or (is_in and seat.is_admitted)
    ]
    return {
        "t": "room",
        "rev": int(me.read_at.timestamp() * 1000),
        "you": {"seat": me.number, "kind": me.kind, "admitted": is_in},
        "on": interview.is_on(now),
        "over": over(interview, now),
        "people": people,
        "relay_only": settings.RELAY_ONLY,
        "recording": recording_of(me, is_in=is_in),
        "by_phone": interview.by_phone_at is not None,
        "queue": _queue(interview),
        "chat": (ChatLine.objects.filter(interview=interview).aggregate(last=Max("id"))["last"] or 0) if is_in else 0,
    }


def _person(seat: Seat, now: datetime, *, is_in: bool) -> dict[str, Any]:
    here = is_here(seat, now)
    return {
        "seat": seat.number,
        "kind": seat.kind,
        "name": seat.name,
        "here": here,
        "conn": str(seat.connection) if here and is_in else None,
        "admitted": seat.kind == SeatKind.RECRUITER or seat.is_admitted,
        "me": seat.me or None,
    }


def _queue(interview: Interview) -> dict[str, int] | None:
    """His number, and how many are still before him."""
    if not interview.sitting.is_queue or interview.queue_number is None:
        return None
    before = Interview.objects.filter(
        sitting=interview.sitting_id, state=State.CONFIRMED, queue_number__lt=interview.queue_number
    ).count()
    return {"number": interview.queue_number, "before": before if interview.state == State.CONFIRMED else 0}
