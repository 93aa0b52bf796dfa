"""What would open more: for each single concession of a worker, how many more postings would become possible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import rules
from .columns import Array, PostingColumns, WorkerColumns
from .index import PostingIndex


@dataclass(frozen=True)
class Opening:
    """A concession, counted exactly: ``gained`` postings are infeasible for this rule alone and would be feasible.

    kind    pay, start, shift, housing, couple, place, trade, open or certificate
    amount  pay: yuan less a month · start: days earlier · shift: shift number · place: place index
            trade: the trade to add (its family opens with it) · certificate: bit · else 0
    cost    what it asks of the worker, in the points of ``rules.COST_…``
    """

    kind: str
    amount: int
    gained: int
    cost: int
    sentence: str


def openings(worker: WorkerColumns, postings: PostingColumns | PostingIndex) -> list[Opening]:
    """Concessions that gain something, the most gained for the least given up first.

    ``worker`` holds one row. Nothing is suggested that the worker cannot change (age, education). 20,000 postings take
    one or two milliseconds. Empty below the working age.
    """
    if len(worker) != 1:
        raise ValueError(f"one worker expected, not {len(worker)}")
    columns = postings.columns if isinstance(postings, PostingIndex) else postings
    if int(worker.age[0]) < rules.WORKING_AGE:
        return []
    fails = failing(worker, columns)
    count = np.zeros(len(columns), np.int8)
    for mask in fails.values():
        count += mask
    single = count == 1
    only = {rule: mask & single for rule, mask in fails.items()}
    found = [
        *_pay(worker, columns, only["pay"]),
        *_start(worker, columns, only["start"]),
        *_shift(columns, only["shift"]),
        *_flag("housing", only["housing"], rules.COST_HOUSING, "不一定要住宿"),
        *_flag("couple", only["couple"], rules.COST_COUPLE, "不一定要夫妻房"),
        *_place(columns, only["place"]),
        *_trade(columns, only["trade"]),
        *_flag("open", only["trade"], rules.COST_OPEN, "什么工种都可以"),
        *_certificate(worker, columns, only["certificates"]),
    ]
    # Integers only: gained / cost compared at a fixed scale.
    return sorted(found, key=lambda one: (-(one.gained * 1_000_000 // one.cost), one.kind, one.amount))


def failing(worker: WorkerColumns, postings: PostingColumns) -> dict[str, Array]:
    """For each hard rule the postings that break it, as one boolean array a rule."""
    trades, families = worker.trades[0], worker.families[0]
    shift_bit = (int(worker.shifts[0]) >> postings.shift.astype(np.int64)) & 1
    nights = (postings.night == 1) | np.isin(postings.shift, list(rules.ALWAYS_NIGHT))
    anything = bool(worker.is_open[0]) or not trades.any()
    related = _lookup(trades)[postings.trade] | _lookup(families)[postings.family]
    none = np.zeros(len(postings), bool)
    must_bed, must_couple = worker.housing[0] == rules.NEED_MUST, worker.couple[0] == rules.NEED_MUST
    return {
        "trade": none if anything else ~related,
        "pay": postings.pay_max < worker.min_pay[0],
        "place": worker.places[0][postings.place] == rules.PLACE_REFUSED,
        "housing": (postings.housing == rules.HOUSING_NONE) if must_bed else none,
        "couple": (postings.couple_rooms == 0) if must_couple else none,
        "shift": shift_bit == 0,
        "night": nights if worker.age[0] < rules.NIGHT_AGE else none,
        "education": postings.education > worker.education[0],
        "certificates": (postings.certificates & ~worker.certificates[0]) != 0,
        "start": postings.latest_start < worker.available[0],
        "age": np.full(len(postings), worker.age[0] < rules.WORKING_AGE),
    }


def _lookup(codes: Array) -> Array:
    table = np.zeros(rules.CODE_MAX + 1, bool)
    table[codes[codes > 0]] = True
    return table


def _more(gained: int) -> str:
    return f"可多看 {gained} 个岗位"


def _flag(kind: str, only: Array, cost: int, words: str) -> list[Opening]:
    gained = int(only.sum())
    return [Opening(kind, 0, gained, cost, f"{words},{_more(gained)}")] if gained else []


def _pay(worker: WorkerColumns, postings: PostingColumns, only: Array) -> list[Opening]:
    short = int(worker.min_pay[0]) - postings.pay_max[only]
    found, before = [], 0
    for step in rules.PAY_STEPS:
        gained = int((short <= step).sum())
        if step <= worker.min_pay[0] and gained > before:
            cost = step * rules.COST_PAY_PER_100 // 100
            found.append(Opening("pay", step, gained, cost, f"最低工资降 {step} 元，{_more(gained)}"))
            before = gained
    return found


def _start(worker: WorkerColumns, postings: PostingColumns, only: Array) -> list[Opening]:
    late = int(worker.available[0]) - postings.latest_start[only]
    found, before = [], 0
    for step in rules.START_STEPS:
        gained = int((late <= step).sum())
        if step <= worker.available[0] and gained > before:
            cost = step * rules.COST_START_PER_DAY
            found.append(Opening("start", step, gained, cost, f"早 {step} 天到岗，{_more(gained)}"))
            before = gained
    return found


def _shift(postings: PostingColumns, only: Array) -> list[Opening]:
    counts = np.bincount(postings.shift[only], minlength=rules.SHIFTS).tolist()
    return [
        Opening("shift", shift, gained, rules.COST_SHIFT[shift], f"也上{rules.SHIFT_NAMES[shift]},{_more(gained)}")
        for shift, gained in enumerate(counts)
        if gained
    ]


def _place(postings: PostingColumns, only: Array) -> list[Opening]:
    counts = np.bincount(postings.place[only], minlength=rules.PLACES).tolist()
    return [
        Opening("place", place, gained, rules.COST_PLACE, f"多去一个地方，{_more(gained)}")
        for place, gained in enumerate(counts)
        if gained
    ]


def _trade(postings: PostingColumns, only: Array) -> list[Opening]:
    """One suggestion a family: its trade with the most postings; a wish opens the whole family."""
    trades, families = postings.trade[only], postings.family[only]
    codes, first, counts = np.unique(trades, return_index=True, return_counts=True)
    gains = np.bincount(families)
    best: dict[int, tuple[int, int]] = {}
    for code, family, count in zip(codes.tolist(), families[first].tolist(), counts.tolist(), strict=True):
        best[family] = max(best.get(family, (0, 0)), (count, -code))
    return [
        Opening("trade", -code, int(gains[family]), rules.COST_TRADE, f"多选一类工种，{_more(int(gains[family]))}")
        for family, (_, code) in best.items()
    ]


def _certificate(worker: WorkerColumns, postings: PostingColumns, only: Array) -> list[Opening]:
    missing = postings.certificates[only] & ~worker.certificates[0]
    one = missing[(missing & (missing - np.uint64(1))) == 0]
    masks, counts = np.unique(one, return_counts=True)
    return [
        Opening("certificate", int(mask).bit_length() - 1, gained, rules.COST_CERTIFICATE, f"考一个证，{_more(gained)}")
        for mask, gained in zip(masks.tolist(), counts.tolist(), strict=True)
    ]
