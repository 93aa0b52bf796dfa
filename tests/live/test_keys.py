"""Keys of streaming programs: who gets one, when it opens the door, what is kept of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jinba.core.errors import Refused
from labor.live.actions import keys
from labor.live.actions.history import shift
from labor.live.choices import Source, State
from labor.live.models import LiveSession, Part, StreamKey
from labor.live.moves import MOVES
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory

pytestmark = pytest.mark.django_db

NOBODY = "00000000-0000-4000-8000-000000000001"


def live(**fields: Any) -> LiveSession:
    return LiveSessionFactory(live=True, anchor=True, **fields)


def key_of(session: LiveSession) -> str:
    return keys.new_key(session=session, by=session.crew.get().user)


def test_a_key_opens_its_own_session_and_is_kept_as_a_digest_only() -> None:
    session, other = live(), live()
    name = key_of(session)
    key_of(other)
    found = keys.check(name=name)
    assert found is not None
    assert found.session == session
    row = StreamKey.objects.get(session=session)
    secret = name.partition("-")[2]
    assert len(secret) == 32
    assert secret not in str(vars(row))


def test_what_is_no_key_of_this_session_opens_nothing() -> None:
    session, other = live(), live()
    name = key_of(session)
    theirs = key_of(other)
    assert keys.check(name=name) is not None
    for wrong in (
        "",
        name[:-1],
        f"{name}x",
        f" {name}",
        name.swapcase(),
        f"{other.pk}-{name.partition('-')[2]}",
        f"{session.pk}-{theirs.partition('-')[2]}",
        f"{session.pk}-{'a' * 32}",
        f"0{name}",
        f"{10**17}-{'a' * 32}",
        f"{session.pk}-{'键' * 32}",
        "a" * 10_000,
    ):
        assert keys.check(name=wrong) is None, wrong


def test_a_new_key_ends_the_old_one_and_the_picture_that_came_by_it() -> None:
    session = live()
    old = key_of(session)
    held = keys.check(name=old)
    assert held is not None
    Part.objects.create(session=session, number=1, source=Source.ENCODER, holder=NOBODY)
    new = key_of(session)
    assert keys.check(name=old) is None
    assert not keys.still_holds(key=held)
    assert keys.check(name=new) is not None
    assert Part.objects.get(session=session).ended_at is not None
    assert StreamKey.objects.filter(session=session, ended_at__isnull=True).count() == 1


def test_a_new_key_leaves_a_picture_from_the_browser_alone() -> None:
    session = live()
    Part.objects.create(session=session, number=1, source=Source.BROWSER, holder=NOBODY)
    key_of(session)
    assert Part.objects.get(session=session).ended_at is None


def test_it_opens_half_an_hour_before_the_announced_start_and_not_earlier() -> None:
    session = LiveSessionFactory(announced=True, anchor=True, starts_at=in_minutes(29))
    name = key_of(session)
    assert keys.check(name=name) is not None
    LiveSession.objects.filter(pk=session.pk).update(starts_at=in_minutes(32), ends_at=in_minutes(92))
    assert keys.check(name=name) is None
    long_ago = timezone.now() - timedelta(hours=3)
    LiveSession.objects.filter(pk=session.pk).update(starts_at=long_ago, ends_at=long_ago + timedelta(hours=1))
    assert keys.check(name=name) is None


def test_a_session_that_runs_late_keeps_its_door_open() -> None:
    session = live()
    name = key_of(session)
    LiveSession.objects.filter(pk=session.pk).update(ends_at=timezone.now() - timedelta(minutes=1))
    assert keys.check(name=name) is not None


@pytest.mark.parametrize(
    "road",
    [
        [State.PLANNED],
        [State.PLANNED, State.REVIEW],
        [State.CANCELLED],
        [State.LIVE, State.ENDED],
        [State.LIVE, State.ENDED, State.REPLAY],
        [State.LIVE, State.ABORTED],
    ],
)
def test_nothing_is_taken_in_any_other_state(road: list[State]) -> None:
    session = LiveSessionFactory(announced=True, anchor=True, starts_at=in_minutes(10))
    name = key_of(session)
    held = keys.check(name=name)
    assert held is not None
    assert keys.still_holds(key=held)
    for state in road:
        side = next(iter(MOVES[State(session.state), state]))
        fields = {State.LIVE: "live_at", State.ENDED: "ended_at", State.ABORTED: "ended_at"}
        clock = {fields[state]: timezone.now()} if state in fields else {}
        shift(session=session, to=state, side=side, by=session.made_by, reason="换一天", **clock)
    assert keys.check(name=name) is None
    assert not keys.still_holds(key=held)


def test_a_key_is_made_for_the_crew_before_the_end_only() -> None:
    session = live()
    for stranger in (UserFactory(employer=True), UserFactory(officer=True), UserFactory()):
        with pytest.raises(Refused, match="不是您的"):
            keys.new_key(session=session, by=stranger)
    assert key_of(session)
    over = LiveSessionFactory(ended=True, anchor=True)
    with pytest.raises(Refused, match="已经结束"):
        key_of(over)
    elsewhere = live(platform_url="https://live.douyin.com/1")
    with pytest.raises(Refused, match="外部平台"):
        key_of(elsewhere)
    assert StreamKey.objects.exclude(session=session).count() == 0


def test_the_picture_of_another_platform_needs_no_door_here() -> None:
    session = live()
    name = key_of(session)
    LiveSession.objects.filter(pk=session.pk).update(platform_url="https://live.douyin.com/1")
    assert keys.check(name=name) is None


def test_a_key_ends_with_the_place_in_the_crew_of_who_took_it() -> None:
    posting = JobPostingFactory()
    colleague = MemberFactory(employer=posting.employer).user
    session = LiveSessionFactory(live=True, host=posting.employer, anchor=owner_of(posting.employer))
    name = keys.new_key(session=session, by=colleague)
    held = keys.check(name=name)
    assert held is not None and keys.still_holds(key=held)
    colleague.membership.delete()
    assert keys.check(name=name) is None and not keys.still_holds(key=held)


def test_a_key_of_somebody_whose_account_is_closed_opens_nothing() -> None:
    session = live()
    name = key_of(session)
    assert keys.check(name=name) is not None
    type(session.made_by).objects.filter(live_crew__session=session).update(is_active=False)
    assert keys.check(name=name) is None
