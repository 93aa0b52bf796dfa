"""Whose time is taken: parts of the other actions' transactions. Only the database's constraint decides."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from jinba.core.errors import Refused
from jinba.core.locks import Busy, locked
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
    """Take the time of everybody whom a confirmed interview needs besides its recruiter, and of its booth.

    A queue takes the booth once and for all of its time: its people sit down in it one after another.
    """
    sitting = interview.sitting
    held: list[tuple[Held, int]] = [(Held.WORKER, interview.application.worker_id)]
    if interview.helper_id is not None:
        held.append((Held.USER, interview.helper_id))
    if interview.booth_id is not None and not sitting.is_queue:
        held.append((Held.BOOTH, interview.booth_id))
    rows = [BookedTime.make(what, pk, starts_at, ends_at, interview=interview) for what, pk in held]
    if interview.booth_id is not None and sitting.is_queue:
        # Where it is there already the insert gives way to it, and finds it.
        rows.append(
            BookedTime.make(Held.BOOTH, interview.booth_id, sitting.starts_at, sitting.ends_at, sitting=sitting)
        )
    _book(rows)
    if sitting.is_queue and interview.booth_id not in (None, *(row.held_id for row in _booths_of(sitting))):
        raise Busy  # the last one who was to sit there gave it back at this very moment


def _booths_of(sitting: Sitting) -> list[BookedTime]:
    """The booths that a queue holds, locked: who comes and who leaves see each other."""
    return locked(BookedTime.objects.filter(sitting=sitting, held=Held.BOOTH))


def book_slots(*, slots: Iterable[Slot], recruiter: Any) -> None:
    _book(BookedTime.make(Held.USER, recruiter.pk, slot.starts_at, slot.ends_at, slot=slot) for slot in slots)


def book_recruiter(*, slot: Slot, recruiter: Any) -> None:
    """It is this recruiter who is taken for the slot, whoever was before: colleagues take interviews over."""
    if not BookedTime.objects.filter(slot=slot, held=Held.USER, held_id=recruiter.pk).exists():
        free(slot=slot, held=Held.USER)
        book_slots(slots=[slot], recruiter=recruiter)


def book_colleague(*, interview: Interview, colleague: Any, starts_at: datetime) -> None:
    """Who takes over one talk of a queue is taken for as long as a talk is to last; the queue stays another's."""
    ends_at = starts_at + timedelta(minutes=interview.sitting.minutes)
    _book([BookedTime.make(Held.USER, colleague.pk, starts_at, ends_at, interview=interview)])


def book_sitting(*, sitting: Sitting) -> None:
    """The recruiter of a queue is taken for all of it."""
    _book([BookedTime.make(Held.USER, sitting.recruiter_id, sitting.starts_at, sitting.ends_at, sitting=sitting)])


def free_interview(*, interview: Interview) -> None:
    """Give its times back, and the booths of its queue in which nobody but him was to sit."""
    free(interview=interview)
    if not interview.sitting.is_queue:
        return
    for row in _booths_of(interview.sitting):
        others = Interview.objects.timed().filter(sitting=interview.sitting, booth=row.held_id)
        if not others.exclude(pk=interview.pk).exists():
            row.delete()


def free(**for_what: Any) -> None:
    """Give times of a slot, of a sitting, or of one who takes part in an interview back."""
    BookedTime.objects.filter(**for_what).delete()
