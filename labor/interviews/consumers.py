"""The socket of a video room: it passes signals on among those who were let in, and says when something changed.

Everything that changes records comes by HTTP. What the room is like is read from PostgreSQL, at each nudge and every
EVERY seconds, and with it whether this socket may still be here. Where a page comes from is checked in `jinba.asgi`.
"""

import asyncio
import logging
import random
import time
from collections import Counter, deque
from contextlib import suppress
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import timezone

from jinba.core.sessions import SessionStore
from labor.interviews import doors, frames, snapshots
from labor.interviews.actions import entering
from labor.interviews.choices import State
from labor.interviews.frames import Frame, Hello, Malformed, Me, Ping, Signal
from labor.interviews.models import Interview, Seat
from labor.interviews.snapshots import group_of

logger = logging.getLogger(__name__)

EVERY = 15.0  # seconds between two looks, whether or not anybody nudges
HELLO_WITHIN = 10.0  # seconds
FRAMES, WITHIN = 60, 10.0  # at most so many in so many seconds
ALIVE_EVERY = 8.0  # seconds between two written signs of life
LOOK_AGAIN = 0.5  # seconds between two looks for the sake of a signal
PAUSE = 0.05  # seconds between two answers to nudges
MOST_SOCKETS = 6  # of one seat in one process
MOST_WAITING = 100  # frames for a page that does not read
PATIENCE = 5.0  # seconds for Redis, and for a page to take a frame

NO_SEAT, REVOKED, NOWHERE, TOO_LOUD, TAKEN_OVER, OVER, AWAY = 4401, 4403, 4404, 4408, 4409, 4410, 1013
CALLED_OFF = 4411  # it does not take place: nobody is thanked for coming
LEFT = (1000, 1001)  # the page was closed, not cut off

_open: Counter[int] = Counter()


