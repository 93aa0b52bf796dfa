import logging

from celery import shared_task
from django.utils import timezone

from jinba.core.errors import Refused
from labor.matching.actions import changes, runs

logger = logging.getLogger(__name__)
# Blocks that one letter does before it makes room for others; the rest is for the next letter.
BLOCKS_PER_LETTER = 50


@shared_task(name="labor.matching.tasks.work")
def work(*, run_id: int) -> None:
    """Do blocks of the run until none is free, then try to finish it."""
    snapshot = runs.snapshot_of(run_id=run_id)
    if snapshot is None:
        return
    for _ in range(BLOCKS_PER_LETTER):
        if not runs.do_block(snapshot=snapshot):
            runs.finish(run_id=run_id)
            return
    runs.go_on(run_id=run_id)


@shared_task(name="labor.matching.tasks.sweep")
def sweep() -> None:
    """Runs and changes whose letters were lost."""
    runs.call_hands()
    changes.draw_again()


@shared_task(name="labor.matching.tasks.nightly")
def nightly() -> None:
    try:
        runs.start(period=timezone.localdate().isoformat())
    except Refused as refusal:
        logger.info("nightly match run: %s", refusal.message)


@shared_task(name="labor.matching.tasks.match_worker")
def match_worker(*, worker_id: int) -> None:
    changes.worker_changed(worker_id=worker_id)


@shared_task(name="labor.matching.tasks.match_posting")
def match_posting(*, posting_id: int) -> None:
    changes.posting_changed(posting_id=posting_id)
