"""The lowest lawful pay at a place on a day (最低工资规定): rows of `MinimumWage`, never numbers in the code."""

import hashlib
from datetime import date

from jinba.reference.models import MinimumWage

DEEPEST = 9  # digits of a township's code


def minimum_at(code: str | None, *, on: date) -> MinimumWage | None:
    """The row of the place itself or of the nearest division above it that has one; of its rows the latest begun."""
    return minimums_at([code], on=on).get(code or "")


def minimums_at(codes: list[str | None], *, on: date) -> dict[str, MinimumWage]:
    """The same for many places, in one query."""
    wanted = {code for code in codes if code}
    lines = {code: [code[:length] for length in (DEEPEST, 6, 4, 2) if len(code) >= length] for code in wanted}
    above = {part for parts in lines.values() for part in parts}
    if not above:
        return {}
    begun = MinimumWage.objects.filter(region_id__in=above, starts_on__lte=on).select_related("region")
    latest = {row.region_id: row for row in begun.order_by("starts_on")}
    found = {code: next((latest[part] for part in parts if part in latest), None) for code, parts in lines.items()}
    return {code: row for code, row in found.items() if row is not None}


def version(*, on: date) -> str:
    """Changes when any row that has begun does."""
    begun = MinimumWage.objects.filter(starts_on__lte=on).order_by("pk")
    rows = begun.values_list("region_id", "starts_on", "monthly", "hourly", "is_verified")
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:16]
