"""Columns refuse what is out of range, name the row, and come back from bytes as they went."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from labor.matching.engine import Corrupted, PostingColumns, PostingLists, WorkerColumns, match_block

from . import population
from .strategies import easy_posting, easy_worker, several_postings, several_workers

quick = settings(max_examples=100, deadline=None)


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in type(one).SHAPE)


@quick
@given(several_workers(), several_postings())
def test_packing_and_unpacking_changes_nothing(workers, postings):
    for kind, rows in ((WorkerColumns, workers), (PostingColumns, postings)):
        columns = kind.from_rows(rows)
        again = kind.from_bytes(columns.to_bytes())
        assert same(columns, again)
        assert again.to_bytes() == columns.to_bytes()
        assert same(kind.from_rows(columns.rows()), columns)


@quick
@given(several_workers(), several_postings())
def test_rows_may_be_named_tuples_mappings_or_sequences(workers, postings):
    for kind, rows in ((WorkerColumns, workers), (PostingColumns, postings)):
        columns = kind.from_rows(rows)
        assert same(columns, kind.from_rows([row._asdict() for row in rows]))
        assert same(columns, kind.from_rows([tuple(row) for row in rows]))


def test_a_single_wrong_bit_is_noticed():
    packed = [
        (PostingColumns, population.postings(3).to_bytes()),
        (WorkerColumns, population.workers(2).to_bytes()),
        (PostingLists, match_block(population.workers(9), population.postings(3)).by_posting.to_bytes()),
    ]
    for kind, data in packed:
        kind.from_bytes(data)
        for at in range(0, len(data), 3):
            if kind is PostingLists and at in range(4, 40):
                continue  # the header's numbers are checked by the caller: limit, seed and version are data
            broken = bytearray(data)
            broken[at] ^= 1 << at % 8
            with pytest.raises(Corrupted):
                kind.from_bytes(bytes(broken))
        for wrong in (b"", data[:10], data[:-1], data + b"\0", b"\0" * len(data)):
            with pytest.raises(Corrupted):
                kind.from_bytes(wrong)


def test_one_kind_is_not_taken_for_the_other():
    with pytest.raises(Corrupted):
        WorkerColumns.from_bytes(population.postings(3).to_bytes())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"min_pay": -1}, "min_pay"),
        ({"min_pay": 1_000_001}, "min_pay"),
        ({"min_pay": 4_000.5}, "min_pay"),
        ({"min_pay": None}, "min_pay"),
        ({"housing": 3}, "housing"),
        ({"couple": 3}, "couple"),
        ({"shifts": 32}, "shifts"),
        ({"education": 7}, "education"),
        ({"years": 41}, "years"),
        ({"age": 121}, "age"),
        ({"age": 300}, "age"),
        ({"available": -1}, "available"),
        ({"id": -1}, "id"),
        ({"id": 2**63}, "id"),
        ({"id": 8}, "twice"),
        ({"certificates": 2**64}, "certificates"),
        ({"certificates": -1}, "certificates"),
        ({"trades": (1, 2, 3, 4), "families": (1, 1, 1, 1)}, "trades"),
        ({"trades": (1,), "families": ()}, "family"),
        ({"trades": (0,), "families": (1,)}, "trades"),
        ({"trades": (65_536,), "families": (1,)}, "trades"),
        ({"skills": tuple((code, 1) for code in range(1, 10))}, "skills"),
        ({"skills": ((1, 1), (1, 2))}, "skill occurs twice"),
        ({"skills": ((1, 0),)}, "skill"),
        ({"skills": ((1, 4),)}, "skill"),
        ({"skills": ((0, 1),)}, "skill"),
        ({"places": {64: 1}}, "place"),
        ({"places": {-1: 1}}, "place"),
        ({"places": {0: 4}}, "places"),
        ({"places": (1, 1)}, "places"),
    ],
)
def test_a_worker_out_of_range_is_refused_with_his_row(change, words):
    with pytest.raises(ValueError, match=rf"row 1.*{words}"):
        WorkerColumns.from_rows([easy_worker(id=8), easy_worker(**({"id": 9} | change))])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trade": 0}, "trade"),
        ({"family": 0}, "family"),
        ({"family": 3}, "another family"),
        ({"place": 64}, "place"),
        ({"pay_min": 7_000}, "pay_min is above"),
        ({"pay_max": 1_000_001}, "pay_max"),
        ({"shift": 5}, "shift"),
        ({"night": 2}, "night"),
        ({"housing": 3}, "housing"),
        ({"meals": 3}, "meals"),
        ({"couple_rooms": 2}, "couple_rooms"),
        ({"latest_start": 100_001}, "latest_start"),
        ({"education": 7}, "education"),
        ({"years": 41}, "years"),
        ({"skills": ((5, 2), (5, 3))}, "skill occurs twice"),
    ],
)
def test_a_posting_out_of_range_is_refused_with_its_row(change, words):
    with pytest.raises(ValueError, match=rf"row 1.*{words}"):
        PostingColumns.from_rows([easy_posting(id=8), easy_posting(**({"id": 9} | change))])


def test_arrays_are_checked_like_rows():
    workers = population.workers(5)
    arrays = {name: getattr(workers, name) for name in WorkerColumns.SHAPE}
    assert same(WorkerColumns(**arrays), workers)
    for name, value, words in (
        ("age", np.array([20, 20, 20, 200, 20]), "row 3 .*age"),
        ("age", np.array([20, 20]), "shape"),
        ("min_pay", np.array([4e3] * 5), "whole numbers"),
        ("families", np.zeros((5, 3), np.uint16), "family"),
    ):
        with pytest.raises(ValueError, match=words):
            WorkerColumns(**(arrays | {name: value}))


def test_no_rows_are_fine():
    assert len(WorkerColumns.from_rows([])) == len(PostingColumns.from_rows([])) == 0
    block = match_block(WorkerColumns.from_rows([]), PostingColumns.from_rows([]))
    assert block.postings.shape == (0, 50)
    assert match_block(population.workers(3), PostingColumns.from_rows([])).feasible.tolist() == [0, 0, 0]
    assert match_block(WorkerColumns.from_rows([]), population.postings(3)).by_posting.starts.tolist() == [0] * 4
