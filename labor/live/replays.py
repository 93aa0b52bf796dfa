"""The replay: from one-second segments of the parts to pieces of several seconds, and the playlist of those."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.cache import caches
from django.db.models import QuerySet

from employers.models import JobPosting
from labor.live.choices import ReplayState, State
from labor.live.ingest import shelf
from labor.live.ingest.playlist import Segment
from labor.live.models import LiveSession, Part, Replay
from labor.live.storage import replay_files

HOLE = 1.5  # seconds without a picture; clocks of segments are not that far off
LEAST, MOST = 6.0, 10.0  # seconds of a piece; a segment that is longer by itself stays one
# Signed addresses hold so long, and a playlist is kept meanwhile; whoever plays it reads it again before they run out.
SIGNED_FOR = 20 * 60
PLAYLIST_KEPT = 5 * 60


@dataclass(frozen=True)
class Piece:
    """One file of the replay, made of these segments."""

    name: str
    sources: tuple[Path, ...]
    seconds: float
    bytes: int
    begins_part: bool

    @property
    def row(self) -> list[Any]:
        """As `Replay.segments` keeps it."""
        return [self.name, round(self.seconds, 6), self.begins_part]


@dataclass(frozen=True)
class Plan:
    pieces: list[Piece]
    stretches: list[list[Any]]

    @property
    def seconds(self) -> float:
        return sum(piece.seconds for piece in self.pieces)

    @property
    def bytes(self) -> int:
        return sum(piece.bytes for piece in self.pieces)


# Before it is made ---------------------------------------------------------------------------------------------------


def is_being_written(session: LiveSession) -> bool:
    """Whether a connection may still add segments."""
    return (shelf.root(session.stream) / shelf.WRITER).exists()


def plan(session: LiveSession) -> Plan:
    """Pieces of LEAST to MOST seconds, none of them across two parts or a hole; rehearsals left no segments.

    The same segments always make the same pieces under the same names, so work that was cut off goes on.
    """
    folder = shelf.root(session.stream)
    pieces: list[Piece] = []
    stretches: list[list[Any]] = []
    there = [segment for segment in shelf.segments(session.stream) if (folder / segment.path).is_file()]
    for segments in _unbroken(there):
        first_at = datetime.fromtimestamp(segments[0].at, UTC).isoformat()
        stretches.append([first_at, round(sum(segment.seconds for segment in segments), 6)])
        for number, group in enumerate(_groups(segments)):
            sources = tuple(folder / segment.path for segment in group)
            seconds, size = sum(segment.seconds for segment in group), sum(segment.bytes for segment in group)
            is_new = number == 0 and bool(pieces)
            pieces.append(Piece(f"{len(pieces) + 1:05d}.ts", sources, seconds, size, is_new))
    return Plan(pieces, stretches)


def _unbroken(segments: list[Segment]) -> list[list[Segment]]:
    """Stretches of pictures that follow each other: a part, or what lies before and after segments that were lost."""
    found: list[list[Segment]] = []
    ends = 0.0
    for segment in segments:
        if not found or found[-1][-1].part != segment.part or segment.at > ends + HOLE:
            found.append([])
            ends = segment.at
        found[-1].append(segment)
        ends += segment.seconds
    return found


def _groups(segments: list[Segment]) -> list[list[Segment]]:
    groups: list[list[Segment]] = []
    held = MOST
    for segment in segments:
        if held >= LEAST or held + segment.seconds > MOST:
            groups.append([])
            held = 0.0
        groups[-1].append(segment)
        held += segment.seconds
    return groups


def on_air(session: Any) -> QuerySet[Part]:
    """The parts that people saw: no rehearsals, and none that brought no picture. `session`: one, its key, or an
    OuterRef."""
    return Part.objects.filter(session=session, is_rehearsal=False, segments__gt=0)


def is_coming(session: LiveSession) -> bool:
    """Whether a replay will be made, though nobody has begun."""
    return (
        session.state == State.ENDED
        and on_air(session).exists()
        and not Replay.objects.filter(session=session).exists()
    )


# When it is there ----------------------------------------------------------------------------------------------------


def playable(session: LiveSession) -> Replay | None:
    """The replay that anybody may watch now, if there is one."""
    if session.state != State.REPLAY:
        return None
    return Replay.objects.filter(session=session, state=ReplayState.READY).first()


def playlist(replay: Replay) -> str:
    """The whole replay as an HLS playlist; pieces are where the storage keeps them.

    Signing hundreds of addresses costs, so such a playlist is kept for a moment.
    """
    files = replay_files()
    if not files.is_signed:
        return _playlist(replay)
    key = f"replay:{replay.pk}:{replay.folder}:{replay.made_at and replay.made_at.timestamp()}"
    kept: str | None = caches["pages"].get(key)
    if kept is None:
        kept = _playlist(replay)
        caches["pages"].set(key, kept, PLAYLIST_KEPT)
    return kept


def _playlist(replay: Replay) -> str:
    files = replay_files()
    longest = max((seconds for _, seconds, _ in replay.segments), default=0)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{max(math.ceil(longest), 1)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    for name, seconds, begins_part in replay.segments:
        if begins_part:
            lines.append("#EXT-X-DISCONTINUITY")
        lines += [f"#EXTINF:{seconds:.6f},", files.address(f"{place_of(replay.folder)}/{name}", SIGNED_FOR)]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def renewed_each() -> int:
    """Seconds after which a page that plays has to read the playlist again; 0 where addresses do not run out."""
    return (SIGNED_FOR - PLAYLIST_KEPT) // 2 if replay_files().is_signed else 0


def place_of(folder: str) -> str:
    """Where in the storage the pieces of a folder lie."""
    return f"{folder}/replay"


def is_recruiting(session: LiveSession) -> bool:
    """Whether any card of the session can still be applied to."""
    return session.cards.filter(removed_at__isnull=True, posting__in=JobPosting.objects.open()).exists()
