"""Workers and postings for property tests: small worlds, so that wishes meet and scores tie, with the extremes in."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from labor.matching.engine import PostingRow, WorkerRow, rules

TRADES, FAMILIES = 7, 3
pays = st.sampled_from([0, 2_999, 3_000, 3_001, 4_000, 4_029, 4_030, 5_500, 7_500, 9_000, 9_001, 30_000, rules.PAY_MAX])
days = st.sampled_from([0, 20_000, 20_003, 20_010, rules.DAY_MAX])
years = st.sampled_from([0, 1, 2, 3, 5, 7, 39, 40])
masks = st.sampled_from([0, 0, 0, 1, 2, 3, 1 << 31, 1 << 32, 1 << 63, 2**64 - 1])
ids = st.integers(0, 60) | st.sampled_from([2**31, 2**32 + 1, rules.ID_MAX - 1, rules.ID_MAX])
skills = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 65_535]), st.integers(1, 3)),
    max_size=8,
    unique_by=lambda pair: pair[0],
)


def family_of(trade: int) -> int:
    return trade % FAMILIES + 1


@st.composite
def worker_rows(draw: st.DrawFn, **fixed: Any) -> WorkerRow:
    trades = draw(st.lists(st.integers(1, TRADES) | st.just(65_535), max_size=3))
    strange = draw(st.integers(0, 9)) == 0  # a wish filed under another family than the postings file it
    values = {
        "id": draw(ids),
        "trades": tuple(trades),
        "families": tuple(family_of(trade) % FAMILIES + 1 if strange else family_of(trade) for trade in trades),
        "is_open": draw(st.integers(0, 1)),
        "places": draw(st.dictionaries(st.sampled_from([0, 1, 63]), st.integers(0, 3))),
        "place_default": draw(st.sampled_from([0, 1, 1, 1])),
        "min_pay": draw(pays),
        "housing": draw(st.integers(0, 2)),
        "couple": draw(st.sampled_from([0, 0, 1, 2])),
        "meals": draw(st.integers(0, 1)),
        "shifts": draw(st.sampled_from([rules.ALL_SHIFTS, rules.ALL_SHIFTS, 0, 1, 2, 6, 8, 16, 17])),
        "education": draw(st.integers(0, 6)),
        "years": draw(years),
        "certificates": draw(masks),
        "skills": tuple(draw(skills)),
        "available": draw(days),
        "age": draw(st.sampled_from([15, 16, 17, 18, 30, 30, 30, 59, 120])),
    }
    return WorkerRow(**(values | fixed))


@st.composite
def posting_rows(draw: st.DrawFn, **fixed: Any) -> PostingRow:
    trade = draw(st.integers(1, TRADES))
    low, high = sorted((draw(pays), draw(pays)))
    values = {
        "id": draw(ids),
        "trade": trade,
        "family": family_of(trade),
        "place": draw(st.sampled_from([0, 1, 2, 63])),
        "pay_min": low,
        "pay_max": high,
        "shift": draw(st.integers(0, 4)),
        "night": draw(st.integers(0, 1)),
        "housing": draw(st.integers(0, 2)),
        "couple_rooms": draw(st.integers(0, 1)),
        "meals": draw(st.integers(0, 2)),
        "latest_start": draw(days),
        "education": draw(st.sampled_from([0, 0, 0, 1, 3, 6])),
        "years": draw(years),
        "certificates": draw(masks),
        "skills": tuple(draw(skills)),
    }
    return PostingRow(**(values | fixed))


def several_workers(most: int = 12) -> st.SearchStrategy[list[WorkerRow]]:
    return st.lists(worker_rows(), max_size=most, unique_by=lambda row: row.id)


def several_postings(most: int = 25) -> st.SearchStrategy[list[PostingRow]]:
    return st.lists(posting_rows(), max_size=most, unique_by=lambda row: row.id)


def easy_worker(**changes: Any) -> WorkerRow:
    """Takes anything, may do anything."""
    everything: dict[str, Any] = {"id": 1, "is_open": 1, "place_default": 1, "education": 6, "certificates": 2**64 - 1}
    return WorkerRow(**(everything | changes))


def easy_posting(**changes: Any) -> PostingRow:
    """Asks nothing, offers everything."""
    values: dict[str, Any] = {
        "id": 1, "trade": 1, "family": family_of(1), "place": 0, "pay_min": 5_000, "pay_max": 6_000,
        "housing": 2, "couple_rooms": 1, "meals": 2,
    }  # fmt: skip
    return PostingRow(**(values | changes))
