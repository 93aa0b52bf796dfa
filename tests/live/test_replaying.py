"""The end becomes a replay: once, whole, whoever is killed; hidden, shown and withdrawn by those who may."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.live.actions import replaying
from labor.live.chapters import chapters
from labor.live.choices import EntryKind, ReplayState, State
from labor.live.ingest import shelf
from labor.live.models import LiveSession, Pin, Replay
from labor.live.replays import is_coming, place_of
from labor.live.storage import StreamFiles, replay_files
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import owner_of
from tests.factories.live import CardFactory, LiveSessionFactory, ReplayFactory
from tests.live.broadcasts import BEGAN, broadcast, segment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def anchor() -> Any:
    return UserFactory(park=True)


@pytest.fixture
def ended(anchor: Any) -> LiveSession:
    """Twenty seconds, a gap, thirteen seconds; everybody has stopped writing."""
    session: LiveSession = LiveSessionFactory(ended=True, anchor=anchor)
    broadcast(session, seconds=20)
    broadcast(session, part=2, begins=BEGAN + timedelta(seconds=50), seconds=13)
    shelf.close(session.stream)
    return session


@pytest.fixture
def ready(ended: LiveSession) -> Replay:
    assert replaying.make(session_id=ended.pk)
    return Replay.objects.get()


@pytest.fixture
def in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces are stored one by one and not in threads, which would have database connections of their own."""
    monkeypatch.setattr(replaying, "UPLOADS", 1)
    monkeypatch.setattr(replaying.ThreadPoolExecutor, "map", lambda self, do, some: [do(one) for one in some])


def joined(part: int, *indexes: int) -> bytes:
    return b"".join(segment(part, index) for index in indexes)


def pieces(replay: Replay) -> list[bytes]:
    place = Path(replay_files().path(place_of(replay.folder)))
    return [(place / name).read_bytes() for name, *_ in replay.segments]


def test_the_seconds_of_each_part_become_pieces_in_order(ended: LiveSession) -> None:
    assert replaying.make(session_id=ended.pk)
    replay = Replay.objects.get()
    assert replay.state == ReplayState.READY and replay.next_try_at is None
    assert pieces(replay) == [
        joined(1, *range(6)), joined(1, *range(6, 12)), joined(1, *range(12, 18)), joined(1, 18, 19),
        joined(2, *range(6)), joined(2, *range(6, 12)), joined(2, 12),
    ]  # fmt: skip
    assert [(seconds, is_new) for _, seconds, is_new in replay.segments] == [
        (6, False), (6, False), (6, False), (2, False), (6, True), (6, False), (1, False),
    ]  # fmt: skip
    assert replay.seconds == 33 and replay.bytes == sum(map(len, pieces(replay)))
    assert replay.stretches == [[BEGAN.isoformat(), 20.0], [(BEGAN + timedelta(seconds=50)).isoformat(), 13.0]]


def test_lost_seconds_are_a_break_and_chapters_after_them_stay_right(ended: LiveSession) -> None:
    for index in (7, 8, 9, 10):
        (shelf.root(ended.stream) / "p1" / f"{index:05d}.ts").unlink()
    card = CardFactory(session=ended)
    pin = Pin.objects.create(
        session=ended, card=card, from_at=BEGAN + timedelta(seconds=13), seats_left=1, by=card.added_by
    )
    Pin.objects.filter(pk=pin.pk).update(to_at=BEGAN + timedelta(seconds=18))
    assert replaying.make(session_id=ended.pk)
    replay = Replay.objects.get()
    assert pieces(replay)[:4] == [joined(1, *range(6)), joined(1, 6), joined(1, *range(11, 17)), joined(1, 17, 18, 19)]
    assert [is_new for *_, is_new in replay.segments] == [False, False, True, False, True, False, False]
    assert replay.stretches[:2] == [[BEGAN.isoformat(), 7.0], [(BEGAN + timedelta(seconds=11)).isoformat(), 9.0]]
    # The thirteenth second of the broadcast is the ninth of the replay.
    assert [(one.at, one.until) for one in chapters(replay)] == [(9.0, 14.0)]


