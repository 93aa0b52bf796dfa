"""Entries of a room as viewers get them, by the socket and by the page: hidden or erased ones keep only their number.

Held, hidden and erased words are known by the message's state as it is when the entry is read, not as it was written.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from labor.live.choices import EntryKind, MessageState
from labor.live.models import Entry

MOST = 200  # entries in one answer
ANCHOR = "主播"
# These change what is on the screen, and do not wait for others to come along.
URGENT = frozenset(
    {
        EntryKind.PINNED, EntryKind.UNPINNED, EntryKind.STARTED, EntryKind.ENDED, EntryKind.ON_AIR, EntryKind.OFF_AIR,
        EntryKind.HIDDEN,
    }
)  # fmt: skip


class Row(NamedTuple):
    """One entry and its message, as one query brings them."""

    session_id: int
    seq: int
    kind: str
    at: datetime
    data: dict[str, Any]
    message_id: int | None
    name: str | None
    is_crew: bool | None
    text: str | None
    state: str | None
    card_id: int | None
    answer: str | None


_COLUMNS = (
    "session_id", "seq", "kind", "at", "data", "message_id", "message__shown_name", "message__is_crew",
    "message__text", "message__state", "message__card_id", "message__answer",
)  # fmt: skip


def after(session_id: int, since: int, *, most: int = MOST, until: int | None = None) -> list[Row]:
    """Up to `most` entries after number `since`; with a negative `since` the last so many (up to number `until`)."""
    found = Entry.objects.filter(session_id=session_id).values_list(*_COLUMNS)
    if until is not None:
        found = found.filter(seq__lte=until)
    if since >= 0:
        return [Row(*values) for values in found.filter(seq__gt=since).order_by("seq")[:most]]
    return [Row(*values) for values in reversed(found.order_by("-seq")[: min(-since, most)])]


def as_dict(row: Row) -> dict[str, Any]:
    """What viewers learn of this entry."""
    at = row.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"seq": row.seq, "kind": row.kind, "at": at, **_more(row)}


def as_text(row: Row) -> str:
    return json.dumps(as_dict(row), ensure_ascii=False, separators=(",", ":"))


def as_list(found: Iterable[Row]) -> list[dict[str, Any]]:
    return [as_dict(row) for row in found]


def _more(row: Row) -> dict[str, Any]:
    # Hidden, held, or its author was forgotten: then a message has no words any more.
    is_shown = row.state == MessageState.SHOWN and bool(row.text)
    match row.kind:
        case EntryKind.SAID | EntryKind.ASKED:
            more: dict[str, Any] = {"id": row.message_id}
            if is_shown:
                more |= {"name": row.name, "crew": row.is_crew, "text": row.text}
            else:
                more |= {"name": "", "crew": False, "text": "", "gone": True}
            if row.kind == EntryKind.ASKED:
                more["card"] = row.card_id
            return more
        case EntryKind.HIDDEN:
            return {"id": row.message_id}
        case EntryKind.ANSWERED:
            name = row.data.get("name") or ANCHOR
            if not is_shown:
                return {"id": row.message_id, "question": "", "answer": "", "name": name, "gone": True}
            return {"id": row.message_id, "question": row.text, "answer": row.answer, "name": name}
        case EntryKind.PINNED | EntryKind.UNPINNED:
            return {"card": row.data.get("card")}
        case EntryKind.ANNOUNCED:
            return {"text": row.data.get("text", "")}
        case EntryKind.SLOWED:
            return {"seconds": row.data.get("seconds", 0)}
    return {}
