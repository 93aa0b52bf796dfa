"""The socket of a live room: who comes in, what he hears and in which order, and what becomes of noise."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from labor.live import tickets, viewers
from labor.live.actions import entries, history, watching
from labor.live.choices import EntryKind, MessageKind, Side, State
from labor.live.hub import door, process, reading, rooms, sockets
from labor.live.hub.door import AWAY, TOO_LOUD
from labor.live.hub.process import NOWHERE
from labor.live.models import Audience, LiveSession, Message, Presence, Room, Viewing
from tests.factories.accounts import UserFactory
from tests.factories.live import LiveSessionFactory
from tests.sockets.live_lines import PATIENCE, Viewer, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pushes")]


@pytest.fixture
def session() -> LiveSession:
    return LiveSessionFactory(live=True)


def announce(session: LiveSession, count: int = 1) -> None:
    for number in range(count):
        entries.add(session_id=session.pk, kind=EntryKind.ANNOUNCED, data={"text": f"公告{number}"})


aannounce = sync_to_async(announce)


def say(session: LiveSession, text: str, kind: str = EntryKind.SAID, **more: Any) -> Message:
    message = Message.objects.create(
        session=session, author=session.made_by, shown_name="王**", text=text, client_id=uuid.uuid4(),
        kind=MessageKind.QUESTION if kind == EntryKind.ASKED else MessageKind.CHAT, **more,
    )  # fmt: skip
    entries.add(session_id=session.pk, kind=kind, message=message)
    return message


# Who comes in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.ANNOUNCED, State.LIVE, State.ENDED, State.REPLAY])
def test_anybody_comes_into_a_room_that_is_open(state: State) -> None:
    session = LiveSessionFactory(state=state)
    announce(session, 3)

    async def story() -> None:
        viewer = await Viewer(session.pk).enter()
        assert await viewer.up_to(3) == [1, 2, 3]
        await viewer.leave()

    tell(story)


@pytest.mark.parametrize("state", [State.PLANNED, State.REVIEW, State.CANCELLED, State.ABORTED])
def test_a_room_that_is_not_open_is_closed_to_everybody(state: State) -> None:
    session = LiveSessionFactory(state=state)

    async def story() -> None:
        for pk in (session.pk, session.pk, 10**9):
            viewer = Viewer(pk)
            await viewer.knock()
            assert await viewer.closed() == NOWHERE
            await viewer.leave()

    tell(story)


def test_another_site_opens_no_socket(session: LiveSession) -> None:
    async def story() -> None:
        viewer = Viewer(session.pk, origin="http://evil.example")
        assert (await viewer.knock())["type"] == "websocket.close"

    tell(story)


# What he hears -------------------------------------------------------------------------------------------------------


def test_what_happens_comes_in_order_and_once(session: LiveSession) -> None:
    announce(session, 2)

    async def story() -> None:
        one, two = await Viewer(session.pk).enter(), await Viewer(session.pk, since=2).enter()
        await one.up_to(2)
        await aannounce(session, 3)
        assert await one.up_to(5) == [1, 2, 3, 4, 5]
        assert await two.up_to(5) == [3, 4, 5]
        late = await Viewer(session.pk, since=4).enter()
        assert await late.up_to(5) == [5]
        for viewer in (one, two, late):
            await viewer.leave()

    tell(story)


def test_without_nudges_it_comes_all_the_same(
    session: LiveSession, nudges: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOOK_EVERY", 0.1)

    async def story() -> None:
        viewer = await Viewer(session.pk).enter()
        await aannounce(session, 3)
        assert await viewer.up_to(3) == [1, 2, 3]
        await viewer.leave()

    tell(story)
    assert nudges == [f"live room.{session.pk}"] * 3


def test_a_room_that_opens_while_the_others_are_looked_at_stays_open(
    session: LiveSession, nudges: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOOK_EVERY", 0.1)
    other = LiveSessionFactory(live=True)

    async def story() -> None:
        first = await Viewer(session.pk).enter()
        hub, asked = process.here(), asyncio.Event()
        read = hub._read

        async def slowly(deed: Any, *args: Any) -> Any:
            found = await read(deed, *args)
            if deed is reading.positions and args[0] == [session.pk]:
                asked.set()
                while other.pk not in hub.rooms:
                    await asyncio.sleep(0.01)
            return found

        monkeypatch.setattr(hub, "_read", slowly)
        await asked.wait()
        second = await Viewer(other.pk).enter()
        await aannounce(other)
        assert await second.up_to(1) == [1]
        for viewer in (first, second):
            await viewer.leave()

    tell(story)


def test_a_page_that_saw_more_than_this_process_misses_and_repeats_nothing(
    session: LiveSession, nudges: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOOK_EVERY", 60.0)

    async def story() -> None:
        slow = await Viewer(session.pk).enter()
        await slow.until(lambda frame: frame["t"] == "now")
        await aannounce(session, 5)
        quick = await Viewer(session.pk, since=3).enter()  # he read the list by HTTP
        assert await quick.up_to(5) == [4, 5]
        assert await slow.up_to(5) == [1, 2, 3, 4, 5]
        for viewer in (slow, quick):
            await viewer.leave()

    tell(story)


def test_who_was_away_too_long_fetches_anew_and_goes_on_from_there(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "RING", 5)
    monkeypatch.setattr(rooms, "RING", 5)
    announce(session, 9)

    async def story() -> None:
        away, near = await Viewer(session.pk, since=3).enter(), await Viewer(session.pk, since=4).enter()
        ahead = await Viewer(session.pk, since=1_000_000).enter()  # of a database that was set back
        assert (await away.hear())["t"] == "resync"
        assert (await ahead.hear())["t"] == "resync"
        assert away.resyncs == ahead.resyncs == [9]
        assert await near.up_to(9) == [5, 6, 7, 8, 9]
        await aannounce(session)
        for viewer in (away, ahead):
            assert await viewer.up_to(10) == [10]
        for viewer in (away, near, ahead):
            await viewer.leave()

    tell(story)


def test_chat_is_sent_in_bundles_and_a_pinned_card_at_once(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "COALESCE", 60.0)

    async def story() -> None:
        viewer = await Viewer(session.pk).enter()
        await aannounce(session)
        await viewer.up_to(1)  # the first of a quiet room goes at once
        await aannounce(session, 2)
        card = {"id": 7, "title": "缝纫工"}
        await sync_to_async(entries.add)(session_id=session.pk, kind=EntryKind.PINNED, data={"card": card})
        frame = await viewer.until(lambda frame: frame["t"] == "entries")
        assert [entry["seq"] for entry in frame["list"]] == [2, 3, 4]
        assert frame["list"][2] == {**frame["list"][2], "kind": "pinned", "card": card}
        await viewer.leave()

    tell(story)


def test_hidden_words_are_not_sent_again_to_those_who_come_later(session: LiveSession) -> None:
    bad = say(session, "加微信发财")
    say(session, "夫妻房有吗", EntryKind.ASKED)

    async def story() -> None:
        early = await Viewer(session.pk).enter()
        await early.up_to(2)
        assert [entry["text"] for entry in early.seen] == ["加微信发财", "夫妻房有吗"]
        await Message.objects.filter(pk=bad.pk).aupdate(state="hidden", hide_reason="advert")
        await sync_to_async(entries.add)(session_id=session.pk, kind=EntryKind.HIDDEN, message=bad)
        await early.up_to(3)
        assert early.seen[2]["kind"] == "hidden" and early.seen[2]["id"] == bad.pk
        late = await Viewer(session.pk).enter()
        await late.up_to(3)
        assert [entry.get("text") for entry in late.seen] == ["", "夫妻房有吗", None]
        assert late.seen[0]["gone"] is True and late.seen[0]["name"] == ""
        for viewer in (early, late):
            await viewer.leave()

    tell(story)


def test_words_that_were_erased_do_not_stay_in_memory(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    message = say(session, "我叫王小明")

    async def story() -> None:
        first = await Viewer(session.pk).enter()
        await first.up_to(1)
        assert first.seen[0]["text"] == "我叫王小明"
        await Message.objects.filter(pk=message.pk).aupdate(text="")
        monkeypatch.setattr(process, "REFILL_EVERY", 0.0)
        await aannounce(session)
        await first.up_to(2)
        late = await Viewer(session.pk).enter()
        await late.up_to(2)
        assert late.seen[0]["text"] == ""
        for viewer in (first, late):
            await viewer.leave()

    tell(story)


def test_when_the_session_is_stopped_the_last_word_is_heard_and_the_room_closes(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOOK_EVERY", 0.1)

    def stop() -> None:
        with transaction.atomic():
            ended_at = timezone.now()
            history.shift(session=session, to=State.ABORTED, side=Side.OFFICER, by=session.made_by, ended_at=ended_at)
            entries.add(session_id=session.pk, kind=EntryKind.ENDED)

    async def story() -> None:
        viewer = await Viewer(session.pk).enter()
        await sync_to_async(stop)()
        assert await viewer.up_to(1) == [1]
        assert await viewer.closed() == NOWHERE
        await viewer.leave()

    tell(story)


# Slow and loud pages -------------------------------------------------------------------------------------------------


class Frozen:
    """An ASGI line whose page takes `takes` frames and then no more."""

    def __init__(self, takes: int = 1) -> None:
        self.takes = takes
        self.sent: list[Any] = []

    async def __call__(self, message: Any) -> None:
        self.sent.append(message)
        if len(self.sent) > self.takes:
            await asyncio.Event().wait()


def test_a_page_that_does_not_read_holds_nobody_up_and_is_given_up(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "COALESCE", 0.0)
    monkeypatch.setattr(process, "CUT_EVERY", 0.05)

    async def story() -> None:
        frozen = Frozen(takes=2)
        said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        said.put_nowait({"type": "websocket.connect"})
        hello = {"t": "hello", "since": 0, "ticket": ""}
        said.put_nowait({"type": "websocket.receive", "text": json.dumps(hello)})
        scope = {"url_route": {"kwargs": {"session_id": session.pk}}}
        stuck = asyncio.create_task(door.room(scope, said.get, frozen))
        viewer = await Viewer(session.pk).enter()
        for seq in range(1, 8):
            await aannounce(session)
            await viewer.up_to(seq)
        assert viewer.numbers == [1, 2, 3, 4, 5, 6, 7]
        assert len(frozen.sent) == 3  # accepted, told once, and stuck: nothing more lies in wait for it
        assert not stuck.done()
        monkeypatch.setattr(sockets, "PATIENCE", 0.1)
        await asyncio.wait_for(stuck, PATIENCE)
        await viewer.leave()

    tell(story)


BAD = [
    "", "x", "null", "[]", "1", '"ping"', "{}", '{"t":1}', '{"t":null}', '{"t":["ping"]}', '{"t":"ping","more":1}',
    '{"t":"like"}', '{"t":"like","n":0}', '{"t":"like","n":21}', '{"t":"like","n":true}', '{"t":"like","n":1.5}',
    '{"t":"like","n":"1"}', '{"t":"like","n":NaN}', '{"t":"entries","list":[]}', "[" * 2_000, '{"t":' * 400,
    '{"t":"ping"}}', '{"t":"ping"}' + " " * 2_048, "界" * 700, "\u0000",
    json.dumps({"t": "hello", "since": 0, "ticket": ""}),
]  # fmt: skip
BAD_HELLOS = [
    '{"t":"ping"}', '{"t":"hello"}',
    *(
        json.dumps({"t": "hello", "since": 0, "ticket": ""} | more)
        for more in (
            {"since": -1}, {"since": 2**31}, {"since": "0"}, {"since": True}, {"ticket": None}, {"ticket": "x" * 401},
            {"visitor": str(uuid.uuid4())}, {"more": 1},
        )
    ),
]  # fmt: skip


def test_what_no_page_of_ours_says_closes_the_socket_and_disturbs_nobody(session: LiveSession) -> None:
    async def story() -> None:
        witness = await Viewer(session.pk).enter()
        for bad in BAD:
            viewer = await Viewer(session.pk).enter()
            await viewer.say(bad)
            assert await viewer.closed() == TOO_LOUD, bad
            await viewer.leave()
        for bad in BAD_HELLOS:
            viewer = Viewer(session.pk)
            await viewer.knock()
            await viewer.say(bad)
            assert await viewer.closed() == TOO_LOUD, bad
            await viewer.leave()
        viewer = await Viewer(session.pk).enter()
        await viewer.say_raw(data=b"\x00\xff")
        assert await viewer.closed() == TOO_LOUD
        await viewer.leave()
        await aannounce(session)
        assert await witness.up_to(1) == [1]
        await witness.leave()

    tell(story)


def test_a_flood_is_closed_and_others_hear_on(session: LiveSession) -> None:
    async def story() -> None:
        witness, loud = await Viewer(session.pk).enter(), await Viewer(session.pk).enter()
        for _ in range(3_000):
            await loud.say('{"t":"ping"}')
        assert await loud.closed() == TOO_LOUD
        await aannounce(session)
        assert await witness.up_to(1) == [1]
        for viewer in (witness, loud):
            await viewer.leave()

    tell(story)


def test_a_page_that_says_no_hello_is_closed(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HELLO_WITHIN", 0.1)

    async def story() -> None:
        viewer = Viewer(session.pk)
        await viewer.knock()
        assert await viewer.closed() == TOO_LOUD
        await viewer.leave()

    tell(story)


def test_there_are_only_so_many_sockets_of_an_address_and_of_a_process(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "MOST_SOCKETS", 3)
    monkeypatch.setattr(process, "MOST_OF_ADDRESS", 2)

    async def story() -> None:
        inside = [await Viewer(session.pk, address="10.0.0.1").enter() for _ in range(2)]
        third = Viewer(session.pk, address="10.0.0.1")
        await third.knock()
        assert await third.closed() == AWAY
        await third.leave()
        inside.append(await Viewer(session.pk, address="10.0.0.2").enter())
        fourth = Viewer(session.pk, address="10.0.0.3")
        await fourth.knock()
        assert await fourth.closed() == AWAY
        for viewer in (*inside, fourth):
            await viewer.leave()

    tell(story)


def test_without_a_database_the_page_is_asked_to_come_back(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any) -> Any:
        raise ConnectionError("PostgreSQL is away")

    async def story() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(process.reading, "newest", away)
            viewer = Viewer(session.pk)
            await viewer.knock()
            assert await viewer.closed() == AWAY
            await viewer.leave()
        viewer = await Viewer(session.pk).enter()
        await viewer.pong()
        await viewer.leave()

    tell(story)


# Figures -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def _quick_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "COUNT_EVERY", 0.05)
    monkeypatch.setattr(process, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(process, "SETTLE_EVERY", 0.05)


@pytest.mark.usefixtures("_quick_figures")
def test_viewers_and_likes_are_counted_and_shown(session: LiveSession) -> None:
    async def story() -> None:
        one, two = await Viewer(session.pk).enter(), await Viewer(session.pk).enter()
        tab = await Viewer(session.pk, visitor=one.visitor).enter()
        await one.until(lambda frame: frame.get("viewers") == 2)
        await two.say({"t": "like", "n": 20})
        await two.say({"t": "like", "n": 3})
        await one.until(lambda frame: frame.get("likes") == 23)
        assert await sync_to_async(viewers.now_of)(session.pk) == 2
        await tab.leave()
        await two.leave()
        await one.until(lambda frame: frame.get("viewers") == 1)
        await one.leave()

    tell(story)
    assert not Presence.objects.exists()
    assert viewers.now_of(session.pk) == 0
    session.refresh_from_db()
    assert session.peak_viewers == 2
    assert max(Audience.objects.values_list("viewers", flat=True)) == 2
    assert Room.objects.get(pk=session.pk).likes == 23
    assert Viewing.objects.filter(session=session).count() == 2


@pytest.mark.usefixtures("_quick_figures")
def test_a_thumb_gives_only_so_many_likes(session: LiveSession) -> None:
    async def story() -> None:
        viewer = await Viewer(session.pk).enter()
        for _ in range(10):
            await viewer.say({"t": "like", "n": 20})
        await viewer.until(lambda frame: frame.get("likes"))
        await viewer.pong()
        await viewer.leave()

    tell(story)
    assert Room.objects.get(pk=session.pk).likes == sockets.LIKES


def test_who_watches_before_it_begins_is_no_audience() -> None:
    session = LiveSessionFactory(announced=True)
    assert watching.count(process=uuid.uuid4(), here={session.pk: 3}) == {session.pk: 3}
    session.refresh_from_db()
    assert session.peak_viewers == 0 and not Audience.objects.exists()


def test_what_the_ticket_says_is_written_and_nothing_that_the_page_says(session: LiveSession) -> None:
    user = UserFactory()
    good = tickets.make(session, user, region_code="511902", link_code="abc", visitor="a1")
    browser = tickets.make(session, visitor="b2")
    other = tickets.make(LiveSessionFactory(live=True), user, region_code="511902", visitor="a1")

    async def story() -> None:
        for ticket in (good, browser, other, good[:-2], "x"):
            viewer = await Viewer(session.pk, ticket=ticket).enter()
            await viewer.pong()
            await viewer.leave()

    tell(story)
    rows = Viewing.objects.filter(session=session).order_by("id").values_list("user", "region_code", "link_code")
    assert list(rows) == [(user.pk, "511902", "abc"), (None, "", "")]


@pytest.mark.usefixtures("_quick_figures")
def test_sockets_that_nobody_gave_a_number_watch_and_count_nowhere(session: LiveSession) -> None:
    async def story() -> None:
        crowd = [await Viewer(session.pk, ticket=ticket).enter() for ticket in ("x", "y", tickets.make(session))]
        one = await Viewer(session.pk).enter()
        await aannounce(session)
        for viewer in (*crowd, one):
            assert await viewer.up_to(1) == [1]
        if not one.now.get("viewers"):  # else it came before the entry
            await one.until(lambda frame: frame.get("viewers"))
        assert one.now["viewers"] == 1
        assert await sync_to_async(viewers.now_of)(session.pk) == 1
        for viewer in (*crowd, one):
            await viewer.leave()

    tell(story)
    session.refresh_from_db()
    assert session.peak_viewers == 1 and Viewing.objects.filter(session=session).count() == 1


@sync_to_async
@transaction.atomic
def amove(session: LiveSession, to: State, **fields: Any) -> None:
    history.shift(session=session, to=to, side=Side.CREW, by=session.made_by, **fields)


async def asettled(session: LiveSession, **facts: Any) -> Viewing:
    """The row, once what was watched is written."""
    async with asyncio.timeout(PATIENCE):
        while (found := await Viewing.objects.filter(session=session, seconds__gt=0, **facts).afirst()) is None:
            await asyncio.sleep(0.05)
    return found


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass for those who watch."""
    passed = [0.0]
    monkeypatch.setattr(rooms, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + passed[0]))

    def pass_by(seconds: float) -> None:
        passed[0] += seconds

    return pass_by


