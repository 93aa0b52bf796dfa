"""Ten thousand taps at once, and the tap that comes too late. Invariants I2, I3, I15."""

import random
from typing import Any

import pytest
from django.db import transaction

from employers.actions import postings
from employers.models import JobPosting, PostingEvent
from jinba.core.errors import Refused
from labor.applications import actions as applications
from labor.applications.models import Application, ApplicationEvent
from labor.workers.models import Worker
from tests.concurrency.crowd import crowd, persistent
from tests.concurrency.people import many_workers
from tests.factories.employers import EmployerFactory, JobPostingFactory, owner_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.usefixtures("letters")]

WORKERS, POSTINGS, DUPLICATES, CONNECTIONS = 200, 40, 2_000, 48


def test_ten_thousand_submissions_make_exactly_the_distinct_pairs() -> None:
    employer = EmployerFactory()
    owner_of(employer)
    workers = many_workers(WORKERS)
    offers = [JobPostingFactory(employer=employer, headcount=WORKERS) for _ in range(POSTINGS)]
    distinct = [(worker, posting) for worker in workers for posting in offers]
    chance = random.Random(2)
    chance.shuffle(distinct)
    taps = list(distinct)
    # Half of the double taps follow at once, as those of a thumb do, half at any time.
    for number, place in enumerate(sorted(chance.sample(range(len(distinct)), DUPLICATES), reverse=True)):
        taps.insert(place + 1 if number % 2 else chance.randrange(len(taps)), distinct[place])

    def tap(pair: tuple[Worker, JobPosting]) -> int:
        worker, posting = pair
        return applications.apply(worker=worker, posting=posting, by=worker.user).pk

    answers = crowd(persistent(tap), taps, people=CONNECTIONS)

    assert len(taps) == 10_000 and [answer for answer in answers if isinstance(answer, Exception)] == []
    acknowledged: dict[tuple[int, int], set[int]] = {}
    for (worker, posting), answer in zip(taps, answers, strict=True):
        acknowledged.setdefault((worker.pk, posting.pk), set()).add(answer)
    assert all(len(ids) == 1 for ids in acknowledged.values())
    rows = {(row.worker_id, row.posting_id): {row.pk} for row in Application.objects.all()}
    assert rows == acknowledged and len(rows) == 8_000
    assert ApplicationEvent.objects.count() == 8_000


class Race:
    """One applies while another closes the posting; what was there when the closing was done."""

    def __init__(self, worker: Worker, posting: JobPosting) -> None:
        self.worker, self.posting, self.owner = worker, posting, owner_of(posting.employer)
        self.there_at_closing = -1

    def run(self, part: str) -> Any:
        if part == "close":
            postings.pause(posting=self.posting, by=self.owner)
            self.there_at_closing = Application.objects.filter(posting=self.posting).count()
            return None
        return applications.apply(worker=self.worker, posting=self.posting, by=self.worker.user)


def race(rounds: int) -> list[Race]:
    employer = EmployerFactory()
    owner_of(employer)
    workers = many_workers(rounds)
    offers = JobPostingFactory.create_batch(rounds, employer=employer)
    races = [Race(worker, posting) for worker, posting in zip(workers, offers, strict=True)]
    chance = random.Random(15)
    turns = [(one, part) for one in races for part in chance.sample(["close", "apply"], 2)]
    answers = crowd(persistent(lambda turn: turn[0].run(turn[1])), turns, people=8)
    assert [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refused)] == []
    return races


def late_ones(races: list[Race]) -> int:
    return sum(Application.objects.filter(posting=one.posting).count() != one.there_at_closing for one in races)


def test_no_application_comes_after_the_posting_was_closed_in_a_thousand_races() -> None:
    races = race(1_000)
    assert late_ones(races) == 0
    closed_at = dict(PostingEvent.objects.filter(to_state="paused").values_list("posting_id", "at"))
    came = list(Application.objects.values_list("posting_id", "created_at"))
    assert len(closed_at) == 1_000
    assert all(created < closed_at[posting] for posting, created in came)
    assert 0 < len(came) < 1_000  # both sides won some of the races


def test_without_the_lock_a_late_application_does_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: who only looks at the posting applies to one that is closed meanwhile."""
    posting = JobPostingFactory()
    owner_of(posting.employer)
    (worker,) = many_workers(1)
    one = Race(worker, posting)

    def only_look(rows: Any, ids: list[int]) -> list[JobPosting]:
        found = list(rows.filter(pk__in=ids))
        crowd(one.run, ["close"], people=1)
        return found

    monkeypatch.setattr("labor.applications.actions.applying.locked", only_look)
    one.run("apply")
    assert (late_ones([one]), one.there_at_closing) == (1, 0)


def test_a_rolled_back_tap_leaves_nothing() -> None:
    (worker,), posting = many_workers(1), JobPostingFactory()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        applications.apply(worker=worker, posting=posting, by=worker.user)
        raise ZeroDivisionError
    assert not Application.objects.exists() and not ApplicationEvent.objects.exists()