def test_the_session_becomes_a_replay_by_the_system_and_keeps_it_for_its_days(
    ended: LiveSession, settings: Any
) -> None:
    settings.REPLAY_DAYS = 7
    replaying.make(session_id=ended.pk)
    ended.refresh_from_db()
    event = ended.events.last()
    assert event is not None
    assert ended.state == State.REPLAY
    assert (event.from_state, event.to_state, event.side, event.by) == ("ended", "replay", "system", None)
    assert ended.ended_at is not None
    assert ended.replay.retain_until == timezone.localtime(ended.ended_at).date() + timedelta(days=7)


def test_viewers_read_that_it_is_coming_before_anybody_has_begun(ended: LiveSession) -> None:
    assert is_coming(ended)
    replaying.make(session_id=ended.pk)
    ended.refresh_from_db()
    assert not is_coming(ended)
    assert not is_coming(LiveSessionFactory(ended=True))


def test_twice_is_once(ready: Replay) -> None:
    assert not replaying.make(session_id=ready.session_id)
    assert ready.session.events.filter(to_state=State.REPLAY).count() == 1
    assert replaying.sweep() == 0


@pytest.mark.usefixtures("in_line")
def test_while_one_makes_it_another_does_nothing(ended: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    join = StreamFiles.join

    def join_and_ask(self: StreamFiles, name: str, sources: Any) -> int:
        asked.append(bool(replaying.due_sessions()))
        return join(self, name, sources)

    monkeypatch.setattr(StreamFiles, "join", join_and_ask)
    assert replaying.make(session_id=ended.pk)
    assert set(asked) == {False}


def test_it_waits_for_the_last_segment_and_then_for_nobody(anchor: Any) -> None:
    now = timezone.now()
    session = LiveSessionFactory(ended=True, starts_at=now - timedelta(hours=1), ends_at=now)
    part = broadcast(session)
    assert not replaying.make(session_id=session.pk)
    replay = Replay.objects.get()
    assert (replay.state, replay.tries) == (ReplayState.MAKING, 0)
    LiveSession.objects.update(ended_at=now - replaying.SILENT)
    Replay.objects.update(next_try_at=now)
    assert replaying.due_sessions() == [session.pk]
    assert replaying.make(session_id=session.pk)
    late = shelf.Shelf(session.stream, 1, part.holder, is_public=True)
    (late.folder / "late.ts").write_bytes(b"late")
    with pytest.raises(shelf.Taken):
        late.put(late.folder / "late.ts", seconds=1, at=0)


@pytest.mark.usefixtures("in_line")
def test_who_goes_on_after_a_killed_worker_stores_only_what_is_missing(
    ended: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    join, stored = StreamFiles.join, []

    def killed_at_the_third(self: StreamFiles, name: str, sources: Any) -> int:
        if len(stored) == 2:
            raise KeyboardInterrupt
        stored.append(name)
        return join(self, name, sources)

    monkeypatch.setattr(StreamFiles, "join", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        replaying.make(session_id=ended.pk)
    ended.refresh_from_db()
    assert ended.state == State.ENDED
    assert replaying.due_sessions() == []  # until its claim has run out
    Replay.objects.update(next_try_at=timezone.now())
    assert replaying.due_sessions() == [ended.pk]
    first = set(stored)
    monkeypatch.setattr(
        StreamFiles, "join", lambda self, name, sources: stored.append(name) or join(self, name, sources)
    )
    assert replaying.make(session_id=ended.pk)
    assert len(stored) == len(set(stored)) == 7 and first < set(stored)


@pytest.mark.usefixtures("in_line")
def test_who_lost_his_claim_finishes_nothing(ended: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = timezone.now() + timedelta(minutes=1)
    join = StreamFiles.join

    def another_takes_over(self: StreamFiles, name: str, sources: Any) -> int:
        Replay.objects.update(next_try_at=taken)
        return join(self, name, sources)

    monkeypatch.setattr(StreamFiles, "join", another_takes_over)
    assert not replaying.make(session_id=ended.pk)
    replay = Replay.objects.get()
    assert (replay.state, replay.next_try_at, replay.error) == (ReplayState.MAKING, taken, "")


@pytest.mark.usefixtures("in_line")
def test_a_long_one_is_made_in_several_goes_that_count_as_no_try(
    ended: LiveSession, monkeypatch: pytest.MonkeyPatch, letters: list[Any]
) -> None:
    monkeypatch.setattr(replaying, "AT_ONCE", -1.0)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert not replaying.make(session_id=ended.pk)
    assert letters == [("labor.live.tasks.make_replay", {"session_id": ended.pk})]
    for _ in range(5):
        assert not replaying.make(session_id=ended.pk)
    assert Replay.objects.get().tries == 0
    assert replaying.make(session_id=ended.pk)


def test_what_fails_is_tried_again_later_and_later_and_then_the_crew_is_told(ended: LiveSession, anchor: Any) -> None:
    for place in Path(shelf.root(ended.stream)).glob("p*/*.ts"):
        place.unlink()
    pauses = []
    for _ in range(replaying.MOST_TRIES):
        Replay.objects.update(next_try_at=timezone.now())
        assert not replaying.make(session_id=ended.pk)
        replay = Replay.objects.get()
        pauses.append((replay.next_try_at - timezone.now()).total_seconds() if replay.next_try_at else None)
    assert [round(pause) if pause else None for pause in pauses] == [10, 20, 40, 80, 160, None]
    assert replay.state == ReplayState.FAILED and replaying.NO_PICTURES in replay.error
    assert replaying.due_sessions() == []
    assert set(Notice.objects.values_list("recipient", flat=True)) == {anchor.pk, ended.made_by_id}


def test_a_failed_one_is_made_when_the_crew_asks_again(ended: LiveSession, anchor: Any) -> None:
    ReplayFactory(session=ended, state=ReplayState.FAILED, tries=6, segments=[], stretches=[])
    replaying.again(session=ended, by=anchor)
    assert replaying.make(session_id=ended.pk)
    with pytest.raises(Refused, match="不用再做"):
        replaying.again(session=ended, by=anchor)


def test_rehearsals_and_what_was_stopped_get_no_replay(anchor: Any) -> None:
    rehearsed = LiveSessionFactory(ended=True)
    broadcast(rehearsed, is_rehearsal=True)
    stopped = LiveSessionFactory(state=State.ABORTED, starts_at=timezone.now() - timedelta(hours=2))
    broadcast(stopped)
    elsewhere = LiveSessionFactory(ended=True, platform="douyin", platform_url="https://live.douyin.com/1")
    dark = LiveSessionFactory(ended=True)
    broadcast(dark, seconds=0)
    for session in (rehearsed, stopped, elsewhere, dark):
        assert not replaying.make(session_id=session.pk) and not is_coming(session)
    assert replaying.due_sessions() == [] and not Replay.objects.exists()


def test_a_lost_letter_is_posted_again(ended: LiveSession, letters: list[Any]) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert replaying.sweep() == 1
    assert letters == [("labor.live.tasks.make_replay", {"session_id": ended.pk})]


# A hand on it --------------------------------------------------------------------------------------------------------


def test_hidden_it_is_at_none_of_its_addresses_and_shown_it_is_whole_at_others(ready: Replay, anchor: Any) -> None:
    before = pieces(ready)
    old = Path(replay_files().path(ready.folder))
    with TestCase.captureOnCommitCallbacks(execute=True):
        replaying.hide(session=ready.session, by=anchor, reason=" 说错了 工价 ")
    ready.refresh_from_db()
    assert (ready.state, ready.hidden_reason, ready.hidden_by) == (ReplayState.HIDDEN, "说错了 工价", anchor)
    assert not old.exists() and pieces(ready) == before
    replaying.hide(session=ready.session, by=anchor, reason="再藏一次")
    replaying.show(session=ready.session, by=anchor)
    replaying.show(session=ready.session, by=anchor)
    ready.refresh_from_db()
    assert (ready.state, ready.hidden_reason) == (ReplayState.READY, "")
    assert not old.exists() and pieces(ready) == before


def test_hidden_or_withdrawn_the_last_live_seconds_are_gone_at_once_too(ready: Replay, anchor: Any) -> None:
    live, folder = shelf.root(ready.session.stream), Path(replay_files().path(ready.folder))
    LiveSession.objects.update(ended_at=timezone.now())
    assert live.exists() and folder.exists()
    with TestCase.captureOnCommitCallbacks(execute=True):
        replaying.hide(session=ready.session, by=anchor, reason="先收起来")
    assert not live.exists()
    broadcast(ready.session, part=3)
    with TestCase.captureOnCommitCallbacks(execute=True):
        replaying.withdraw(session=ready.session, by=anchor, reason="企业要求")
    ready.refresh_from_db()
    assert not live.exists() and not folder.exists() and ready.deleted_at is not None  # no worker was asked


@pytest.mark.usefixtures("in_line")
def test_withdrawn_while_it_is_made_nothing_of_it_stays(
    ended: LiveSession, anchor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    join, stored = StreamFiles.join, []

    def withdrawn_at_the_third(self: StreamFiles, name: str, sources: Any) -> int:
        stored.append(name)
        size = join(self, name, sources)
        if len(stored) == 3:
            with TestCase.captureOnCommitCallbacks(execute=True):
                replaying.withdraw(session=ended, by=anchor, reason="企业要求")
            return join(self, f"{name}.late", [Path(__file__)])  # a thread that had its piece in memory already
        return size

    monkeypatch.setattr(StreamFiles, "join", withdrawn_at_the_third)
    assert not replaying.make(session_id=ended.pk)
    replay = Replay.objects.get()
    assert len(stored) >= 3 and replay.state == ReplayState.DELETED
    assert not Path(replay_files().path(replay.folder)).exists()


def test_open_pages_are_told_of_each_change(ready: Replay, anchor: Any) -> None:
    def told() -> int:
        return ready.session.entries.filter(kind=EntryKind.REPLAY).count()

    assert told() == 1
    for count, act in enumerate(
        (
            lambda: replaying.hide(session=ready.session, by=anchor, reason="先收起来"),
            lambda: replaying.show(session=ready.session, by=anchor),
            lambda: replaying.withdraw(session=ready.session, by=anchor, reason="企业要求"),
        ),
        2,
    ):
        act()
        act()  # a second tap changes nothing
        assert told() == count


def test_the_sweep_moves_what_a_killed_process_left_in_reach(ready: Replay, anchor: Any) -> None:
    before, old = pieces(ready), Path(replay_files().path(ready.folder))
    replaying.hide(session=ready.session, by=anchor, reason="先收起来")  # and nothing runs after the commit
    assert old.exists()
    replaying.sweep()
    ready.refresh_from_db()
    assert not old.exists() and pieces(ready) == before and not ready.left_folder


def test_withdrawn_it_is_gone_for_good(ready: Replay, anchor: Any, letters: list[Any]) -> None:
    folder = Path(replay_files().path(ready.folder))
    with TestCase.captureOnCommitCallbacks(execute=True):
        replaying.withdraw(session=ready.session, by=anchor, reason="企业要求")
    assert ("labor.live.tasks.clear_replay", {"session_id": ready.session_id}) in letters
    replaying.clear(session_id=ready.session_id)
    ready.refresh_from_db()
    session = LiveSession.objects.get()
    event = session.events.last()
    assert event is not None
    assert not folder.exists() and ready.deleted_at and ready.segments == []
    assert (session.state, event.side, event.by, event.reason) == (State.ENDED, "crew", anchor, "企业要求")
    assert replaying.due_sessions() == [] and not replaying.make(session_id=session.pk)
    replaying.withdraw(session=session, by=anchor, reason="再来一次")
    assert session.events.count() == 3
    for action in (replaying.show, replaying.again):
        with pytest.raises(Refused):
            action(session=session, by=anchor)
    with pytest.raises(Refused, match="没有可以隐藏"):
        replaying.hide(session=session, by=anchor, reason="藏")


def test_a_guest_of_the_zones_session_hides_it_and_does_not_delete_it(ready: Replay) -> None:
    card = CardFactory(session=ready.session)
    guest = owner_of(card.posting.employer)
    ready.session.crew.create(user=guest, part="anchor", shown_name="李姐")
    with pytest.raises(Refused, match="由主办方撤下"):
        replaying.withdraw(session=ready.session, by=guest, reason="不想要了")
    assert replaying.hide(session=ready.session, by=guest, reason="说错了").state == ReplayState.HIDDEN


def test_an_officer_may_hide_and_show_and_withdraw_too(ready: Replay) -> None:
    officer = user_in("officer")
    replaying.hide(session=ready.session, by=officer, reason="投诉核实中")
    replaying.show(session=ready.session, by=officer)
    replaying.withdraw(session=ready.session, by=officer, reason="核实有问题")
    event = ready.session.events.last()
    assert event is not None and event.side == "officer"


@pytest.mark.parametrize("role", ["seeker", "broker", "employer"])
def test_strangers_are_refused(ready: Replay, role: str) -> None:
    stranger = user_in(role)
    for action, words in (
        (replaying.hide, {"reason": "藏"}), (replaying.show, {}), (replaying.withdraw, {"reason": "撤"}),
        (replaying.again, {}),
    ):  # fmt: skip
        with pytest.raises(Refused, match="不是您的"):
            action(session=ready.session, by=stranger, **words)  # type: ignore[operator]


def test_hiding_and_withdrawing_ask_for_a_reason(ready: Replay, anchor: Any) -> None:
    for action in (replaying.hide, replaying.withdraw):
        with pytest.raises(Refused) as refusal:
            action(session=ready.session, by=anchor, reason="  ")
        assert refusal.value.field == "reason"


def test_what_was_never_recorded_cannot_be_hidden(anchor: Any) -> None:
    session = LiveSessionFactory(ended=True, anchor=anchor)
    with pytest.raises(Refused, match="没有回放"):
        replaying.hide(session=session, by=anchor, reason="藏")


# What beat looks after -----------------------------------------------------------------------------------------------


def test_a_replay_past_its_days_is_deleted_and_its_row_stays(ready: Replay) -> None:
    folder = Path(replay_files().path(ready.folder))
    Replay.objects.update(retain_until=timezone.localdate())
    assert replaying.retire() == 0
    Replay.objects.update(retain_until=timezone.localdate() - timedelta(days=1))
    assert replaying.retire() == 1
    replaying.tidy()
    ready.refresh_from_db()
    session = LiveSession.objects.get()
    event = session.events.last()
    assert event is not None
    assert not folder.exists() and ready.state == ReplayState.DELETED
    assert (session.state, event.side, event.reason) == (State.ENDED, "system", "回放到期")
    assert replaying.retire() == 0


def test_live_segments_go_when_the_replay_is_there_and_players_had_their_time(ready: Replay) -> None:
    live = shelf.root(ready.session.stream)
    LiveSession.objects.update(ended_at=timezone.now())
    replaying.tidy()
    assert live.exists()
    LiveSession.objects.update(ended_at=timezone.now() - replaying.TAIL)
    replaying.tidy()
    assert not live.exists() and pieces(ready)


def test_what_was_stopped_is_gone_at_the_next_look() -> None:
    stopped = LiveSessionFactory(state=State.ABORTED, ended_at=timezone.now())
    broadcast(stopped)
    replaying.tidy()
    assert not shelf.root(stopped.stream).exists()


def test_what_is_left_of_a_session_that_gets_no_replay_goes_too() -> None:
    """Notes of the shelf, and what ffmpeg had of a rehearsal when its process was killed."""
    rehearsed = LiveSessionFactory(ended=True)
    broadcast(rehearsed, is_rehearsal=True)
    LiveSession.objects.update(ended_at=timezone.now())
    replaying.tidy()
    assert shelf.root(rehearsed.stream).exists()
    LiveSession.objects.update(ended_at=timezone.now() - replaying.TAIL)
    replaying.tidy()
    assert not shelf.root(rehearsed.stream).exists()


def test_live_segments_stay_while_the_replay_is_not_made(ended: LiveSession) -> None:
    ReplayFactory(session=ended, state=ReplayState.FAILED)
    stopped = LiveSessionFactory(state=State.ABORTED, starts_at=timezone.now() - timedelta(hours=2))
    broadcast(stopped)
    replaying.tidy()
    assert shelf.segments(ended.stream) and not shelf.root(stopped.stream).exists()