@pytest.mark.usefixtures("_quick_figures")
def test_who_stays_after_the_end_watches_the_replay_and_no_more_of_the_broadcast(
    session: LiveSession, later: Callable[[float], None]
) -> None:
    async def story() -> None:
        viewer = await Viewer(session.pk, ticket=tickets.make(session, link_code="abc", visitor="v")).enter()
        await asettled(session, is_replay=False)
        await amove(session, State.ENDED, ended_at=timezone.now())
        replay = await asettled(session, is_replay=True)
        live = await Viewing.objects.aget(session=session, is_replay=False)
        assert (replay.visitor, replay.link_code) == (live.visitor, "abc")
        late = await Viewer(session.pk, ticket=viewer.ticket).enter()  # came again
        later(5)
        for page in (viewer, late):
            await page.leave()
        again = await Viewing.objects.aget(session=session, is_replay=False)
        assert (again.seconds, again.last_at) == (live.seconds, live.last_at)

    tell(story)
    assert Viewing.objects.get(session=session, is_replay=True).seconds >= 2


@pytest.mark.usefixtures("_quick_figures")
def test_who_waits_for_the_start_does_not_watch_yet(later: Callable[[float], None]) -> None:
    session = LiveSessionFactory(announced=True)

    async def story() -> None:
        early, patient = await Viewer(session.pk).enter(), await Viewer(session.pk).enter()
        visits = process.here().rooms[session.pk].visits
        later(600)
        await early.leave()
        async with asyncio.timeout(PATIENCE):
            while len(visits) > 1:  # until the hub has looked who is there
                await asyncio.sleep(0.01)
        await amove(session, State.LIVE, live_at=timezone.now())
        assert (await asettled(session)).seconds < 300
        await patient.leave()

    tell(story)
    assert Viewing.objects.filter(session=session).count() == 1


