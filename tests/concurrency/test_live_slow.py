"""Invariant I18: who does not read, or shouts, hurts nobody else in the room, and the server's memory stays bounded."""

import asyncio
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from labor.live.actions import entries
from labor.live.choices import EntryKind
from labor.live.hub.door import TOO_LOUD
from tests.concurrency.live_storm import Sockets, environment_here
from tests.factories.live import LiveSessionFactory
from tests.sockets.wire import Wire

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pushes")]

GOOD, FROZEN, SLOW, LOUD = 60, 40, 4, 4
ENTRIES, LONG = 150, "长白班" * 900  # 8 kB: far more than lines and their kernel take before somebody has to wait
SHOUTS = 1_500


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path("/tmp") / f"jinba-slow-{os.getpid()}"
    place.mkdir(mode=0o700)
    yield place
    shutil.rmtree(place, ignore_errors=True)


class Page(Wire):
    def __init__(self, session_id: int, *, bite: int = 65_536, rest: float | None = 0.0) -> None:
        super().__init__(session_id, bite=bite, rest=rest)
        self.came: list[int] = []

    def heard(self, text: bytes) -> None:
        frame = json.loads(text)
        for entry in frame.get("list", ()):
            self.came.append(entry["seq"])


def memory(server: Sockets) -> float:
    return float(psutil.Process(server.process.pid).memory_full_info().uss / 1e6)


def test_frozen_slow_and_loud_pages_hurt_nobody(folder: Path) -> None:
    session = LiveSessionFactory(live=True)

    def write() -> None:
        try:
            for _ in range(ENTRIES):
                entries.add(session_id=session.pk, kind=EntryKind.ANNOUNCED, data={"text": LONG})
        finally:
            connections.close_all()

    async def round_of(good: list[Page], until: int) -> None:
        await sync_to_async(write, thread_sensitive=False)()
        async with asyncio.timeout(60):
            while any(len(page.came) < until for page in good):
                await asyncio.sleep(0.05)

    async def story() -> tuple[list[Page], list[Page], float]:
        server = Sockets(folder, 0, environment_here())
        try:
            await server.ready()
            good = [Page(session.pk) for _ in range(GOOD)]
            frozen = [Page(session.pk, rest=None) for _ in range(FROZEN)]
            slow = [Page(session.pk, bite=512, rest=0.5) for _ in range(SLOW)]
            loud = [Page(session.pk) for _ in range(LOUD)]
            for page in (*good, *frozen, *slow, *loud):
                await page.open(server.place)
                page.hello(0)
            for number, page in enumerate(loud):
                for _ in range(SHOUTS):
                    page.say({"t": "ping"} if number % 2 else {"t": "like", "n": -1})
            await round_of(good, ENTRIES)
            async with asyncio.timeout(60):
                for page in loud:
                    await page.gone
            # What one round needs for lines that are under way was there by now; a queue for each that waits would
            # take the second one's 50 MB besides.
            before = memory(server)
            await round_of(good, 2 * ENTRIES)
            grown = memory(server) - before
            for page in (*good, *frozen, *slow):
                page.transport.abort()
            return good, loud, grown
        finally:
            server.end()

    good, loud, grown = asyncio.run(story())
    assert all(page.came == list(range(1, 2 * ENTRIES + 1)) for page in good)
    assert {page.code for page in loud} == {TOO_LOUD}
    assert grown < 40
