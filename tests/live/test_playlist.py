"""The live playlist: numbers that go on whatever broke off, and a shelf that only one connection writes to."""

import os
import re
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from labor.live.ingest import shelf
from labor.live.ingest.playlist import WINDOW, Segment
from labor.live.ingest.shelf import Shelf, Taken

STREAM = "a-stream-of-tests"


@pytest.fixture(autouse=True)
def root(settings: Any, tmp_path: Path) -> Path:
    settings.STREAMS_ROOT = tmp_path
    return tmp_path / STREAM


def take(number: int, *, is_public: bool = True) -> Shelf:
    """A new connection."""
    holder = uuid4()
    shelf.take(STREAM, number, holder)
    return Shelf(STREAM, number, holder, is_public=is_public)


def fill(on: Shelf, count: int, *, seconds: float = 1.0, at: float = 1_000_000.0) -> list[Segment]:
    work = on.work()
    made = []
    for number in range(count):
        file = work / f"{number:05d}.ts"
        file.write_bytes(b"a picture")
        made.append(on.put(file, seconds=seconds, at=at + number * seconds))
    return made


def shown(root: Path) -> str:
    return (root / "index.m3u8").read_text()


def number(text: str, tag: str) -> int:
    found = re.search(rf"#EXT-X-{tag}:(\d+)", text)
    assert found, text
    return int(found[1])


def files(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_one_part_from_its_beginning(root: Path) -> None:
    fill(take(1), 2)
    assert shown(root).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        "#EXT-X-TARGETDURATION:2",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-DISCONTINUITY-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-PROGRAM-DATE-TIME:1970-01-12T13:46:40.000Z",
        "#EXTINF:1.000,",
        "p1/00000.ts",
        "#EXT-X-PROGRAM-DATE-TIME:1970-01-12T13:46:41.000Z",
        "#EXTINF:1.000,",
        "p1/00001.ts",
    ]


def test_only_the_last_segments_are_shown_and_all_are_kept(root: Path) -> None:
    fill(take(1), WINDOW + 3)
    assert files(shown(root)) == [f"p1/{index:05d}.ts" for index in range(3, WINDOW + 3)]
    assert number(shown(root), "MEDIA-SEQUENCE") == 3
    assert len(list((root / "p1").glob("*.ts"))) == len(shelf.segments(STREAM)) == WINDOW + 3


def test_the_next_part_goes_on_behind_a_discontinuity(root: Path) -> None:
    fill(take(1), 3)
    fill(take(2), 2)
    text = shown(root)
    assert files(text) == ["p1/00000.ts", "p1/00001.ts", "p1/00002.ts", "p2/00000.ts", "p2/00001.ts"]
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert text.index("#EXT-X-DISCONTINUITY\n") > text.index("p1/00002.ts")
    assert (number(text, "MEDIA-SEQUENCE"), number(text, "DISCONTINUITY-SEQUENCE")) == (0, 0)


def test_numbers_stay_true_while_parts_leave_the_window(root: Path) -> None:
    """Each segment keeps its number, and the count of breaks before it, in every playlist that shows it."""
    seen: dict[str, tuple[int, int]] = {}
    for part, count in enumerate((3, 1, WINDOW + 2, 2, 4), start=1):
        on = take(part)
        for _ in range(count):
            fill(on, 1)
            text = shown(root)
            sequence, breaks = number(text, "MEDIA-SEQUENCE"), number(text, "DISCONTINUITY-SEQUENCE")
            for line in text.splitlines():
                if line == "#EXT-X-DISCONTINUITY":
                    breaks += 1
                elif line.endswith(".ts"):
                    assert seen.setdefault(line, (sequence, breaks)) == (sequence, breaks), text
                    sequence += 1
    assert sorted(sequence for sequence, _ in seen.values()) == list(range(3 + 1 + WINDOW + 2 + 2 + 4))
    assert {breaks for _, breaks in seen.values()} == {0, 1, 2, 3, 4}


def test_long_segments_raise_the_target_for_good(root: Path) -> None:
    fill(take(1), 1, seconds=4.2)
    assert number(shown(root), "TARGETDURATION") == 5
    fill(take(2), WINDOW + 2)
    assert number(shown(root), "TARGETDURATION") == 5


def test_who_was_taken_over_writes_nothing_more(root: Path) -> None:
    old = take(1)
    fill(old, 2)
    new = take(2)
    with pytest.raises(Taken):
        fill(old, 1)
    assert files(shown(root)) == ["p1/00000.ts", "p1/00001.ts"]
    fill(new, 1)
    old.leave()
    fill(new, 1)
    assert files(shown(root))[2:] == ["p2/00000.ts", "p2/00001.ts"]


def test_a_rehearsal_keeps_and_shows_nothing(root: Path) -> None:
    fill(take(1, is_public=False), 3)
    assert not (root / "index.m3u8").exists()
    assert list(root.rglob("*.ts")) == []
    fill(take(2), 1)
    assert number(shown(root), "MEDIA-SEQUENCE") == 0
    assert "#EXT-X-DISCONTINUITY\n" not in shown(root)


def test_a_torn_line_of_a_killed_process_is_no_segment(root: Path) -> None:
    fill(take(1), 2)
    with (root / "p1" / "list.csv").open("a") as listed:
        listed.write("00002.ts,1.0")
    fill(take(2), 1)
    assert files(shown(root)) == ["p1/00000.ts", "p1/00001.ts", "p2/00000.ts"]


def test_what_dead_connections_left_of_their_work_goes_and_one_that_sends_keeps_its_own(root: Path) -> None:
    left, sends = take(1).work(), take(2).work()
    long_ago = time.time() - shelf.STALE - 1
    os.utime(left, (long_ago, long_ago))
    mine = take(3).work()
    assert {folder.name for folder in root.glob(".in-*")} == {sends.name, mine.name}


def test_after_the_end_players_are_told_and_nobody_writes(root: Path) -> None:
    on = take(1)
    fill(on, 2)
    shelf.close(STREAM)
    assert shown(root).endswith("p1/00001.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(Taken):
        fill(on, 1)
    shelf.close(STREAM)
    assert shown(root).count("ENDLIST") == 1


def test_a_stream_that_never_was_is_closed_without_a_trace(root: Path) -> None:
    shelf.close(STREAM)
    assert not root.exists()


@pytest.mark.parametrize("name", ["", "short", "../../etc/passwd", "a/b/c/d/e/f", "name\nline-of-it", "x" * 41])
def test_no_other_folder_is_reached(name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        shelf.root(name)
