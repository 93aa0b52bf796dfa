"""A host's page sends pictures: who may, what viewers can play of it, and what ends it."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.db import connections
from django.test import Client

from jinba.core import push
from labor.live.choices import EntryKind
from labor.live.ingest import consumer, sending, shelf
from labor.live.models import Entry, LiveSession, Part, Room
from tests.factories.accounts import UserFactory
from tests.factories.live import LiveSessionFactory
from tests.factories.rooms import signed_in
from tests.live.movies import RATE, decoded, movie, pieces

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.STREAMS_ROOT = tmp_path / "streams"
    monkeypatch.setattr(consumer, "EVERY", 0.1)
    monkeypatch.setattr(sending, "EVERY", 0.1)
    yield
    if push._running:
        push._running.end()
        push._running = None


class Page:
    """A host's page, seen from outside."""

    def __init__(self, client: Client, session_id: int, holder: str = "") -> None:
        from jinba.asgi import application

        jar = {name: morsel.value for name, morsel in client.cookies.items()}
        cookie = SimpleCookie(jar).output(header="", sep=";").strip().encode()
        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", cookie)]
        path = f"/ws/live/{session_id}/publish/"
        scope = {"type": "websocket", "path": path, "headers": headers, "query_string": b"", "subprotocols": []}
        self.line = ApplicationCommunicator(application, scope)
        self.holder = holder or str(uuid.uuid4())

    async def open(self) -> None:
        await self.line.send_input({"type": "websocket.connect"})
        assert (await self.line.receive_output(PATIENCE))["type"] == "websocket.accept"

    async def hello(self, **more: Any) -> dict[str, Any]:
        await self.open()
        await self.say({"t": "hello", "holder": self.holder, "type": "video/webm;codecs=h264,opus", **more})
        return await self.hear()

    async def say(self, frame: dict[str, Any]) -> None:
        await self.line.send_input({"type": "websocket.receive", "text": json.dumps(frame), "bytes": None})

    async def film(self, data: bytes) -> None:
        for piece in pieces(data):
            await self.line.send_input({"type": "websocket.receive", "text": None, "bytes": piece})

    async def hear(self) -> dict[str, Any]:
        answer = await self.line.receive_output(PATIENCE)
        if answer["type"] == "websocket.close":
            return {"closed": answer.get("code")}
        frame: dict[str, Any] = json.loads(answer["text"])
        return frame

    async def until(self, is_it: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self.hear()
                if is_it(frame):
                    return frame
                assert "closed" not in frame, frame

    async def taken(self, segments: int) -> dict[str, Any]:
        return await self.until(lambda frame: frame["t"] == "ok" and frame["segments"] >= segments)

    async def closed(self) -> tuple[int, str]:
        """The code, and what was said before."""
        text = ""
        while "closed" not in (frame := await self.hear()):
            text = frame.get("text", text)
        return frame["closed"], text

    async def leave(self, code: int = 1006) -> None:
        await self.line.send_input({"type": "websocket.disconnect", "code": code})
        await self.line.wait(PATIENCE)


@asynccontextmanager
async def surroundings() -> AsyncIterator[None]:
    try:
        yield
    finally:
        await sync_to_async(connections.close_all)()
        await channel_layers["default"].flush()


def tell(story: Callable[[], Awaitable[Any]]) -> Any:
    async def told() -> Any:
        async with surroundings():
            return await story()

    consumer._open.clear()
    result = asyncio.run(told())
    assert not consumer._open
    return result


@pytest.fixture
def anchor() -> Any:
    return UserFactory(park=True)


@pytest.fixture
def session(anchor: Any) -> LiveSession:
    made: LiveSession = LiveSessionFactory(live=True, anchor=anchor)
    return made


def index_of(session: LiveSession) -> Path:
    return shelf.root(session.stream) / "index.m3u8"


@pytest.mark.parametrize(
    "film",
    [movie("mkv"), movie("webm", codec="vp8"), movie("mp4", sound="aac"), movie("mkv", sound="")],
    ids=["h264", "vp8", "mp4", "silent"],
)
def test_what_a_page_sends_can_be_played(session: LiveSession, anchor: Any, film: bytes) -> None:
    host = signed_in(anchor)

    async def story() -> None:
        page = Page(host, session.pk)
        assert await page.hello() == {"t": "go", "part": 1, "live": True}
        await page.film(film)
        await page.taken(3)
        await page.say({"t": "stop"})
        assert (await page.closed())[0] == 1000
        await page.leave(1000)

    tell(story)
    part = Part.objects.get()
    assert (part.segments, part.error) == (4, "")
    assert part.ended_at and part.seconds == pytest.approx(4, abs=0.2)
    assert decoded(index_of(session)) == 4 * RATE
    assert [entry.kind for entry in Entry.objects.order_by("seq")] == [EntryKind.ON_AIR, EntryKind.OFF_AIR]
    assert not Room.objects.get().is_on_air
