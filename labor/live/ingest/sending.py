"""One connection that sends pictures: its row, its ffmpeg, its place on disk, and the moment it must stop.

The same for a browser and for a streaming program:

    sending = await Sending.begin(session_id=7, holder=uuid4(), source=Source.ENCODER)   # Refused: a sentence
    sending.put(data)                    # as often as bytes come
    await sending.over.wait()            # taken over, session over, unusable, …: see `sending.verdict`
    await sending.end(is_clean=True)     # always, whatever happened

Until the session is live this is a rehearsal: everything runs, nothing is kept or shown. The moment it goes live the
same connection goes on air with its next segment, without a new start.
"""

import asyncio
import logging
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from channels.db import database_sync_to_async

from jinba.accounts.models import User
from jinba.core.errors import Refused
from labor.live.actions import pictures
from labor.live.actions.pictures import Standing
from labor.live.choices import Source
from labor.live.engines import engine
from labor.live.ingest import shelf
from labor.live.ingest.feed import Feed, Piece
from labor.live.ingest.shelf import Shelf, Taken
from labor.live.models import LiveSession, Part

logger = logging.getLogger(__name__)

EVERY = 1.0  # seconds between two looks at the row
SILENCE = 20.0  # seconds without a byte until a connection counts as lost
REHEARSAL = 1800.0  # seconds that one may last
DISK_EVERY = 5.0  # seconds between two looks at the disk

LOST = "连接断了。"
DISK_FULL = "服务器的存储快满了，现在不能直播。请告诉平台的值班人员。"
BROKEN = "服务器出了一点问题，画面停了。请稍等再开播。"
TOO_LONG = "彩排已经半小时了，先停下来。要再试，请重新打开。"


class NotNow(Refused):
    """Nothing is wrong with who sends; later it may well go."""


@dataclass(frozen=True)
class Verdict:
    """Why it must stop. `text` is a sentence for the host, where there is something to say."""

    standing: Standing
    text: str = ""


