"""A match run from start to switch. Each step may be repeated or cut off: a block is done whole, or not at all."""

from datetime import timedelta
from itertools import chain
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from employers.models import JobPosting
from jinba.core.errors import Refused
from jinba.core.later import later
from labor.matching import storing
from labor.matching.choices import RunState
from labor.matching.engine import (
    SPEC_VERSION,
    PostingColumns,
    PostingIndex,
    PostingLists,
    match_block,
    merge_postings,
    prepare,
)
from labor.matching.loading import chunks_of_ids, load_postings, load_workers
from labor.matching.models import MatchBlock, MatchRun, PostingMatches, WorkerMatches
from labor.matching.places import PlaceMap, place_codes
from labor.workers.models import Worker

WORKERS_PER_BLOCK = 5_000
# How many letters start a run; each keeps one worker process busy until no block is left.
HANDS = 2
KEPT_RUNS = 2
# A run that is not done by then never will be; the next night must not wait for it.
GIVEN_UP_AFTER = timedelta(hours=12)


@transaction.atomic
def start(*, by: Any = None, period: str = "", workers_per_block: int = WORKERS_PER_BLOCK) -> MatchRun:
    """Snapshot the open postings, cut the workers into blocks and call the hands.

    Refused while another run goes on, or when the night's run of this `period` was started before.
    """
    codes = place_codes()
    columns = load_postings(JobPosting.objects.open(), PlaceMap(codes))
    run = MatchRun(
        spec_version=SPEC_VERSION,
        period=period,
        requested_by=by,
        day=timezone.localdate(),
        places=codes,
        postings=columns.to_bytes(),
        postings_count=len(columns),
    )
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        raise Refused("已有一次匹配在进行，请等它完成。") from None
    ranges = list(chunks_of_ids(Worker.objects.matched(), workers_per_block))
    MatchBlock.objects.bulk_create(
        [
            MatchBlock(run=run, ordinal=number, first_id=first, last_id=last)
            for number, (first, last) in enumerate(ranges)
        ],
        batch_size=1000,
    )
    run.blocks_total = len(ranges)
    run.save(update_fields=["blocks_total"])
    for _ in range(HANDS):
        later("labor.matching.tasks.work", run_id=run.pk)
    return run


class Snapshot:
    """What all blocks of a run share: its postings and its numbering of places."""

    def __init__(self, run: MatchRun) -> None:
        self.run = run
        self.places = PlaceMap(run.places)
        self.postings: PostingIndex = prepare(PostingColumns.from_bytes(run.postings))


def snapshot_of(*, run_id: int) -> Snapshot | None:
    """None when the run is over."""
    run = MatchRun.objects.running().filter(pk=run_id).first()
    return Snapshot(run) if run else None


@transaction.atomic
def do_block(*, snapshot: Snapshot) -> bool:
    """Claim one free block, match its workers and keep the result; False when no block is free.

    The claim is a row lock, so it dies with this process and the block is free again at once.
    """
    block = (
        MatchBlock.objects.select_for_update(skip_locked=True)
        .filter(run=snapshot.run, done_at__isnull=True)
        .order_by("ordinal")
        .first()
    )
    if block is None:
        return False
    workers = Worker.objects.matched().filter(id__gte=block.first_id, id__lte=block.last_id)
    columns = load_workers(workers, snapshot.places, snapshot.run.day)
    result = match_block(columns, snapshot.postings)
    lists = zip(result.worker_ids.tolist(), result.postings, result.scores, result.feasible.tolist(), strict=True)
    storing.write_worker_lists(
        snapshot.run.pk,
        ((worker, *storing.trimmed(ids, scores), feasible) for worker, ids, scores, feasible in lists),
        # The postings are those of the start: what changes later is drawn again.
        drawn_at=lambda worker: snapshot.run.started_at,
    )
    block.partial = result.by_posting.to_bytes()
    block.done_at = timezone.now()
    block.save(update_fields=["partial", "done_at"])
    return True


