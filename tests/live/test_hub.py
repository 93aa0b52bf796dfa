"""What viewers learn of a room: each kind of entry, the door that hands them out, tickets, and how they are sent."""

import asyncio
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from labor.live import entries_json, tickets
from labor.live.actions import entries
from labor.live.choices import EntryKind, HideReason, MessageKind, MessageState, State
from labor.live.hub import frames, reading
from labor.live.hub.eager import begin
from labor.live.hub.rooms import OpenRoom, Visit
from labor.live.hub.sockets import Socket
from labor.live.models import LiveSession, Message
from tests.factories.accounts import UserFactory
from tests.factories.live import LiveSessionFactory


@pytest.fixture
def session() -> LiveSession:
    return LiveSessionFactory(live=True)


def message(session: LiveSession, text: str, kind: str = MessageKind.CHAT, **more: Any) -> Message:
    facts = {"session": session, "author": session.made_by, "shown_name": "王**", "client_id": uuid.uuid4()}
    return Message.objects.create(**facts, text=text, kind=kind, **more)


def learn(session: LiveSession, since: int = 0) -> list[dict[str, Any]]:
    """The entries without their times."""
    found = entries_json.as_list(entries_json.after(session.pk, since))
    for entry in found:
        assert datetime.fromisoformat(entry.pop("at")).tzinfo == UTC
    return found


