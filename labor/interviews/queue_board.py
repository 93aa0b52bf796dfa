"""A queue as its recruiter sees it: who is being interviewed, who waits, who is there. Reads only."""

from dataclasses import dataclass

from django.utils import timezone

from labor.interviews.actions.queueing import HERE
from labor.interviews.choices import SeatKind, State
from labor.interviews.models import Interview, Seat, Sitting


@dataclass(frozen=True)
class Place:
    """One person of the queue; `before` is how many wait in front of him, None for who waits no more."""

    interview: Interview
    before: int | None
    is_here: bool


def queue_of(sitting: Sitting) -> list[Place]:
    """Everybody with a number: who is being interviewed, then who waits, then who is through. Two queries."""
    rows = list(
        Interview.objects.filter(sitting=sitting, queue_number__isnull=False)
        .select_related("application__worker", "application__posting", "sitting", "recruiter", "booth")
        .defer("application__posting__search")
        .order_by("queue_number")
    )
    here = set(
        Seat.objects.valid()
        .filter(
            interview__in=[row.pk for row in rows], kind=SeatKind.WORKER, connection__isnull=False,
            seen_at__gte=timezone.now() - HERE,
        )
        .values_list("interview_id", flat=True)
    )  # fmt: skip
    live = [row for row in rows if row.state == State.LIVE]
    waiting = [row for row in rows if row.state == State.CONFIRMED]
    through = [row for row in rows if row not in live and row not in waiting]
    return [
        *(Place(row, None, row.pk in here) for row in live),
        *(Place(row, number, row.pk in here) for number, row in enumerate(waiting)),
        *(Place(row, None, row.pk in here) for row in through),
    ]
