"""Chapters of a replay: when each card was spoken of, in seconds of the replay.

Pins have wall-clock times; the replay has only the pictures, so a gap between two parts takes no time in it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from labor.live.models import LiveSession, Part, Pin


@dataclass(frozen=True)
class Stretch:
    """A part in the replay: its pictures of `begins` to `ends` are the replay's seconds `at` to `at + seconds`."""

    begins: datetime
    seconds: float
    at: float

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Chapter:
    """Seconds `at` to `until` of the replay are about this card."""

    card: int
    posting: int
    title: str
    at: float
    until: float


def kept_parts(session: LiveSession) -> QuerySet[Part]:
    """The parts whose pictures the replay shows, in their order."""
    return Part.objects.filter(session=session, is_rehearsal=False, segments__gt=0).order_by("number")


def stretches(parts: list[Part]) -> list[Stretch]:
    """Where each part lies in the replay."""
    found: list[Stretch] = []
    at = 0.0
    for part in parts:
        found.append(Stretch(part.first_at or part.started_at, part.seconds, at))
        at += part.seconds
    return found


def second_of(moment: datetime, found: list[Stretch]) -> float:
    """The replay's second that shows the moment; in a gap the start of the next part, after all of them the end."""
    for one in found:
        if moment < one.ends:
            return one.at + max((moment - one.begins).total_seconds(), 0.0)
    return found[-1].at + found[-1].seconds if found else 0.0


def chapters(session: LiveSession, *, seconds: float) -> list[Chapter]:
    """What was spoken of, in order; stays within the replay's `seconds`. Two queries.

    A card that was pinned only while there were no pictures has no chapter; one that follows at once ends the one
    before.
    """
    found = stretches(list(kept_parts(session)))
    pins = Pin.objects.filter(session=session).select_related("card__posting").order_by("from_at", "pk")
    made: list[Chapter] = []
    for pin in pins:
        at = min(second_of(pin.from_at, found), seconds)
        until = min(second_of(pin.to_at or session.ended_at or timezone.now(), found), seconds)
        if until <= at:
            continue
        if made and made[-1].until > at:
            made[-1] = Chapter(made[-1].card, made[-1].posting, made[-1].title, made[-1].at, at)
        posting = pin.card.posting
        made.append(Chapter(pin.card_id, posting.pk, posting.title, at, until))
    return [one for one in made if one.until > one.at]


def as_json(made: list[Chapter], *, seconds: float) -> dict[str, Any]:
    """`{"seconds": 3601.2, "chapters": [{"at", "until", "card", "posting", "title"}, …]}`: seconds of the replay."""
    return {
        "seconds": round(seconds, 1),
        "chapters": [
            {
                "at": round(one.at, 1),
                "until": round(one.until, 1),
                "card": one.card,
                "posting": one.posting,
                "title": one.title,
            }
            for one in made
        ],
    }
