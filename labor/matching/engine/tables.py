"""The weights of ``rules`` laid out for the kernel: lookup tables and the few numbers of the pay rule.

Built from ``rules`` at run time and handed to the compiled code as arguments. Compiled code is cached on disk and would
not notice that a constant in another file has changed; an argument is never stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from . import rules
from .columns import Array, PostingColumns, WorkerColumns

NEVER = -(1 << 20)
"""Added to a utility where a hard rule fails: no sum of points brings it back above zero."""

OFFERS = rules.SHIFTS * 2 * 3 * 2 * 3
NEEDS = 3 * 3 * 2 * (1 << rules.SHIFTS) * 2
PROFILES = (rules.EDUCATION_MAX + 1) * (rules.YEARS_MAX + 1)
SHIFT = 20
"""Fixed-point bits of the factors that stand for divisions."""


@dataclass(frozen=True)
class Tables:
    """offer[need, offer], profile[profile, profile], place[acceptance]: points or NEVER. pay: the numbers of the rule.
    trade: exact wishes, family, open."""

    offer: Array
    profile: Array
    place: Array
    pay: Array
    trade: Array


def offer_codes(postings: PostingColumns) -> Array:
    """What a posting offers besides pay and place, as one number below OFFERS."""
    night = postings.night.astype(np.int64)
    night[np.isin(postings.shift, list(rules.ALWAYS_NIGHT))] = 1
    code = postings.shift.astype(np.int64) * 2 + night
    code = code * 3 + postings.housing
    code = code * 2 + postings.couple_rooms
    return (code * 3 + postings.meals).astype(np.int32)


def need_codes(workers: WorkerColumns) -> Array:
    """What a worker needs besides pay and place, as one number below NEEDS."""
    code = workers.housing.astype(np.int64) * 3 + workers.couple
    code = code * 2 + workers.meals
    code = code * (1 << rules.SHIFTS) + workers.shifts
    return (code * 2 + (workers.age < rules.NIGHT_AGE)).astype(np.int32)


def profile_codes(columns: WorkerColumns | PostingColumns) -> Array:
    """Education and years, had or asked, as one number below PROFILES."""
    return columns.education.astype(np.int32) * (rules.YEARS_MAX + 1) + columns.years.astype(np.int32)


def coverage_factors() -> Array:
    """factor[t] with ``cover * factor[t] >> SHIFT == cover * SKILL_POINTS // t`` for every cover <= t."""
    most = rules.SKILLS * rules.LEVEL_MAX
    factors = np.zeros(most + 1, dtype=np.int32)
    for total in range(1, most + 1):
        factor = -(-(rules.SKILL_POINTS << SHIFT) // total)
        for cover in range(total + 1):
            assert cover * factor >> SHIFT == cover * rules.SKILL_POINTS // total
        factors[total] = factor
    return factors


@lru_cache(maxsize=1)
def tables() -> Tables:
    """All tables, 1.1 MB, built once in some milliseconds."""
    return Tables(
        offer=_offer_table(),
        profile=_profile_table(),
        place=np.array([NEVER if points is None else points for points in rules.PLACE_POINTS], dtype=np.int32),
        pay=np.array(
            [
                rules.PAY_BASE,
                *_pay_factor(rules.PAY_FLOOR_STEP, rules.PAY_FLOOR_POINTS),
                *_pay_factor(rules.PAY_TOP_STEP, rules.PAY_TOP_POINTS),
            ],
            dtype=np.int32,
        ),
        trade=np.array([*rules.TRADE_EXACT, rules.TRADE_FAMILY, rules.TRADE_OPEN], dtype=np.int32),
    )


def _pay_factor(step: int, points: int) -> tuple[int, int]:
    """(cap, factor) with ``min(yuan, cap) * factor >> SHIFT == min(yuan // step, points)``: no division there."""
    cap, factor = step * points, -(-(1 << SHIFT) // step)
    assert all(yuan * factor >> SHIFT == yuan // step for yuan in range(cap + 1))
    return cap, factor


def _offer_table() -> Array:
    # Axes in the order of the codes: the worker's housing, couple, meals, shifts, minor;
    # the posting's shift, night, housing, rooms, meals.
    housing, couple, meals, shifts, minor, shift, night, beds, rooms, board = np.ogrid[
        0:3, 0:3, 0:2, 0 : 1 << rules.SHIFTS, 0:2, 0 : rules.SHIFTS, 0:2, 0:3, 0:2, 0:3
    ]
    points = np.where(housing == rules.NEED_NONE, max(rules.HOUSING_POINTS), np.array(rules.HOUSING_POINTS)[beds])
    points = points + np.where((couple == rules.NEED_NONE) | (rooms == 1), rules.COUPLE_POINTS, 0)
    points = points + np.where(meals == 0, max(rules.MEALS_POINTS), np.array(rules.MEALS_POINTS)[board])
    points = points + np.array(rules.SHIFT_POINTS)[shift, night]
    never = (housing == rules.NEED_MUST) & (beds == rules.HOUSING_NONE)
    never = never | ((couple == rules.NEED_MUST) & (rooms == 0))
    never = never | ((shifts >> shift) & 1 == 0) | ((minor == 1) & (night == 1))
    return np.ascontiguousarray(np.where(never, NEVER, points).reshape(NEEDS, OFFERS), dtype=np.int32)


def _profile_table() -> Array:
    education, years, least, asked = np.ogrid[
        0 : rules.EDUCATION_MAX + 1, 0 : rules.YEARS_MAX + 1, 0 : rules.EDUCATION_MAX + 1, 0 : rules.YEARS_MAX + 1
    ]
    steps = rules.EXPERIENCE_STEPS
    unasked = rules.EXPERIENCE_UNASKED + rules.EXPERIENCE_UNASKED_STEP * np.minimum(years, steps)
    met = rules.EXPERIENCE_MET + rules.EXPERIENCE_MET_STEP * np.clip(years - asked, 0, steps)
    short = rules.EXPERIENCE_MET * years // np.maximum(asked, 1)
    points = np.where(asked == 0, unasked, np.where(years >= asked, met, short))
    surplus = np.clip(education - least, 0, rules.EDUCATION_STEPS)
    schooling = np.where(least == 0, rules.EDUCATION_UNASKED, rules.EDUCATION_MET + rules.EDUCATION_STEP * surplus)
    points = np.where(education < least, NEVER, points + schooling)
    return np.ascontiguousarray(points.reshape(PROFILES, PROFILES), dtype=np.int32)
