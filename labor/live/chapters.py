"""Chapters of a replay: when each card was spoken of, in seconds of the replay.

Pins have wall-clock times; the replay has only the pictures, so a gap between two parts takes no time in it.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from labor.live.models import Pin, Replay


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


def stretches(kept: list[Any]) -> list[Stretch]:
    """Where each part of `Replay.stretches` lies in the replay."""
    found: list[Stretch] = []
    at = 0.0
    for begins, seconds in kept:
        found.append(Stretch(datetime.fromisoformat(begins), seconds, at))
        at += seconds
    return found


def second_of(moment: datetime, found: list[Stretch]) -> float:
    """The replay's second that shows the moment; in a gap the start of the next part, after all of them the end."""
    for one in found:
        if moment < one.ends:
            return one.at + max((moment - one.begins).total_seconds(), 0.0)
    return found[-1].at + found[-1].seconds if found else 0.0


def chapters(replay: Replay) -> list[Chapter]:
    """What was spoken of, in order, within the replay's seconds. One query.

    A card that was up only while there were no pictures has no chapter. Where two overlap the later one begins when it
    begins, and the one before ends there.
    """
    found = stretches(replay.stretches)
    pins = Pin.objects.filter(session=replay.session_id).select_related("card__posting").order_by("from_at", "pk")
    made: list[Chapter] = []
    for pin in pins.defer("card__posting__duties", "card__posting__requirements", "card__posting__search"):
        at = min(second_of(pin.from_at, found), replay.seconds)
        until = replay.seconds if pin.to_at is None else min(second_of(pin.to_at, found), replay.seconds)
        if until <= at:
            continue
        if made and made[-1].until > at:
            made[-1] = replace(made[-1], until=at)
        posting = pin.card.posting
        made.append(Chapter(pin.card_id, posting.pk, posting.title, at, until))
    return [one for one in made if one.until > one.at]


def as_json(replay: Replay) -> dict[str, Any]:
    """`{"seconds": 3601.2, "chapters": [{"at", "until", "card", "posting", "title"}, …]}`: seconds of the replay."""
    rows = [{**asdict(one), "at": round(one.at, 1), "until": round(one.until, 1)} for one in chapters(replay)]
    return {"seconds": round(replay.seconds, 1), "chapters": rows}
