"""One viewer's socket: how far it has seen the list, and what it may still say."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from labor.live.hub import frames
from labor.live.hub.eager import begin

if TYPE_CHECKING:
    from labor.live.hub.rooms import OpenRoom

FRAMES, LIKES, WITHIN = 30, 100, 10.0  # frames that close it, likes that count, in so many seconds
PATIENCE = 30.0  # seconds for one frame

Send = Callable[[Any], Awaitable[None]]


class Socket:
    """Bounded whatever its page does: a place in the room's ring, and at most one frame under way."""

    __slots__ = (
        "code", "has_pong", "heard", "is_busy", "is_cut", "is_over", "likes", "moved_at", "now", "page", "room", "seen",
        "send", "window", "writer",
    )  # fmt: skip

    def __init__(self, room: "OpenRoom", send: Send) -> None:
        self.room, self.send = room, send
        self.page = asyncio.current_task()
        self.seen = 0
        self.now: dict[str, Any] | None = None
        self.code = 0
        self.is_busy = self.is_over = self.is_cut = self.has_pong = False
        self.moved_at = self.window = 0.0
        self.heard = self.likes = 0
        self.writer: asyncio.Task[None] | None = None

    # To the page -----------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Send what it has not seen; never waits."""
        if not self.is_busy and not self.is_over:
            self.is_busy = True
            self.writer = begin(self._write())

    def pong(self) -> None:
        self.has_pong = True
        self.wake()

    def shut(self, code: int) -> None:
        """Close it after what there is to be said before; the first code counts."""
        self.code = self.code or code
        self.wake()

    def end(self) -> None:
        self.is_over = True
        if self.writer is not None:
            self.writer.cancel()
            self.writer = None

    def cut_if_stuck(self, now: float) -> None:
        """Give up a page that did not take a frame for PATIENCE seconds: it would not take a close either."""
        if self.is_busy and not self.is_cut and now > self.moved_at + PATIENCE and self.page is not None:
            self.is_cut = True
            self.page.cancel()

    async def _write(self) -> None:
        try:
            while not self.is_over and (frame := self._next()) is not None:
                self.moved_at = time.monotonic()
                await self.send(frame)
        except Exception:  # the page is gone; whoever listens to it hears so
            self.is_over = True
        finally:
            self.is_busy = False

    def _next(self) -> dict[str, Any] | None:
        if self.has_pong:
            self.has_pong = False
            return frames.PONG
        room = self.room
        if (news := room.after(self.seen)) is not None:
            self.seen, frame = news
            return frame
        if self.now is not room.now:
            self.now = room.now
            return self.now
        if self.code:
            self.is_over = True
            return {"type": "websocket.close", "code": self.code}
        return None

    # From the page ---------------------------------------------------------------------------------------------------

    def is_too_loud(self) -> bool:
        """Another frame came: too many of late?"""
        now = time.monotonic()
        if now > self.window + WITHIN:
            self.window, self.heard, self.likes = now, 0, 0
        self.heard += 1
        return self.heard > FRAMES

    def like(self, count: int) -> None:
        """Likes count as far as a thumb could have given them."""
        count = min(count, LIKES - self.likes)
        self.likes += count
        self.room.likes += count
