"""Days and times as people write them, in Beijing time."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from jinba.core.widgets import DateInput, TimeInput

WRONG_DAY, WRONG_TIME = "请选一个日子。", "请写成 9:30 这样的时间。"
COLONS = {ord("点"): ":", 0xFF1A: ":"}  # the second is the full-width colon
DAY_MISSING, TIME_MISSING = "请选哪一天。", "请写几点。"


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput())
        super().__init__(**kwargs)
        self.error_messages["invalid"] = WRONG_DAY


class ClockField(forms.TimeField):
    """A whole minute; a browser without a clock of its own sends what was typed: 9:30, 9点半, 9 点."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", TimeInput())
        super().__init__(**kwargs)
        self.error_messages["invalid"] = WRONG_TIME

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str):
            value = "".join(value.split()).replace("点半", ":30").removesuffix("分").translate(COLONS)
            value += "00" if value.endswith(":") else ""
        found = super().to_python(value)
        return found.replace(second=0, microsecond=0) if found else None


def moment(day: date, clock: time) -> datetime:
    """That time in Beijing."""
    return datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())
