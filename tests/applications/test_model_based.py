"""The actions against a small model of what should happen, on roads nobody thought of. Invariants I1, I4, I5."""

from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from employers.models import JobPosting
from jinba.core.errors import Refused
from labor.applications import actions as applications
from labor.applications.choices import CLOSED, LIVE, CloseReason, Stage
from labor.applications.models import Application, ApplicationEvent
from labor.applications.moves import EMPLOYER, MOVES, REASONS, WORKER
from tests.factories.employers import EmployerFactory, JobPostingFactory, owner_of
from tests.factories.workers import WorkerFactory

SEATS = (1, 2)
WORKERS = 3
BEFORE = [stage for stage in LIVE if stage not in (Stage.ACCEPTED, Stage.ONBOARDED)]


class Row:
    """What the model knows of one application."""

    def __init__(self, worker: int, posting: int, application: Application) -> None:
        self.worker, self.posting, self.application = worker, posting, application
        self.stage, self.resumes_as, self.ended_by, self.moves = Stage.APPLIED, None, None, 1

    @property
    def live(self) -> bool:
        return self.stage in LIVE

    def go(self, stage: Stage) -> None:
        self.stage = stage
        self.moves += 1


class Market(RuleBasedStateMachine):
    """Three workers, two postings with one and two seats."""

    @initialize()
    def begin(self) -> None:
        employer = EmployerFactory()
        self.owner = owner_of(employer)
        self.postings = [JobPostingFactory(employer=employer, headcount=seats) for seats in SEATS]
        self.workers = [WorkerFactory() for _ in range(WORKERS)]
        self.rows: list[Row] = []

    def hired(self, posting: int) -> int:
        return sum(row.stage in (Stage.ACCEPTED, Stage.ONBOARDED) for row in self.rows if row.posting == posting)

    def of_worker(self, row: Row) -> list[Row]:
        return [other for other in self.rows if other.worker == row.worker and other is not row]

    @rule(worker=st.integers(0, WORKERS - 1), posting=st.integers(0, len(SEATS) - 1))
    def apply(self, worker: int, posting: int) -> None:
        running = next((r for r in self.rows if (r.worker, r.posting) == (worker, posting) and r.live), None)
        full = self.hired(posting) >= SEATS[posting]
        try:
            application = applications.apply(
                worker=self.workers[worker], posting=self.postings[posting], by=self.workers[worker].user
            )
        except Refused:
            assert full and running is None
            return
        if running:
            assert application == running.application
        else:
            assert not full
            self.rows.append(Row(worker, posting, application))

    @rule(number=st.integers(0, 50), to=st.sampled_from(Stage), actor=st.sampled_from([WORKER, EMPLOYER]))
    def move(self, number: int, to: Stage, actor: str) -> None:
        if self.rows:
            self._move(self.rows[number % len(self.rows)], to, actor)

    @rule(number=st.integers(0, 50))
    def hire(self, number: int) -> None:
        """The straight road, or the state machine would hardly ever get there."""
        if self.rows:
            row = self.rows[number % len(self.rows)]
            for to, actor in ((Stage.SHORTLISTED, EMPLOYER), (Stage.OFFERED, EMPLOYER), (Stage.ACCEPTED, WORKER)):
                self._move(row, to, actor)

    @rule(number=st.integers(0, 50))
    def give_up(self, number: int) -> None:
        hired = [row for row in self.rows if row.stage == Stage.ACCEPTED]
        if hired:
            self._move(hired[number % len(hired)], Stage.WITHDRAWN, WORKER)

    def _move(self, row: Row, to: Stage, actor: str) -> None:
        by = self.owner if actor == EMPLOYER else self.workers[row.worker].user
        allowed = self._allowed(row, to, actor)
        try:
            applications.move(
                application=row.application, to=to, by=by, reason=REASONS[actor][0] if to in CLOSED else ""
            )
        except Refused:
            assert not allowed, f"{row.stage} → {to} by {actor} was refused"
            return
        assert allowed, f"{row.stage} → {to} by {actor} was let pass"
        if row.stage != to:
            self._happens(row, to)

    def _allowed(self, row: Row, to: Stage, actor: str) -> bool:
        if to == Stage.ACCEPTED and row.stage != to and self.hired(row.posting) >= SEATS[row.posting]:
            return False
        if row.stage == to:
            return True
        if actor not in MOVES.get((row.stage, to), ()):
            return False
        if to == Stage.OFFERED:
            return self.hired(row.posting) < SEATS[row.posting]
        if to == Stage.ACCEPTED:
            return all(other.stage != Stage.ACCEPTED for other in self.of_worker(row))
        return True

    def _happens(self, row: Row, to: Stage) -> None:
        start = row.stage
        row.go(to)
        if to == Stage.ACCEPTED:
            for other in self.of_worker(row):
                if other.stage in BEFORE:
                    other.resumes_as, other.ended_by = other.stage, row
                    other.go(Stage.OBSOLETE)
        elif start == Stage.ACCEPTED and to in CLOSED:
            for other in self.of_worker(row):
                again = any(o.posting == other.posting and o.live for o in self.of_worker(row))
                is_open = self.hired(other.posting) < SEATS[other.posting]
                if other.stage == Stage.OBSOLETE and other.ended_by is row and is_open and not again:
                    other.go(other.resumes_as)
                    other.resumes_as = other.ended_by = None

    @invariant()
    def rows_are_what_the_model_says(self) -> None:
        stages = dict(Application.objects.values_list("pk", "stage"))
        assert stages == {row.application.pk: row.stage for row in self.rows}

    @invariant()
    def seats_are_counted(self) -> None:
        for number, (filled, state) in enumerate(JobPosting.objects.order_by("pk").values_list("filled", "state")):
            assert filled == self.hired(number) <= SEATS[number]
            assert (state == "filled") is (filled == SEATS[number])

    @invariant()
    def history_is_connected_and_complete(self) -> None:
        events: dict[int, list[tuple[str, str]]] = {}
        for pk, start, end in ApplicationEvent.objects.order_by("pk").values_list(
            "application", "from_stage", "to_stage"
        ):
            events.setdefault(pk, []).append((start, end))
        for row in self.rows:
            steps = events[row.application.pk]
            assert len(steps) == row.moves and steps[0] == ("", "applied") and steps[-1][1] == row.stage
            assert [end for _, end in steps[:-1]] == [start for start, _ in steps[1:]]

    @invariant()
    def whatever_is_closed_says_why(self) -> None:
        assert not Application.objects.filter(stage__in=CLOSED, close_reason="").exists()
        assert not Application.objects.filter(stage__in=LIVE).exclude(close_reason="").exists()
        assert set(CloseReason.values) >= set(Application.objects.values_list("close_reason", flat=True)) - {""}


@pytest.mark.slow
class TestMarket(TestCase):
    """Each road runs in a transaction of its own that is rolled back."""

    def test_any_road_ends_where_the_model_says(self) -> None:
        case: Any = self

        class OnePerTransaction(Market):
            def __init__(self) -> None:
                super().__init__()
                case.setup_example()

            def teardown(self) -> None:
                case.teardown_example(None)

        with mock.patch("jinba.core.later.current_app.send_task"):
            run_state_machine_as_test(
                OnePerTransaction,
                settings=settings(
                    max_examples=40,
                    stateful_step_count=30,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
