"""The compiled kernel gives what the plain reference gives, bit for bit, however the work is cut."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labor.matching.engine import (
    BlockResult,
    MixedRuns,
    PostingColumns,
    PostingLists,
    PostingRow,
    WorkerColumns,
    WorkerRow,
    digest,
    kernel,
    match_block,
    match_posting,
    match_worker,
    merge_postings,
    prepare,
    rank,
    rank_workers,
    score,
)

from . import population
from .strategies import easy_posting, easy_worker, family_of, several_postings, several_workers

quick = settings(max_examples=100, deadline=None)


def lists_of(block: BlockResult) -> dict[int, list[tuple[int, int]]]:
    return {
        worker: [(posting, points) for posting, points in zip(postings, scores, strict=True) if posting >= 0]
        for worker, postings, scores in zip(
            block.worker_ids.tolist(), block.postings.tolist(), block.scores.tolist(), strict=True
        )
    }


def pairs(ids: np.ndarray, scores: np.ndarray) -> list[tuple[int, int]]:
    return list(zip(ids.tolist(), scores.tolist(), strict=True))


def check(workers: list[WorkerRow], postings: list[PostingRow], per_worker: int = 50, per_posting: int = 100) -> None:
    """Every list of every road equals the reference's."""
    people, offers = WorkerColumns.from_rows(workers), PostingColumns.from_rows(postings)
    index = prepare(offers, seed=7)
    block = match_block(people, index, per_worker=per_worker, per_posting=per_posting)
    found = lists_of(block)
    for at, worker in enumerate(workers):
        expected = rank(worker, postings, per_worker, seed=7)
        possible = sum(score(worker, posting) is not None for posting in postings)
        assert found[worker.id] == expected
        assert block.feasible[at] == possible
        ids, scores, count = match_worker(people.take([at]), index, limit=per_worker)
        assert pairs(ids, scores) == expected
        assert count == possible
    for at, posting in enumerate(postings):
        expected = rank_workers(posting, workers, per_posting, seed=7)
        assert pairs(*block.by_posting.of(posting.id)) == expected
        ids, scores, count = match_posting(people, offers.take([at]), seed=7, limit=per_posting)
        assert pairs(ids, scores) == expected
        assert count == sum(score(worker, posting) is not None for worker in workers)


@quick
@given(several_workers(), several_postings())
def test_kernel_equals_reference_in_small_worlds(workers, postings):
    check(workers, postings)


@quick
@given(several_workers(), several_postings(), st.integers(1, 4), st.integers(1, 3))
def test_kernel_equals_reference_when_lists_overflow(workers, postings, per_worker, per_posting):
    check(workers, postings, per_worker, per_posting)


def test_kernel_equals_reference_in_a_larger_world():
    check(list(population.workers(60).rows()), list(population.postings(400).rows()))


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 255, 256, 257])
def test_runs_of_every_length_are_scored_to_the_end(size):
    postings = [easy_posting(id=number, pay_min=3_000, pay_max=3_000 + 10 * number) for number in range(size)]
    check([easy_worker(id=5), easy_worker(id=6, min_pay=4_000)], postings)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 230])
def test_blocks_of_every_size_give_full_lists(size):
    workers = [easy_worker(id=number, years=number % 41, age=15 + number % 5) for number in range(size)]
    check(workers, [easy_posting(id=3, years=20), easy_posting(id=4, night=1)])


def test_when_all_tie_the_lottery_decides_and_differs_from_worker_to_worker():
    postings = [easy_posting(id=number) for number in range(200)]
    workers = [easy_worker(id=number) for number in range(300)]
    check(workers[:5], postings)
    block = match_block(WorkerColumns.from_rows(workers), PostingColumns.from_rows(postings))
    firsts = np.bincount(block.postings[:, 0], minlength=200)
    assert firsts.max() < 12, "a posting wins the ties of too many workers"
    shown = np.bincount(block.postings.ravel(), minlength=200)
    assert shown.min() > 30
    assert shown.max() < 130