class RoomConsumer(AsyncWebsocketConsumer):
    """One page in one room."""

    seat_id = 0
    number = 0
    is_shut = is_counted = is_taken_over = was_on = False

    async def connect(self) -> None:
        self.interview_id = int(self.scope["url_route"]["kwargs"]["interview_id"])
        self.session_key = self.scope["session"].session_key or ""
        self.conn = ""
        self.room: dict[str, Any] = {}
        self.read_at = self.alive_at = self.came_at = float("-inf")
        self.heard: deque[float] = deque()
        self.groups_of: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.nudged, self.greeted = asyncio.Event(), asyncio.Event()
        self.outbox: asyncio.Queue[str | int] = asyncio.Queue(MOST_WAITING)
        # Accepted even when refused: a browser does not tell its page the code of a socket that never opened.
        await self.accept()
        code, seat_id, self.number = await admission(self.session_key, self.interview_id)
        if not code and _open[seat_id] >= MOST_SOCKETS:
            code = AWAY
        if code:
            await self._end(code)
            return
        self.seat_id, self.is_counted = seat_id, True
        _open[seat_id] += 1
        try:
            for group in (group_of(self.interview_id), self._group(self.number)):
                await asyncio.wait_for(self.channel_layer.group_add(group, self.channel_name), PATIENCE)
                self.groups_of.append(group)
        except Exception as error:
            logger.warning("rooms: nobody can come in now (%s)", type(error).__name__)
            await self._end(AWAY)
            return
        self.tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._watch())]

    async def disconnect(self, code: int) -> None:
        self.is_shut = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.is_counted:
            self.is_counted = False
            _open[self.seat_id] -= 1
            if not _open[self.seat_id]:
                del _open[self.seat_id]
        try:
            for group in self.groups_of:
                await asyncio.wait_for(self.channel_layer.group_discard(group, self.channel_name), PATIENCE)
            if self.conn and code in LEFT and not self.is_taken_over:
                await leave(self.seat_id, self.conn)
        except Exception as error:
            logger.warning("rooms: a page could not leave (%s)", type(error).__name__)

    # From the page ---------------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.is_shut:
            return
        now = time.monotonic()
        self.heard.append(now)
        while self.heard[0] <= now - WITHIN:
            self.heard.popleft()
        try:
            if text_data is None or len(self.heard) > FRAMES:
                raise Malformed("too loud")
            await self._take(frames.read(text_data))
        except Malformed:
            self._shut(TOO_LOUD)
        except Exception as error:
            logger.warning("rooms: a frame was not dealt with (%s)", type(error).__name__)
            self._shut(AWAY)

    async def _take(self, frame: Frame) -> None:
        if isinstance(frame, Hello):
            await self._hello(frame)
        elif not self.conn:
            raise Malformed("no hello")
        elif isinstance(frame, Signal):
            await self._pass_on(frame)
        elif isinstance(frame, Me):
            await show(self.seat_id, self.conn, frame.as_dict())
        elif isinstance(frame, Ping):
            await self._stay()

    async def _hello(self, frame: Hello) -> None:
        if self.conn:
            raise Malformed("hello twice")
        try:
            self.came_at = await arrive(self.session_key, self.seat_id, frame.conn)
        except entering.NotAdmitted:  # since this socket was opened
            code, _, _ = await admission(self.session_key, self.interview_id)
            self._shut(code or REVOKED)
            return
        self.conn, self.alive_at = frame.conn, time.monotonic()
        took = {"type": "room.took", "seat": self.seat_id, "at": self.came_at}
        await asyncio.wait_for(self.channel_layer.group_send(self._group(self.number), took), PATIENCE)
        self.greeted.set()
        self.nudged.set()

    async def _stay(self) -> None:
        now = time.monotonic()
        if now > self.alive_at + ALIVE_EVERY:
            self.alive_at = now
            if not await stay(self.seat_id, self.conn):
                await self._look()  # which shuts it when the seat was revoked
                self._shut(TAKEN_OVER)
        self._say('{"t":"pong"}')

    async def _pass_on(self, signal: Signal) -> None:
        """To the other seat's page, in whichever process it is. What nobody may hear, nobody hears."""
        if not self._may_signal(signal.to):
            await self._look_again()
            if not self._may_signal(signal.to):
                return
        event = {"type": "room.signal", "from": self.number, "conn": self.conn, "to": signal.conn, "d": signal.d}
        await asyncio.wait_for(self.channel_layer.group_send(self._group(signal.to), event), PATIENCE)

    def _group(self, number: int) -> str:
        """Of the sockets of one seat."""
        return f"{group_of(self.interview_id)}.{number}"

    def _may_signal(self, number: int | None = None) -> bool:
        """Whether this seat, and the other one, were let into a room that is on."""
        room = self.room
        if not room or not room["on"] or not room["you"]["admitted"]:
            return False
        if number is None:
            return True
        return any(one["seat"] == number != self.number and one["admitted"] for one in room["people"])

    # From elsewhere --------------------------------------------------------------------------------------------------

    async def room_changed(self, event: dict[str, Any]) -> None:
        self.nudged.set()

    async def room_took(self, event: dict[str, Any]) -> None:
        """A page of this seat said hello; an older one may hear of it only now."""
        if event["seat"] == self.seat_id and self.conn and event["at"] > self.came_at:
            self.is_taken_over = True
            self._shut(TAKEN_OVER)

    async def room_signal(self, event: dict[str, Any]) -> None:
        if self.is_shut or event["to"] != self.conn:
            return
        if not self._may_signal():
            try:
                await self._look_again()
            except Exception as error:
                logger.warning("rooms: a signal was lost (%s)", type(error).__name__)
            if not self._may_signal():
                return
        self._say(frames.signal(sender=event["from"], conn=event["conn"], d=event["d"]))

    # What the room is like -------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Look when nudged, and from time to time; shut what may not be here any more."""
        try:
            try:
                await asyncio.wait_for(self.greeted.wait(), HELLO_WITHIN)
            except TimeoutError:
                self._shut(TOO_LOUD)
                return
            while not self.is_shut:
                self.nudged.clear()
                waited_before = bool(self.room)
                await self._look()
                if self.room.get("on") and not self.was_on:
                    self.was_on = True
                    if waited_before and await stay(self.seat_id, self.conn):
                        await arrive(
                            self.session_key, self.seat_id, self.conn
                        )  # who waited before it was open came only now
                await asyncio.sleep(PAUSE)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.nudged.wait(), EVERY * random.uniform(0.9, 1.1))
        except Exception as error:
            logger.warning("rooms: nobody could say what a room is like (%s)", type(error).__name__)
            self._shut(AWAY)

    async def _look_again(self) -> None:
        if time.monotonic() > self.read_at + LOOK_AGAIN:
            await self._look()

    async def _look(self) -> None:
        """Read the room, and say so when it is another than before."""
        code, room = await look(self.session_key, self.interview_id, self.seat_id)
        self.read_at = time.monotonic()
        if self.is_shut:
            return
        before, self.room = self.room, room
        if room and self.conn and not _alike(before, room):
            self._say(frames.room(room))
        if code:
            self._shut(code)

    # To the page -----------------------------------------------------------------------------------------------------

    def _say(self, text: str | int) -> None:
        """Never waits: a page that does not read is closed, and holds nobody up."""
        if self.is_shut:
            return
        try:
            self.outbox.put_nowait(text)
        except asyncio.QueueFull:
            self.is_shut = True
            self.tasks.append(asyncio.create_task(self._end(AWAY)))

    def _shut(self, code: int) -> None:
        """Close after what was said before; the first code counts."""
        self._say(code)
        self.is_shut = True

    async def _write(self) -> None:
        while True:
            what = await self.outbox.get()
            try:
                if isinstance(what, int):
                    await self._end(what)
                    return
                await asyncio.wait_for(self.send(text_data=what), PATIENCE)
            except Exception as error:
                logger.info("rooms: a page does not take its frames (%s)", type(error).__name__)
                if not isinstance(error, OSError) or isinstance(error, TimeoutError):
                    await self._end(AWAY)
                return  # a page that is gone may have said goodbye, which is still to be heard

    async def _end(self, code: int) -> None:
        self.is_shut = True
        with suppress(Exception):  # it may be gone already
            await self.close(code)


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return {**one, "rev": 0} == {**other, "rev": 0}


