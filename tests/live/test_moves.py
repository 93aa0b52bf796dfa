"""The moves of a session in the code are those of the database, and none is made without its event."""

import re

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from labor.live.actions.history import shift
from labor.live.choices import Side, State
from labor.live.models import LiveSession
from labor.live.moves import MOVES
from tests.factories.live import CardFactory, LiveSessionFactory

pytestmark = pytest.mark.django_db


def test_the_database_knows_the_same_moves() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'live_refuse_illegal_move'")
        source = cursor.fetchone()[0]
    assert set(re.findall(r"'(\w+>\w+)'", source)) == {f"{here}>{there}" for here, there in MOVES}


@pytest.mark.django_db(transaction=True)
def test_a_move_without_its_event_is_refused_and_one_with_it_is_kept() -> None:
    session = CardFactory(session__announced=True).session
    with pytest.raises(DatabaseError, match="has no event"):
        LiveSession.objects.filter(pk=session.pk).update(state=State.PLANNED)
    with transaction.atomic():
        shift(session=session, to=State.PLANNED, side=Side.CREW, by=session.made_by)
    assert LiveSession.objects.get(pk=session.pk).state == State.PLANNED


def test_a_move_that_is_not_allowed_is_refused_by_the_database() -> None:
    session = LiveSessionFactory(announced=True)
    with pytest.raises(DatabaseError, match="no move from announced to replay"), transaction.atomic():
        LiveSession.objects.filter(pk=session.pk).update(state=State.REPLAY)


def test_history_is_only_added() -> None:
    session = LiveSessionFactory()
    with pytest.raises(DatabaseError), transaction.atomic():
        session.events.update(reason="另一个原因")
