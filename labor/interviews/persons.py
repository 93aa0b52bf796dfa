"""A worker's interviews in his copy, and what of them goes when he is forgotten."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from jinba.privacy.persons import forgets, keeps
from labor.applications.actions.erasing import GONE
from labor.interviews.actions.recording import forget_of
from labor.interviews.choices import SeatKind
from labor.interviews.models import (
    ChatLine,
    Interview,
    InterviewEvent,
    RecordingConsent,
    Scorecard,
    Seat,
    SeatText,
    WalkIn,
)


@keeps
def interviews(workers: Sequence[Any]) -> "Iterator[QuerySet[Any]]":
    """What was arranged and said to him, what he wrote and agreed to. A recruiter's own notes are the firm's."""
    mine = {"interview__application__worker__in": workers}
    yield Interview.objects.filter(application__worker__in=workers)
    yield InterviewEvent.objects.filter(**mine)
    yield Scorecard.objects.filter(**mine, handed_in_at__isnull=False)
    yield Seat.objects.filter(**mine, kind=SeatKind.WORKER)
    yield WalkIn.objects.filter(worker__in=workers)
    yield ChatLine.objects.filter(seat__kind=SeatKind.WORKER, **mine)
    yield RecordingConsent.objects.filter(
        seat__kind=SeatKind.WORKER, recording__interview__application__worker__in=workers
    )


@forgets
def words_and_names(worker: Any) -> None:
    """The interviews stay as figures; who he is and what was said go."""
    mine = Interview.objects.filter(application__worker=worker).values("pk")
    ChatLine.objects.filter(interview__in=mine).delete()
    SeatText.objects.filter(seat__interview__in=mine).delete()
    Seat.objects.filter(interview__in=mine, kind=SeatKind.WORKER).update(name=GONE, phone=None)
    Interview.objects.filter(pk__in=mine).update(wish="", feedback="")
    Scorecard.objects.filter(interview__in=mine).update(notes="", feedback="")


@forgets
def films(worker: Any) -> None:
    """Nobody sees a recording of him from now on; the files go when this is committed."""
    forget_of(worker=worker)
