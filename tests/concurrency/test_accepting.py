"""Ten thousand who say yes to two hundred seats, and moves that race each other. Invariants I1, I4, I5, I21."""

import random
from typing import Any

import pytest
from django.db.models import Count, Q

from employers.models import JobPosting
from jinba.core.errors import Refused
from labor.applications import actions as applications
from labor.applications.choices import HIRED, Stage
from labor.applications.models import Application, ApplicationEvent
from labor.applications.moves import EMPLOYER, MOVES, REASONS, WORKER, needs_reason
from tests.concurrency.crowd import crowd, persistent
from tests.concurrency.people import many_offers, many_workers
from tests.factories.employers import EmployerFactory, JobPostingFactory, owner_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.usefixtures("letters")]

POSTINGS, SEATS, CONNECTIONS = 10, 20, 64


def say_yes(count: int) -> list[Any]:
    """`count` workers, each with an offer of one of the postings, accept all at once."""
    employer = EmployerFactory()
    owner_of(employer)
    offers = [JobPostingFactory(employer=employer, headcount=SEATS) for _ in range(POSTINGS)]
    workers = many_workers(count)
    made = many_offers([(worker, offers[number % POSTINGS]) for number, worker in enumerate(workers)])
    random.Random(1).shuffle(made)
    yes = persistent(lambda row: applications.accept(application=row, by=row.worker.user))
    return crowd(yes, made, people=CONNECTIONS)


def hired() -> list[int]:
    """How many accepted, for each posting."""
    accepted = Application.objects.filter(stage=Stage.ACCEPTED)
    return list(accepted.values("posting").annotate(count=Count("pk")).values_list("count", flat=True))


def test_ten_thousand_accepts_fill_exactly_two_hundred_seats() -> None:
    answers = say_yes(10_000)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refused)] == []
    assert hired() == [SEATS] * POSTINGS
    assert len(refused) == 9_800 and all("招满" in refusal.message for refusal in refused)
    assert list(JobPosting.objects.values_list("filled", "state")) == [(SEATS, "filled")] * POSTINGS


def test_counting_before_hiring_oversells(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: without the lock and the conditional UPDATE more are hired than there are seats."""

    def naive(*, posting_id: int) -> bool:
        return Application.objects.filter(posting_id=posting_id, stage=Stage.ACCEPTED).count() < SEATS

    monkeypatch.setattr("labor.applications.actions.moving.postings.take_seat", naive)
    monkeypatch.setattr("labor.applications.actions.moving.locked_one", lambda rows, pk: rows.get(pk=pk))
    say_yes(1_000)
    assert sum(hired()) > POSTINGS * SEATS


def test_racing_moves_leave_a_connected_history_and_true_seats() -> None:
    """Members and workers pull at the same applications; nobody meets a deadlock, no count is wrong."""
    employer = EmployerFactory()
    owner = owner_of(employer)
    offers = [JobPostingFactory(employer=employer, headcount=3) for _ in range(8)]
    workers = many_workers(40)
    chance = random.Random(4)
    made = many_offers([(worker, posting) for worker in workers for posting in chance.sample(offers, 4)])
    deeds = []
    for _ in range(4_000):
        row, actor = chance.choice(made), chance.choice([WORKER, WORKER, EMPLOYER])
        goals = sorted({end for (_, end), actors in MOVES.items() if actor in actors})
        deeds.append((row, actor, chance.choice([Stage.ACCEPTED, *goals] if actor == WORKER else goals)))

    def act(deed: tuple[Application, str, Stage]) -> Any:
        row, actor, to = deed
        by = owner if actor == EMPLOYER else row.worker.user
        if actor == WORKER and to == Stage.WITHDRAWN and row.pk % 3:
            to = Stage.ACCEPTED  # withdraw less, or nothing is left to race for
        reason = REASONS[actor][0] if needs_reason(to) else ""
        return applications.move(application=row, to=to, by=by, reason=reason)

    answers = crowd(act, deeds, people=24)
    assert [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refused)] == []
    for application in Application.objects.prefetch_related("events"):
        steps = [(event.from_stage, event.to_stage) for event in application.events.all()]
        assert all(step in {(start.value, end.value) for start, end in MOVES} for step in steps[1:])
        assert [end for _, end in steps[:-1]] == [start for start, _ in steps[1:]]
        assert steps[-1][1] == application.stage
    seats = JobPosting.objects.annotate(hired=Count("applications", filter=Q(applications__stage__in=HIRED)))
    assert all(posting.filled == posting.hired <= posting.headcount for posting in seats)
    assert ApplicationEvent.objects.count() > len(made)
    jobs = Application.objects.filter(stage=Stage.ACCEPTED).values("worker").annotate(jobs=Count("pk"))
    assert all(row["jobs"] == 1 for row in jobs)
