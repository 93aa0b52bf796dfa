"""What a card comes to. Pure: no database, no clock."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

# Points as a recruiter says them.
POINTS: dict[int, str] = {1: "不行", 2: "一般", 3: "还行", 4: "好", 5: "很好"}
LOWEST, HIGHEST = min(POINTS), max(POINTS)
_TENTH = Decimal("0.1")


def total(scores: Iterable[tuple[int, int]]) -> Decimal | None:
    """The mean of `scores` (weight, points 1–5) by weight, to a tenth, half upwards; None without any."""
    weights = points = 0
    for weight, given in scores:
        if weight < 1 or not LOWEST <= given <= HIGHEST:
            raise ValueError(f"no score: weight {weight}, points {given}")
        weights += weight
        points += weight * given
    return _rounded(Decimal(points) / weights) if weights else None


def mean(totals: Iterable[Decimal | None]) -> Decimal | None:
    """The plain mean of several cards, to a tenth; those without points do not count."""
    known = [one for one in totals if one is not None]
    return _rounded(sum(known, Decimal(0)) / len(known)) if known else None


def in_words(value: Decimal | None) -> str:
    """“4.2 分（好）”; empty without points."""
    if value is None:
        return ""
    return f"{value} 分（{POINTS[int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))]}）"


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, rounding=ROUND_HALF_UP)
