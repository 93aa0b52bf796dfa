"""A new or changed worker or posting, matched at once into the current results, exactly as a whole run would."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import BinaryField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from employers.models import JobPosting
from jinba.core.errors import Refused
from labor.matching import storing
from labor.matching.actions import runs
from labor.matching.engine import (
    DEFAULT_SEED,
    POSTINGS_PER_WORKER,
    WORKERS_PER_POSTING,
    PostingColumns,
    PostingIndex,
    lottery,
    match_block,
    match_posting,
    prepare,
)
from labor.matching.loading import (
    chunks_of_ids,
    load_postings,
    load_workers,
    pack_ids,
    pack_scores,
    unpack_ids,
    unpack_scores,
)
from labor.matching.models import MatchRun, PostingMatches, WorkerMatches
from labor.matching.places import PlaceMap
from labor.workers.models import Worker

logger = logging.getLogger(__name__)
CHUNK = 10_000
List = list[tuple[int, int]]
Packed = bytes | memoryview


class _Position(Func):
    template = "position(%(expressions)s)"
    arg_joiner = " IN "
    output_field = IntegerField()


def _holding(rows: "QuerySet[Any]", column: str, number: int) -> "QuerySet[Any]":
    """The rows whose packed ids contain the number (bytes that straddle two ids may match too; that does no harm)."""
    needle = Value(pack_ids(np.array([number])), output_field=BinaryField())
    return rows.annotate(at=_Position(needle, F(column))).filter(at__gt=0)


def _one_at_a_time() -> None:
    """Two changes that know nothing of each other would each write lists without the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('matching.changes'))")


def _live_postings(places: PlaceMap) -> PostingColumns:
    return load_postings(JobPosting.objects.open(), places)


@transaction.atomic
def worker_changed(*, worker_id: int) -> None:
    """Renew the worker's list and his places in the postings' lists."""
    _one_at_a_time()
    run, now = MatchRun.objects.current(), timezone.now()
    if run is None:
        return
    places = PlaceMap(run.places)
    columns = load_workers(Worker.objects.matched().filter(pk=worker_id), places, timezone.localdate())
    result = match_block(columns, prepare(_live_postings(places)))
    WorkerMatches.objects.filter(run=run, worker_id=worker_id).delete()
    _write(run, result, lambda worker: now)
    bids = result.by_posting
    scores = dict(zip(np.repeat(bids.posting_ids, np.diff(bids.starts)).tolist(), bids.scores.tolist(), strict=True))
    _place_worker(run, places, worker_id, scores)


def _place_worker(run: MatchRun, places: PlaceMap, worker_id: int, scores: dict[int, int]) -> None:
    """Put the worker into each posting's list where he belongs, and out where he does not."""
    lists = PostingMatches.objects.filter(run=run)
    holding = set(_holding(lists, "worker_ids", worker_id).values_list("posting_id", flat=True))
    rows = lists.filter(posting_id__in=holding | scores.keys()).order_by("posting_id").select_for_update()
    short: list[int] = []
    changed = []
    for row in rows:
        before = _pairs(row.worker_ids, row.scores)
        after = [(other, score) for other, score in before if other != worker_id]
        score = scores.get(row.posting_id)
        if score:
            after.append((worker_id, score))
            after.sort(key=lambda pair: _order(pair, row.posting_id))
        was_full, left = len(before) == WORKERS_PER_POSTING, len(after) < WORKERS_PER_POSTING
        # Whoever comes after the hundredth is not known here, so a full list that he left or sank in is drawn anew.
        if was_full and (left or (len(after) == WORKERS_PER_POSTING and after[-1][0] == worker_id)):
            short.append(row.posting_id)
            continue
        after = after[:WORKERS_PER_POSTING]
        if after != before:
            row.worker_ids, row.scores = _packed(after)
            changed.append(row)
    # The date of the row stays: what the posting itself says may not yet have reached the workers' lists.
    PostingMatches.objects.bulk_update(changed, ["worker_ids", "scores"], batch_size=200)
    if short:
        _draw_postings(run, places, load_postings(JobPosting.objects.open().filter(pk__in=short), places))


@transaction.atomic
def posting_changed(*, posting_id: int) -> None:
    """Renew the posting's list and its places in the workers' lists."""
    _one_at_a_time()
    run, now = MatchRun.objects.current(), timezone.now()
    if run is None:
        return
    places = PlaceMap(run.places)
    postings = load_postings(JobPosting.objects.open().filter(pk=posting_id), places)
    if len(postings):
        _draw_postings(run, places, postings)
        PostingMatches.objects.filter(run=run, posting_id=posting_id).update(computed_at=now)
    else:
        PostingMatches.objects.filter(run=run, posting_id=posting_id).delete()
    everyone = prepare(_live_postings(places))
    for first, last in chunks_of_ids(Worker.objects.matched(), CHUNK):
        _renew_workers(run, places, postings, everyone, posting_id, first, last)


