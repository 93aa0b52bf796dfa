"""ffmpeg at work on one stream: bytes go in, whole segments come out, and whatever goes wrong ends in one sentence.

Nothing here waits for ffmpeg: `put` only queues, and what a slow ffmpeg leaves standing ends the stream. The process
ends with us (`leash`), at the end of its input, and when it is killed; it is always collected.
"""

import asyncio
import logging
import os
import re
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from labor.live.ingest.command import SEGMENTS, line
from labor.live.ingest.formats import NO_PICTURE, UNUSABLE, Format, Unusable, look

logger = logging.getLogger(__name__)

MOST_WAITING = 6_000_000  # bytes that ffmpeg has not yet taken
FIRST_WITHIN = 20.0  # seconds from the first byte to the first segment
NEXT_WITHIN = 30.0  # seconds without a new segment while bytes come
LAST_WITHIN = 5.0  # seconds for ffmpeg to finish what it has
MOST_PIXELS = 1920 * 1088
MOST_WORDS = 20  # lines of ffmpeg that are kept

TOO_SLOW = "服务器现在忙不过来，画面停了。请稍等再开播。"
STUCK = "画面一直出不来。请重新打开摄像头再试。"
TOO_LARGE = "画面太大（{width}×{height}）。请改成 1080P 或更小。"
NOT_H264 = "画面的编码不合适。推流软件里请选 H.264。"

VIDEO = re.compile(r"Stream #\d+:\d+.*: Video: (\w+).*?[ ,](\d{2,5})x(\d{2,5})")
ADDRESS = re.compile(r"\b\w+://\S+")


@dataclass(frozen=True)
class Piece:
    """A whole segment, or how far a stream without segments is. `start` and `end` in seconds of the stream."""

    file: Path | None
    start: float
    end: float