# The database --------------------------------------------------------------------------------------------------------


def _admission(session_key: str, interview_id: int) -> tuple[int, int, int]:
    """The code that keeps this session out of the room (0: none); its seat and the seat's number."""
    session = SessionStore(session_key or None)
    seat = doors.find(session=session, user=doors.user_of(session), interview_id=interview_id)
    if seat is None:
        if doors.lost(session, interview_id) is not None:
            return TAKEN_OVER, 0, 0
        return (NO_SEAT if Interview.objects.filter(pk=interview_id).exists() else NOWHERE), 0, 0
    code = 0
    if seat.interview.state in snapshots.ENDED:
        code = OVER if seat.interview.state == State.DONE else CALLED_OFF
    elif seat.revoked_at is not None:
        code = REVOKED
    elif snapshots.over(seat.interview, timezone.now()):
        code = OVER
    return code, seat.pk, seat.number


@database_sync_to_async
def admission(session_key: str, interview_id: int) -> tuple[int, int, int]:
    return _admission(session_key, interview_id)


@database_sync_to_async
def look(session_key: str, interview_id: int, seat_id: int) -> tuple[int, dict[str, Any]]:
    """Whether the session still leads to this very seat, and the room as the seat sees it."""
    code, now_seat, _ = _admission(session_key, interview_id)
    if now_seat != seat_id and not code:
        code = REVOKED
    return code, snapshots.snapshot(seat_id=seat_id) or {}


@database_sync_to_async
def arrive(session_key: str, seat_id: int, conn: str) -> float:
    """When it came, in seconds."""
    seat = Seat.objects.get(pk=seat_id)
    is_elsewhere = doors.is_held_elsewhere(SessionStore(session_key or None), seat)
    seat = entering.arrive(seat=seat, connection=UUID(conn), is_held_elsewhere=is_elsewhere)
    return seat.seen_at.timestamp() if seat.seen_at else 0.0


@database_sync_to_async
def stay(seat_id: int, conn: str) -> bool:
    return entering.stay(seat_id=seat_id, connection=UUID(conn))


@database_sync_to_async
def leave(seat_id: int, conn: str) -> None:
    entering.leave(seat_id=seat_id, connection=UUID(conn))


@database_sync_to_async
def show(seat_id: int, conn: str, me: dict[str, Any]) -> None:
    entering.show(seat_id=seat_id, connection=UUID(conn), me=me)
