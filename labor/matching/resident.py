"""The open postings as the engine's columns, kept in this process for a minute, so that a page costs microseconds."""

import time
from dataclasses import dataclass
from threading import Lock

from employers.models import JobPosting
from labor.matching.engine import PostingIndex, prepare
from labor.matching.loading import load_postings
from labor.matching.places import PlaceMap, place_codes

FRESH_FOR = 60.0


@dataclass(frozen=True)
class Resident:
    places: PlaceMap
    postings: PostingIndex
    loaded_at: float


_lock = Lock()
_resident: Resident | None = None


def resident() -> Resident:
    """At most a minute old; lists that must be exact are drawn by the tasks, not from here."""
    global _resident
    with _lock:
        if _resident is None or time.monotonic() - _resident.loaded_at > FRESH_FOR:
            places = PlaceMap(place_codes())
            postings = prepare(load_postings(JobPosting.objects.open(), places))
            _resident = Resident(places, postings, time.monotonic())
        return _resident


def forget() -> None:
    global _resident
    with _lock:
        _resident = None