class Sending:
    """Make it by `begin`; `over` is set, with `verdict`, when it must stop for whatever reason but the host's own."""

    def __init__(self, session: LiveSession, part: Part) -> None:
        self.session = session
        self.over = asyncio.Event()
        self.verdict: Verdict | None = None
        self.seconds, self.segments, self.bytes = 0.0, 0, 0
        self.started_at = self.heard_at = time.monotonic()
        self.looked_at_disk = float("-inf")
        self.at_shelf = asyncio.Lock()
        self._take(part)
        self.work = self.shelf.work()
        # Where an engine shows the stream itself, a rehearsal must not reach it.
        output = None if part.is_rehearsal else engine().output(part)
        self.feed = Feed(self.work, self._deal, output)
        self.watching = asyncio.create_task(self._watch())

    @classmethod
    async def begin(
        cls, *, session_id: int, holder: UUID, source: Source, user_id: int | None = None, is_return: bool = False
    ) -> "Sending":
        """A new part, which ends the one before; Superseded when it only comes back and another has sent since."""
        if await asyncio.to_thread(shelf.is_full):
            raise NotNow(DISK_FULL)
        session, part = await _begin(session_id, holder, source, user_id, is_return)
        return cls(session, part)

    @property
    def is_live(self) -> bool:
        return not self.part.is_rehearsal

    def put(self, data: bytes) -> None:
        """Never waits."""
        self.heard_at = time.monotonic()
        self.feed.put(data)

    async def end(self, *, is_clean: bool, error: str = "") -> None:
        """Finish what came in, and write down how it ended. `is_clean`: the host stopped it himself."""
        self.watching.cancel()
        await asyncio.gather(self.watching, return_exceptions=True)
        try:
            # Who may not write any more has nothing to finish; what came before a line broke is still shown.
            is_away = self.verdict is None or self.verdict.standing == Standing.AWAY
            await (self.feed.finish() if is_away else self.feed.kill())
            if self.verdict:
                error = self.verdict.text or error
            await _end(self.part, self._so_far(), "" if is_clean else error or LOST)
            if self.verdict and self.verdict.standing == Standing.OVER:
                await asyncio.to_thread(shelf.close, self.session.stream)
            await asyncio.to_thread(self.shelf.leave)
        except Exception as caught:
            # The sweep ends it.
            logger.warning("ingest: a part was not ended (%s)", type(caught).__name__)
        finally:
            await asyncio.to_thread(shutil.rmtree, self.work, True)

    def _take(self, part: Part) -> None:
        self.part = part
        self.first_at: float | None = None
        self.counted = 0, 0.0, 0
        self.shelf = Shelf(self.session.stream, part.number, part.holder, is_public=not part.is_rehearsal)

    def _so_far(self) -> dict[str, object]:
        segments, seconds, size = self.counted
        first_at = datetime.fromtimestamp(self.first_at, UTC) if self.first_at else None
        return {"segments": segments, "seconds": seconds, "bytes": size, "first_at": first_at}

    async def _deal(self, piece: Piece) -> None:
        """A segment is whole."""
        at = self.feed.began_at + piece.start
        size = 0
        if piece.file is not None:
            try:
                async with self.at_shelf:
                    put = await asyncio.to_thread(self.shelf.put, piece.file, seconds=piece.end - piece.start, at=at)
            except Taken:
                self._stop(Standing.TAKEN)
                return
            except OSError as error:
                logger.warning("ingest: a segment was not kept (%s)", error.strerror)
                self._stop(Standing.AWAY, BROKEN)
                return
            size = put.bytes
            segments, seconds, total = self.counted
            self.counted = segments + 1, seconds + put.seconds, total + size
        else:
            self.counted = self.counted[0] + 1, piece.end, 0
        self.first_at = self.first_at or at
        self.segments, self.seconds, self.bytes = self.segments + 1, piece.end, self.bytes + size

    def _stop(self, standing: Standing, text: str = "") -> None:
        """The first verdict counts."""
        self.verdict = self.verdict or Verdict(standing, text)
        self.over.set()

    async def _watch(self) -> None:
        while not self.over.is_set():
            await asyncio.sleep(EVERY)
            try:
                await self._look()
            except Exception as error:
                # The database may be away for a moment: pictures go on, and after a minute others see that they stand.
                logger.warning("ingest: nobody could say how a part stands (%s)", type(error).__name__)

    async def _look(self) -> None:
        now = time.monotonic()
        self.feed.look_after()
        if self.feed.is_over.is_set():
            self._stop(Standing.UNUSABLE if self.feed.is_hopeless else Standing.AWAY, self.feed.problem)
        elif now > self.heard_at + SILENCE:
            self._stop(Standing.AWAY, LOST)
        elif self.part.is_rehearsal and now > self.started_at + REHEARSAL:
            self._stop(Standing.AWAY, TOO_LONG)
        if now > self.looked_at_disk + DISK_EVERY:
            self.looked_at_disk = now
            if await asyncio.to_thread(shelf.is_full):
                self._stop(Standing.AWAY, DISK_FULL)
        if self.over.is_set():
            return
        standing = await _heard(self.part, self._so_far())
        if standing == Standing.LIVE_NOW:
            await self._go_live()
        elif standing != Standing.OURS:
            self._stop(standing)

    async def _go_live(self) -> None:
        """The session went live while we rehearsed: the next segment is the first that people see."""
        if not engine().serves_files:
            self._stop(Standing.AWAY)  # it comes again, and then it is passed on
        else:
            async with self.at_shelf:
                _, part = await _begin(self.session.pk, self.part.holder, Source(self.part.source), None)
                self._take(part)


# The database --------------------------------------------------------------------------------------------------------


@database_sync_to_async
def _begin(
    session_id: int, holder: UUID, source: Source, user_id: int | None, is_return: bool = False
) -> tuple[LiveSession, Part]:
    session = LiveSession.objects.get(pk=session_id)
    by = User.objects.get(pk=user_id) if user_id else None
    part = pictures.begin_part(session=session, holder=holder, source=source, by=by, is_return=is_return)
    return session, part


@database_sync_to_async
def _heard(part: Part, so_far: dict[str, object]) -> Standing:
    return pictures.heard(part=part, **so_far)  # type: ignore[arg-type]


@database_sync_to_async
def _end(part: Part, so_far: dict[str, object], error: str) -> None:
    pictures.heard(part=part, **so_far)  # type: ignore[arg-type]
    pictures.end_part(part=part, error=error)
