"""The seeded order of equal scores: drawn from stable ids, never from positions, so that no cut or order changes it.

``lottery(worker, posting) = mix(salt(worker) ^ tie(posting)) >> 20``: 44 bits that differ from pair to pair, so that no
posting wins the ties of every worker. ``mix`` is the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
"""

from __future__ import annotations

import numpy as np

from . import rules
from .columns import Array

_MASK = 2**64 - 1
_ONE, _TWO, _STEP = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15


def mix(value: int) -> int:
    """A bijection of 64-bit numbers that spreads every bit."""
    value = (value ^ (value >> 30)) * _ONE & _MASK
    value = (value ^ (value >> 27)) * _TWO & _MASK
    return value ^ (value >> 31)


def salt_start(seed: int) -> int:
    return mix((seed + 1) & _MASK)


def tie_start(seed: int) -> int:
    return mix((seed + 2) & _MASK)


def salt(worker_id: int, seed: int) -> int:
    return mix((worker_id * _STEP + salt_start(seed)) & _MASK)


def tie(posting_id: int, seed: int) -> int:
    return mix((posting_id * _STEP + tie_start(seed)) & _MASK)


def key(score: int, worker_id: int, posting_id: int, seed: int) -> int:
    """score << 44 | lottery: the higher, the better; below 2**64."""
    lottery = mix(salt(worker_id, seed) ^ tie(posting_id, seed)) >> (64 - rules.LOTTERY_BITS)
    return score << rules.LOTTERY_BITS | lottery


def salts(worker_ids: Array, seed: int) -> Array:
    """``salt`` of many."""
    return _spread(worker_ids, salt_start(seed))


def ties(posting_ids: Array, seed: int) -> Array:
    """``tie`` of many."""
    return _spread(posting_ids, tie_start(seed))


def _spread(ids: Array, start: int) -> Array:
    value = ids.astype(np.uint64) * np.uint64(_STEP) + np.uint64(start)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(_ONE)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(_TWO)
    return value ^ (value >> np.uint64(31))
