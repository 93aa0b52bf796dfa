"""Whose time is taken: parts of the other actions' transactions. Only the database's constraint decides."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from jinba.core.errors import Refused
from jinba.core.spoken import when
from labor.interviews.choices import Held
from labor.interviews.models import BookedTime, Interview, Sitting, Slot

TAKEN = "这个时间刚被占用，请另选一个。"
IN_THE_WAY = {
    Held.WORKER: "{when} 已经有别的面试，时间碰上了，请另选一个。",
    Held.USER: "{when} 面试官或陪同人已经有别的面试，请另选一个时间。",
    Held.BOOTH: "{when} 这个面试间已经有人用，请换一个面试间，或者另选一个时间。",
}
# The field of a form that each is about: whoever picks chooses a slot, whoever offers gives times.
FIELDS = {Held.WORKER: "slot", Held.USER: "times", Held.BOOTH: "booth"}


def _book(rows: Iterable[BookedTime]) -> None:
    """Take all these times or none, in the caller's transaction; Refused with the time that is in the way.

    Two who book at the same moment wait for each other at the constraint. Rows come in the order of their keys and
    the insert gives way instead of failing, so that nobody waits in a circle.
    """
    wanted = sorted(rows, key=lambda row: row.span.lower)
    if not wanted:
        return
    for earlier, later in pairwise(wanted):
        if later.span.lower < earlier.span.upper:
            raise Refused("给的时间互相碰上了，请错开。", field="times")
    BookedTime.objects.bulk_create(wanted, ignore_conflicts=True)
    made = set(
        BookedTime.objects.filter(span__in=[row.span for row in wanted]).values_list(
            "held", "held_id", "starts_at", "sitting_id", "slot_id", "interview_id"
        )
    )
    for row in wanted:
        mine = (row.held, row.held_id, row.starts_at, row.sitting_id, row.slot_id, row.interview_id)
        if mine not in made:
            raise Refused(_sentence(row), field=FIELDS[Held(row.held)])


def _sentence(row: BookedTime) -> str:
    there = BookedTime.objects.in_the_way(Held(row.held), row.held_id, row.starts_at, row.ends_at).first()
    return IN_THE_WAY[Held(row.held)].format(when=when(there.starts_at)) if there else TAKEN


def book_interview(*, interview: Interview, starts_at: datetime, ends_at: datetime) -> None:
    """Take the time of everybody whom a confirmed interview needs besides its recruiter, and of its booth."""
    held: list[tuple[Held, int]] = [(Held.WORKER, interview.application.worker_id)]
    if interview.helper_id is not None:
        held.append((Held.USER, interview.helper_id))
    if interview.booth_id is not None:
        held.append((Held.BOOTH, interview.booth_id))
    _book(BookedTime.make(what, pk, starts_at, ends_at, interview=interview) for what, pk in held)


def book_slots(*, slots: Iterable[Slot], recruiter: Any) -> None:
    _book(BookedTime.make(Held.USER, recruiter.pk, slot.starts_at, slot.ends_at, slot=slot) for slot in slots)


def book_recruiter(*, slot: Slot, recruiter: Any) -> None:
    """It is this recruiter who is taken for the slot, whoever was before: colleagues take interviews over."""
    if not BookedTime.objects.filter(slot=slot, held=Held.USER, held_id=recruiter.pk).exists():
        free(slot=slot, held=Held.USER)
        book_slots(slots=[slot], recruiter=recruiter)


def book_sitting(*, sitting: Sitting) -> None:
    """The recruiter of a queue is taken for all of it."""
    _book([BookedTime.make(Held.USER, sitting.recruiter_id, sitting.starts_at, sitting.ends_at, sitting=sitting)])


def free(**for_what: Any) -> None:
    """Give the times of an interview, a slot or a sitting back."""
    BookedTime.objects.filter(**for_what).delete()