def test_equal_keys_go_by_the_lower_id():
    postings = [easy_posting(id=number) for number in range(900, 0, -1)]
    index = prepare(PostingColumns.from_rows(postings))
    index = dataclasses.replace(index, ties=np.zeros_like(index.ties))
    block = match_block(WorkerColumns.from_rows([easy_worker()]), index)
    assert block.postings[0].tolist() == list(range(1, 51))


def test_nobody_fits_gives_empty_lists():
    postings = [easy_posting(id=number, latest_start=0) for number in range(70)]
    check([easy_worker(id=number, available=1) for number in range(70)], postings)


@pytest.mark.parametrize(("age", "fits"), [(0, False), (15, False), (16, True), (17, True), (18, True), (120, True)])
def test_nobody_under_16_is_matched(age, fits):
    check([easy_worker(age=age)], [easy_posting()])
    assert (score(easy_worker(age=age), easy_posting()) is not None) == fits


@pytest.mark.parametrize("posting", [easy_posting(night=1), easy_posting(shift=2, night=0)])
def test_minors_never_work_nights(posting):
    minor, grown = easy_worker(id=1, age=17), easy_worker(id=2, age=18)
    check([minor, grown], [posting])
    assert score(minor, posting) is None
    assert score(grown, posting) is not None


def test_skills_count_across_empty_slots():
    workers = WorkerColumns.from_rows([easy_worker(skills=((1, 3), (2, 2), (3, 1)))])
    gaps = {name: getattr(workers, name).copy() for name in WorkerColumns.SHAPE}
    gaps["skills"][0], gaps["levels"][0] = [0, 3, 0, 0, 2, 0, 0, 1], [0, 1, 0, 0, 2, 0, 0, 3]
    posting = easy_posting(skills=tuple((code, 3) for code in range(1, 9)))
    postings = PostingColumns.from_rows([posting])
    expected = score(workers.row(0), posting)
    spread = WorkerColumns(**gaps)
    assert match_worker(spread, postings)[1].tolist() == [expected]
    assert match_posting(spread, postings)[1].tolist() == [expected]


def test_the_best_pair_scores_a_million():
    worker = easy_worker(
        trades=(1,), families=(family_of(1),), places={0: 3}, years=40, housing=2, couple=2, meals=1, skills=((1, 3),)
    )
    posting = easy_posting(
        pay_min=1_000_000, pay_max=1_000_000, skills=((1, 3),), years=1, education=1, certificates=2**64 - 1
    )
    assert score(worker, posting) == 1_000_000
    check([worker], [posting])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_neither_cuts_nor_orders_change_a_result(data):
    people, offers = population.workers(90, seed=4), population.postings(150, seed=4)
    whole = match_block(people, offers, per_worker=5, per_posting=7)
    rows = np.array(data.draw(st.permutations(range(len(people)))))
    columns = np.array(data.draw(st.permutations(range(len(offers)))))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(people)), max_size=5)))
    index, so_far, blocks = prepare(offers.take(columns)), None, []
    for low, high in zip([0, *cuts], [*cuts, len(people)], strict=True):
        part = people.take(rows[low:high])
        blocks.append(match_block(part, index, so_far=so_far, per_worker=5, per_posting=7))
        if data.draw(st.booleans()):
            so_far = merge_postings([block.by_posting for block in blocks])
    merged = merge_postings(data.draw(st.permutations([block.by_posting for block in blocks])))
    assert digest(data.draw(st.permutations(blocks)), merged) == digest([whole], whole.by_posting)


def test_threads_change_nothing():
    people, offers = population.workers(3_000), prepare(population.postings(400))
    one = match_block(people, offers)
    for threads in (2, 3, 7):
        several = match_block(people, offers, threads=threads)
        assert digest([several], several.by_posting) == digest([one], one.by_posting)
        assert (several.worker_ids == people.id).all()


def test_a_block_that_comes_twice_changes_nothing():
    people, offers = population.workers(500), prepare(population.postings(60))
    parts = [match_block(people.take(slice(low, low + 250)), offers).by_posting for low in (0, 250)]
    assert digest([], merge_postings([*parts, parts[0], parts[1]])) == digest([], merge_postings(parts))


