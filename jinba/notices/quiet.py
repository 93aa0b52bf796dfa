"""The hours in which no telephone rings (QUIET_HOURS, Beijing time)."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone


def hours() -> tuple[int, int] | None:
    """The first quiet hour and the first loud one; None when no hour is quiet. ValueError when it makes no sense."""
    text = settings.QUIET_HOURS.strip()
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    start, end = (int(part) for part in match.groups()) if match else (99, 99)
    if start > 23 or end > 23 or start == end:
        raise ValueError(text)
    return start, end


def ends_at(now: datetime) -> datetime | None:
    """When the quiet hours end that it is in now; None in the loud ones."""
    span = hours()
    if span is None:
        return None
    start, end = span
    local = timezone.localtime(now)
    is_quiet = start <= local.hour < end if start < end else local.hour >= start or local.hour < end
    if not is_quiet:
        return None
    morning = local.replace(hour=end, minute=0, second=0, microsecond=0)
    return morning if local.hour < end else morning + timedelta(days=1)
