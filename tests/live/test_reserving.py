"""Who asked to be told of a session is told once: before it, at its start, when it moves, when it falls through."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.core.locks import Busy, locked_one
from jinba.notices.models import Delivery, Notice
from labor.live import tasks
from labor.live.actions import reserving
from labor.live.actions.history import shift
from labor.live.choices import Side, State
from labor.live.models import LiveSession, Reservation
from tests.factories.accounts import UserFactory
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> LiveSession:
    return LiveSessionFactory(announced=True, starts_at=in_minutes(10))


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_two_taps_are_one_reservation_and_it_can_be_given_up(session: LiveSession) -> None:
    seeker = UserFactory()
    assert reserving.reserve(session=session, by=seeker) == reserving.reserve(session=session, by=seeker)
    reserving.give_up(session=session, by=seeker)
    reserving.give_up(session=session, by=seeker)
    assert not Reservation.objects.exists()


def test_who_gives_up_and_reserves_again_is_reminded_once_by_one_text(session: LiveSession) -> None:
    seeker = UserFactory()
    for _ in range(2):
        reserving.reserve(session=session, by=seeker)
        reserving.remind()
        reserving.give_up(session=session, by=seeker)
    assert told(seeker) == ["live.soon"]
    assert Delivery.objects.filter(recipient=seeker, channel="sms").count() == 1


@pytest.mark.parametrize("happens", ["moved", "called off"])
def test_what_is_moved_or_called_off_while_reminders_go_out_is_not_reminded_of(
    session: LiveSession, happens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeker = UserFactory()
    reserving.reserve(session=session, by=seeker)

    def meanwhile(rows: Any, *, pk: int) -> Any:
        if happens == "moved":
            LiveSession.objects.filter(pk=pk).update(starts_at=session.starts_at + timedelta(minutes=5))
        else:
            shift(session=session, to=State.CANCELLED, side=Side.CREW, by=session.made_by, reason="停电")
        return locked_one(rows, pk=pk)

    monkeypatch.setattr(reserving, "locked_one", meanwhile)
    assert reserving.remind() == 0 and told(seeker) == []


def test_where_somebody_is_at_the_session_the_next_beat_reminds(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeker = UserFactory()
    reserving.reserve(session=session, by=seeker)

    def busy(rows: Any, *, pk: int) -> Any:
        raise Busy

    with monkeypatch.context() as patched:
        patched.setattr(reserving, "locked_one", busy)
        assert reserving.remind() == 0
    assert reserving.remind() == 1


@pytest.mark.parametrize("state", ["planned", "live", "replay"])
def test_only_an_announced_session_is_reserved(state: str) -> None:
    session = LiveSessionFactory(**({} if state == "planned" else {state: True}))
    with pytest.raises(Refused, match="不用预约"):
        reserving.reserve(session=session, by=UserFactory())


def test_who_reserved_is_reminded_once_within_a_quarter_of_an_hour_and_again_when_it_moves(
    session: LiveSession,
) -> None:
    seeker, other = UserFactory(), UserFactory()
    reserving.reserve(session=session, by=seeker)
    far = LiveSessionFactory(announced=True, starts_at=in_minutes(20))
    reserving.reserve(session=far, by=other)
    assert reserving.remind() == 1 and reserving.remind() == 0
    assert told(seeker) == ["live.soon"] and told(other) == []
    assert session.approved_at
    LiveSession.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at + timedelta(minutes=3), approved_at=session.approved_at + timedelta(minutes=1)
    )
    assert reserving.remind() == 1
    assert told(seeker) == ["live.soon", "live.soon"]


def test_at_the_start_each_is_told_once_however_often_it_is_asked(session: LiveSession) -> None:
    seekers = [UserFactory() for _ in range(3)]
    for seeker in seekers:
        reserving.reserve(session=session, by=seeker)
    assert reserving.call(session_id=session.pk) == 0
    shift(session=session, to=State.LIVE, side=Side.CREW, by=session.made_by, live_at=timezone.now())
    tasks.call_reserved(session_id=session.pk)
    tasks.remind()
    assert [told(seeker) for seeker in seekers] == [["live.started"]] * 3


def test_a_lost_letter_is_found_by_the_sweep(session: LiveSession) -> None:
    seeker = UserFactory()
    reserving.reserve(session=session, by=seeker)
    shift(session=session, to=State.LIVE, side=Side.CREW, by=session.made_by, live_at=timezone.now())
    tasks.remind()
    assert told(seeker) == ["live.started"]


def test_who_reserved_hears_that_it_moved_or_will_not_be(session: LiveSession) -> None:
    seeker = UserFactory()
    reserving.reserve(session=session, by=seeker)
    session.starts_at += timedelta(days=1)
    event = session.events.get()
    reserving.tell_moved(session=session, event=event)
    reserving.tell_moved(session=session, event=event)
    reserving.tell_cancelled(session=session)
    assert told(seeker) == ["live.moved", "live.cancelled"]
    assert Notice.objects.get(recipient=seeker, kind="live.moved").url == f"/live/{session.pk}/"


def test_the_page_reserves_and_gives_up(client: Client, session: LiveSession) -> None:
    seeker = UserFactory()
    client.force_login(seeker)
    door = reverse("live:reserve", args=[session.pk])
    assert "预约，开播前 15 分钟提醒我" in client.get(door).content.decode()
    assert client.post(door)["Location"] == f"/live/{session.pk}/"
    assert client.get(door).status_code == 302
    answer = client.post(door, headers={"HX-Request": "true"}).content.decode()
    assert "已预约" in answer and "已有 1 人预约" in answer
    client.post(door, {"give_up": "1"})
    assert not Reservation.objects.exists()


def test_a_session_that_is_not_public_is_nowhere(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(reverse("live:reserve", args=[LiveSessionFactory().pk])).status_code == 404
    session = LiveSessionFactory(announced=True)
    assert client.get(reverse("live:reserve", args=[session.pk])).status_code == 200
