"""The hub of one server process: it reads for all its sockets, counts them, and ends with the last of them."""

import asyncio
import logging
import resource
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from channels.db import DatabaseSyncToAsync
from channels.layers import get_channel_layer
from django.db import Error as DatabaseError
from django.db import connections
from django.utils import timezone

from labor.live import viewers
from labor.live.actions import watching
from labor.live.actions.entries import GROUP
from labor.live.entries_json import MOST
from labor.live.hub import reading
from labor.live.hub.rooms import RING, OpenRoom, Visit

logger = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds between two looks at all rooms, whether or not anybody nudges
BREATH = 0.05  # seconds between two looks at most
COUNT_EVERY = 2.0
SETTLE_EVERY = 30.0
CUT_EVERY = 5.0
REFILL_EVERY = 60.0  # words that somebody's erasure took lie in the ring no longer than this
KEPT = 10.0  # seconds that an opened room is kept, though nobody comes
REST = 1.0  # after a look that failed
PATIENCE = 5.0  # seconds for Redis
NO_ROOM_FOR = 2.0  # seconds that an address without a room is remembered
MOST_UNKNOWN = 1_000
MOST_SOCKETS = 15_000  # of this process
FILES_BESIDE = 200  # that it may need for anything else
MOST_OF_ADDRESS = 2_000  # a carrier or a dormitory may be behind one
NOWHERE = 4404

T = TypeVar("T")
_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def here() -> "Hub":
    """The hub of this process; a new one when the last ended."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def _files() -> int:
    """How many files this process may have open, once it has asked for as many as it may ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_SOCKETS + FILES_BESIDE
    if soft == resource.RLIM_INFINITY:
        return wanted
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)