# Adding up -----------------------------------------------------------------------------------------------------------


def watched(session: LiveSession, visitor: str, seconds: int, at: Any, **more: Any) -> None:
    facts = {"is_replay": False, "user_id": None, "region_code": "", "link_code": ""} | more
    row = watching.Watched(session_id=session.pk, visitor=visitor, seconds=seconds, at=at, **facts)
    watching.add_up(watched=[row])


def test_seconds_add_up_and_two_processes_do_not_count_a_time_twice(session: LiveSession) -> None:
    start = timezone.now()
    watched(session, "one", 30, start)
    watched(session, "one", 30, start + timedelta(seconds=30))
    viewing = Viewing.objects.get()
    assert viewing.seconds == 60 and viewing.first_at == start - timedelta(seconds=30)
    watched(session, "one", 30, start + timedelta(seconds=35), region_code="511902")  # his other page, elsewhere
    watched(session, "one", 30, start + timedelta(seconds=33))
    viewing.refresh_from_db()
    assert viewing.seconds == 65 and viewing.last_at == start + timedelta(seconds=35)
    assert viewing.region_code == "511902"
    watched(session, "one", 10, start + timedelta(hours=1))  # he came again
    viewing.refresh_from_db()
    assert viewing.seconds == 75
    watched(session, "one", 10, start, is_replay=True)
    assert Viewing.objects.count() == 2


def test_a_viewer_whose_account_is_gone_is_counted_as_nobody(session: LiveSession) -> None:
    watched(session, "one", 5, timezone.now(), user_id=10**9)
    viewing = Viewing.objects.get()
    assert viewing.user is None and viewing.seconds == 5


def test_counts_of_processes_that_fell_silent_do_not_count(session: LiveSession) -> None:
    old = timezone.now() - viewers.FRESH - timedelta(seconds=1)
    Presence.objects.create(session=session, process=uuid.uuid4(), viewers=500, at=old)
    mine = uuid.uuid4()
    assert watching.count(process=mine, here={session.pk: 7}) == {session.pk: 7}
    assert viewers.now_in([session.pk, 10**9]) == {session.pk: 7}
    Presence.objects.exclude(process=mine).update(at=old - watching.FORGOTTEN)
    watching.leave(process=mine, session_ids=[session.pk])
    assert not Presence.objects.exists()
