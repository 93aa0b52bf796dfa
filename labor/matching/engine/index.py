"""Postings laid out for the kernel: sorted by family and trade, coded, with an inverted list per asked skill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import lottery, rules
from .columns import Array, PostingColumns, WorkerColumns
from .tables import coverage_factors, need_codes, offer_codes, profile_codes


@dataclass(frozen=True, eq=False)
class PostingIndex:
    """A snapshot of postings ready for any number of blocks. Make it once with ``prepare``; it never changes.

    ``positions`` (index order) are internal; results carry ids. ``by_id`` lists the positions by rising id.
    """

    columns: PostingColumns
    seed: int
    order: Array
    by_id: Array
    sorted_ids: Array
    ids: Array
    ties: Array
    trade_codes: Array
    trade_starts: Array
    family_codes: Array
    family_starts: Array
    place: Array
    offer: Array
    profile: Array
    pay_min: Array
    pay_max: Array
    latest: Array
    low: Array
    high: Array
    factor: Array
    base: Array
    skill_codes: Array
    skill_starts: Array
    skill_positions: Array
    skill_asked: Array

    def __len__(self) -> int:
        return len(self.ids)


def skill_terms(postings: PostingColumns) -> tuple[Array, Array]:
    """(factor, base) of each posting: skill points are ``cover * factor >> SHIFT``, and base is what all get."""
    asked = postings.levels.sum(axis=1, dtype=np.int64)
    base = np.where(asked == 0, rules.SKILL_POINTS_UNASKED, 0)
    base = base + np.where(postings.certificates == 0, rules.CERTIFICATES_UNASKED, rules.CERTIFICATES_HELD)
    return coverage_factors()[asked], base.astype(np.int32)


def prepare(postings: PostingColumns, seed: int = rules.DEFAULT_SEED) -> PostingIndex:
    """The index of a snapshot. The same postings in another order give the same results; the seed is the lottery's."""
    order = np.lexsort((postings.id, postings.place, postings.trade, postings.family))
    cut = PostingColumns(**{name: getattr(postings, name)[order] for name in PostingColumns.SHAPE})
    size = len(cut)
    trade_first = np.flatnonzero(np.r_[True, cut.trade[1:] != cut.trade[:-1]]) if size else np.zeros(0, np.int64)
    families = cut.family[trade_first]
    family_first = np.flatnonzero(np.r_[True, families[1:] != families[:-1]]) if size else np.zeros(0, np.int64)

    row, slot = np.nonzero(cut.skills)
    codes, levels = cut.skills[row, slot], cut.levels[row, slot]
    by_skill = np.lexsort((row, codes))
    skill_codes, skill_first = np.unique(codes[by_skill], return_index=True)

    factor, base = skill_terms(cut)
    by_id = np.argsort(cut.id)
    return PostingIndex(
        columns=cut,
        seed=seed,
        order=order,
        by_id=by_id,
        sorted_ids=cut.id[by_id],
        ids=cut.id,
        ties=lottery.ties(cut.id, seed),
        trade_codes=cut.trade[trade_first],
        trade_starts=np.r_[trade_first, size].astype(np.int64),
        family_codes=families[family_first],
        family_starts=np.r_[family_first, len(trade_first)].astype(np.int64),
        place=cut.place,
        offer=offer_codes(cut).astype(np.uint8),
        profile=profile_codes(cut).astype(np.uint16),
        pay_min=cut.pay_min,
        pay_max=cut.pay_max,
        latest=cut.latest_start,
        low=(cut.certificates & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        high=(cut.certificates >> np.uint64(32)).astype(np.uint32),
        factor=factor,
        base=base,
        skill_codes=skill_codes,
        skill_starts=np.r_[skill_first, len(codes)].astype(np.int64),
        skill_positions=row[by_skill].astype(np.int32),
        skill_asked=levels[by_skill].astype(np.uint8),
    )


def numbers_of(codes: Array, wanted: Array) -> Array:
    """Where each wanted code stands among ``codes``; -1 where it does not, or where the wish is empty.

    Trade codes are ordered within families only, so they are looked up through their own sorting.
    """
    if not len(codes):
        return np.full(wanted.shape, -1, dtype=np.int32)
    order = np.argsort(codes)
    found = np.minimum(np.searchsorted(codes, wanted, sorter=order), len(codes) - 1)
    numbers = order[found]
    return np.where((codes[numbers] == wanted) & (wanted > 0), numbers, -1).astype(np.int32)


@dataclass(frozen=True, eq=False)
class CodedWorkers:
    """A block of workers in the index's numbers, in the order of the kernel's arguments."""

    ids: Array
    salts: Array
    trades: Array
    families: Array
    is_open: Array
    places: Array
    min_pay: Array
    needs: Array
    profiles: Array
    lacks: Array
    skills: Array
    levels: Array
    available: Array
    may_work: Array


def code_workers(workers: WorkerColumns, index: PostingIndex) -> CodedWorkers:
    lacks = ~workers.certificates
    halves = np.stack([lacks & np.uint64(0xFFFFFFFF), lacks >> np.uint64(32)], axis=1).astype(np.uint32)
    return CodedWorkers(
        ids=workers.id,
        salts=lottery.salts(workers.id, index.seed),
        trades=numbers_of(index.trade_codes, workers.trades),
        families=numbers_of(index.family_codes, workers.families),
        is_open=open_to_any(workers),
        places=workers.places,
        min_pay=workers.min_pay,
        needs=need_codes(workers),
        profiles=profile_codes(workers),
        lacks=halves,
        skills=numbers_of(index.skill_codes, workers.skills),
        levels=workers.levels,
        available=workers.available,
        may_work=(workers.age >= rules.WORKING_AGE).astype(np.uint8),
    )


def open_to_any(workers: WorkerColumns) -> Array:
    """1 for workers who said so, and for those without any wish."""
    return np.maximum(workers.is_open, ~workers.trades.any(axis=1)).astype(np.uint8)
