"""A session that never began ends by itself some time after its end, and whoever waits for it is told."""

import pytest

from jinba.notices.models import Notice
from labor.live.actions import planning, reserving, studios
from labor.live.actions.lapsing import REASON, lapse
from labor.live.choices import Side, State
from labor.live.models import LiveSession, StudioTime
from tests.factories.accounts import UserFactory
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory, StudioFactory

pytestmark = pytest.mark.django_db


def test_what_was_announced_and_never_began_is_cancelled_once_and_its_studio_is_free() -> None:
    session = LiveSessionFactory(announced=True, studio=StudioFactory(), anchor=True)
    studios.book(session=session)
    seeker = UserFactory()
    reserving.reserve(session=session, by=seeker)
    assert lapse() == 0
    LiveSession.objects.update(starts_at=in_minutes(-100), ends_at=in_minutes(-31))
    assert lapse() == 1 and lapse() == 0
    session.refresh_from_db()
    assert (session.state, session.state_reason) == (State.CANCELLED, REASON)
    assert session.events.last().side == Side.SYSTEM and not StudioTime.objects.exists()
    assert set(Notice.objects.values_list("recipient", "kind")) >= {
        (seeker.pk, "live.cancelled"),
        (session.crew.get().user_id, "live.called_off"),
    }


def test_what_is_on_air_or_still_within_its_time_stays() -> None:
    LiveSessionFactory(live=True, starts_at=in_minutes(-200))
    LiveSessionFactory(announced=True, starts_at=in_minutes(-60))
    assert lapse() == 0


def test_who_reserved_what_was_announced_and_then_changed_hears_that_it_is_off() -> None:
    session = LiveSessionFactory(announced=True, anchor=True)
    seeker = UserFactory()
    reserving.reserve(session=session, by=seeker)
    planning.change(session=session, by=session.made_by, intro="换几个岗位")
    LiveSession.objects.update(starts_at=in_minutes(-100), ends_at=in_minutes(-31))
    assert LiveSession.objects.get().state == State.PLANNED and lapse() == 1
    assert Notice.objects.filter(recipient=seeker, kind="live.cancelled").count() == 1