# Entries -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_kind_of_entry_says_what_the_page_needs(session: LiveSession, nudges: list[str]) -> None:
    said, asked = (
        message(session, "大家好"),
        message(session, "夫妻房有吗", MessageKind.QUESTION, answer="有，两人一间"),
    )
    card = {"id": 3, "title": "缝纫工"}
    for kind, one, data in (
        (EntryKind.STARTED, None, {}),
        (EntryKind.SAID, said, {}),
        (EntryKind.ASKED, asked, {}),
        (EntryKind.ANSWERED, asked, {}),
        (EntryKind.PINNED, None, {"card": card}),
        (EntryKind.UNPINNED, None, {"card": 3}),
        (EntryKind.CARDS, None, {"secret": "not told"}),
        (EntryKind.ANNOUNCED, None, {"text": "三点抽奖"}),
        (EntryKind.SLOWED, None, {"seconds": 10}),
        (EntryKind.HIDDEN, said, {}),
    ):
        entries.add(session_id=session.pk, kind=kind, message=one, data=data)
    more = [
        {"kind": "started"},
        {"kind": "said", "id": said.pk, "name": "王**", "crew": False, "text": "大家好"},
        {"kind": "asked", "id": asked.pk, "name": "王**", "crew": False, "text": "夫妻房有吗", "card": None},
        {"kind": "answered", "id": asked.pk, "question": "夫妻房有吗", "answer": "有，两人一间", "name": "主播"},
        {"kind": "pinned", "card": card},
        {"kind": "unpinned", "card": 3},
        {"kind": "cards"},
        {"kind": "announced", "text": "三点抽奖"},
        {"kind": "slowed", "seconds": 10},
        {"kind": "hidden", "id": said.pk},
    ]
    assert learn(session) == [{"seq": seq, **one} for seq, one in enumerate(more, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [MessageState.HELD, MessageState.HIDDEN, "erased"])
def test_words_that_nobody_may_read_are_not_sent(session: LiveSession, nudges: list[str], state: str) -> None:
    one = message(session, "加微信发财", MessageKind.QUESTION, answer="不要加")
    for kind in (EntryKind.ASKED, EntryKind.ANSWERED):
        entries.add(session_id=session.pk, kind=kind, message=one)
    assert "加微信发财" in json.dumps(learn(session), ensure_ascii=False)
    if state == "erased":
        Message.objects.update(text="")
    else:
        Message.objects.update(state=state, hide_reason=HideReason.ADVERT)
    told = learn(session)
    assert [entry["seq"] for entry in told] == [1, 2] and all(entry["gone"] for entry in told)
    assert "加微信" not in json.dumps(told, ensure_ascii=False) and "王" not in json.dumps(told, ensure_ascii=False)


# The door ------------------------------------------------------------------------------------------------------------


def ask(session: LiveSession, since: Any) -> Any:
    return Client().get(f"/live/{session.pk}/entries/", {"since": since})


@pytest.mark.django_db
def test_anybody_reads_the_list_in_pieces_that_follow_each_other(session: LiveSession, nudges: list[str]) -> None:
    for number in range(205):
        entries.add(session_id=session.pk, kind=EntryKind.ANNOUNCED, data={"text": str(number)})
    first = ask(session, 0).json()
    assert first["last"] == 205 and [entry["seq"] for entry in first["list"]] == list(range(1, 201))
    rest = ask(session, 200)
    assert [entry["seq"] for entry in rest.json()["list"]] == [201, 202, 203, 204, 205]
    assert rest.headers["Cache-Control"] == "no-store"
    assert [entry["seq"] for entry in ask(session, -3).json()["list"]] == [203, 204, 205]
    assert len(ask(session, -999).json()["list"]) == 200
    assert ask(session, 205).json() == ask(session, 10**8).json() == {"last": 205, "list": []}


@pytest.mark.django_db
def test_the_list_costs_two_queries(session: LiveSession, nudges: list[str], django_assert_num_queries: Any) -> None:
    for number in range(20):
        entries.add(session_id=session.pk, kind=EntryKind.SAID, message=message(session, str(number)))
    with django_assert_num_queries(2):
        assert len(ask(session, 0).json()["list"]) == 20


@pytest.mark.django_db
@pytest.mark.parametrize("since", ["", "x", "1.5", "--1", "9" * 10, "١"])
def test_a_number_that_is_none_is_refused_in_words(session: LiveSession, since: str) -> None:
    answer = ask(session, since)
    assert answer.status_code == 422 and answer.json()["detail"].endswith("。")


@pytest.mark.django_db
def test_what_was_said_is_read_only_while_the_room_is_open(nudges: list[str]) -> None:
    for state in State.values:
        session = LiveSessionFactory(state=state)
        is_open = state in (State.ANNOUNCED, State.LIVE, State.ENDED, State.REPLAY)
        assert ask(session, 0).status_code == (200 if is_open else 404), state
    assert Client().get(f"/live/{10**9}/entries/").status_code == 404
    assert Client().post(f"/live/{LiveSessionFactory(live=True).pk}/entries/").status_code == 405


# Tickets -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_ticket_tells_who_watches_what(session: LiveSession) -> None:
    user = UserFactory()
    text = tickets.make(session, user, region_code="511902", link_code="abc", is_replay=True, visitor="f" * 32)
    assert len(text) < tickets.LONGEST
    assert tickets.read(text, session.pk) == tickets.Ticket(session.pk, user.pk, "511902", "abc", True, "f" * 32)
    assert str(user.phone) not in text


@pytest.mark.django_db
def test_a_ticket_that_does_not_count_is_nobodys(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tickets.make(session, UserFactory(), region_code="511902", visitor="v")
    nobody = tickets.Ticket(session.pk)
    for forged in ("", "x", text[:-1], "x" + text, text + " " * 400, "a:b:c"):
        assert tickets.read(forged, session.pk) == nobody
    assert tickets.read(text, session.pk + 1) == tickets.Ticket(session.pk + 1)
    assert tickets.read(text, session.pk) != nobody
    monkeypatch.setattr(tickets, "SECONDS", -1)
    assert tickets.read(text, session.pk) == nobody


# Sending without a task ----------------------------------------------------------------------------------------------


def test_what_waits_for_nothing_needs_no_task() -> None:
    async def story() -> None:
        done = []

        async def deed() -> None:
            done.append(1)

        assert begin(deed()) is None and done == [1]

    asyncio.run(story())


def test_what_has_to_wait_is_finished_by_a_task() -> None:
    async def story() -> None:
        gate, done = asyncio.Event(), list[str]()

        async def deed() -> None:
            done.append("begun")
            await gate.wait()
            await asyncio.sleep(0)
            done.append("done")

        task = begin(deed())
        assert task is not None and done == ["begun"]
        gate.set()
        await task
        assert done == ["begun", "done"]

    asyncio.run(story())


def test_a_task_that_waits_can_be_given_up() -> None:
    async def story() -> None:
        ended = []

        async def deed() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(1)

        task = begin(deed())
        assert task is not None
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == [1]

    asyncio.run(story())


# The ring ------------------------------------------------------------------------------------------------------------


def rows(first: int, last: int) -> list[entries_json.Row]:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    nobody = (None, None, None, None, None, None, None)
    return [entries_json.Row(1, seq, EntryKind.ANNOUNCED, at, {"text": "x"}, *nobody) for seq in range(first, last + 1)]


def numbers(frame: dict[str, Any]) -> list[int]:
    return [entry["seq"] for entry in json.loads(frame["text"])["list"]]


def test_a_burst_is_cut_into_frames_and_the_ring_keeps_the_newest() -> None:
    async def story() -> None:
        room = OpenRoom(1, 0, [])
        room.take(rows(1, 450))
        await room.publish()
        assert len(room.texts) == 256 and len(room.batches) <= 3
        resync = room.after(0)
        assert resync == (450, frames.resync(450))
        seen, got = 200, []
        while (news := room.after(seen)) is not None:
            seen = news[0]
            got += numbers(news[1])
        assert got == list(range(201, 451))

    asyncio.run(story())


@pytest.mark.django_db
def test_the_ring_is_filled_with_what_was_read_however_much_was_written_since(
    session: LiveSession, nudges: list[str]
) -> None:
    for number in range(9):
        entries.add(session_id=session.pk, kind=EntryKind.ANNOUNCED, data={"text": str(number)})
    assert [row.seq for row in reading.newest(session.pk, 3, 5)] == [3, 4, 5]
    assert [row.seq for row in reading.newest(session.pk, 3)] == [7, 8, 9]


def test_what_is_read_twice_is_shown_once() -> None:
    async def story() -> None:
        room = OpenRoom(1, 0, [])
        room.take(rows(1, 3))
        room.take(rows(2, 4))
        await room.publish()
        news = room.after(0)
        assert news is not None and numbers(news[1]) == [1, 2, 3, 4]

    asyncio.run(story())


def test_a_socket_has_at_most_one_frame_under_way() -> None:
    async def story() -> None:
        room, gate, sent = OpenRoom(1, 0, []), asyncio.Event(), list[Any]()

        async def send(frame: Any) -> None:
            sent.append(frame)
            await gate.wait()

        socket = Socket(room, send)
        room.come(socket, Visit("x", False))
        for seq in range(1, 6):
            room.take(rows(seq, seq))
            await room.publish()
        assert len(sent) == 1
        gate.set()
        assert socket.writer is not None
        await socket.writer
        assert [seq for frame in sent for seq in numbers(frame)] == [1, 2, 3, 4, 5]

    asyncio.run(story())


def test_two_pages_of_one_visitor_are_one_viewer_for_a_time_that_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("labor.live.hub.rooms.time.monotonic", lambda: clock[0])

    async def story() -> None:
        room = OpenRoom(1, 0, [])
        one, two = (Socket(room, lambda frame: asyncio.sleep(0)) for _ in range(2))
        visit = room.visit("x", is_replay=False)
        assert room.visit("x", is_replay=False) is visit
        room.come(one, visit)
        clock[0] = 5
        room.come(two, visit)
        clock[0] = 10
        room.go(one, visit)
        assert room.here == 1 and visit.settle() == 10
        clock[0] = 12
        room.go(two, visit)
        assert room.here == 0 and visit.settle() == 12
        clock[0] = 60
        assert visit.settle() == 12

    asyncio.run(story())
