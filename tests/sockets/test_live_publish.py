"""A host's page sends pictures: who may, what viewers can play of it, and what ends it."""

import asyncio
import json
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.db import OperationalError, connections, transaction
from django.test import Client
from django.utils import timezone

from labor.live.actions import airing, pictures
from labor.live.actions.history import shift
from labor.live.choices import EntryKind, Side, State
from labor.live.ingest import consumer, feed, sending, shelf
from labor.live.ingest.consumer import (
    AWAY,
    NOT_ALLOWED,
    NOT_SIGNED_IN,
    NOWHERE,
    OVER,
    TAKEN_OVER,
    TOO_LOUD,
    UNUSABLE,
)
from labor.live.models import Entry, LiveSession, Part, Room
from tests.factories.accounts import UserFactory, user_in
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory
from tests.factories.rooms import signed_in
from tests.live.movies import RATE, decoded, movie, pieces

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pushes")]

PATIENCE = 30


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STREAMS_ROOT = tmp_path / "streams"
    monkeypatch.setattr(consumer, "EVERY", 0.1)
    monkeypatch.setattr(sending, "EVERY", 0.1)
    # A busy machine may take long to make pictures of what came.
    monkeypatch.setattr(sending, "SILENCE", 10 * PATIENCE)
    monkeypatch.setattr(feed, "LAST_WITHIN", PATIENCE)


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
        await self.say_raw(json.dumps(frame))

    async def say_raw(self, what: str | bytes) -> None:
        text, data = (what, None) if isinstance(what, str) else (None, what)
        await self.line.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def film(self, data: bytes) -> None:
        for piece in pieces(data):
            await self.say_raw(piece)

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
        async with asyncio.timeout(PATIENCE):
            while "closed" not in (frame := await self.hear()):
                text = frame.get("text", text)
        return frame["closed"], text

    async def stop(self) -> None:
        """As the host's button does."""
        await self.say({"t": "stop"})
        assert (await self.closed())[0] == 1000
        await self.leave(1000)

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
    [{"kind": "mkv"}, {"kind": "webm", "codec": "vp8"}, {"kind": "mp4", "sound": "aac"}, {"kind": "mkv", "sound": ""}],
    ids=["h264", "vp8", "mp4", "silent"],
)
def test_what_a_page_sends_can_be_played(session: LiveSession, anchor: Any, film: dict[str, str]) -> None:
    host = signed_in(anchor)

    async def story() -> None:
        page = Page(host, session.pk)
        assert await page.hello() == {"t": "go", "part": 1, "live": True}
        await page.film(movie(**film))  # type: ignore[arg-type]
        await page.taken(3)
        await page.stop()

    tell(story)
    part = Part.objects.get()
    assert (part.segments, part.error) == (4, "")
    assert part.ended_at and part.seconds == pytest.approx(4, abs=0.2)
    assert decoded(index_of(session)) == 4 * RATE
    assert [entry.kind for entry in Entry.objects.order_by("seq")] == [EntryKind.ON_AIR, EntryKind.OFF_AIR]
    assert not Room.objects.get().is_on_air


# Who may -------------------------------------------------------------------------------------------------------------


def refused(client: Client, session_id: int) -> tuple[int, str]:
    """How this person's socket is closed, if he asks to send."""

    async def story() -> tuple[int, str]:
        page = Page(client, session_id)
        await page.open()
        await page.say({"t": "hello", "holder": page.holder})
        closed = await page.closed()
        await page.leave()
        return closed

    found: tuple[int, str] = tell(story)
    return found


def test_only_the_crew_sends(session: LiveSession) -> None:
    assert refused(Client(), session.pk)[0] == NOT_SIGNED_IN
    assert refused(signed_in(user_in("officer")), session.pk)[0] == NOT_ALLOWED
    for stranger in ("seeker", "employer", "broker"):
        assert refused(signed_in(user_in(stranger)), session.pk)[0] == NOWHERE
    assert refused(signed_in(session.crew.get().user), 10**9)[0] == NOWHERE
    assert not Part.objects.exists()


def test_after_the_end_nobody_sends(anchor: Any) -> None:
    assert refused(signed_in(anchor), LiveSessionFactory(ended=True, anchor=anchor).pk)[0] == OVER


def test_where_another_platform_has_the_picture_the_host_is_told(session: LiveSession, anchor: Any) -> None:
    LiveSession.objects.filter(pk=session.pk).update(platform_url="https://live.douyin.com/1")
    code, text = refused(signed_in(anchor), session.pk)
    assert code == NOT_ALLOWED
    assert "外部平台" in text


def test_a_full_disk_is_said(session: LiveSession, anchor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "SPARE_BYTES", 10**18)
    code, text = refused(signed_in(anchor), session.pk)
    assert "存储" in text
    assert code == AWAY


