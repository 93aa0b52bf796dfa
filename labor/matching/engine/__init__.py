"""Matching as pure rules: whole numbers in, exact lists out. No Django, no files, no clock, no chance but the seed.

    workers = WorkerColumns.from_rows(rows)            # or WorkerColumns(**arrays) for many; checked
    postings = PostingColumns.from_rows(rows)          # .to_bytes() / .from_bytes() keep a snapshot
    index = prepare(postings, seed)                    # once for all blocks of a run
    block = match_block(workers, index, threads=2)     # exact top 50 a worker; its part of top 100 a posting
    lists = merge_postings(part.by_posting for part in blocks)
    digest(blocks, lists)                              # one SHA-256, whatever the cuts

    match_worker(one_worker, index)                    # at once, for a new or changed worker
    match_posting(workers, one_posting)                # at once, for a new or changed posting
    explain(worker_row, posting_row); reasons(explanation); openings(one_worker, index)

``rules`` holds every weight and ``SPEC_VERSION``; ``reference`` is the oracle that the compiled kernel must equal.
"""

from . import rules
from .columns import Corrupted, PostingColumns, PostingRow, WorkerColumns, WorkerRow
from .digest import digest
from .index import PostingIndex, prepare
from .match import BlockResult, MixedRuns, PostingLists, match_block, match_posting, match_worker, merge_postings
from .openings import Opening, openings
from .reference import Component, Explanation, Failure, explain, rank, rank_workers, reasons, score
from .rules import DEFAULT_SEED, POSTINGS_PER_WORKER, SPEC_VERSION, WORKERS_PER_POSTING

__all__ = [
    "DEFAULT_SEED",
    "POSTINGS_PER_WORKER",
    "SPEC_VERSION",
    "WORKERS_PER_POSTING",
    "BlockResult",
    "Component",
    "Corrupted",
    "Explanation",
    "Failure",
    "MixedRuns",
    "Opening",
    "PostingColumns",
    "PostingIndex",
    "PostingLists",
    "PostingRow",
    "WorkerColumns",
    "WorkerRow",
    "digest",
    "explain",
    "match_block",
    "match_posting",
    "match_worker",
    "merge_postings",
    "openings",
    "prepare",
    "rank",
    "rank_workers",
    "reasons",
    "rules",
    "score",
]
