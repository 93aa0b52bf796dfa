"""Many workers make one replay at once: one of them does."""

import pytest
from django.db import connection

from labor.live.actions import replaying
from labor.live.choices import State
from labor.live.ingest import shelf
from labor.live.models import LiveSession, Replay
from tests.concurrency.crowd import crowd
from tests.factories.live import LiveSessionFactory
from tests.live.broadcasts import broadcast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.usefixtures("letters", "nudges")]


def test_of_eight_workers_one_makes_it() -> None:
    session: LiveSession = LiveSessionFactory(ended=True)
    broadcast(session, seconds=60)
    shelf.close(session.stream)
    connection.close()
    made = crowd(lambda pk: replaying.make(session_id=pk), [session.pk] * 24, people=8)
    assert sorted(made) == [False] * 23 + [True]
    replay = Replay.objects.get()
    assert (replay.tries, replay.error, len(replay.segments)) == (1, "", 10)
    assert session.events.filter(to_state=State.REPLAY).count() == 1


def test_who_hides_while_another_withdraws_leaves_it_withdrawn() -> None:
    session: LiveSession = LiveSessionFactory(ended=True)
    broadcast(session, seconds=12)
    shelf.close(session.stream)
    assert replaying.make(session_id=session.pk)
    session.refresh_from_db()
    deeds = {
        "hide": lambda: replaying.hide(session=session, by=session.made_by, reason="先收起来"),
        "show": lambda: replaying.show(session=session, by=session.made_by),
        "withdraw": lambda: replaying.withdraw(session=session, by=session.made_by, reason="企业要求"),
    }
    connection.close()
    crowd(lambda name: deeds[name](), ["hide", "show", "withdraw"] * 4, people=6)
    replaying.sweep()
    replaying.tidy()
    session.refresh_from_db()
    replay = Replay.objects.get()
    assert (session.state, replay.state) == (State.ENDED, "deleted")
    assert replay.deleted_at and not list(shelf.root(session.stream).parent.glob("*/replay/*"))