@transaction.atomic
def finish(*, run_id: int) -> bool:
    """Merge the blocks' postings and make the run current, all at once; False when it is not time or already done."""
    run = MatchRun.objects.running().select_for_update(skip_locked=True).filter(pk=run_id).first()
    if run is None or run.blocks.filter(done_at__isnull=True).exists():
        return False
    lists = _merged(run)
    found = ((posting, *lists.of(posting)) for posting in lists.posting_ids.tolist())
    storing.write_posting_lists(run.pk, found, drawn_at=run.started_at)
    run.result_hash = storing.result_hash(run, lists)
    run.workers_count = WorkerMatches.objects.filter(run=run).count()
    run.state, run.finished_at = RunState.DONE, timezone.now()
    MatchRun.objects.filter(is_current=True).update(is_current=False)
    run.is_current = True
    run.save(update_fields=["result_hash", "workers_count", "state", "finished_at", "is_current"])
    run.blocks.update(partial=None)
    _match_again_what_changed_since(run)
    _forget_old_runs()
    return True


def _merged(run: MatchRun) -> PostingLists:
    """The lists of all postings; those that suit nobody are empty."""
    index = prepare(PostingColumns.from_bytes(run.postings))
    nobody = match_block(load_workers(Worker.objects.none(), PlaceMap(run.places), run.day), index).by_posting
    partials = run.blocks.order_by("ordinal").values_list("partial", flat=True).iterator(chunk_size=4)
    return merge_postings(chain([nobody], (PostingLists.from_bytes(part) for part in partials if part is not None)))


def _match_again_what_changed_since(run: MatchRun) -> None:
    """What was saved while the run went on may be missing from its snapshot."""
    for worker in Worker.objects.filter(updated_at__gte=run.started_at).values_list("pk", flat=True)[:10_000]:
        later("labor.matching.tasks.match_worker", worker_id=worker)
    for posting in JobPosting.objects.filter(updated_at__gte=run.started_at).values_list("pk", flat=True)[:10_000]:
        later("labor.matching.tasks.match_posting", posting_id=posting)


def _forget_old_runs() -> None:
    kept = MatchRun.objects.order_by("-id").values_list("pk", flat=True)[:KEPT_RUNS]
    old = MatchRun.objects.exclude(pk__in=list(kept)).exclude(is_current=True).values_list("pk", flat=True)
    for run_id in list(old):
        for model in (WorkerMatches, PostingMatches):
            model.objects.filter(run_id=run_id)._raw_delete(using="default")
        MatchBlock.objects.filter(run_id=run_id).delete()


@transaction.atomic
def call_hands(*, patience: timedelta = timedelta(seconds=10)) -> int:
    """Post letters again for a run whose blocks lie free or that only needs its finish; returns how many.

    A run that fails at some block again and again is given up, or no other could ever start.
    """
    run = MatchRun.objects.running().filter(started_at__lt=timezone.now() - patience).defer("postings").first()
    if run is None:
        return 0
    if run.started_at < timezone.now() - GIVEN_UP_AFTER:
        fail(run_id=run.pk, reason=f"{GIVEN_UP_AFTER // timedelta(hours=1)} 小时还没有完成，已放弃。")
        return 0
    waiting = run.blocks.filter(done_at__isnull=True)
    free = waiting.select_for_update(skip_locked=True).first()
    if free is None and waiting.exists():
        return 0
    later("labor.matching.tasks.work", run_id=run.pk)
    return 1


@transaction.atomic
def go_on(*, run_id: int) -> None:
    """Post the next letter of a run that has blocks left."""
    later("labor.matching.tasks.work", run_id=run_id)


@transaction.atomic
def fail(*, run_id: int, reason: str) -> None:
    """Give a run up, so that another can start; readers keep the last complete one."""
    MatchRun.objects.running().filter(pk=run_id).update(
        state=RunState.FAILED, finished_at=timezone.now(), failure=reason[:300]
    )
