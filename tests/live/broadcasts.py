"""Sessions whose pictures lie on the shelf as a connection left them; small files instead of films."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from labor.live.ingest import shelf
from labor.live.models import LiveSession, Part

BEGAN = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def segment(part: int, index: int) -> bytes:
    return f"<{part}/{index}>".encode()


def broadcast(
    session: LiveSession, *, part: int = 1, begins: datetime = BEGAN, seconds: int = 20, **fields: Any
) -> Part:
    """A part of so many one-second segments; its writer still holds the shelf."""
    row = Part.objects.create(
        session=session, number=part, source="browser", holder=uuid4(), started_at=begins, first_at=begins,
        ended_at=begins, segments=seconds, seconds=seconds, **fields,
    )  # fmt: skip
    shelf.take(session.stream, part, row.holder)
    place = shelf.Shelf(session.stream, part, row.holder, is_public=not row.is_rehearsal)
    for index in range(seconds):
        file = place.folder / "made.ts"
        file.write_bytes(segment(part, index))
        place.put(file, seconds=1.0, at=begins.timestamp() + index)
    return row
