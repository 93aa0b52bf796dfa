"""A studio is one session's at a time, however many plan at the same moment."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from jinba.core.errors import Refused
from labor.live.actions import planning
from labor.live.models import LiveSession, StudioTime
from tests.concurrency.crowd import crowd, persistent
from tests.factories.accounts import UserFactory
from tests.factories.interviews import days_ahead
from tests.factories.live import StudioFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.usefixtures("letters")]

WISHES, PEOPLE = 200, 12
MORNING = days_ahead(2, 8)
# By the clock times themselves: knows nothing of the keys that the constraint compares.
OVERLAPS = """
SELECT count(*) FROM {table} one JOIN {table} other
    ON one.id < other.id AND one.studio_id = other.studio_id
   AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
"""
Wish = tuple[Any, datetime, datetime]  # studio, from, until


def overlaps(table: str = "live_studiotime") -> int:
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS.format(table=table))
        (count,) = cursor.fetchone()
    return int(count)


def wishes() -> list[Wish]:
    """Three studios, one morning, pieces that begin and end anywhere in it."""
    chance, studios = random.Random(5), [StudioFactory() for _ in range(3)]
    made = []
    for _ in range(WISHES):
        starts_at = MORNING + timedelta(minutes=chance.randrange(0, 600))
        made.append((chance.choice(studios), starts_at, starts_at + timedelta(minutes=chance.choice((10, 20, 45)))))
    return made


def test_racing_plans_never_share_a_studio_and_nobody_is_refused_for_nothing() -> None:
    by, made = UserFactory(park=True), wishes()

    def plan(wish: Wish) -> LiveSession:
        studio, starts_at, ends_at = wish
        return planning.create(by=by, title="进厂看车间", studio=studio, starts_at=starts_at, ends_at=ends_at)

    answers = crowd(persistent(plan), made, people=PEOPLE)
    refused = [wish for wish, answer in zip(made, answers, strict=True) if isinstance(answer, Refused)]
    assert [one for one in answers if not isinstance(one, LiveSession | Refused)] == []
    assert overlaps() == 0
    # Who has a session has his studio; who was refused left nothing.
    assert LiveSession.objects.count() == StudioTime.objects.count() == WISHES - len(refused) > 20
    assert len(refused) > 20
    for studio, starts_at, ends_at in refused:
        assert StudioTime.objects.filter(studio=studio, starts_at__lt=ends_at, ends_at__gt=starts_at).exists()


def test_looking_before_booking_shares_it() -> None:
    """The negative control: the same wishes without the constraint, by somebody who looks first and then writes."""
    made = wishes()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS studios_without_constraint")
        cursor.execute(
            "CREATE TABLE studios_without_constraint (id bigint GENERATED ALWAYS AS IDENTITY, studio_id bigint,"
            " starts_at timestamptz, ends_at timestamptz)"
        )

    def look_and_take(wish: Wish) -> bool:
        studio, starts_at, ends_at = wish
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM studios_without_constraint"
                " WHERE studio_id = %s AND starts_at < %s AND ends_at > %s)",
                [studio.pk, ends_at, starts_at],
            )
            if cursor.fetchone()[0]:
                return False
            # As long as a session's other rows take to be written.
            cursor.execute("SELECT pg_sleep(0.005)")
            cursor.execute(
                "INSERT INTO studios_without_constraint (studio_id, starts_at, ends_at) VALUES (%s, %s, %s)",
                [studio.pk, starts_at, ends_at],
            )
        return True

    try:
        assert set(crowd(look_and_take, made, people=PEOPLE)) == {True, False}
        assert overlaps("studios_without_constraint") > 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE studios_without_constraint")