class Feed:
    """One stream's ffmpeg. `deal` is awaited with each piece, in order; `is_over` is set when nothing more comes."""

    def __init__(self, work: Path, deal: Callable[[Piece], Awaitable[None]], output: list[str] | None = None) -> None:
        self.work, self.deal, self.output = work, deal, SEGMENTS if output is None else output
        self.problem = ""  # a sentence for the host
        self.is_hopeless = False  # the same stream would fail again
        self.is_over = asyncio.Event()
        self.began_at = 0.0  # of the first byte, in seconds since 1970
        self.heard_at = self.dealt_at = 0.0  # of the last byte and the last piece, monotonic
        self.words: deque[str] = deque(maxlen=MOST_WORDS)
        self._format: Format | None = None
        self._head = b""
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._pieces = 0
        self._is_ending = False
        self._called = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._running: asyncio.Task[None] | None = None

    # From outside ----------------------------------------------------------------------------------------------------

    def put(self, data: bytes) -> None:
        """Take what came in; never waits, never raises."""
        if self._is_ending or self.is_over.is_set():
            return
        self.heard_at = time.monotonic()
        if not self.began_at:
            self.began_at, self.dealt_at = time.time(), self.heard_at
        if self._format is None:
            self._head += data
            try:
                self._format = look(self._head)
            except Unusable as error:
                self._fail(str(error), is_hopeless=True)
                return
            if self._format is None:
                return
            data, self._head = self._head, b""
            self._running = asyncio.create_task(self._run(self._format))
        self._waiting.append(data)
        self._size += len(data)
        self._called.set()
        if self._size > MOST_WAITING:
            self._fail(TOO_SLOW)

    def look_after(self) -> None:
        """To be called every second: a stream that brings bytes and no pictures is ended."""
        if not self.began_at or self._is_ending:
            return
        patience = NEXT_WITHIN if self._pieces else FIRST_WITHIN
        if self.heard_at - self.dealt_at > patience:
            self._fail(STUCK)

    async def finish(self) -> None:
        """No more bytes: what ffmpeg still has becomes the last segment."""
        self._is_ending = True
        self._called.set()
        if self._running:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._running), LAST_WITHIN)
        await self.kill()

    async def kill(self) -> None:
        """End at once; comes back when the process is gone."""
        self._is_ending = True
        if self._running:
            self._end_process()
            # The tasks of the process end with its pipes.
            with suppress(asyncio.CancelledError):
                await self._running
        self.is_over.set()

    def _fail(self, sentence: str, *, is_hopeless: bool = False) -> None:
        """The first problem counts."""
        if not self.problem:
            self.problem, self.is_hopeless = sentence, is_hopeless
        self._is_ending = True
        self._end_process()
        if not self._running:
            self.is_over.set()

    def _end_process(self) -> None:
        self._called.set()
        if self._process and self._process.returncode is None:
            # Not `Process.kill`: it collects one that is just ending, and asyncio then loses how it ended.
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    # ffmpeg ----------------------------------------------------------------------------------------------------------

    async def _run(self, form: Format) -> None:
        try:
            if self.problem:
                return
            pipe = asyncio.subprocess.PIPE
            self._process = process = await asyncio.create_subprocess_exec(
                *line(form, self.output), cwd=self.work, stdin=pipe, stdout=pipe, stderr=pipe, env={}, limit=65536
            )
            if self.problem:  # meanwhile
                self._end_process()
            feeding = asyncio.create_task(self._feed(process))
            try:
                await asyncio.gather(self._read(process), self._listen(process))
            finally:
                feeding.cancel()
                self._end_process()
                code = await process.wait()
            if code and not self.problem and not (self._is_ending and self._pieces):
                self.problem, self.is_hopeless = self._why(code)
            if self.problem:
                logger.warning("ingest: ffmpeg ended (%s): %s", code, self._last_words())
        except Exception as error:
            logger.exception("ingest: a stream broke off (%s)", type(error).__name__)
            self.problem = self.problem or TOO_SLOW
        finally:
            self.is_over.set()

    async def _feed(self, process: asyncio.subprocess.Process) -> None:
        pipe = process.stdin
        assert pipe is not None
        with suppress(ConnectionError):
            while self._waiting or not self._is_ending:
                if not self._waiting:
                    self._called.clear()
                    await self._called.wait()
                    continue
                data = self._waiting.popleft()
                pipe.write(data)
                await pipe.drain()
                self._size -= len(data)
        pipe.close()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            if piece := self._piece(raw.decode(errors="replace").strip()):
                self._pieces += 1
                self.dealt_at = time.monotonic()
                await self.deal(piece)

    def _piece(self, text: str) -> Piece | None:
        """A line of the list of segments; or of `-progress`, where an engine has no files."""
        if text.startswith("out_time_us="):
            with suppress(ValueError):
                so_far = int(text.partition("=")[2]) / 1e6
                return Piece(None, so_far, so_far)
        match text.split(","):
            case [name, start, end]:
                return Piece(self.work / name, float(start), float(end))
        return None

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        is_input = True
        while True:
            try:
                raw = await process.stderr.readline()
            except ValueError:  # longer than any line of ffmpeg's; it was thrown away
                continue
            if not raw:
                return
            text = raw.decode(errors="replace").strip()[:300]
            if "Opening '" not in text:
                self.words.append(text)
            is_input = is_input and "Output #0" not in text
            if is_input and (match := VIDEO.search(text)):
                self._check(match[1], int(match[2]), int(match[3]))

    def _check(self, codec: str, width: int, height: int) -> None:
        """What ffmpeg found has to be what was announced, and no larger than phones can show."""
        if width * height > MOST_PIXELS:
            self._fail(TOO_LARGE.format(width=width, height=height), is_hopeless=True)
        elif self._format and self._format.is_h264 and codec != "h264":
            self._fail(NOT_H264, is_hopeless=True)

    def _why(self, code: int) -> tuple[str, bool]:
        """What to say when it ended by itself, and whether another try is in vain."""
        if "matches no streams" in " ".join(self.words):
            return NO_PICTURE, True
        if self._pieces or code < 0:  # it went, or somebody ended it
            return STUCK, False
        return UNUSABLE, True

    def _last_words(self) -> str:
        """Errors only, without addresses: they may hold keys."""
        errors = [text for text in self.words if "[error]" in text or "[fatal]" in text]
        return ADDRESS.sub("…", " | ".join(errors[-4:]))[:600]