def test_lists_so_far_shorten_what_a_block_has_to_say():
    people, offers = population.workers(4_000), prepare(population.postings(50))
    first, second = people.take(slice(0, 2_000)), people.take(slice(2_000, 4_000))
    begun = match_block(first, offers, per_posting=10).by_posting
    alone = match_block(second, offers, per_posting=10).by_posting
    told = match_block(second, offers, per_posting=10, so_far=begun).by_posting
    assert len(told.worker_ids) < len(alone.worker_ids)
    assert digest([], merge_postings([begun, told])) == digest([], merge_postings([begun, alone]))


def test_another_seed_is_another_lottery_with_the_same_scores():
    people = WorkerColumns.from_rows([easy_worker()])
    offers = PostingColumns.from_rows([easy_posting(id=number) for number in range(80)])
    one, other = match_block(people, offers, seed=1), match_block(people, offers, seed=2)
    assert (one.scores == other.scores).all()
    assert (one.postings != other.postings).any()


def test_lists_of_different_runs_are_never_mixed():
    people, offers = population.workers(50), population.postings(20)
    lists = match_block(people, offers).by_posting
    for other in (
        match_block(people, offers, seed=1).by_posting,
        match_block(people, offers.take(range(19))).by_posting,
        match_block(people, offers, per_posting=9).by_posting,
        dataclasses.replace(lists, spec=lists.spec + 1),
    ):
        with pytest.raises(MixedRuns):
            merge_postings([lists, other])
    with pytest.raises(MixedRuns):
        match_block(people, prepare(offers, seed=1), so_far=lists)
    with pytest.raises(MixedRuns):
        match_block(people, prepare(offers, seed=1), seed=2)
    with pytest.raises(ValueError, match="nothing to merge"):
        merge_postings([])


def test_the_same_worker_in_two_blocks_has_no_digest():
    block = match_block(population.workers(5), population.postings(5))
    with pytest.raises(ValueError, match="two blocks"):
        digest([block, block])


def test_the_digest_sees_every_change():
    people, offers = population.workers(60), population.postings(80)
    block = match_block(people, offers)
    seen = {digest([block]), digest([block], block.by_posting), digest([])}
    for name in ("postings", "scores", "feasible", "worker_ids"):
        changed = getattr(block, name).copy()
        changed.flat[0] += 1_000
        seen.add(digest([dataclasses.replace(block, **{name: changed})]))
    assert len(seen) == 7


@quick
@given(several_workers(), several_postings())
def test_posting_lists_survive_packing(workers, postings):
    block = match_block(WorkerColumns.from_rows(workers), PostingColumns.from_rows(postings), per_posting=3)
    packed = block.by_posting.to_bytes()
    again = PostingLists.from_bytes(packed)
    assert again.to_bytes() == packed
    assert digest([block], again) == digest([block], block.by_posting)
    ids, scores = again.dense()
    assert ids.shape == scores.shape == (len(postings), 3)
    for at, posting in enumerate(again.posting_ids.tolist()):
        listed = [entry for entry in pairs(ids[at], scores[at]) if entry[0] >= 0]
        assert listed == pairs(*again.of(posting))


def test_a_posting_of_another_snapshot_has_no_list():
    lists = match_block(population.workers(5), population.postings(5)).by_posting
    with pytest.raises(KeyError):
        lists.of(10**12)


def test_one_means_one():
    people, offers = population.workers(2), population.postings(2)
    with pytest.raises(ValueError, match="one worker"):
        match_worker(people, offers)
    with pytest.raises(ValueError, match="one posting"):
        match_posting(people, offers)


def test_without_a_place_for_compiled_code_the_engine_still_compiles(monkeypatch):
    njit = kernel.numba.njit

    def nowhere(*arguments, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*arguments, **options)

    monkeypatch.setattr(kernel.numba, "njit", nowhere)

    @kernel.compiled
    def double(value):
        return 2 * value

    assert double(21) == 42
