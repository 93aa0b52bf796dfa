"""Times as one says them to somebody who has to be there: near days by name, the rest of the way in hours."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

DAYS = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}


def day_of(at: datetime | date, now: datetime) -> str:
    """“明天（11 月 24 日 周二）”; days further away by their date alone."""
    day = timezone.localdate(at) if isinstance(at, datetime) else at
    plain = f"{day.month} 月 {day.day} 日 周{'一二三四五六日'[day.weekday()]}"
    name = DAYS.get((day - timezone.localdate(now)).days)
    return f"{name}（{plain}）" if name else plain


def clock_of(at: datetime) -> str:
    """“下午 2:30”."""
    local = timezone.localtime(at)
    part = "凌晨" if local.hour < 6 else "上午" if local.hour < 12 else "下午" if local.hour < 18 else "晚上"
    part = "中午" if local.hour == 12 else part
    hour = local.hour if local.hour <= 12 else local.hour - 12
    return f"{part} {hour}:{local.minute:02d}"


def day(at: datetime) -> str:
    """11 月 25 日 周三, with the year when it is not this one."""
    local = timezone.localtime(at)
    year = "" if local.year == timezone.localtime().year else f"{local.year} 年 "
    return f"{year}{local.month} 月 {local.day} 日 周{'一二三四五六日'[local.weekday()]}"


def when(at: datetime) -> str:
    """11 月 25 日 周三 上午 10:00"""
    return f"{day(at)} {clock_of(at)}"


def when_range(starts_at: datetime, ends_at: datetime) -> str:
    """11 月 25 日 周三 上午 10:00–10:20; what is the same at both ends is said once."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    if start.date() != end.date():
        return f"{when(starts_at)}–{when(ends_at)}"
    last = clock_of(ends_at)
    part, _, digits = last.partition(" ")
    return f"{when(starts_at)}–{digits if clock_of(starts_at).startswith(part) else last}"


def near(at: datetime, now: datetime) -> str:
    """“明天 上午 10:00（11 月 24 日 周二）”."""
    name, bracket, plain = day_of(at, now).partition("（")
    return f"{name} {clock_of(at)}{bracket}{plain}"


def left(until: datetime, now: datetime) -> str:
    """How long it is still: “4 天”, “1 天 7 小时”, “3 小时 5 分钟”, “25 分钟”."""
    minutes = max(1, -int((now - until) / timedelta(minutes=1) // 1))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        rest = 0
    if days > 2:
        hours = 0
    words = (f"{number} {unit}" for number, unit in ((days, "天"), (hours, "小时"), (rest, "分钟")) if number)
    return " ".join(words)


def by_day(things: Iterable[Any], now: datetime) -> list[tuple[str, list[Any]]]:
    """Things that have `starts_at`, in their order, under the words of their day."""
    days: dict[date, list[Any]] = {}
    for thing in things:
        days.setdefault(timezone.localdate(thing.starts_at), []).append(thing)
    return [(day_of(day, now), rows) for day, rows in days.items()]
