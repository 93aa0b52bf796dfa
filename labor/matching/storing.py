"""Results to rows: packed lists written by COPY, hashed in one order however they were computed."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from labor.matching.engine import PostingLists
from labor.matching.loading import pack_ids, pack_scores
from labor.matching.models import MatchRun, PostingMatches, WorkerMatches

Lists = Iterable[tuple[int, "np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]]


def write_worker_lists(
    run_id: int, lists: Iterable[tuple[int, Any, Any, int]], *, drawn_at: Callable[[int], datetime]
) -> None:
    """(worker, posting ids, scores, feasible) rows; what the run held for these workers must be gone before.

    `drawn_at` tells for each worker since when the lists on both sides know all that he said.
    """
    rows = (
        (run_id, worker, pack_ids(ids), pack_scores(scores), feasible, drawn_at(worker))
        for worker, ids, scores, feasible in lists
    )
    _copy(WorkerMatches, "run_id, worker_id, posting_ids, scores, feasible, computed_at", rows)


def write_posting_lists(run_id: int, lists: Lists, *, drawn_at: datetime) -> None:
    rows = ((run_id, posting, pack_ids(ids), pack_scores(scores), drawn_at) for posting, ids, scores in lists)
    _copy(PostingMatches, "run_id, posting_id, worker_ids, scores, computed_at", rows)


def _copy(model: Any, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def trimmed(ids: Any, scores: Any) -> tuple[Any, Any]:
    """A padded list without its empty places."""
    length = int((scores > 0).sum())
    return ids[:length], scores[:length]


def result_hash(run: MatchRun, postings: PostingLists) -> str:
    """SHA-256 over the lists as they are stored: the workers' by rising id, then the postings' by rising id."""
    sha = hashlib.sha256()
    rows = WorkerMatches.objects.filter(run=run).order_by("worker_id")
    stored = rows.values_list("worker_id", "feasible", "posting_ids", "scores").iterator(chunk_size=20_000)
    for worker, feasible, *packed in stored:
        sha.update(b"%d %d " % (worker, feasible) + b"".join(map(bytes, packed)))
    for posting in postings.posting_ids.tolist():
        ids, scores = postings.of(posting)
        sha.update(b"%d " % posting + pack_ids(ids) + pack_scores(scores))
    return sha.hexdigest()
