"""ffmpeg at work: whatever comes in ends in segments or in one sentence, and no process is left behind."""

import asyncio
import logging
import os
import random
import subprocess
import sys
import zlib
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from labor.live.ingest import command, feed
from labor.live.ingest.feed import NOT_H264, STUCK, TOO_LARGE, TOO_SLOW, Feed, Piece
from labor.live.ingest.formats import NO_PICTURE, UNUSABLE, Format
from tests.live.movies import call, movie, pieces

PATIENCE = 20


class Bench:
    """A Feed without anything around it."""

    def __init__(self, folder: Path) -> None:
        self.pieces: list[Piece] = []
        self.feed = Feed(folder, self.deal)

    async def deal(self, piece: Piece) -> None:
        self.pieces.append(piece)

    async def put(self, data: bytes) -> None:
        for piece in pieces(data):
            self.feed.put(piece)
            await asyncio.sleep(0)

    async def over(self) -> str:
        await asyncio.wait_for(self.feed.is_over.wait(), PATIENCE)
        await self.feed.kill()
        return self.feed.problem


Story = Callable[[Bench], Coroutine[Any, Any, Any]]


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Neither running nor as a zombie."""
    before = set(psutil.Process().children(recursive=True))
    yield
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[Story], Bench]:
    def told(story: Story) -> Bench:
        async def all_of_it() -> Bench:
            bench = Bench(tmp_path)
            await story(bench)
            return bench

        return asyncio.run(all_of_it())

    return told


def problem_of(tell: Callable[[Story], Bench], data: bytes) -> str:
    async def story(bench: Bench) -> None:
        await bench.put(data)
        await bench.feed.finish()

    return tell(story).feed.problem


# What can be shown ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "film",
    [
        {"kind": "mkv"}, {"kind": "mp4", "sound": "aac"}, {"kind": "flv", "sound": "aac"}, {"kind": "mkv", "sound": ""},
        {"kind": "webm", "codec": "vp8"},
    ],
    ids=["matroska", "mp4", "flv", "silent", "vp8"],
)  # fmt: skip
def test_segments_of_a_second_with_picture_and_sound(tell: Callable[[Story], Bench], film: dict[str, str]) -> None:
    async def story(bench: Bench) -> None:
        await bench.put(movie(**film))  # type: ignore[arg-type]
        await bench.feed.finish()

    bench = tell(story)
    assert bench.feed.problem == ""
    assert [round(piece.end - piece.start) for piece in bench.pieces] == [1, 1, 1, 1]
    for piece in bench.pieces:
        assert piece.file
        found = call("-i", str(piece.file), "-map", "0", "-c", "copy", "-f", "null", "-", level="info")
        assert "Video: h264" in found and "Audio: aac" in found


def test_a_segment_is_told_while_the_stream_goes_on(tell: Callable[[Story], Bench]) -> None:
    async def story(bench: Bench) -> None:
        film = movie("mkv")
        await bench.put(film[: len(film) * 3 // 4])
        async with asyncio.timeout(PATIENCE):
            while len(bench.pieces) < 2:
                await asyncio.sleep(0.01)
        assert not bench.feed.is_over.is_set()
        await bench.feed.kill()

    tell(story)


# What cannot ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\0" * 200_000, UNUSABLE),
        (random.Random(7).randbytes(200_000), UNUSABLE),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n" * 50, UNUSABLE),
        (zlib.compress(b"\0" * 10_000_000), UNUSABLE),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 100_000, UNUSABLE),
        (b"\x1a\x45\xdf\xa3" + b"\xff" * 1000 + b"V_MPEG4/ISO/AVC" + b"\xff" * 100_000, UNUSABLE),
        (b"\0\0\0\x20ftypisom" + b"avc1" + b"\0" * 100_000, UNUSABLE),
        (b"FLV\x01\x05" + b"\0" * 100_000, UNUSABLE),
    ],
    ids=["zeros", "noise", "playlist", "zip", "no codec", "torn matroska", "torn mp4", "torn flv"],
)
def test_garbage_ends_in_a_sentence(tell: Callable[[Story], Bench], data: bytes, sentence: str) -> None:
    assert problem_of(tell, data) == sentence


def test_sound_alone_is_no_picture(tell: Callable[[Story], Bench]) -> None:
    assert problem_of(tell, movie("mkv", picture=False)) == NO_PICTURE


def test_a_picture_that_no_phone_shows(tell: Callable[[Story], Bench]) -> None:
    film = movie("mkv", seconds=1, size="3840x2160", sound="")
    assert problem_of(tell, film) == TOO_LARGE.format(width=3840, height=2160)


def test_who_announces_another_codec_than_he_sends(
    tell: Callable[[Story], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "look", lambda head: Format("matroska", is_h264=True, has_sound=True))
    assert problem_of(tell, movie("webm", codec="vp8")) == NOT_H264


def test_bytes_without_pictures_are_not_heard_for_ever(
    tell: Callable[[Story], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "FIRST_WITHIN", 0.0)

    async def story(bench: Bench) -> None:
        film = movie("mkv")
        bench.feed.put(film[:2000])
        await asyncio.sleep(0.01)
        bench.feed.put(film[2000:3000])
        bench.feed.look_after()
        assert await bench.over() == STUCK

    tell(story)


def test_what_a_slow_ffmpeg_leaves_standing_ends_the_stream(
    tell: Callable[[Story], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_WAITING", 50_000)

    async def story(bench: Bench) -> None:
        for piece in pieces(movie("mkv")):  # at once: nothing of it is taken meanwhile
            bench.feed.put(piece)
        assert await bench.over() == TOO_SLOW

    tell(story)


def test_ffmpeg_that_dies_is_noticed(tell: Callable[[Story], Bench], caplog: pytest.LogCaptureFixture) -> None:
    async def story(bench: Bench) -> None:
        film = movie("mkv")
        await bench.put(film[: len(film) // 2])
        async with asyncio.timeout(PATIENCE):
            while not bench.pieces:
                await asyncio.sleep(0.01)
        (process,) = psutil.Process().children()
        process.kill()
        assert await bench.over()
        bench.feed.put(film)  # and does no harm any more

    with caplog.at_level(logging.WARNING):
        tell(story)
    assert "ffmpeg ended (-9)" in caplog.text


def test_what_ffmpeg_says_stays_short_and_names_no_address(
    tell: Callable[[Story], Bench], caplog: pytest.LogCaptureFixture
) -> None:
    async def story(bench: Bench) -> None:
        bench.feed.words.extend(["[error] rtmp://srs/live/secret-key said no"] * 50)
        assert len(bench.feed.words) == feed.MOST_WORDS
        assert "secret" not in bench.feed._last_words()
        assert len(bench.feed._last_words()) <= 600

    tell(story)


# The leash -----------------------------------------------------------------------------------------------------------

STARTER = """
import asyncio, os, sys
async def main():
    leash, *line = sys.argv[1:]
    line = [sys.executable, "-I", "-S", leash, str(os.getpid()), *line]
    process = await asyncio.create_subprocess_exec(*line, stdin=asyncio.subprocess.DEVNULL)
    print(process.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def test_it_dies_with_whoever_started_it() -> None:
    """Also where its input tells it nothing."""
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(command.LEASH), *sleep], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout
    child = psutil.Process(int(starter.stdout.readline()))
    starter.kill()
    starter.wait()
    starter.stdout.close()
    psutil.wait_procs([child], PATIENCE)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_it_does_not_start_for_a_process_that_is_gone() -> None:
    line = [sys.executable, "-I", "-S", str(command.LEASH), "1", "/bin/echo", "hello"]
    done = subprocess.run(line, capture_output=True)
    assert (done.returncode, done.stdout) == (1, b"")


def test_it_is_polite_and_cannot_fill_the_disk() -> None:
    show = "import os, resource; print(os.nice(0), resource.getrlimit(resource.RLIMIT_FSIZE)[1])"
    line = [sys.executable, "-I", "-S", str(command.LEASH), str(os.getpid()), sys.executable, "-c", show]
    nice, largest = subprocess.run(line, capture_output=True, text=True).stdout.split()
    assert int(nice) >= os.nice(0) + 5 or int(nice) == 19
    assert int(largest) == 64 * 1024 * 1024
