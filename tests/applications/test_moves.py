"""The table of moves, and the database that holds it too."""

import re
from importlib import import_module

import pytest
from django.db import Error, IntegrityError, connection, transaction

from labor.applications.choices import CLOSED, LIVE, PUBLIC_WORDS, CloseReason, Stage
from labor.applications.models import Application, ApplicationEvent
from labor.applications.moves import EMPLOYER, INTERVIEW, MOVES, REASONS, WORKER, can_move, next_stages
from labor.applications.words import NEXT_STEPS, ROAD, WITHDRAW_WORDS
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, MemberFactory


def test_every_stage_has_public_words_and_a_next_step() -> None:
    assert set(PUBLIC_WORDS) == set(NEXT_STEPS) == set(Stage)


def test_the_road_covers_every_live_stage_in_the_public_words() -> None:
    assert {stage: word for word, stages in ROAD for stage in stages} == {stage: PUBLIC_WORDS[stage] for stage in LIVE}


def test_withdrawal_words_are_the_reasons_a_worker_may_give() -> None:
    assert set(WITHDRAW_WORDS) == set(REASONS[WORKER])


def test_nobody_hires_but_the_worker_who_accepts() -> None:
    assert {start for start, end in MOVES if end == Stage.ACCEPTED} == {Stage.OFFERED}
    assert not can_move(Stage.OFFERED, Stage.ACCEPTED, EMPLOYER)


def test_closed_applications_stay_closed_except_obsolete_ones() -> None:
    assert {start for start, _ in MOVES if start in CLOSED} == {Stage.OBSOLETE}


def test_next_stages_come_in_the_order_of_the_stages() -> None:
    assert next_stages(Stage.INTERVIEWED, EMPLOYER) == [
        Stage.PRIOR_TO_HIRE, Stage.OFFERED, Stage.POOL, Stage.REJECTED,
    ]  # fmt: skip


def test_nobody_comes_to_an_interview_or_back_from_it_by_hand() -> None:
    by_hand = {
        pair
        for pair in MOVES
        if Stage.INTERVIEW_SCHEDULED in pair and pair[0] != Stage.OBSOLETE and EMPLOYER in MOVES[pair]
    }
    assert by_hand == {
        (Stage.INTERVIEW_SCHEDULED, Stage.INTERVIEWED),
        (Stage.INTERVIEW_SCHEDULED, Stage.REJECTED),
        (Stage.INTERVIEW_SCHEDULED, Stage.POOL),
    }
    assert INTERVIEW in MOVES[Stage.SHORTLISTED, Stage.INTERVIEW_SCHEDULED]


@pytest.mark.django_db
def test_the_trigger_holds_the_same_moves_as_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'applications_refuse_illegal_move'")
        (source,) = cursor.fetchone()
    assert set(re.findall(r"'(\w+)>(\w+)'", source)) == {(start.value, end.value) for start, end in MOVES}


@pytest.mark.django_db
def test_every_move_that_is_not_allowed_fails_in_raw_sql_and_every_other_passes() -> None:
    applications = {stage: ApplicationFactory(stage=stage) for stage in Stage}
    for start, application in applications.items():
        for end in Stage:
            if end == start:
                continue
            reason = CloseReason.OTHER if end in CLOSED else ""
            refused = False
            with transaction.atomic(), connection.cursor() as cursor:
                try:
                    with transaction.atomic():
                        cursor.execute(
                            "UPDATE applications_application SET stage = %s, close_reason = %s WHERE id = %s",
                            [end, reason, application.pk],
                        )
                except IntegrityError:
                    refused = True
                transaction.set_rollback(True)
            assert refused is ((start, end) not in MOVES), f"{start} → {end}"


@pytest.mark.django_db
def test_a_move_without_its_event_fails_when_the_transaction_ends() -> None:
    application = ApplicationFactory()
    with pytest.raises(IntegrityError, match="has no event"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(stage=Stage.PROCESSING)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET note = 'x'", "DELETE FROM {}"])
def test_the_history_of_an_application_is_only_added_to(statement: str) -> None:
    ApplicationFactory()
    with pytest.raises(Error, match="only added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("applications_applicationevent"))
    assert ApplicationEvent.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["employer", "posting"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}"])
def test_the_history_of_employers_and_postings_is_only_added_to(kind: str, statement: str) -> None:
    posting = JobPostingFactory()
    by = MemberFactory(employer=posting.employer).user
    posting.events.create(from_state="draft", to_state="review", by=by)
    posting.employer.events.create(from_state="draft", to_state="submitted", by=by)
    with pytest.raises(Error, match="only added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(f"employers_{kind}event"))


def test_the_migration_can_be_undone() -> None:
    migration = import_module("labor.applications.migrations.0002_moves_and_history_are_guarded").Migration
    assert all(operation.reversible for operation in migration.operations)
