"""The lowest lawful pay at a place on a day (最低工资规定): rows of `MinimumWage`, never numbers in the code."""

import hashlib
from collections.abc import Iterable
from datetime import date

from jinba.reference.models import MinimumWage

LENGTHS = (9, 6, 4, 2)  # digits of a township's code, a county's, a city's, a province's


class Minimums:
    """The rows that have begun on a day; few enough to be read at once. `version` changes when any of them does."""

    def __init__(self, rows: Iterable[MinimumWage]) -> None:
        """`rows` by the day on which they begin."""
        self._latest: dict[str, MinimumWage] = {}
        facts = []
        for row in rows:
            self._latest[row.region_id] = row
            facts.append((row.region_id, row.starts_on, row.monthly, row.hourly, row.is_verified))
        self.version = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]

    def at(self, code: str | None) -> MinimumWage | None:
        """The latest row of the place itself or of the nearest division above it that has one."""
        code = code or ""
        parts = (code[:length] for length in LENGTHS if len(code) >= length)
        return next((self._latest[part] for part in parts if part in self._latest), None)


def begun(*, on: date) -> Minimums:
    """What holds on that day, in one query."""
    rows = MinimumWage.objects.filter(starts_on__lte=on).select_related("region")
    return Minimums(rows.order_by("starts_on", "region_id"))


def minimum_at(code: str | None, *, on: date) -> MinimumWage | None:
    return begun(on=on).at(code)
