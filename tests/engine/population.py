"""A synthetic population of any size, as columns: skewed like a labour market, and the same for the same seed."""

from __future__ import annotations

import numpy as np

from labor.matching.engine import PostingColumns, WorkerColumns

TRADES, FAMILIES, PLACES, SKILLS = 200, 20, 10, 400
TODAY = 20_780


def _zipf(draw: np.random.Generator, size: int | tuple[int, ...], count: int, power: float) -> np.ndarray:
    weight = 1 / np.arange(1, count + 1) ** power
    return draw.choice(count, size=size, p=weight / weight.sum())


def _family(trade: np.ndarray) -> np.ndarray:
    return (trade - 1) % FAMILIES + 1


def _skills_of(draw: np.random.Generator, trade: np.ndarray, mean: float) -> tuple[np.ndarray, np.ndarray]:
    """Up to 8 different skills, most of them from the 21 that belong to the trade."""
    size = len(trade)
    count = np.minimum(draw.poisson(mean, size), 8)
    own = (trade[:, None] * 2 + _zipf(draw, (size, 8), 21, 0.8)) % SKILLS + 1
    codes = np.where(draw.random((size, 8)) < 0.85, own, _zipf(draw, (size, 8), SKILLS, 0.9) + 1)
    codes[np.arange(8) >= count[:, None]] = 0
    for slot in range(1, 8):
        codes[:, slot][(codes[:, :slot] == codes[:, slot : slot + 1]).any(axis=1)] = 0
    return codes.astype(np.uint16), np.where(codes > 0, draw.integers(1, 4, (size, 8)), 0).astype(np.uint8)


def _certificates(draw: np.random.Generator, size: int, share: float) -> np.ndarray:
    one = np.uint64(1) << _zipf(draw, size, 48, 1.2).astype(np.uint64)
    return np.where(draw.random(size) < share, one, np.uint64(0))


def workers(size: int, seed: int = 1) -> WorkerColumns:
    """Three in four have wishes, one in four is open to any trade."""
    draw = np.random.default_rng([seed, 1])
    trades = (_zipf(draw, (size, 3), TRADES, 0.9) + 1).astype(np.uint16)
    wished = draw.choice([1, 2, 3], size=size, p=[0.4, 0.35, 0.25])
    is_open = (draw.random(size) < 0.25).astype(np.uint8)
    trades[np.arange(3) >= wished[:, None]] = 0
    families = np.where(trades > 0, _family(trades), 0)
    places = np.zeros((size, 64), np.uint8)
    places[:, :PLACES] = draw.choice(4, size=(size, PLACES), p=[0.25, 0.45, 0.2, 0.1])
    skills, levels = _skills_of(draw, trades[:, 0].astype(np.int64), 2.4)
    return WorkerColumns(
        id=draw.permutation(size * 3)[:size].astype(np.int64) + 10,
        trades=trades,
        families=families,
        is_open=is_open,
        places=places,
        min_pay=draw.integers(25, 90, size) * 100,
        housing=draw.choice(3, size=size, p=[0.3, 0.4, 0.3]),
        couple=draw.choice(3, size=size, p=[0.88, 0.08, 0.04]),
        meals=draw.integers(0, 2, size),
        shifts=draw.choice([1, 17, 3, 19, 7, 31], size=size, p=[0.15, 0.15, 0.15, 0.15, 0.1, 0.3]),
        education=draw.choice(7, size=size, p=[0.02, 0.16, 0.5, 0.2, 0.08, 0.03, 0.01]),
        years=np.minimum(draw.geometric(0.15, size) - 1, 40),
        certificates=_certificates(draw, size, 0.3) | _certificates(draw, size, 0.1),
        skills=skills,
        levels=levels,
        available=TODAY + draw.integers(0, 60, size),
        age=draw.integers(16, 66, size),
    )


def postings(size: int, seed: int = 1) -> PostingColumns:
    draw = np.random.default_rng([seed, 2])
    trade = _zipf(draw, size, TRADES, 0.9) + 1
    skills, levels = _skills_of(draw, trade, 2.0)
    pay_min = draw.integers(30, 90, size) * 100
    shift = draw.choice(5, size=size, p=[0.4, 0.3, 0.1, 0.1, 0.1])
    return PostingColumns(
        id=draw.permutation(size * 3)[:size].astype(np.int64) + 5,
        trade=trade,
        family=_family(trade),
        place=_zipf(draw, size, PLACES, 0.5),
        pay_min=pay_min,
        pay_max=pay_min + draw.integers(0, 50, size) * 100,
        shift=shift,
        night=((shift == 2) | ((shift > 0) & (draw.random(size) < 0.5))).astype(np.uint8),
        housing=draw.choice(3, size=size, p=[0.35, 0.2, 0.45]),
        couple_rooms=draw.integers(0, 2, size),
        meals=draw.integers(0, 3, size),
        latest_start=np.where(draw.random(size) < 0.4, 100_000, TODAY + draw.integers(20, 120, size)),
        education=draw.choice(7, size=size, p=[0.5, 0.1, 0.2, 0.1, 0.06, 0.03, 0.01]),
        years=draw.choice([0, 1, 2, 3, 5, 10], size=size, p=[0.5, 0.2, 0.1, 0.1, 0.08, 0.02]),
        certificates=_certificates(draw, size, 0.12),
        skills=skills,
        levels=levels,
    )
