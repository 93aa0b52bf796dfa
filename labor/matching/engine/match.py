"""From columns to lists: blocks of workers, one worker, one posting, and the merging of blocks."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import lottery, rules
from .columns import Array, Corrupted, PostingColumns, WorkerColumns
from .index import PostingIndex, code_workers, prepare, skill_terms
from .tables import offer_codes, profile_codes, tables

FORMAT_VERSION = 1
_HEADER = struct.Struct("<4sHHQQQ16s")
_SHIFT = np.uint64(rules.LOTTERY_BITS)


class MixedRuns(ValueError):
    """Lists of different snapshots, seeds or versions of the rules were to be put together."""


@dataclass(frozen=True, eq=False)
class PostingLists:
    """For each posting of a snapshot its best workers among those seen so far, best first.

    posting_ids  int64 (m), rising
    starts       int64 (m + 1): the list of posting j is ``[starts[j]:starts[j + 1]]`` of the two arrays below
    worker_ids   int64
    keys         uint64, score << 44 | lottery
    limit        the most that a list holds; a shorter list holds everybody feasible who was not below the floor
    """

    posting_ids: Array
    starts: Array
    worker_ids: Array
    keys: Array
    limit: int
    seed: int
    spec: int = rules.SPEC_VERSION

    @property
    def scores(self) -> Array:
        """uint32, beside ``worker_ids``."""
        return (self.keys >> _SHIFT).astype(np.uint32)

    def of(self, posting_id: int) -> tuple[Array, Array]:
        """(worker ids, scores) of one posting; KeyError when the snapshot does not hold it."""
        at = int(np.searchsorted(self.posting_ids, posting_id))
        if at == len(self.posting_ids) or self.posting_ids[at] != posting_id:
            raise KeyError(posting_id)
        cut = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return self.worker_ids[cut], (self.keys[cut] >> _SHIFT).astype(np.uint32)

    def dense(self) -> tuple[Array, Array]:
        """(worker ids int64, scores uint32), both (m, limit), empty places -1 and 0."""
        shape = (len(self.posting_ids), self.limit)
        ids, scores = np.full(shape, -1, np.int64), np.zeros(shape, np.uint32)
        lengths = np.diff(self.starts)
        row = np.repeat(np.arange(shape[0]), lengths)
        column = np.arange(len(self.worker_ids)) - np.repeat(self.starts[:-1], lengths)
        ids[row, column], scores[row, column] = self.worker_ids, self.scores
        return ids, scores

    def floors(self) -> Array:
        """The key below which a posting wants nobody any more: that of the last place of a full list, else 0."""
        full = np.diff(self.starts) == self.limit
        return np.where(full, self.keys[np.maximum(self.starts[1:] - 1, 0)] if len(self.keys) else 0, 0).astype(
            np.uint64
        )

    def to_bytes(self) -> bytes:
        body = b"".join(
            np.ascontiguousarray(part).astype(kind).tobytes()
            for part, kind in zip((self.posting_ids, self.starts, self.worker_ids, self.keys), _KINDS, strict=True)
        )
        sizes = (len(self.posting_ids), len(self.keys), self.seed)
        checksum = hashlib.blake2b(body, digest_size=16).digest()
        return _HEADER.pack(b"JBPL", FORMAT_VERSION << 8 | self.spec, self.limit, *sizes, checksum) + body

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> PostingLists:
        """What ``to_bytes`` packed; ``Corrupted`` when a bit differs or the format is another."""
        view = memoryview(data)
        if len(view) < _HEADER.size:
            raise Corrupted("too short for a header")
        magic, version, limit, postings, entries, seed, checksum = _HEADER.unpack(view[: _HEADER.size])
        body = view[_HEADER.size :]
        if magic != b"JBPL" or version >> 8 != FORMAT_VERSION:
            raise Corrupted(f"not posting lists of format {FORMAT_VERSION}")
        lengths = (postings, postings + 1, entries, entries)
        if len(body) != 8 * sum(lengths) or hashlib.blake2b(body, digest_size=16).digest() != checksum:
            raise Corrupted("length or checksum is wrong")
        parts, offset = [], 0
        for length, kind in zip(lengths, _KINDS, strict=True):
            parts.append(np.frombuffer(body, kind, length, offset).astype(kind[1:]))
            offset += 8 * length
        ids, starts, worker_ids, keys = parts
        return cls(ids, starts, worker_ids, keys, limit, seed, version & 0xFF)


_KINDS = ("<i8", "<i8", "<i8", "<u8")


@dataclass(frozen=True, eq=False)
class BlockResult:
    """The lists of a block of workers.

    worker_ids   int64 (n), in the order of the block
    postings     int64 (n, 50): posting ids, best first, -1 where the list ends
    scores       uint32 (n, 50), 0 where the list ends
    feasible     int32 (n): how many postings break none of the worker's hard rules
    by_posting   the block's contribution to the postings' lists; give all of them to ``merge_postings``
    """

    worker_ids: Array
    postings: Array
    scores: Array
    feasible: Array
    by_posting: PostingLists
    seed: int
    spec: int = rules.SPEC_VERSION


def _index(postings: PostingColumns | PostingIndex, seed: int | None) -> PostingIndex:
    if isinstance(postings, PostingIndex):
        if seed is not None and seed != postings.seed:
            raise MixedRuns("the index was prepared with another seed")
        return postings
    return prepare(postings, rules.DEFAULT_SEED if seed is None else seed)


def match_block(
    workers: WorkerColumns,
    postings: PostingColumns | PostingIndex,
    *,
    seed: int | None = None,
    threads: int = 1,
    so_far: PostingLists | None = None,
    per_worker: int = rules.POSTINGS_PER_WORKER,
    per_posting: int = rules.WORKERS_PER_POSTING,
) -> BlockResult:
    """The exact best postings of each worker, and the best of these workers for each posting, in one pass.

    Give a ``PostingIndex`` (see ``prepare``) when there is more than one block. ``so_far``, the merged lists of blocks
    already done, lets postings refuse early whoever cannot enter their lists any more: the block's own
    ``by_posting`` shrinks, the merged result stays the same. Neither cuts, nor orders, nor threads change any result.
    Takes room for ``threads * 2400`` bytes a posting besides the results (per_posting = 100).
    """
    index = _index(postings, seed)
    floors = np.zeros(len(index), np.uint64)
    if so_far is not None:
        _same_run(so_far, index)
        if so_far.limit == per_posting:
            floors[index.by_id] = so_far.floors()
    if threads > 1 and len(workers) >= 2 * threads:
        bounds = np.linspace(0, len(workers), threads + 1).astype(int)
        with ThreadPoolExecutor(threads) as pool:
            parts = list(
                pool.map(
                    lambda low, high: _run(workers.take(slice(low, high)), index, floors, per_worker, per_posting),
                    bounds[:-1],
                    bounds[1:],
                )
            )
        return _join(parts)
    return _run(workers, index, floors, per_worker, per_posting)


def _run(workers: WorkerColumns, index: PostingIndex, floors: Array, per_worker: int, per_posting: int) -> BlockResult:
    coded, table = code_workers(workers, index), tables()
    size = len(workers)
    positions = np.empty((size, per_worker), np.int32)
    keys = np.empty((size, per_worker), np.uint64)
    feasible = np.empty(size, np.int32)
    arguments: list[Any] = [
        coded.ids, coded.salts, coded.trades, coded.families, coded.is_open, coded.places, coded.min_pay, coded.needs,
        coded.profiles, coded.lacks, coded.skills, coded.levels, coded.available, coded.may_work,
        index.ids, index.ties, index.trade_starts, index.family_starts, index.place, index.offer, index.profile,
        index.pay_min, index.pay_max, index.latest, index.low, index.high, index.factor, index.base,
        index.skill_starts, index.skill_positions, index.skill_asked,
        table.offer, table.profile, table.place, table.pay, table.trade,
        per_worker, per_posting, floors, positions, keys, feasible,
    ]  # fmt: skip
    from . import kernel  # here: numba costs half a second that a process without matching should not spend

    counts, bids, bidders = kernel.worker_pass(*arguments)
    starts, flat_keys, flat_ids = kernel.flatten(counts, bids, bidders, workers.id, index.by_id)
    ids = np.append(index.ids, -1)[positions]
    return BlockResult(
        worker_ids=workers.id,
        postings=ids,
        scores=(keys >> _SHIFT).astype(np.uint32),
        feasible=feasible,
        by_posting=PostingLists(index.sorted_ids, starts, flat_ids, flat_keys, per_posting, index.seed),
        seed=index.seed,
    )


def _join(parts: list[BlockResult]) -> BlockResult:
    return BlockResult(
        worker_ids=np.concatenate([part.worker_ids for part in parts]),
        postings=np.concatenate([part.postings for part in parts]),
        scores=np.concatenate([part.scores for part in parts]),
        feasible=np.concatenate([part.feasible for part in parts]),
        by_posting=merge_postings([part.by_posting for part in parts]),
        seed=parts[0].seed,
    )


def _same_run(lists: PostingLists, other: PostingLists | PostingIndex) -> None:
    ids = other.posting_ids if isinstance(other, PostingLists) else other.sorted_ids
    spec = other.spec if isinstance(other, PostingLists) else rules.SPEC_VERSION
    if lists.seed != other.seed or lists.spec != spec or not np.array_equal(lists.posting_ids, ids):
        raise MixedRuns("lists of another snapshot, seed or version of the rules")


def merge_postings(partials: Iterable[PostingLists]) -> PostingLists:
    """The exact lists of all blocks together, from any number of blocks' or earlier merged lists, in any order.

    A block that comes twice changes nothing. ValueError when there is none, ``MixedRuns`` when they do not fit.
    """
    merged: PostingLists | None = None
    for part in partials:
        if merged is None:
            merged = part
            continue
        _same_run(part, merged)
        if part.limit != merged.limit:
            raise MixedRuns("lists of another length")
        from . import kernel

        starts, keys, ids = kernel.merge_lists(
            merged.starts, merged.keys, merged.worker_ids, part.starts, part.keys, part.worker_ids, part.limit
        )
        merged = PostingLists(merged.posting_ids, starts, ids, keys, merged.limit, merged.seed, merged.spec)
    if merged is None:
        raise ValueError("nothing to merge")
    return merged


def match_worker(
    workers: WorkerColumns,
    postings: PostingColumns | PostingIndex,
    *,
    seed: int | None = None,
    limit: int = rules.POSTINGS_PER_WORKER,
) -> tuple[Array, Array, int]:
    """(posting ids, scores, feasible) of one worker, given as columns of one row; best first, no padding."""
    if len(workers) != 1:
        raise ValueError(f"one worker expected, not {len(workers)}")
    index = _index(postings, seed)
    result = _run(workers, index, np.zeros(len(index), np.uint64), limit, 0)
    length = int((result.scores[0] > 0).sum())
    return result.postings[0, :length], result.scores[0, :length], int(result.feasible[0])


def match_posting(
    workers: WorkerColumns,
    postings: PostingColumns,
    *,
    seed: int | None = None,
    limit: int = rules.WORKERS_PER_POSTING,
) -> tuple[Array, Array, int]:
    """(worker ids, scores, feasible) of one posting, given as columns of one row, over all workers; best first."""
    if len(postings) != 1:
        raise ValueError(f"one posting expected, not {len(postings)}")
    seed = rules.DEFAULT_SEED if seed is None else seed
    table = tables()
    factor, base = skill_terms(postings)
    rows, keys = np.empty(limit, np.int32), np.empty(limit, np.uint64)
    arguments: list[Any] = [
        workers.id, np.uint64(lottery.salt_start(seed)), workers.trades, workers.families, workers.is_open,
        workers.places, workers.min_pay, workers.housing, workers.couple, workers.meals, workers.shifts,
        workers.education, workers.years, workers.certificates, workers.skills, workers.levels, workers.available,
        workers.age,
        lottery.ties(postings.id, seed)[0], postings.trade[0], postings.family[0], postings.place[0],
        offer_codes(postings)[0], profile_codes(postings)[0], postings.pay_min[0], postings.pay_max[0],
        postings.latest_start[0], postings.certificates[0], postings.skills[0], postings.levels[0], factor[0], base[0],
        table.offer, table.profile, table.place, table.pay, table.trade, rules.WORKING_AGE, rules.NIGHT_AGE,
        limit, rows, keys,
    ]  # fmt: skip
    from . import kernel

    size, feasible = kernel.posting_pass(*arguments)
    return workers.id[rows[:size]], (keys[:size] >> _SHIFT).astype(np.uint32), int(feasible)
