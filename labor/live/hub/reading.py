"""What the hub reads, in a thread of its own."""

from collections.abc import Iterable
from typing import NamedTuple

from labor.live import entries_json
from labor.live.choices import OPEN_ROOM
from labor.live.entries_json import Row
from labor.live.models import Room


class Position(NamedTuple):
    """How far a room is."""

    last: int
    likes: int
    state: str

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ROOM


def positions(session_ids: Iterable[int]) -> dict[int, Position]:
    """Of those of these sessions that have a room."""
    rows = Room.objects.filter(pk__in=list(session_ids)).values_list("pk", "last_seq", "likes", "session__state")
    return {pk: Position(last, likes, state) for pk, last, likes, state in rows}


def newest(session_id: int, most: int, until: int | None = None) -> list[Row]:
    return entries_json.after(session_id, -most, most=most, until=until)


def since(session_id: int, seq: int) -> list[Row]:
    return entries_json.after(session_id, seq)
