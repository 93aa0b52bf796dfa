"""How fast the matching engine is, beside vectorised NumPy and the plain reference, in one run and with equal lists.

    python -m tests.bench.engine [--workers 20000] [--postings 20000] [--threads 1] [--block 65536]

CPU-seconds, medians where a thing is repeated; the run fails when two engines disagree. Wall times depend on what else
the machine does, ratios of CPU-seconds hardly.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np

from labor.matching.engine import (
    DEFAULT_SEED,
    PostingColumns,
    WorkerColumns,
    digest,
    match_block,
    match_posting,
    match_worker,
    merge_postings,
    openings,
    prepare,
    rank,
    rules,
)
from labor.matching.engine.lottery import salts, ties
from labor.matching.engine.openings import failing
from tests.engine import population


def numpy_rank(worker: WorkerColumns, postings: PostingColumns, posting_ties: np.ndarray) -> list[tuple[int, int]]:
    """The best 50 of one worker by whole-column operations: what one would write without a compiler."""
    possible = ~np.logical_or.reduce(list(failing(worker, postings).values()))
    trades, families = worker.trades[0], worker.families[0]
    worth = np.full(len(postings), rules.TRADE_OPEN)
    worth[np.isin(postings.family, families[families > 0])] = rules.TRADE_FAMILY
    for slot in range(rules.WISHES - 1, -1, -1):
        if trades[slot]:
            worth[postings.trade == trades[slot]] = rules.TRADE_EXACT[slot]
    base = max(int(worker.min_pay[0]), rules.PAY_BASE)
    worth += np.clip((postings.pay_min - base) // rules.PAY_FLOOR_STEP, 0, rules.PAY_FLOOR_POINTS)
    worth += np.clip((postings.pay_max - base) // rules.PAY_TOP_STEP, 0, rules.PAY_TOP_POINTS)
    worth += np.array([points or 0 for points in rules.PLACE_POINTS])[worker.places[0]][postings.place]
    worth += np.array(rules.HOUSING_POINTS)[postings.housing] if worker.housing[0] else max(rules.HOUSING_POINTS)
    worth += np.where(postings.couple_rooms == 1, rules.COUPLE_POINTS, 0) if worker.couple[0] else rules.COUPLE_POINTS
    worth += np.array(rules.MEALS_POINTS)[postings.meals] if worker.meals[0] else max(rules.MEALS_POINTS)
    night = np.where(np.isin(postings.shift, list(rules.ALWAYS_NIGHT)), 1, postings.night)
    worth += np.array(rules.SHIFT_POINTS)[postings.shift, night]

    have = np.zeros(rules.CODE_MAX + 1, np.int64)
    have[worker.skills[0]] = worker.levels[0]
    have[0] = 0
    cover = np.minimum(have[postings.skills], postings.levels).sum(axis=1)
    asked = postings.levels.sum(axis=1, dtype=np.int64)
    value = np.where(asked == 0, rules.SKILL_POINTS_UNASKED, cover * rules.SKILL_POINTS // np.maximum(asked, 1))
    years, wanted, steps = int(worker.years[0]), postings.years.astype(np.int64), rules.EXPERIENCE_STEPS
    unasked = rules.EXPERIENCE_UNASKED + rules.EXPERIENCE_UNASKED_STEP * min(years, steps)
    met = rules.EXPERIENCE_MET + rules.EXPERIENCE_MET_STEP * np.minimum(np.maximum(years - wanted, 0), steps)
    short = rules.EXPERIENCE_MET * years // np.maximum(wanted, 1)
    value = value + np.where(wanted == 0, unasked, np.where(years >= wanted, met, short))
    surplus = np.clip(int(worker.education[0]) - postings.education.astype(np.int64), 0, rules.EDUCATION_STEPS)
    schooling = rules.EDUCATION_MET + rules.EDUCATION_STEP * surplus
    value += np.where(postings.education == 0, rules.EDUCATION_UNASKED, schooling)
    value += np.where(postings.certificates == 0, rules.CERTIFICATES_UNASKED, rules.CERTIFICATES_HELD)

    chosen = np.flatnonzero(possible)
    score = (worth * value)[chosen]
    mixed = salts(worker.id, DEFAULT_SEED)[0] ^ posting_ties[chosen]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    lottery = (mixed ^ (mixed >> np.uint64(31))) >> np.uint64(20)
    key = score.astype(np.uint64) << np.uint64(rules.LOTTERY_BITS) | lottery
    best = np.lexsort((postings.id[chosen], ~key))[: rules.POSTINGS_PER_WORKER]
    return list(zip(postings.id[chosen][best].tolist(), score[best].tolist(), strict=True))


def cpu(work: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, used = time.perf_counter(), time.process_time()
    result = work()
    return result, time.process_time() - used, time.perf_counter() - wall


def sha(lists: list[list[tuple[int, int]]]) -> str:
    return sha256(repr(lists).encode()).hexdigest()


def micro(work: Callable[[int], Any], times: int) -> str:
    took = []
    for number in range(times):
        start = time.perf_counter()
        work(number)
        took.append((time.perf_counter() - start) * 1e6)
    took.sort()
    return f"p50 {statistics.median(took):,.0f} µs, p99 {took[int(len(took) * 0.99)]:,.0f} µs"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=20_000)
    parser.add_argument("--postings", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--block", type=int, default=65_536)
    given = parser.parse_args()
    people, offers = population.workers(given.workers), population.postings(given.postings)
    index = prepare(offers)
    match_block(people.take(slice(0, 4)), index)
    match_posting(people.take(slice(0, 4)), offers.take([0]))
    print(f"{given.workers:,} workers x {given.postings:,} postings, load {os.getloadavg()[0]:.1f}")

    plain, seen = min(4, given.workers), min(200, given.workers)
    rows = list(offers.rows())
    told, python_cpu, _ = cpu(lambda: [rank(people.row(at), rows) for at in range(plain)])
    tie = ties(offers.id, DEFAULT_SEED)
    columns, numpy_cpu, _ = cpu(lambda: [numpy_rank(people.take(slice(at, at + 1)), offers, tie) for at in range(seen)])

    def whole() -> tuple[list[Any], Any]:
        blocks, so_far = [], None
        for low in range(0, len(people), given.block):
            part = people.take(slice(low, low + given.block))
            block = match_block(part, index, threads=given.threads, so_far=so_far)
            so_far = merge_postings([block.by_posting] if so_far is None else [so_far, block.by_posting])
            blocks.append(block)
        return blocks, so_far

    (blocks, lists), both_cpu, both_wall = cpu(whole)
    _, one_cpu, _ = cpu(lambda: match_block(people.take(slice(0, given.block)), index, per_posting=0))
    one_cpu *= given.workers / min(given.block, given.workers)

    def kernel_lists(count: int) -> list[list[tuple[int, int]]]:
        ids, scores = blocks[0].postings[:count].tolist(), blocks[0].scores[:count].tolist()
        return [
            [(posting, score) for posting, score in zip(*pair, strict=True) if posting >= 0]
            for pair in zip(ids, scores, strict=True)
        ]

    rate = {
        "plain Python reference": plain * given.postings / python_cpu,
        "vectorised NumPy": seen * given.postings / numpy_cpu,
        "kernel, lists of workers": given.workers * given.postings / one_cpu,
        "kernel, lists of both sides": given.workers * given.postings / both_cpu,
    }
    for name, pairs in rate.items():
        print(f"{name:28} {pairs:14,.0f} pairs/CPU-s   x {pairs / rate['plain Python reference']:,.0f}")
    print(f"kernel / NumPy: x {rate['kernel, lists of workers'] / rate['vectorised NumPy']:.1f} one side")
    print(f"both sides: {both_cpu:.2f} CPU-s, {both_wall:.2f} s wall, {both_cpu / one_cpu:.2f} x one side")
    print(f"1.1 M x 20,000 at this rate: {22e9 / rate['kernel, lists of both sides']:.0f} CPU-s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    one = [people.take(slice(at, at + 1)) for at in range(seen)]
    print("one worker:  ", micro(lambda at: match_worker(one[at % seen], index), 500))
    print("one posting: ", micro(lambda at: match_posting(people, offers.take([at % given.postings])), 40))
    print("openings:    ", micro(lambda at: openings(one[at % seen], index), 100))
    print(f"SHA-256 of all lists {digest(blocks, lists)}")

    same = [sha(told) == sha(kernel_lists(plain)), sha(columns) == sha(kernel_lists(seen))]
    print(f"SHA-256 of the first {seen} lists: NumPy {sha(columns)[:16]}, kernel {sha(kernel_lists(seen))[:16]}")
    print(f"SHA-256 of the first {plain} lists: Python {sha(told)[:16]}, kernel {sha(kernel_lists(plain))[:16]}")
    if not all(same):
        sys.exit("the engines disagree")


if __name__ == "__main__":
    main()
