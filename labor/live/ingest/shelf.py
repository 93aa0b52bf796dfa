"""Segments and playlist of one session on disk; whoever took the shelf last is the only one who writes.

    <stream>/index.m3u8           the live playlist
    <stream>/p<number>/00000.ts   segments of a part; list.csv beside them tells each one's seconds, bytes and time
    <stream>/.in-…/               where ffmpeg works; a segment leaves it whole, or not at all
    <stream>/.writer              who took the shelf: part and connection

Rows say the same with a second's delay; numbers go on from here, because here is what players have already seen.
"""

import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from django.conf import settings

from labor.live.ingest.playlist import WINDOW, Segment, render, target

STREAM = re.compile(r"[0-9A-Za-z_-]{8,40}")
PART = re.compile(r"p(\d+)")
LIST, INDEX, WRITER, LOCK, WORK = "list.csv", "index.m3u8", ".writer", ".lock", ".in-"
STALE = 60.0  # seconds since anything was written to a folder of ffmpeg's, which writes each second
SPARE_BYTES = 500_000_000  # below so much free space nobody goes on air


class Taken(Exception):
    """Another connection writes now."""


def root(stream: str) -> Path:
    """The stream's folder; it need not be there."""
    if not STREAM.fullmatch(stream):
        raise ValueError("not the name of a stream")
    return Path(settings.STREAMS_ROOT) / stream


def is_full() -> bool:
    """Whether the disk has no room for pictures."""
    place = Path(settings.STREAMS_ROOT)
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free < SPARE_BYTES


def segments(stream: str) -> list[Segment]:
    """All that were ever in the playlist, in order."""
    found: list[Segment] = []
    for number in _parts(root(stream)):
        found += _read(root(stream) / f"p{number}" / LIST, number)
    return found


def count(stream: str, number: int) -> tuple[int, float, int]:
    """How many segments, seconds and bytes a part really has."""
    found = _read(root(stream) / f"p{number}" / LIST, number)
    return len(found), sum(segment.seconds for segment in found), sum(segment.bytes for segment in found)


def take(stream: str, number: int, holder: UUID) -> int:
    """From now on only this connection writes; how many segments there are already."""
    with _held(stream) as folder:
        _write(folder / WRITER, f"{number} {holder}")
    return len(segments(stream))


def close(stream: str) -> None:
    """Tell players that nothing more comes, and connections that they write no more."""
    if not root(stream).is_dir():
        return
    with _held(stream) as folder:
        (folder / WRITER).unlink(missing_ok=True)
        index = folder / INDEX
        if index.exists() and "#EXT-X-ENDLIST" not in (text := index.read_text()):
            _write(index, f"{text}#EXT-X-ENDLIST\n")


class Shelf:
    """One part's place on it, for the connection that took it."""

    def __init__(self, stream: str, number: int, holder: UUID, *, is_public: bool) -> None:
        self.stream, self.number, self.holder, self.is_public = stream, number, holder, is_public
        self.folder = root(stream)
        before = segments(stream)
        self.index = 0
        self.sequence = len(before)  # of the next segment
        self.longest = target(before)
        self.tail = before[-WINDOW - 1 :]
        # Between how many neighbours before the tail the picture broke off.
        self.breaks = _breaks(before[: -WINDOW - 1] + self.tail[:1])

    def work(self) -> Path:
        """A new folder for ffmpeg; those that dead connections left go.

        One that still sends keeps its own, so that it hears that it was taken over, and not that its disk is broken.
        """
        for stale in self.folder.glob(f"{WORK}*"):
            with suppress(OSError):
                if time.time() - stale.stat().st_mtime > STALE:
                    shutil.rmtree(stale, ignore_errors=True)
        made = self.folder / f"{WORK}{secrets.token_hex(8)}"
        made.mkdir(parents=True)
        return made

    def put(self, file: Path, *, seconds: float, at: float) -> Segment:
        """A whole segment becomes public at once; in a rehearsal nobody keeps it. Taken when another writes."""
        segment = Segment(self.number, self.index, seconds, file.stat().st_size, at)
        with _held(self.stream) as folder:
            if not self._is_ours(folder):
                raise Taken
            if not self.is_public:
                file.unlink()
            else:
                place = folder / segment.path
                place.parent.mkdir(exist_ok=True)
                file.replace(place)
                with (place.parent / LIST).open("a") as listed:
                    listed.write(f"{place.name},{seconds:.6f},{segment.bytes},{at:.3f}\n")
                self._show(segment)
        self.index += 1
        return segment

    def leave(self) -> None:
        """Nobody writes now; unless somebody took it, who stays."""
        if not self.folder.is_dir():
            return
        with _held(self.stream) as folder:
            if self._is_ours(folder):
                (folder / WRITER).unlink()

    def _is_ours(self, folder: Path) -> bool:
        try:
            return (folder / WRITER).read_text() == f"{self.number} {self.holder}"
        except FileNotFoundError:
            return False

    def _show(self, segment: Segment) -> None:
        self.sequence += 1
        self.longest = max(self.longest, target([segment]))
        self.tail.append(segment)
        while len(self.tail) > WINDOW + 1:
            first = self.tail.pop(0)
            self.breaks += first.part != self.tail[0].part
        shown = self.tail[-WINDOW:]
        before = self.tail[0].part if len(self.tail) > WINDOW else None
        text = render(
            shown, sequence=self.sequence - len(shown), breaks=self.breaks, longest=self.longest, before=before
        )
        _write(self.folder / INDEX, text)


def _breaks(found: list[Segment]) -> int:
    return sum(one.part != other.part for one, other in pairwise(found))


def _parts(folder: Path) -> list[int]:
    if not folder.is_dir():
        return []
    return sorted(int(match[1]) for entry in os.scandir(folder) if (match := PART.fullmatch(entry.name)))


def _read(path: Path, number: int) -> list[Segment]:
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for index, text in enumerate(lines):
        match text.split(","):
            case [_, seconds, size, at]:
                found.append(Segment(number, index, float(seconds), int(size), float(at)))
    return found


def _write(path: Path, text: str) -> None:
    """At once or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.write_text(text)
    unfinished.replace(path)


@contextmanager
def _held(stream: str) -> Iterator[Path]:
    """The folder, with no other process at it."""
    folder = root(stream)
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(lock)