def _draw_postings(run: MatchRun, places: PlaceMap, postings: PostingColumns) -> None:
    """The exact lists of these postings over all workers."""
    found: dict[int, List] = {posting: [] for posting in postings.id.tolist()}
    for first, last in chunks_of_ids(Worker.objects.matched(), CHUNK):
        workers = load_workers(
            Worker.objects.matched().filter(pk__gte=first, pk__lte=last), places, timezone.localdate()
        )
        for number, posting in enumerate(postings.id.tolist()):
            ids, scores, _ = match_posting(workers, postings.take([number]))
            both = found[posting] + list(zip(ids.tolist(), scores.tolist(), strict=True))
            both.sort(key=lambda pair: _order(pair, posting))
            found[posting] = both[:WORKERS_PER_POSTING]
    for posting, pairs in found.items():
        worker_ids, packed_scores = _packed(pairs)
        fields = {"worker_ids": worker_ids, "scores": packed_scores}
        PostingMatches.objects.update_or_create(run=run, posting_id=posting, defaults=fields)


def _renew_workers(
    run: MatchRun,
    places: PlaceMap,
    posting: PostingColumns,
    everyone: PostingIndex,
    posting_id: int,
    first: int,
    last: int,
) -> None:
    """Draw anew the lists of those workers in the id range who hold the posting, or whom it now suits well enough."""
    lists = WorkerMatches.objects.filter(run=run, worker_id__gte=first, worker_id__lte=last)
    affected = set(_holding(lists, "posting_ids", posting_id).values_list("worker_id", flat=True))
    if len(posting):
        chunk = Worker.objects.matched().filter(pk__gte=first, pk__lte=last)
        workers = load_workers(chunk, places, timezone.localdate())
        ids, scores, _ = match_posting(workers, posting, limit=max(len(workers), 1))
        fits = dict(zip(ids.tolist(), scores.tolist(), strict=True))
        tails = {
            worker: _tail(worker, posting_ids, held)
            for worker, posting_ids, held in lists.values_list("worker_id", "posting_ids", "scores").iterator()
        }
        affected |= {
            worker
            for worker, score in fits.items()
            if (score, lottery.key(score, worker, posting_id, DEFAULT_SEED)) >= tails.get(worker, (0, 0))
        }
    if affected:
        chunk = Worker.objects.matched().filter(pk__in=affected)
        result = match_block(load_workers(chunk, places, timezone.localdate()), everyone)
        old = lists.filter(worker_id__in=affected)
        # Their dates stay: what they said themselves may not yet have reached the postings' lists.
        dates = dict(old.values_list("worker_id", "computed_at"))
        old.delete()
        _write(run, result, lambda worker: dates.get(worker, run.started_at))


def _tail(worker: int, posting_ids: Packed, scores: Packed) -> tuple[int, int]:
    """The weakest entry of a full list, in the order of `posting_changed`; (0, 0) while there is room."""
    ids, points = unpack_ids(posting_ids), unpack_scores(scores)
    if len(ids) < POSTINGS_PER_WORKER:
        return (0, 0)
    return (points[-1], lottery.key(points[-1], worker, ids[-1], DEFAULT_SEED))


def _write(run: MatchRun, result: Any, drawn_at: Callable[[int], datetime]) -> None:
    rows = zip(result.worker_ids.tolist(), result.postings, result.scores, result.feasible.tolist(), strict=True)
    storing.write_worker_lists(
        run.pk,
        ((worker, *storing.trimmed(ids, scores), feasible) for worker, ids, scores, feasible in rows),
        drawn_at=drawn_at,
    )


def _order(pair: tuple[int, int], posting: int) -> tuple[int, int]:
    worker, score = pair
    return (-lottery.key(score, worker, posting, DEFAULT_SEED), worker)


def _pairs(ids: Packed, scores: Packed) -> List:
    return list(zip(unpack_ids(ids), unpack_scores(scores), strict=True))


def _packed(pairs: List) -> tuple[bytes, bytes]:
    return (
        pack_ids(np.array([other for other, _ in pairs], dtype=np.int64)),
        pack_scores(np.array([score for _, score in pairs], dtype=np.uint32)),
    )


# From so many new workers on, a whole run is cheaper than drawing each: a roster brings thousands at once.
MANY = 1_000


def draw_again(*, limit: int = 50) -> int:
    """Draw the lists of workers and postings that were saved after theirs were drawn; returns how many.

    Looks back an hour: what is older was drawn by a letter, by this sweep or by the nightly run. Of many workers at
    once a new run takes care; while it goes on, or another one does, they wait for its end.
    """
    run = MatchRun.objects.current()
    if run is None:
        return 0
    window = Q(updated_at__gte=timezone.now() - timedelta(hours=1)) & Q(
        updated_at__lte=timezone.now() - timedelta(seconds=10)
    )
    drawn = WorkerMatches.objects.filter(run=run, worker_id=OuterRef("pk"), computed_at__gte=OuterRef("updated_at"))
    workers = _undrawn(Worker.objects.matched().filter(window), drawn, max(limit, MANY))
    if len(workers) >= MANY:
        try:
            runs.start()
        except Refused:
            logger.info("matching: %s workers and more wait for the end of the run", MANY)
        workers = []
    workers = workers[:limit]
    listed = PostingMatches.objects.filter(run=run, posting_id=OuterRef("pk"), computed_at__gte=OuterRef("updated_at"))
    postings = _undrawn(JobPosting.objects.open().filter(window), listed, limit)
    for worker_id in workers:
        worker_changed(worker_id=worker_id)
    for posting_id in postings:
        posting_changed(posting_id=posting_id)
    return len(workers) + len(postings)


def _undrawn(rows: "QuerySet[Any]", drawn: "QuerySet[Any]", limit: int) -> list[int]:
    return list(rows.filter(~Exists(drawn)).order_by("updated_at").values_list("pk", flat=True)[:limit])
