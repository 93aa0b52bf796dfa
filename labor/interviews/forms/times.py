"""Rows of a day and a time on a form."""

from datetime import datetime
from typing import Any

from django import forms

from jinba.core.time_fields import DAY_MISSING, TIME_MISSING, ClockField, DayField, moment


class TimeRows:
    """Up to `count` rows of a day and a time on a form, as `on_1` and `at_1`."""

    def __init__(self, count: int, shown: int) -> None:
        self.count, self.shown = count, shown

    def add_to(self, form: forms.BaseForm) -> None:
        for row in self.numbers:
            form.fields[f"on_{row}"] = DayField(label=f"第 {row} 个时间：哪一天", required=False)
            form.fields[f"at_{row}"] = ClockField(label=f"第 {row} 个时间：几点", required=False)

    @property
    def numbers(self) -> range:
        return range(1, self.count + 1)

    def read(self, form: forms.Form) -> dict[datetime, int]:
        """The times in the order written, each with its row; half a row is an error beside what is missing."""
        found: dict[datetime, int] = {}
        for row in self.numbers:
            day, clock = form.cleaned_data.get(f"on_{row}"), form.cleaned_data.get(f"at_{row}")
            if day and clock:
                found.setdefault(moment(day, clock), row)
            elif day and f"at_{row}" not in form.errors:
                form.add_error(f"at_{row}", TIME_MISSING)
            elif clock and f"on_{row}" not in form.errors:
                form.add_error(f"on_{row}", DAY_MISSING)
        return found

    def shown_by(self, form: forms.Form) -> list[dict[str, Any]]:
        """The rows for the template; those beyond the first few are folded away while they are empty."""
        return [
            {"number": row, "on": form[f"on_{row}"], "at": form[f"at_{row}"], "is_spare": row > self.shown}
            for row in self.numbers
        ]

    def spare_is_used(self, form: forms.Form) -> bool:
        names = [f"{part}_{row}" for row in self.numbers[self.shown :] for part in ("on", "at")]
        return any(form[name].value() or form[name].errors for name in names)
