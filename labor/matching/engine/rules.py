"""The rules of matching as data: every weight, every limit, every name. No arithmetic on pairs lives here.

A pair (worker, posting) has two utilities, both whole numbers from 0 to 1000:

    U_w  what the posting is worth to the worker    = trade + pay + place + living + shift
    U_e  what the worker is worth to the employer   = skills + experience + education + certificates

and ``score = U_w * U_e``, or no score at all when a hard rule fails. Every feasible pair scores above zero.
Units: pay in yuan a month, days since 1970-01-01, years whole, education 0-6, skill levels 1-3.

There is no gender, ethnicity, marital status or height anywhere in this package, and age serves two statutory rules
only: nobody under 16 works, and nobody under 18 works at night.

Change a number here and raise ``SPEC_VERSION``: results of different versions are never mixed.
"""

from __future__ import annotations

from typing import Final

SPEC_VERSION: Final = 1

# --- list lengths -------------------------------------------------------------------------------------------------
POSTINGS_PER_WORKER: Final = 50
WORKERS_PER_POSTING: Final = 100

# --- limits of the columns ----------------------------------------------------------------------------------------
WISHES: Final = 3
PLACES: Final = 64
SKILLS: Final = 8
LEVEL_MAX: Final = 3
EDUCATION_MAX: Final = 6
YEARS_MAX: Final = 40
PAY_MAX: Final = 1_000_000
DAY_MAX: Final = 100_000
"""A day this late means "no latest day"."""
AGE_MAX: Final = 120
CODE_MAX: Final = 65_535
ID_MAX: Final = 2**63 - 1

# --- words --------------------------------------------------------------------------------------------------------
PLACE_REFUSED, PLACE_ACCEPTABLE, PLACE_LISTED, PLACE_FIRST = range(4)
NEED_NONE, NEED_WANTS, NEED_MUST = range(3)
HOUSING_NONE, HOUSING_CHARGED, HOUSING_FREE = range(3)
MEALS_NONE, MEALS_SOME, MEALS_ALL = range(3)
SHIFT_DAY, SHIFT_TWO, SHIFT_THREE, SHIFT_ROTATING, SHIFT_FLEXIBLE = range(5)
SHIFTS: Final = 5
ALL_SHIFTS: Final = (1 << SHIFTS) - 1
SHIFT_NAMES: Final = ("长白班", "两班倒", "三班倒", "轮班", "弹性班")
EDUCATION_NAMES: Final = ("不限", "小学", "初中", "高中或中专", "大专", "本科", "硕士及以上")

WORKING_AGE: Final = 16
NIGHT_AGE: Final = 18
ALWAYS_NIGHT: Final = frozenset({SHIFT_THREE})
"""Shifts that include nights whatever the posting says about nights."""

# --- U_w: points for the worker, 1000 in all ------------------------------------------------------------------------
TRADE_EXACT: Final = (350, 310, 270)
TRADE_FAMILY: Final = 150
TRADE_OPEN: Final = 50

PAY_BASE: Final = 3_000
"""Pay is judged from the worker's minimum or from this, whichever is higher (a stated minimum of 0 tells nothing)."""
PAY_FLOOR_STEP: Final = 30
PAY_FLOOR_POINTS: Final = 150
"""One point for each 30 yuan by which the posting's lowest pay lies above, at most 150: what is certain counts more."""
PAY_TOP_STEP: Final = 60
PAY_TOP_POINTS: Final = 100
"""One point for each 60 yuan by which the posting's best pay lies above, at most 100."""

PLACE_POINTS: Final = (None, 60, 160, 200)
HOUSING_POINTS: Final = (0, 45, 60)
"""By the posting's housing, for a worker who needs a bed; one who does not gets the full points."""
COUPLE_POINTS: Final = 20
MEALS_POINTS: Final = (0, 25, 40)
SHIFT_POINTS: Final = ((80, 60), (56, 44), (36, 36), (44, 36), (80, 60))
"""By shift, without and with nights."""

# --- U_e: points for the employer, 1000 in all ----------------------------------------------------------------------
SKILL_POINTS: Final = 550
SKILL_POINTS_UNASKED: Final = 400
"""Coverage is sum(min(have, asked)) / sum(asked) over the asked skills, rounded down to whole points."""
EXPERIENCE_UNASKED: Final = 120
EXPERIENCE_UNASKED_STEP: Final = 20
EXPERIENCE_MET: Final = 160
EXPERIENCE_MET_STEP: Final = 10
EXPERIENCE_STEPS: Final = 4
"""Nothing asked: 120 + 20 a year up to 4; asked and met: 160 + 10 a year beyond, up to 4; else 160 * have / asked."""
EDUCATION_UNASKED: Final = 80
EDUCATION_MET: Final = 60
EDUCATION_STEP: Final = 20
EDUCATION_STEPS: Final = 2
"""Where no education is asked, it makes no difference: a primary school leaver gets what a graduate gets."""
CERTIFICATES_UNASKED: Final = 100
CERTIFICATES_HELD: Final = 150

UTILITY_MAX: Final = 1_000

# --- order of equal scores ------------------------------------------------------------------------------------------
LOTTERY_BITS: Final = 44
"""key = score << 44 | lottery(worker, posting, seed); equal keys, if ever, go by the lower id."""
DEFAULT_SEED: Final = 20_261_123
"""Published, so that anyone can draw the lottery again. A run may use its own."""

# --- what a worker gives up by a relaxation, in points of hardship (see openings) -------------------------------------
PAY_STEPS: Final = (100, 200, 500, 800, 1_000, 1_500, 2_000)
START_STEPS: Final = (3, 7, 15, 30)
COST_PAY_PER_100: Final = 2
COST_START_PER_DAY: Final = 1
COST_SHIFT: Final = (2, 8, 14, 12, 2)
COST_HOUSING: Final = 12
COST_COUPLE: Final = 10
COST_PLACE: Final = 8
COST_TRADE: Final = 6
COST_OPEN: Final = 16
COST_CERTIFICATE: Final = 30
