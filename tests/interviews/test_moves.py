"""The table of moves, and the database that holds it too."""

import re
from importlib import import_module

import pytest
from django.db import Error, IntegrityError, connection, transaction

from labor.interviews.choices import CancelReason, Side, State
from labor.interviews.models import Interview, InterviewEvent
from labor.interviews.moves import MOVES, REASONS, can_move
from tests.factories.interviews import InterviewFactory


@pytest.mark.django_db
def test_the_trigger_holds_the_same_moves_as_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'interviews_refuse_illegal_move'")
        (source,) = cursor.fetchone()
    assert set(re.findall(r"'(\w+)>(\w+)'", source)) == {(start.value, end.value) for start, end in MOVES}


@pytest.mark.django_db
def test_every_move_that_is_not_allowed_fails_in_raw_sql_and_every_other_passes() -> None:
    interviews = {state: InterviewFactory(**{str(state): True} if state != State.PROPOSED else {}) for state in State}
    for start, interview in interviews.items():
        for end in State:
            if end == start:
                continue
            refused = False
            with transaction.atomic(), connection.cursor() as cursor:
                try:
                    with transaction.atomic():
                        cursor.execute(
                            "UPDATE interviews_interview SET state = %s, no_show_by = 'worker',"
                            " cancelled_by = 'system', cancel_reason = 'other',"
                            " starts_at = now(), ends_at = now() + interval '1 hour' WHERE id = %s",
                            [end, interview.pk],
                        )
                except IntegrityError as error:
                    assert "no move from" in str(error)
                    refused = True
                transaction.set_rollback(True)
            assert refused is ((start, end) not in MOVES), f"{start} → {end}"


@pytest.mark.django_db
def test_a_move_without_its_event_fails_when_the_transaction_ends() -> None:
    interview = InterviewFactory(confirmed=True)
    with pytest.raises(IntegrityError, match="has no event"), transaction.atomic():
        Interview.objects.filter(pk=interview.pk).update(state=State.LIVE)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET note = 'x'", "DELETE FROM {}"])
def test_the_history_of_an_interview_is_only_added_to(statement: str) -> None:
    InterviewFactory()
    with pytest.raises(Error, match="only added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("interviews_interviewevent"))
    assert InterviewEvent.objects.count() == 1


def test_the_migration_can_be_undone() -> None:
    migration = import_module("labor.interviews.migrations.0002_moves_and_history_are_guarded").Migration
    assert all(operation.reversible for operation in migration.operations)


def test_only_the_worker_picks_and_what_is_over_stays_over() -> None:
    assert {end for start, end in MOVES if MOVES[start, end] == {Side.WORKER}} == {State.CONFIRMED}
    assert {start for start, _ in MOVES} & {State.DONE, State.CANCELLED} == set()
    assert can_move(State.NO_SHOW, State.DONE, Side.EMPLOYER) and not can_move(State.DONE, State.NO_SHOW, Side.EMPLOYER)


def test_who_may_cancel_has_reasons() -> None:
    cancels = {side for (_, end), sides in MOVES.items() if end == State.CANCELLED for side in sides}
    assert cancels == set(REASONS)
    assert CancelReason.APPLICATION_OVER not in {*REASONS[Side.WORKER], *REASONS[Side.EMPLOYER]}


@pytest.mark.django_db
def test_confirmed_means_a_time_whoever_writes_the_row() -> None:
    interview = InterviewFactory(confirmed=True)
    for fields in ({"starts_at": None}, {"ends_at": None}, {"ends_at": interview.starts_at}):
        with pytest.raises(IntegrityError, match="interviews_interview_timed"), transaction.atomic():
            Interview.objects.filter(pk=interview.pk).update(**fields)