@pytest.mark.parametrize(
    "noise",
    [
        "no json", "[]", "1", '"hello"', "{}", '{"t":"stop"}', '{"t":"hello"}', '{"t":"hello","holder":7}',
        '{"t":"hello","holder":"not a number"}', '{"t":"hello","holder":"' + "x" * 600 + '"}', "[" * 400, b"a picture",
    ],
)  # fmt: skip
def test_noise_instead_of_a_greeting_is_closed(session: LiveSession, anchor: Any, noise: Any) -> None:
    host = signed_in(anchor)

    async def story() -> None:
        page = Page(host, session.pk)
        await page.open()
        await page.say_raw(noise)
        assert (await page.closed())[0] == TOO_LOUD
        await page.leave()

    tell(story)


def test_who_says_nothing_is_closed(session: LiveSession, anchor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "HELLO_WITHIN", 0.01)
    host = signed_in(anchor)

    async def story() -> None:
        page = Page(host, session.pk)
        await page.open()
        assert (await page.closed())[0] == TOO_LOUD
        await page.leave()

    tell(story)


def test_a_process_takes_only_so_many(session: LiveSession, anchor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "MOST_SENDINGS", 1)
    host = signed_in(anchor)

    async def story() -> None:
        first, second = Page(host, session.pk), Page(host, session.pk)
        assert (await first.hello())["t"] == "go"
        await second.open()
        assert (await second.closed())[0] == AWAY
        await second.leave()
        await first.leave()

    tell(story)


# What cannot be shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\0" * 50_000, "不是能播的画面"),
        (random.Random(5).randbytes(50_000), "不是能播的画面"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n" * 20, "不是能播的画面"),
        (b"\x1a\x45\xdf\xa3" + b"\xff" * 100 + b"V_MPEG4/ISO/AVC" + b"\xff" * 400_000, "不是能播的画面"),
        (lambda: movie("mkv", picture=False), "没有画面"),
        (lambda: movie("mkv", seconds=1, size="3840x2160", sound=""), "太大"),
    ],
    ids=["zeros", "noise", "playlist", "torn", "only sound", "too large"],
)
def test_what_cannot_be_shown_is_refused_in_words(session: LiveSession, anchor: Any, data: Any, word: str) -> None:
    host, film = signed_in(anchor), data() if callable(data) else data

    async def story() -> None:
        page = Page(host, session.pk)
        await page.hello()
        await page.film(film)
        code, text = await page.closed()
        assert (code, word in text) == (UNUSABLE, True), text
        await page.leave()

    tell(story)
    part = Part.objects.get()
    assert part.ended_at and word in part.error
    assert not index_of(session).exists()
    assert not Entry.objects.exists()


def test_too_large_a_frame_and_too_many_of_them(
    session: LiveSession, anchor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "AT_ONCE", 100_000)
    monkeypatch.setattr(consumer, "A_SECOND", 0)  # however long a busy machine takes over the frames
    host, film = signed_in(anchor), movie("mkv")

    async def story(frames: list[bytes]) -> str:
        page = Page(host, session.pk)
        await page.hello()
        for frame in frames:
            await page.say_raw(frame)
        code, text = await page.closed()
        assert code == TOO_LOUD
        await page.leave()
        return text

    assert tell(lambda: story([film[:65_537]])) == ""
    assert "太快" in tell(lambda: story(pieces(film)[:8]))


