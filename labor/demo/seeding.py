"""The demo as a whole: written in one transaction, so that it is there or not."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from employers.choices import Origin
from employers.models import Employer, JobPosting
from jinba.reference import actions as reference
from labor.demo import broadcasting, helping, interviewing, papers, story
from labor.demo.offers import Market
from labor.demo.people import Population, checked_at_the_end, fully_checked
from labor.matching.actions import runs
from labor.workers.models import Worker

# A match of so few is done on the spot; a larger one is left to the workers of Celery.
MATCHED_AT_ONCE = 20_000

Tell = Callable[[int], None]


@dataclass(slots=True)
class Made:
    employers: int = 0
    postings: int = 0
    workers: int = 0
    applications: int = 0
    worker_seconds: float = 0
    posting_seconds: float = 0


def is_there() -> bool:
    return Employer.objects.filter(origin=Origin.DEMO).exists()


@transaction.atomic
def seed(
    *, workers: int, postings: int, seed: int, tell_postings: Tell | None = None, tell_workers: Tell | None = None
) -> Made:
    """Add a market, a population and their story. The same seed on an empty database makes the same of each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('labor.demo'))")
    fully_checked()
    reference.load()
    papers.make_licence()
    users = story.make_accounts()
    made = Made()
    before = Employer.objects.filter(origin=Origin.DEMO).count(), JobPosting.objects.count()

    started = time.monotonic()
    market = Market(seed=seed, officer=users["demo-officer"], first_number=before[0])
    market.write(postings, tell=tell_postings)
    made.posting_seconds = time.monotonic() - started
    made.employers = Employer.objects.filter(origin=Origin.DEMO).count() - before[0]
    made.postings = JobPosting.objects.count() - before[1]

    employer = story.make_members(users)
    papers.make_papers(employer=employer, users=users)
    known = story.make_known_workers(users)
    started = time.monotonic()
    population = Population(seed=seed, first_phone=Worker.objects.count())
    ids = population.write(workers, brokers=[users["demo-broker"].pk], tell=tell_workers)
    made.worker_seconds = time.monotonic() - started
    made.workers = len(ids) + len(known)
    made.applications = story.Story(seed=seed, employer=employer, users=users, known=known).write(ids)
    made.applications += helping.entrust(worker_ids=ids, users=users, known=known, employer=employer)
    interviewing.arrange(seed=seed, users=users, employer=employer)
    checked_at_the_end()
    broadcasting.announce_zone(host=users["demo-park"], officer=users["demo-officer"])
    return made


def match() -> str:
    """Match everybody with everything: here and now when there are few, by the Celery workers otherwise."""
    run = runs.start()
    if Worker.objects.count() > MATCHED_AT_ONCE:
        return "匹配已交给后台，进度见管理后台。"
    snapshot = runs.snapshot_of(run_id=run.pk)
    while snapshot is not None and runs.do_block(snapshot=snapshot):
        pass
    runs.finish(run_id=run.pk)
    return "匹配完成。"
