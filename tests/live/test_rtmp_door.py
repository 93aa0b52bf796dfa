"""The door of streaming programs, with ffmpeg as one that is not ours: which keys open it, and what ends a picture."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from django.db import connections

from jinba.accounts.models import User
from labor.live.actions import airing, keys
from labor.live.choices import EntryKind, Source
from labor.live.ingest import feed, sending, shelf
from labor.live.ingest.command import ffmpeg
from labor.live.models import Entry, LiveSession, Part, Room, StreamKey
from labor.live.rtmp import door as doors
from labor.live.rtmp.door import Door, home
from labor.live.rtmp.talk import HELLO
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory
from tests.live.movies import H264, RATE, call, decoded, movie

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pushes")]

PATIENCE = 30


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "EVERY", 0.1)
    # A busy machine may take long over a key, over reading why it is wrong, and over the last pictures.
    for where, name in ((doors, "PATIENCE"), (doors, "GOODBYE"), (feed, "LAST_WITHIN"), (sending, "SILENCE")):
        monkeypatch.setattr(where, name, PATIENCE)


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(live=True, anchor=True)
    return made


def key_of(session: LiveSession) -> str:
    return keys.new_key(session=session, by=session.crew.get().user)


class Encoder:
    """A streaming program: ffmpeg itself."""

    def __init__(self, port: int, name: str) -> None:
        self.address = f"rtmp://127.0.0.1:{port}/live/{name}"
        self.process: asyncio.subprocess.Process | None = None
        self.said = ""

    async def start(self, *source: str, format: str = "flv") -> None:
        quiet = ("-hide_banner", "-nostdin", "-loglevel", "info")
        self.process = await asyncio.create_subprocess_exec(
            ffmpeg(), *quiet, *source, "-f", format, self.address, stderr=asyncio.subprocess.PIPE
        )

    async def film(self, film: Path, *, again: int = 0) -> None:
        """As fast as it goes; `again` and again at the pace of a camera."""
        pace = ("-re", "-stream_loop", str(again)) if again else ()
        await self.start(*pace, "-i", str(film), "-c", "copy")

    async def ended(self) -> int:
        assert self.process is not None
        async with asyncio.timeout(PATIENCE):
            _, said = await self.process.communicate()
        self.said = said.decode(errors="replace")
        assert self.process.returncode is not None
        return self.process.returncode

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


class Place:
    """An open door, and programs at it."""

    def __init__(self, door: Door, port: int) -> None:
        self.door, self.port = door, port
        self.encoders: list[Encoder] = []

    def encoder(self, name: str) -> Encoder:
        self.encoders.append(Encoder(self.port, name))
        return self.encoders[-1]

    async def on_air(self, name: str, film: Path) -> Encoder:
        """A program whose pictures have begun to come, and go on until somebody ends them."""
        encoder = self.encoder(name)
        await encoder.film(film, again=50)
        await until(has_segments)
        return encoder

    async def takes(self, name: str, film: Path) -> None:
        encoder = self.encoder(name)
        await encoder.film(film)
        assert await encoder.ended() == 0, encoder.said

    async def refuses(self, name: str, film: Path) -> str:
        """What the program says then."""
        encoder = self.encoder(name)
        await encoder.film(film)
        assert await encoder.ended() != 0
        return encoder.said

    async def all_gone(self) -> None:
        """Until every connection was served to its end."""
        async with asyncio.timeout(PATIENCE):
            while self.door.serving:
                await asyncio.wait(set(self.door.serving))


@asynccontextmanager
async def open_door() -> AsyncIterator[Place]:
    door = Door()
    server = await asyncio.start_server(door.visited, "127.0.0.1", 0)
    place = Place(door, server.sockets[0].getsockname()[1])
    try:
        yield place
    finally:
        for encoder in place.encoders:
            await encoder.stop()
        server.close()
        await door.close()
        await sync_to_async(connections.close_all)()
        await channel_layers["default"].flush()


def tell(story: Callable[[Place], Awaitable[None]]) -> None:
    """To its end, and until every connection was served."""

    async def told() -> None:
        async with open_door() as place:
            await story(place)
            await place.all_gone()

    asyncio.run(told())


async def until(is_it: Callable[[], Any]) -> None:
    """Until the database says so."""
    async with asyncio.timeout(PATIENCE):
        while not await sync_to_async(is_it)():
            await asyncio.sleep(0.05)


def has_segments(count: int = 1) -> bool:
    return Part.objects.filter(ended_at__isnull=True, segments__gte=count).exists()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.flv"
    path.write_bytes(movie("flv", sound="aac"))
    return path


def test_what_a_program_sends_by_the_right_key_can_be_played(session: LiveSession, film: Path) -> None:
    name = key_of(session)

    async def story(place: Place) -> None:
        await place.takes(name, film)

    tell(story)
    part = Part.objects.get()
    assert (part.source, part.segments, part.error) == (Source.ENCODER, 4, "")
    assert part.seconds == pytest.approx(4, abs=0.2)
    assert decoded(shelf.root(session.stream) / "index.m3u8") == 4 * RATE
    assert [entry.kind for entry in Entry.objects.order_by("seq")] == [EntryKind.ON_AIR, EntryKind.OFF_AIR]
    assert StreamKey.objects.get().used_at is not None


def test_a_picture_that_stands_upright_stays_so(session: LiveSession, tmp_path: Path) -> None:
    name, upright = key_of(session), tmp_path / "upright.flv"
    upright.write_bytes(movie("flv", seconds=1, size="180x320", sound="aac"))

    async def story(place: Place) -> None:
        await place.takes(name, upright)

    tell(story)
    assert " 180x320" in call("-i", str(shelf.root(session.stream) / "p1/00000.ts"), "-f", "null", "-", level="info")


def test_silence_keeps_its_time(session: LiveSession, tmp_path: Path) -> None:
    """Equal pieces of sound come without a time of their own: it is the last step once more."""
    name = key_of(session)

    async def story(place: Place) -> None:
        encoder = place.encoder(name)
        source = ("-f", "lavfi", "-i", f"testsrc2=s=160x90:r={RATE}", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono")
        await encoder.start(*source, "-t", "3", *H264, "-c:a", "aac")
        assert await encoder.ended() == 0, encoder.said

    tell(story)
    assert Part.objects.get().seconds == pytest.approx(3, abs=0.2)


def test_a_program_that_sends_no_sound_gets_silence(session: LiveSession, tmp_path: Path) -> None:
    """Players stumble over a stream that has sound in one part and none in the next."""
    name = key_of(session)

    async def story(place: Place) -> None:
        encoder = place.encoder(name)
        await encoder.start("-f", "lavfi", "-i", f"testsrc2=s=160x90:r={RATE}", "-t", "3", *H264)
        assert await encoder.ended() == 0, encoder.said

    tell(story)
    part = Part.objects.get()
    assert part.seconds == pytest.approx(3, abs=0.3)
    segment = next((shelf.root(session.stream) / "p1").glob("*.ts"))
    told = subprocess.run([ffmpeg(), "-i", str(segment)], capture_output=True, text=True).stderr
    assert "Audio: aac" in told


def test_a_wrong_a_rotated_a_stolen_and_an_ended_key_are_sent_away_and_leave_nothing(
    session: LiveSession, film: Path
) -> None:
    other = LiveSessionFactory(live=True, anchor=True)
    over = LiveSessionFactory(live=True, anchor=True)
    early = LiveSessionFactory(announced=True, anchor=True, starts_at=in_minutes(120))
    rotated, stolen, ended, too_early = map(key_of, (session, other, over, early))
    right = key_of(session)
    airing.end(session=over, by=over.crew.get().user)
    wrong = {
        "wrong": right[:-4] + "aaaa",
        "rotated": rotated,
        "stolen": f"{session.pk}-{stolen.partition('-')[2]}",
        "ended": ended,
        "early": too_early,
        "no key": "live",
    }

    async def story(place: Place) -> None:
        for what, name in wrong.items():
            assert doors.NO_KEY in await place.refuses(name, film), what
        await place.all_gone()
        assert not await sync_to_async(Part.objects.exists)()
        await place.takes(right, film)

    tell(story)
    assert [part.session_id for part in Part.objects.all()] == [session.pk]
    assert not shelf.root(other.stream).exists()
    assert not shelf.root(over.stream).exists()


def test_a_new_key_ends_the_picture_that_comes_by_the_old_one(session: LiveSession, film: Path) -> None:
    name = key_of(session)

    async def story(place: Place) -> None:
        encoder = await place.on_air(name, film)
        await sync_to_async(key_of)(session)
        assert await encoder.ended() != 0

    tell(story)
    assert Part.objects.get().ended_at is not None


def test_the_picture_ends_when_who_took_the_key_leaves_the_crew(
    session: LiveSession, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "HOLDS_EVERY", 0.2)
    name = key_of(session)

    async def story(place: Place) -> None:
        encoder = await place.on_air(name, film)
        await sync_to_async(User.objects.filter(live_crew__session=session).update)(is_active=False)
        assert await encoder.ended() != 0

    tell(story)
    assert Part.objects.get().ended_at is not None


def test_a_key_that_is_changed_while_somebody_begins_is_refused(
    session: LiveSession, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = key_of(session)
    check = keys.check

    def check_and_lose(*, name: str) -> StreamKey | None:
        found = check(name=name)
        key_of(session)
        return found

    monkeypatch.setattr(keys, "check", check_and_lose)

    async def story(place: Place) -> None:
        await place.refuses(name, film)

    tell(story)
    part = Part.objects.get()
    assert part.segments == 0
    assert part.ended_at is not None


def test_a_program_that_comes_again_goes_on_and_the_old_connection_ends(session: LiveSession, film: Path) -> None:
    name = key_of(session)

    async def story(place: Place) -> None:
        first = await place.on_air(name, film)
        second = place.encoder(name)
        await second.film(film, again=50)
        assert await first.ended() != 0
        await until(lambda: Part.objects.filter(number=2, segments__gte=1, ended_at__isnull=True).exists())
        await second.stop()

    tell(story)
    first, second = Part.objects.order_by("number")
    assert second.base == first.segments
    text = (shelf.root(session.stream) / "index.m3u8").read_text()
    assert "p2/00000.ts" in text


def test_the_end_of_the_session_ends_the_picture(session: LiveSession, film: Path) -> None:
    name = key_of(session)

    async def story(place: Place) -> None:
        encoder = await place.on_air(name, film)
        await sync_to_async(airing.end)(session=session, by=None)
        assert await encoder.ended() != 0

    tell(story)
    assert "#EXT-X-ENDLIST" in (shelf.root(session.stream) / "index.m3u8").read_text()


def test_a_program_that_is_killed_leaves_a_part_that_says_so(session: LiveSession, film: Path) -> None:
    name = key_of(session)

    async def story(place: Place) -> None:
        encoder = await place.on_air(name, film)
        await encoder.stop()

    tell(story)
    part = Part.objects.get()
    assert (part.error, part.ended_at is not None) == (sending.LOST, True)
    assert Room.objects.get().is_on_air  # he may be back within the minute


def test_a_closing_door_gives_each_part_its_end(session: LiveSession, film: Path) -> None:
    name = key_of(session)

    async def story(place: Place) -> None:
        await place.on_air(name, film)
        await place.door.close()

    tell(story)
    assert Part.objects.get().ended_at is not None


def test_before_the_start_it_is_a_rehearsal(film: Path) -> None:
    session = LiveSessionFactory(announced=True, anchor=True, starts_at=in_minutes(10))
    name = key_of(session)

    async def story(place: Place) -> None:
        await place.takes(name, film)

    tell(story)
    assert Part.objects.get().is_rehearsal
    assert not (shelf.root(session.stream) / "index.m3u8").exists()


@pytest.mark.parametrize(("what", "most"), [("MOST_BYTES", 100_000), ("MOST_CHUNKS", 500)])
def test_a_stream_that_no_phone_could_load_is_ended(
    session: LiveSession, film: Path, monkeypatch: pytest.MonkeyPatch, what: str, most: int
) -> None:
    monkeypatch.setattr(doors, what, most)
    name = key_of(session)

    async def story(place: Place) -> None:
        encoder = place.encoder(name)
        # Again and again: what is small may be sent whole before the door says no.
        await encoder.start("-stream_loop", "500", "-i", str(film), "-c", "copy")
        assert await encoder.ended() != 0
        assert doors.TOO_MUCH in encoder.said

    tell(story)


# Whoever is no program -----------------------------------------------------------------------------------------------


async def sent(place: Place, data: bytes) -> bytes:
    """All that comes back until the door closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    writer.write(data)
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def test_whoever_says_nothing_useful_is_closed(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(place: Place) -> None:
        assert await sent(place, b"GET / HTTP/1.1\r\n\r\n") == b""
        greeting = bytes([3]) + bytes(2 * HELLO)
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
        writer.write(greeting)
        assert len(await reader.readexactly(1 + 2 * HELLO)) == 1 + 2 * HELLO
        writer.close()
        await sent(place, greeting + b"\xff" * 5000)
        monkeypatch.setattr(doors, "PATIENCE", 0.05)
        assert await sent(place, b"") == b""

    tell(story)
    assert not Part.objects.exists()


def test_who_tries_too_many_keys_is_not_listened_to_for_a_while(
    session: LiveSession, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MOST_WRONG", 2)
    name = key_of(session)

    async def story(place: Place) -> None:
        for key in ("1-" + "a" * 32, "1-" + "a" * 32, name):
            await place.refuses(key, film)
        monkeypatch.setattr(doors, "WITHIN", -1.0)  # the while is over
        await place.takes(name, film)

    tell(story)
    assert Part.objects.count() == 1


def test_who_speaks_no_rtmp_too_often_is_not_listened_to_either(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MOST_WRONG", 2)

    async def story(place: Place) -> None:
        greeting = bytes([3]) + bytes(2 * HELLO)
        for _ in range(2):
            await sent(place, greeting + b"\xff" * 5000)
        await place.all_gone()
        assert await sent(place, greeting) == b""

    tell(story)


def test_one_address_holds_only_so_many_connections(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "MOST_OPEN_OF_ONE", 2)

    async def story(place: Place) -> None:
        held = [await asyncio.open_connection("127.0.0.1", place.port) for _ in range(2)]
        await until(lambda: place.door.open.total() == 2)
        assert await sent(place, b"\x03") == b""
        for _, writer in held:
            writer.close()

    tell(story)


def test_a_house_counts_as_one_address() -> None:
    assert home("192.0.2.7") == home("::ffff:192.0.2.7") == "192.0.2.7"
    assert home("2001:db8::1%eth0") == home("2001:db8::ffff:2") != home("2001:db8:1::1")


def test_no_key_is_ever_logged(session: LiveSession, film: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    name = key_of(session)

    async def story(place: Place) -> None:
        await place.takes(name, film)
        await place.refuses(name[:-4] + "aaaa", film)

    tell(story)
    assert "rtmp: session" in caplog.text
    assert name[-20:-4] not in caplog.text