def test_a_connection_that_stands_still_is_lost(
    session: LiveSession, anchor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SILENCE", 0.0)
    host = signed_in(anchor)

    async def story() -> None:
        page = Page(host, session.pk)
        await page.hello()
        assert (await page.closed())[0] == AWAY
        await page.leave()

    tell(story)
    assert Part.objects.get().error == sending.LOST


# One after the other -------------------------------------------------------------------------------------------------


def test_a_cut_line_goes_on_as_the_next_part(session: LiveSession, anchor: Any) -> None:
    host, film = signed_in(anchor), movie("mkv")

    async def story() -> None:
        first = Page(host, session.pk)
        await first.hello()
        await first.film(film)
        await first.taken(3)
        await first.leave()
        second = Page(host, session.pk, first.holder)
        assert (await second.hello())["part"] == 2
        await second.film(film)
        await second.taken(3)
        await second.stop()

    tell(story)
    first, second = Part.objects.all()
    assert (first.segments, first.error, second.base, second.error) == (4, sending.LOST, 4, "")
    text = index_of(session).read_text()
    assert "#EXT-X-MEDIA-SEQUENCE:0\n" in text
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert text.index("p1/00003.ts") < text.index("#EXT-X-DISCONTINUITY\n") < text.index("p2/00000.ts")
    assert decoded(index_of(session)) == 8 * RATE
    assert [entry.kind for entry in Entry.objects.order_by("seq")] == [EntryKind.ON_AIR, EntryKind.OFF_AIR]


def test_another_device_takes_over_and_the_first_writes_nothing_more(session: LiveSession, anchor: Any) -> None:
    host, film = signed_in(anchor), movie("mkv", seconds=8)
    half = len(film) // 2

    async def story() -> None:
        first, second = Page(host, session.pk), Page(host, session.pk)
        await first.hello()
        await first.film(film[:half])
        await first.taken(2)
        assert (await second.hello())["part"] == 2
        was = shelf.segments(session.stream)
        await first.film(film[half:])
        code, text = await first.closed()
        assert code == TAKEN_OVER
        assert "另一台设备" in text
        assert shelf.segments(session.stream) == was
        await first.leave()
        await second.film(film)
        await second.taken(6)
        await second.leave()

    tell(story)
    assert [segment.part for segment in shelf.segments(session.stream)][-6:] == [2] * 6
    assert [entry.kind for entry in Entry.objects.order_by("seq")] == [EntryKind.ON_AIR]


def test_who_was_cut_off_does_not_take_back_what_a_colleague_took_over(session: LiveSession, anchor: Any) -> None:
    host, film = signed_in(anchor), movie("mkv")

    async def story() -> None:
        first, second = Page(host, session.pk), Page(host, session.pk)
        await first.hello()
        await first.film(film)
        await first.taken(3)
        await first.leave()
        assert (await second.hello())["part"] == 2
        back = Page(host, session.pk, first.holder)
        await back.open()
        await back.say({"t": "hello", "holder": back.holder, "back": True})
        code, text = await back.closed()
        assert code == TAKEN_OVER and "另一台设备" in text
        await back.leave()
        await second.film(film)
        await second.taken(3)
        await second.leave()
        # His own part he goes on with, and by a tap he may take over again.
        again = Page(host, session.pk, second.holder)
        assert (await again.hello(back=True))["part"] == 3
        tapped = Page(host, session.pk, first.holder)
        assert (await tapped.hello())["part"] == 4
        assert (await again.closed())[0] == TAKEN_OVER
        await again.leave()
        await tapped.leave()

    tell(story)
    assert [segment.part for segment in shelf.segments(session.stream)] == [1] * 4 + [2] * 4


# What changes meanwhile ----------------------------------------------------------------------------------------------


def test_the_end_of_the_session_ends_the_pictures(session: LiveSession, anchor: Any) -> None:
    host, film = signed_in(anchor), movie("mkv")

    async def story() -> None:
        page = Page(host, session.pk)
        await page.hello()
        await page.film(film)
        await page.taken(3)
        async with asyncio.timeout(PATIENCE):
            while not await sync_to_async(Room.objects.filter(is_on_air=True).exists)():
                await page.hear()
        await sync_to_async(airing.end)(session=session, by=anchor)
        assert (await page.closed())[0] == OVER
        await page.leave()

    tell(story)
    assert index_of(session).read_text().endswith("#EXT-X-ENDLIST\n")
    assert [entry.kind for entry in Entry.objects.order_by("seq")] == [EntryKind.ON_AIR, EntryKind.ENDED]
    assert sorted(path.name for path in shelf.root(session.stream).iterdir()) == [".lock", "index.m3u8", "p1"]


def test_who_is_no_longer_of_the_crew_stops(session: LiveSession, anchor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "MAY_EVERY", 0.05)
    host = signed_in(anchor)

    async def story() -> None:
        page = Page(host, session.pk)
        await page.hello()
        await sync_to_async(host.logout)()
        assert (await page.closed())[0] == NOT_SIGNED_IN
        await page.leave()

    tell(story)
    assert Part.objects.get().ended_at


def test_a_rehearsal_goes_live_on_the_same_connection(anchor: Any) -> None:
    session = LiveSessionFactory(announced=True, anchor=anchor, starts_at=in_minutes(5))
    host, film = signed_in(anchor), movie("mkv", seconds=8)
    half = len(film) // 2

    async def story() -> None:
        page = Page(host, session.pk)
        assert await page.hello() == {"t": "go", "part": 1, "live": False}
        await page.film(film[:half])
        assert (await page.taken(2))["live"] is False
        assert not index_of(session).exists()
        await sync_to_async(on_air)(session, anchor)
        await page.until(lambda frame: frame["t"] == "ok" and frame["live"])
        await page.film(film[half:])
        await page.taken(6)
        await page.stop()

    tell(story)
    rehearsal, live = Part.objects.all()
    assert (rehearsal.is_rehearsal, live.is_rehearsal, live.base) == (True, False, 0)
    assert live.segments >= 4 and rehearsal.segments + live.segments <= 8  # the rehearsal's last may not be counted
    assert decoded(index_of(session)) == live.segments * RATE
    assert not (shelf.root(session.stream) / "p1").exists()


def on_air(session: LiveSession, by: Any) -> None:
    with transaction.atomic():
        shift(session=session, to=State.LIVE, side=Side.CREW, by=by, live_at=timezone.now())


def test_a_database_that_is_away_does_not_stop_the_picture(
    session: LiveSession, anchor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, film = signed_in(anchor), movie("mkv")
    heard, is_away = pictures.heard, [True]

    def sometimes(**words: Any) -> Any:
        if is_away[0]:
            raise OperationalError("gone")
        return heard(**words)

    monkeypatch.setattr(pictures, "heard", sometimes)

    async def story() -> None:
        page = Page(host, session.pk)
        await page.hello()
        await page.film(film)
        await page.taken(3)
        assert (await sync_to_async(Part.objects.get)()).segments == 0
        is_away[0] = False
        await page.stop()

    tell(story)
    assert Part.objects.get().segments == 4
