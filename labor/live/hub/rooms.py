"""What this process knows of an open room: its newest entries, who listens, and who watches for how long."""

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from labor.live import entries_json
from labor.live.actions.watching import Watched
from labor.live.choices import OPEN_ROOM, EntryKind, State
from labor.live.entries_json import URGENT, Row
from labor.live.hub import frames
from labor.live.hub.sockets import Socket

RING = 256  # entries that a socket may lag behind
IN_ONE_FRAME = 200
COALESCE = 0.3  # seconds that entries wait for others, unless they are urgent
MANY = 100  # entries do not wait any longer
AT_ONCE = 200  # sockets between two breaths


class Visit:
    """One visitor's time in the room, whatever number of pages he has open. Without a digest he does not count."""

    __slots__ = (
        "digest",
        "is_known",
        "is_replay",
        "link_code",
        "region_code",
        "seconds",
        "since",
        "sockets",
        "user_id",
    )

    def __init__(self, digest: str, is_replay: bool) -> None:
        self.digest, self.is_replay = digest, is_replay
        self.user_id: int | None = None
        self.region_code = self.link_code = ""
        self.sockets = 0
        self.seconds = self.since = 0.0  # watched and not yet written; since when he is here
        self.is_known = False  # has a row

    def come(self) -> None:
        self.sockets += 1
        if self.sockets == 1:
            self.since = time.monotonic()

    def go(self) -> None:
        self.sockets -= 1
        if not self.sockets:
            self.seconds += time.monotonic() - self.since

    def settle(self) -> int:
        """The whole seconds until now."""
        if self.sockets:
            now = time.monotonic()
            self.seconds += now - self.since
            self.since = now
        return int(self.seconds)

    def part(self) -> "Visit":
        """What he watched of the broadcast, as a visit that is over; this one is of the replay from now on."""
        self.settle()
        before = Visit(self.digest, self.is_replay)
        before.user_id, before.region_code, before.link_code = self.user_id, self.region_code, self.link_code
        before.seconds, before.is_known = self.seconds, self.is_known
        self.is_replay, self.seconds, self.is_known = True, 0.0, False
        return before

    def row(self, session_id: int, seconds: int, at: datetime) -> Watched:
        mine = (self.digest, self.is_replay, self.user_id, self.region_code, self.link_code)
        return Watched(session_id, *mine, seconds, at)


class OpenRoom:
    """The list of one room as far as this process has it: published up to `last`, read up to `read`."""

    def __init__(self, pk: int, last: int, found: Iterable[Row]) -> None:
        self.pk = pk
        self.texts: dict[int, str] = {}
        self.read = self.last = last
        self.batches: dict[int, tuple[int, dict[str, Any]]] = {}  # by what was published before
        self.published_at = float("-inf")
        self.is_urgent = self.is_stale = self.is_shut = False
        self.has_begun, self.is_over = True, False
        self.opened_at = self.filled_at = time.monotonic()
        self.sockets: set[Socket] = set()
        self.visits: dict[tuple[str, bool], Visit] = {}
        self.here = 0  # visitors
        self.guests = 0  # sockets, also those that said no hello yet
        self.likes = 0  # not yet written
        self.all_viewers = self.all_likes = 0  # as the database knew them last
        self.now: dict[str, Any] | None = None
        self.fill(found)

    # The list --------------------------------------------------------------------------------------------------------

    def fill(self, found: Iterable[Row]) -> None:
        """The newest entries up to `read` as they are now: words that were hidden or erased meanwhile are gone."""
        self.texts = {row.seq: entries_json.as_text(row) for row in found if row.seq <= self.read}
        self.batches.clear()
        self.is_stale, self.filled_at = False, time.monotonic()

    def take(self, found: list[Row]) -> None:
        """What was read after `read`; it is shown by `publish`."""
        for row in found:
            if row.seq <= self.read:
                continue
            self.texts[row.seq] = entries_json.as_text(row)
            self.read = row.seq
            self.is_urgent |= row.kind in URGENT
            self.is_stale |= row.kind == EntryKind.HIDDEN

    def due(self) -> float:
        """When to publish, by the monotonic clock; never (infinity) while there is nothing."""
        if self.read == self.last:
            return float("inf")
        if self.is_urgent or self.read - self.last >= MANY:
            return 0.0
        return self.published_at + COALESCE

    async def publish(self) -> None:
        """Give every socket what was read since; none of them is waited for."""
        if self.read > self.last:
            fresh = [seq for seq in self.texts if seq > self.last]
            before = self.last
            for start in range(0, len(fresh), IN_ONE_FRAME):
                some = fresh[start : start + IN_ONE_FRAME]
                self.batches[before] = (some[-1], frames.entries([self.texts[seq] for seq in some]))
                before = some[-1]
            self.last = self.read
            self.is_urgent = False
            self.published_at = time.monotonic()
            for seq in list(self.texts)[:-RING]:
                del self.texts[seq]
            oldest = next(iter(self.texts))
            self.batches = {before: batch for before, batch in self.batches.items() if before >= oldest - 1}
        await self.wake_all()

    async def wake_all(self) -> None:
        for number, socket in enumerate(tuple(self.sockets), 1):
            socket.wake()
            if not number % AT_ONCE:
                await asyncio.sleep(0)

    def after(self, seen: int) -> tuple[int, dict[str, Any]] | None:
        """The next frame for who has seen so much, and what he has seen then."""
        if seen >= self.last:
            return None
        if (batch := self.batches.get(seen)) is not None:
            return batch
        if not self.texts or next(iter(self.texts)) > seen + 1:
            return self.last, frames.resync(self.last)
        missing = [seq for seq in self.texts if seen < seq <= self.last][:IN_ONE_FRAME]
        return missing[-1], frames.entries([self.texts[seq] for seq in missing])

    # Who is here -----------------------------------------------------------------------------------------------------

    def visit(self, digest: str, *, is_replay: bool) -> Visit:
        key = (digest, is_replay)
        if key not in self.visits:
            self.visits[key] = Visit(digest, is_replay)
        return self.visits[key]

    def come(self, socket: Socket, visit: Visit) -> None:
        visit.come()
        self.here += visit.sockets == 1 and bool(visit.digest)
        self.sockets.add(socket)

    def go(self, socket: Socket, visit: Visit) -> None:
        visit.go()
        self.here -= visit.sockets == 0 and bool(visit.digest)
        self.sockets.discard(socket)

    def stand(self, state: str) -> None:
        """How far the session is; what there is to be watched comes by `turn`."""
        self.is_shut = state not in OPEN_ROOM
        self.has_begun, self.is_over = state != State.ANNOUNCED, state in (State.ENDED, State.REPLAY)

    def turn(self) -> None:
        """Nobody watches before the start; who stays after the end watches the replay. Not while visits are written."""
        for (digest, is_replay), visit in tuple(self.visits.items()):
            if not self.has_begun:
                visit.settle()
                visit.seconds = 0.0
                if not visit.sockets:
                    del self.visits[digest, is_replay]
            elif self.is_over and not is_replay and visit.sockets and (digest, True) not in self.visits:
                self.visits[digest, True], self.visits[digest, False] = visit, visit.part()

    async def tell(self) -> None:
        """The figures beside the picture, when they are others than before."""
        frame = frames.now(max(self.all_viewers, self.here), self.all_likes)
        if self.now is None or self.now["text"] != frame["text"]:
            self.now = frame
            await self.wake_all()
