"""Pictures come in: who may send, who is sent away, what viewers are told, and what is found when nobody says so."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from jinba.core.errors import Refused
from labor.live.actions import airing, pictures
from labor.live.actions.history import shift
from labor.live.actions.pictures import Standing
from labor.live.choices import EntryKind, Platform, Side, Source, State
from labor.live.models import Entry, LiveSession, Part, Room
from tests.factories.accounts import user_in
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(live=True, anchor=True)
    return made


def begin(session: LiveSession, **fields: Any) -> Part:
    return pictures.begin_part(session=session, holder=uuid4(), source=Source.BROWSER, **fields)


def heard(part: Part, segments: int = 1) -> Standing:
    return pictures.heard(part=part, segments=segments, seconds=float(segments), bytes=1000 * segments)


def told(session: LiveSession) -> list[str]:
    return list(Entry.objects.filter(session=session).order_by("seq").values_list("kind", flat=True))


def long_ago(session: LiveSession, **ago: timedelta) -> None:
    """As if the last segment, or the end, were so long ago."""
    now = timezone.now()
    if "heard" in ago:
        at = now - ago["heard"]
        session.parts.update(heard_at=at, started_at=at)
    if "end" in ago:
        ends_at = now - ago["end"]
        LiveSession.objects.filter(pk=session.pk).update(
            ends_at=ends_at, starts_at=ends_at - timedelta(hours=1), live_at=ends_at - timedelta(hours=1)
        )


# Who may send --------------------------------------------------------------------------------------------------------


def test_the_crew_sends_and_nobody_else(session: LiveSession) -> None:
    anchor = session.crew.get().user
    assert begin(session, by=anchor).number == 1
    for stranger in (user_in("seeker"), user_in("officer"), user_in("employer"), user_in("broker")):
        with pytest.raises(Refused, match="不是您的"):
            begin(session, by=stranger)
    assert Part.objects.get().ended_at is None


@pytest.mark.parametrize("trait", ["ended", "replay"])
def test_after_the_end_nobody_sends(trait: str) -> None:
    with pytest.raises(Refused, match="已经结束"):
        begin(LiveSessionFactory(**{trait: True}))


def test_where_another_platform_has_the_picture_none_comes_here(session: LiveSession) -> None:
    session.platform, session.platform_url = Platform.DOUYIN, "https://live.douyin.com/1"
    session.save(update_fields=["platform", "platform_url", "updated_at"])
    with pytest.raises(Refused, match="外部平台"):
        begin(session)
    assert not Part.objects.exists()


# One after the other -------------------------------------------------------------------------------------------------


def test_a_new_connection_ends_the_one_before(session: LiveSession) -> None:
    first = begin(session)
    assert heard(first) == Standing.OURS
    second = begin(session)
    assert (second.number, second.is_rehearsal) == (2, False)
    assert heard(first, 5) == Standing.TAKEN
    assert heard(second) == Standing.OURS
    first.refresh_from_db()
    assert first.ended_at and first.segments == 1
    # It goes without a word: for viewers the picture goes on.
    pictures.end_part(part=first)
    assert told(session) == [EntryKind.ON_AIR]
    assert Room.objects.get(pk=session.pk).is_on_air


def test_a_program_that_never_stops_trying_waits_while_a_page_is_heard(session: LiveSession) -> None:
    program = pictures.begin_part(session=session, holder=uuid4(), source=Source.ENCODER)
    heard(program)
    page = begin(session)  # somebody tapped
    assert heard(page) == Standing.OURS
    with pytest.raises(Refused, match="网页在送画面"):
        pictures.begin_part(session=session, holder=uuid4(), source=Source.ENCODER)
    assert heard(page, 2) == Standing.OURS
    long_ago(session, heard=timedelta(seconds=11))
    assert pictures.begin_part(session=session, holder=uuid4(), source=Source.ENCODER).number == 3
    assert heard(page, 3) == Standing.TAKEN


def test_how_far_it_is_is_written_down(session: LiveSession) -> None:
    part, at = begin(session), timezone.now()
    pictures.heard(part=part, segments=3, seconds=3.1, bytes=4000, first_at=at)
    part = Part.objects.get()
    assert (part.segments, part.seconds, part.bytes, part.first_at) == (3, 3.1, 4000, at)
    was = part.heard_at
    assert was
    # Said again without a new segment: it is as old as it was.
    pictures.heard(part=part, segments=3, seconds=3.1, bytes=4000, first_at=at)
    assert Part.objects.get().heard_at == was


def test_a_part_of_another_holder_is_not_touched(session: LiveSession) -> None:
    part = begin(session)
    thief = Part.objects.get()
    thief.holder = uuid4()
    assert heard(thief, 9) == Standing.CLOSED
    pictures.end_part(part=thief, error="x")
    part.refresh_from_db()
    assert part.ended_at is None and part.segments == 0


# What viewers are told -----------------------------------------------------------------------------------------------


def test_viewers_learn_of_the_first_picture_once(session: LiveSession, nudges: list[str]) -> None:
    part = begin(session)
    assert heard(part, 0) == Standing.OURS
    assert told(session) == []
    heard(part, 1)
    heard(part, 2)
    assert told(session) == [EntryKind.ON_AIR]


def test_who_stops_by_himself_is_off_air_at_once(session: LiveSession) -> None:
    part = begin(session)
    heard(part)
    pictures.end_part(part=part)
    pictures.end_part(part=part)
    assert told(session) == [EntryKind.ON_AIR, EntryKind.OFF_AIR]
    assert not Room.objects.get(pk=session.pk).is_on_air


def test_who_comes_back_within_a_minute_never_was_off_air(session: LiveSession) -> None:
    first = begin(session)
    heard(first)
    pictures.end_part(part=first, error="连接断了。")
    pictures.watch()
    heard(begin(session))
    assert told(session) == [EntryKind.ON_AIR]
    assert Part.objects.get(number=1).error == "连接断了。"


def test_a_minute_without_a_picture_is_off_air(session: LiveSession) -> None:
    part = begin(session)
    heard(part)
    pictures.end_part(part=part, error="连接断了。")
    long_ago(session, heard=timedelta(seconds=61))
    pictures.watch()
    pictures.watch()
    assert told(session) == [EntryKind.ON_AIR, EntryKind.OFF_AIR]
    heard(begin(session))
    assert told(session)[-1] == EntryKind.ON_AIR


def test_a_part_that_a_killed_process_left_is_ended(session: LiveSession) -> None:
    part = begin(session)
    heard(part)
    pictures.watch()
    assert Part.objects.get().ended_at is None
    long_ago(session, heard=timedelta(seconds=61))
    pictures.watch()
    part.refresh_from_db()
    assert part.ended_at and part.error
    assert heard(part, 2) == Standing.CLOSED
    assert told(session) == [EntryKind.ON_AIR, EntryKind.OFF_AIR]


# Rehearsals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", [{}, {"review": True}, {"announced": True}])
def test_before_it_is_live_it_is_a_rehearsal_of_which_nobody_hears(trait: dict[str, bool]) -> None:
    session = LiveSessionFactory(**trait)
    part = begin(session)
    assert part.is_rehearsal
    assert heard(part, 3) == Standing.OURS
    pictures.end_part(part=part)
    assert told(session) == []


def test_a_rehearsal_learns_that_it_is_live_and_begins_anew() -> None:
    session = LiveSessionFactory(announced=True, starts_at=in_minutes(5))
    part = begin(session)
    heard(part, 3)
    _go_live(session)
    assert heard(part, 4) == Standing.LIVE_NOW
    assert told(session) == []
    live = pictures.begin_part(session=session, holder=part.holder, source=Source.BROWSER)
    assert (live.number, live.base, live.is_rehearsal) == (2, 0, False)
    heard(live)
    assert told(session) == [EntryKind.ON_AIR]


def _go_live(session: LiveSession) -> None:
    shift(session=session, to=State.LIVE, side=Side.CREW, by=session.made_by, live_at=timezone.now())


# The end -------------------------------------------------------------------------------------------------------------


def test_after_the_end_a_connection_learns_it_and_viewers_hear_of_no_picture(session: LiveSession) -> None:
    part = begin(session)
    heard(part)
    airing.end(session=session, by=session.made_by)
    assert heard(part, 2) == Standing.OVER
    pictures.end_part(part=part)
    assert told(session) == [EntryKind.ON_AIR, EntryKind.ENDED]
    assert not Room.objects.get(pk=session.pk).is_on_air


@pytest.mark.parametrize(
    ("heard_ago", "end_ago", "is_over"),
    [(21, 21, True), (19, 21, False), (21, 19, False), (0, 239, False), (90, -10, False), (0, 241, True)],
)
def test_a_session_that_everybody_left_ends_by_itself(
    session: LiveSession, heard_ago: int, end_ago: int, is_over: bool
) -> None:
    heard(begin(session))
    long_ago(session, heard=timedelta(minutes=heard_ago), end=timedelta(minutes=end_ago))
    pictures.watch()
    session.refresh_from_db()
    assert (session.state == State.ENDED) is is_over
    if is_over:
        event = session.events.last()
        assert event and (event.side, event.by) == ("system", None)


def test_one_that_never_had_a_picture_ends_too(session: LiveSession) -> None:
    long_ago(session, end=timedelta(minutes=21))
    pictures.watch()
    session.refresh_from_db()
    assert session.state == State.ENDED


def test_one_on_another_platform_gets_more_time(session: LiveSession) -> None:
    LiveSession.objects.filter(pk=session.pk).update(platform_url="https://live.douyin.com/1")
    for minutes, state in ((100, State.LIVE), (121, State.ENDED)):
        long_ago(session, end=timedelta(minutes=minutes))
        pictures.watch()
        session.refresh_from_db()
        assert session.state == state
