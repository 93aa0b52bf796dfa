"""The process that takes a host's pictures is killed: what viewers have goes on, and no ffmpeg is left behind."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db import connection
from websockets.asyncio.client import ClientConnection, connect

from jinba.embedded.places import CHECKOUT
from labor.live.choices import EntryKind
from labor.live.ingest import shelf
from labor.live.models import Entry, LiveSession, Part
from tests.factories.accounts import UserFactory
from tests.factories.live import LiveSessionFactory
from tests.factories.rooms import signed_in
from tests.live.movies import RATE, decoded, movie, pieces
from tests.platform.machine import free_port, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pushes")]

PATIENCE = 30


class Sockets:
    """A socket server of its own, on the test's database and files; it can be killed and started again."""

    def __init__(self, var: Path) -> None:
        place, _, options = os.environ["DATABASE_URL"].partition("?")
        place = f"{place.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
        self.environment = os.environ | {"DATABASE_URL": f"{place}?{options}", "VAR_DIR": str(var)}
        self.port = free_port()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "jinba.asgi:application", f"--port={self.port}", "--lifespan=off"]
        options = [
            "--ws-max-size=65536",
            "--no-access-log",
            "--log-level=critical",
            f"--timeout-graceful-shutdown={PATIENCE // 2}",
        ]
        self.process = subprocess.Popen(
            [*command, *options], cwd=CHECKOUT, env=self.environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(self.is_up, PATIENCE)

    def is_up(self) -> bool:
        with socket.socket() as knock:
            return knock.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self, how: signal.Signals = signal.SIGKILL) -> list[psutil.Process]:
        """End it; who worked for it."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(how)
        self.process.wait(PATIENCE)
        return children


@pytest.fixture
def sockets(settings: Any, tmp_path: Path) -> Iterator[Sockets]:
    settings.STREAMS_ROOT = tmp_path / "streams"
    server = Sockets(tmp_path)
    yield server
    if server.process.poll() is None:
        server.kill()


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(live=True, anchor=UserFactory(park=True))
    return made


@pytest.fixture
def page(sockets: Sockets, session: LiveSession) -> "Page":
    return Page(sockets, session)


class Page:
    """A host's page, by a real socket."""

    def __init__(self, sockets: Sockets, session: LiveSession) -> None:
        jar = signed_in(session.crew.get().user).cookies
        cookie = SimpleCookie({name: morsel.value for name, morsel in jar.items()}).output(header="", sep=";").strip()
        self.headers = {"Cookie": cookie}
        self.address = f"ws://127.0.0.1:{sockets.port}/ws/live/{session.pk}/publish/"
        self.origin: Any = f"http://127.0.0.1:{sockets.port}"
        self.holder = str(uuid.uuid4())

    async def send(self, film: bytes, segments: int) -> tuple[ClientConnection, int]:
        """Send it all on a new socket; it and the part's number, when so many segments are whole."""
        line = await connect(self.address, additional_headers=self.headers, origin=self.origin, compression=None)
        await line.send(json.dumps({"t": "hello", "holder": self.holder, "type": "video/webm;codecs=h264,opus"}))
        part = 0
        for piece in pieces(film):
            if not part:
                part = json.loads(await line.recv())["part"]
            await line.send(piece)
        async with asyncio.timeout(PATIENCE):
            while json.loads(await line.recv()).get("segments", 0) < segments:
                pass
        return line, part


def gone(children: list[psutil.Process]) -> bool:
    return not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)


def ffmpegs(sockets: Sockets) -> list[psutil.Process]:
    """Also those that have ended and that nobody has collected."""
    return psutil.Process(sockets.process.pid).children(recursive=True)


def test_killed_in_the_middle_it_goes_on_as_the_next_part(sockets: Sockets, session: LiveSession, page: Page) -> None:
    film, index = movie("mkv", seconds=6), shelf.root(session.stream) / "index.m3u8"

    async def before() -> None:
        await page.send(film[: len(film) * 5 // 6], 4)
        children = await asyncio.to_thread(sockets.kill)
        assert children
        await asyncio.to_thread(until, lambda: gone(children), PATIENCE)

    asyncio.run(before())
    seen = index.read_text()
    kept = len(shelf.segments(session.stream))
    assert kept >= 4

    sockets.start()
    assert index.read_text() == seen  # players wait

    async def after() -> None:
        line, part = await page.send(film, 5)
        assert part == 2
        await line.send('{"t":"stop"}')
        await line.wait_closed()

    asyncio.run(after())
    until(lambda: not Part.objects.filter(ended_at__isnull=True).exists(), PATIENCE)
    text = index.read_text()
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    first = int(text.split("#EXT-X-MEDIA-SEQUENCE:")[1].split("\n")[0])
    names = [line for line in text.splitlines() if line.endswith(".ts")]
    everything = [segment.path for segment in shelf.segments(session.stream)]
    # Each file keeps the number that players knew it by.
    assert names == everything[first : first + len(names)]
    assert everything[:kept] == [f"p1/{number:05d}.ts" for number in range(kept)]
    assert len(everything) == kept + 6
    assert decoded(index) == len(names) * RATE
    until(lambda: not ffmpegs(sockets), PATIENCE)
    one, two = Part.objects.all()
    assert one.ended_at and two.base == kept
    kinds = [entry.kind for entry in Entry.objects.order_by("seq")]
    assert kinds == [EntryKind.ON_AIR, EntryKind.OFF_AIR]


def test_told_to_stop_it_writes_down_how_far_it_was(sockets: Sockets, session: LiveSession, page: Page) -> None:
    film = movie("mkv", seconds=6)

    async def story() -> None:
        await page.send(film, 5)
        children = await asyncio.to_thread(sockets.kill, signal.SIGTERM)
        await asyncio.to_thread(until, lambda: gone(children), PATIENCE)

    asyncio.run(story())
    part = Part.objects.get()
    assert part.ended_at
    assert part.segments == len(shelf.segments(session.stream)) >= 5
    # He comes back within seconds; nobody is told that he was gone.
    assert [entry.kind for entry in Entry.objects.all()] == [EntryKind.ON_AIR]


def test_a_killed_ffmpeg_ends_the_part_and_is_collected(sockets: Sockets, session: LiveSession, page: Page) -> None:
    film = movie("mkv", seconds=6)

    async def story() -> None:
        line, _ = await page.send(film[: len(film) * 5 // 6], 4)
        for child in ffmpegs(sockets):
            child.kill()
        await line.wait_closed()
        assert line.close_code == 1013

    asyncio.run(story())
    until(lambda: not ffmpegs(sockets), PATIENCE)
    until(lambda: Part.objects.get().ended_at, PATIENCE)