class Hub:
    def __init__(self) -> None:
        self.process = uuid.uuid4()
        self.rooms: dict[int, OpenRoom] = {}
        self.opening: dict[int, asyncio.Task[OpenRoom | None]] = {}
        self.unknown: dict[int, float] = {}
        self.sockets, self.most = 0, min(MOST_SOCKETS, _files() - FILES_BESIDE)
        self.addresses: Counter[str] = Counter()
        self.nudged: set[int] = set()
        self.called = asyncio.Event()
        self.looked_at = self.settled_at = float("-inf")
        self.counted: set[int] = set()
        # What waits for a lock must not hold up what viewers see.
        self.reads, self.writes = ThreadPoolExecutor(1, "live-reads"), ThreadPoolExecutor(1, "live-writes")
        self.reading = asyncio.Lock()
        self.tasks = [
            asyncio.create_task(work)
            for work in (
                self._listen(),
                self._again(self._look, 0.0),
                self._again(self._count, COUNT_EVERY),
                self._again(self._cut, CUT_EVERY),
            )
        ]

    # Who comes and goes ----------------------------------------------------------------------------------------------

    def has_place(self, address: str) -> bool:
        return self.sockets < self.most and (not address or self.addresses[address] < MOST_OF_ADDRESS)

    def enter(self, address: str) -> None:
        self.sockets += 1
        self.addresses[address] += 1

    async def leave(self, address: str) -> None:
        """The last one to leave turns off the light, and waits until the figures are written."""
        self.sockets -= 1
        self.addresses[address] -= 1
        if not self.addresses[address]:
            del self.addresses[address]
        if not self.sockets:
            _hubs.pop(asyncio.get_running_loop(), None)
            await self._end()

    async def open(self, pk: int) -> OpenRoom | None:
        """The room, with one guest more; None when there is none, or it is not open."""
        if self.unknown.get(pk, 0.0) > time.monotonic():
            return None
        room = self.rooms.get(pk)
        if room is None:
            if (opening := self.opening.get(pk)) is None:
                opening = self.opening[pk] = asyncio.create_task(self._open(pk))
                opening.add_done_callback(lambda _: self.opening.pop(pk, None))
            room = await asyncio.shield(opening)
        if room is None or room.is_shut:
            return None
        room.guests += 1
        return room

    async def _open(self, pk: int) -> OpenRoom | None:
        position = (await self._read(reading.positions, [pk])).get(pk)
        if position is None or not position.is_open:
            if len(self.unknown) >= MOST_UNKNOWN:
                self.unknown.clear()
            self.unknown[pk] = time.monotonic() + NO_ROOM_FOR
            return None
        found = await self._read(reading.newest, pk, RING)
        room = OpenRoom(pk, found[-1].seq if found else 0, found)
        room.stand(position.state)
        room.all_likes = position.likes
        room.all_viewers = await self._read(viewers.now_of, pk)
        await room.tell()
        self.rooms[pk] = room
        return room

    async def place_of(self, room: OpenRoom, since: int) -> int:
        """Where in the list somebody goes on who has seen `since`; he may have seen more than this process has read."""
        if since > room.read:
            await self._look_at(room)
            self.called.set()  # to publish it
        return since if since <= room.read else -1  # such a number there never was: all anew

    # What happened ---------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Hear the nudges. Without them everything goes on, up to two seconds later."""
        layer = get_channel_layer()
        channel = ""
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    channel = channel or await layer.new_channel("live.")
                    await layer.group_add(GROUP, channel)
                while True:
                    kind = (await layer.receive(channel))["type"]
                    place, _, number = kind.partition(".")
                    if place == "room" and number.isdecimal() and int(number) in self.rooms:
                        self.nudged.add(int(number))
                        self.called.set()
            except Exception as error:
                logger.warning("live: no nudges for now (%s)", type(error).__name__)
                await asyncio.sleep(PATIENCE)

    async def _look(self) -> None:
        """Read what is new where somebody said so, and everywhere from time to time; publish what is due."""
        self.called.clear()
        wanted, self.nudged = self.nudged, set()
        if time.monotonic() >= self.looked_at + LOOK_EVERY:
            wanted |= await self._look_around()
        for room in [self.rooms[pk] for pk in wanted if pk in self.rooms]:
            await self._look_at(room)
        for room in tuple(self.rooms.values()):
            await self._refill(room)
            if room.due() <= time.monotonic():
                await room.publish()
            if room.is_shut:
                for socket in tuple(room.sockets):
                    socket.shut(NOWHERE)
        await asyncio.sleep(BREATH)
        next_at = min((self.looked_at + LOOK_EVERY, *(room.due() for room in self.rooms.values())))
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, next_at - time.monotonic())):  # `wait_for` may lose a cancellation
                await self.called.wait()

    async def _look_around(self) -> set[int]:
        """Rooms that have more than this process has read."""
        asked = tuple(self.rooms.items())  # one that opens meanwhile was not asked after
        found = await self._read(reading.positions, [pk for pk, _ in asked])
        self.looked_at = time.monotonic()
        further = set()
        for pk, room in asked:
            if (position := found.get(pk)) is None:
                room.is_shut = True
                continue
            room.stand(position.state)
            room.all_likes = position.likes
            if position.last > room.read:
                further.add(pk)
        return further

    async def _look_at(self, room: OpenRoom) -> None:
        async with self.reading:
            found = await self._read(reading.since, room.pk, room.read)
            room.take(found)
        if len(found) == MOST:
            self.nudged.add(room.pk)
            self.called.set()

    async def _refill(self, room: OpenRoom) -> None:
        if room.is_stale or (room.texts and time.monotonic() > room.filled_at + REFILL_EVERY):
            async with self.reading:
                room.fill(await self._read(reading.newest, room.pk, RING, room.read))

    # Figures ---------------------------------------------------------------------------------------------------------

    async def _count(self) -> None:
        rooms = tuple(self.rooms.values())
        counted = {room.pk: room.here for room in rooms if room.here}
        if counted:
            total = await self._write(watching.count, process=self.process, here=counted)
            for room in rooms:
                room.all_viewers = total.get(room.pk, 0)
        if gone := self.counted - counted.keys():
            await self._write(watching.leave, process=self.process, session_ids=gone)
        self.counted = set(counted)
        await self._give_likes()
        for room in rooms:
            room.turn()
            await room.tell()
        if time.monotonic() > self.settled_at + SETTLE_EVERY:
            self.settled_at = time.monotonic()
            await self._settle()
        for room in rooms:
            # Who opened it may be about to come in.
            if not room.guests and not room.visits and time.monotonic() > room.opened_at + KEPT:
                self.rooms.pop(room.pk, None)

    async def _give_likes(self) -> None:
        for room in tuple(self.rooms.values()):
            likes, room.likes = room.likes, 0
            if not likes:
                continue
            try:
                await self._write(watching.like, session_id=room.pk, likes=likes)
                room.all_likes += likes
            except Exception:
                room.likes += likes
                raise

    async def _settle(self) -> None:
        """Write who watched for how long. What could not be written is kept for the next time."""
        taken: list[tuple[Visit, int]] = []
        watched = []
        at = timezone.now()
        for room in self.rooms.values():
            room.turn()
            for visit in room.visits.values() if room.has_begun else ():
                seconds = visit.settle()
                if seconds or not visit.is_known:
                    taken.append((visit, seconds))
                    watched.append(visit.row(room.pk, seconds, at))
        if watched:
            await self._write(watching.add_up, watched=watched)
        for visit, seconds in taken:
            visit.seconds -= seconds
            visit.is_known = True
        for room in self.rooms.values():
            for key in [key for key, visit in room.visits.items() if not visit.sockets and visit.seconds < 1]:
                del room.visits[key]

    async def _cut(self) -> None:
        now = time.monotonic()
        for room in tuple(self.rooms.values()):
            for socket in tuple(room.sockets):
                socket.cut_if_stuck(now)

    # Life ------------------------------------------------------------------------------------------------------------

    async def _again(self, work: Callable[[], Awaitable[None]], every: float) -> None:
        while True:
            try:
                await work()
            except Exception as error:
                is_strange = not isinstance(error, (DatabaseError, OSError))  # what is away may come back
                logger.warning("live: %s failed (%s)", work.__name__, type(error).__name__, exc_info=is_strange)
                await asyncio.sleep(REST)
            await asyncio.sleep(every)

    async def _end(self) -> None:
        try:
            for task in [*self.tasks, *self.opening.values()]:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
            for last in (self._give_likes, self._settle, self._leave_all):
                try:
                    await last()
                except Exception as error:
                    logger.warning("live: figures were lost (%s)", type(error).__name__)
        finally:
            for threads in (self.reads, self.writes):
                threads.submit(connections.close_all)
                threads.shutdown(wait=False)

    async def _leave_all(self) -> None:
        await self._write(watching.leave, process=self.process, session_ids=self.counted)

    async def _read(self, deed: Callable[..., T], *args: Any) -> T:
        found: T = await DatabaseSyncToAsync(deed, thread_sensitive=False, executor=self.reads)(*args)
        return found

    async def _write(self, deed: Callable[..., T], **kwargs: Any) -> T:
        done: T = await DatabaseSyncToAsync(deed, thread_sensitive=False, executor=self.writes)(**kwargs)
        return done
