"""What waits for officers, declared by the app that knows it and drawn on the admin's index page.

    @queue(title="认证申请", url="admin:employers_employer_changelist", perm="employers.change_employer")
    def verifications():
        return waiting(Employer.objects.filter(state="submitted"), since="updated_at")

Each app keeps its queues in `<app>/queues.py`, where they are found by themselves. A count stops at MOST, so that one
of a million costs what one of a thousand does; `since` has to be a column of the index that finds the rows.

`@flow` declares beside it how much came in and was settled each day, for the chart of the week.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

MOST = 999
DAYS = 7


class Waiting(NamedTuple):
    """How many wait, since when the oldest does, and how many of them are past their time."""

    count: int  # type: ignore[assignment]  # a tuple has a method of that name, which nobody needs here
    oldest: datetime | None = None
    overdue: int = 0


@dataclass(frozen=True)
class Queue:
    title: str
    url: str
    perm: str
    ask: Callable[[], tuple[Any, ...]]
    query: str = ""
    late_after: timedelta | None = None
    order: int = 50


@dataclass(frozen=True)
class Line:
    """One queue as the index page shows it."""

    title: str
    url: str
    count: int
    oldest: datetime | None
    overdue: int
    is_late: bool

    @property
    def shown_count(self) -> str:
        return f"{MOST}+" if self.count > MOST else str(self.count)

    @property
    def shown_overdue(self) -> str:
        return f"{MOST}+" if self.overdue > MOST else str(self.overdue)

    @property
    def age(self) -> str:
        """How long the oldest has waited, in the words of somebody who glances at it."""
        words = age_in_words(timezone.now() - self.oldest) if self.oldest else ""
        return f"最久 {words}" if words[:1].isdigit() else words


def age_in_words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // 1440} 天"


_queues: dict[str, Queue] = {}


def queue(
    *, title: str, url: str, perm: str, query: str = "", late_after: timedelta | None = None, order: int = 50
) -> Callable[[Callable[[], tuple[Any, ...]]], Callable[[], tuple[Any, ...]]]:
    """Declare a queue. The function gives `(count, oldest)` or a `Waiting`; use `waiting` to make one cheaply.

    `url` names an address without arguments and `query` is what follows its question mark; `perm` is the right without
    which nobody sees the line; after `late_after` the oldest is shown in red; `order` sorts the lines.
    """

    def declare(ask: Callable[[], tuple[Any, ...]]) -> Callable[[], tuple[Any, ...]]:
        _queues[f"{ask.__module__}.{ask.__qualname__}"] = Queue(
            title=title, url=url, perm=perm, ask=ask, query=query, late_after=late_after, order=order
        )
        return ask

    return declare


def waiting(rows: "QuerySet[Any]", *, since: str, by: str = "") -> Waiting:
    """Count of the rows, the oldest first and MOST + 1 of them at most, and the time of the oldest; one query.

    `by` is the column to walk by when `since` is in no index (ids grow with time).
    """
    found = rows.order_by(by or since)[: MOST + 1].aggregate(count=Count("pk"), oldest=Min(since))
    return Waiting(found["count"], found["oldest"])


def declared() -> list[Queue]:
    return sorted(_queues.values(), key=lambda one: (one.order, one.title))


def lines(user: Any) -> Iterator[Line]:
    """The queues that this user may work on, each asked once."""
    now = timezone.now()
    for one in declared():
        if not user.has_perm(one.perm):
            continue
        try:
            url = reverse(one.url)
        except NoReverseMatch:
            continue  # its page is switched off
        found = Waiting(*one.ask())
        late = bool(one.late_after and found.oldest and now - found.oldest > one.late_after)
        yield Line(
            title=one.title,
            url=f"{url}?{one.query}" if one.query else url,
            count=found.count,
            oldest=found.oldest,
            overdue=found.overdue,
            is_late=late or found.overdue > 0,
        )


# The week -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flow:
    perm: str
    ask: Callable[[datetime], Iterable[tuple[date, int, int]]]


@dataclass
class Day:
    """What came in and what was settled on one day, and how long the two bars are (0 to 100)."""

    on: date
    came_in: int = 0
    settled: int = 0
    tall: tuple[int, int] = field(default=(0, 0))


_flows: dict[str, Flow] = {}


def flow(*, perm: str) -> Callable[[Callable[[datetime], Any]], Callable[[datetime], Any]]:
    """Declare a flow: the function gets the beginning of the week and gives rows (day, came in, settled)."""

    def declare(ask: Callable[[datetime], Any]) -> Callable[[datetime], Any]:
        _flows[f"{ask.__module__}.{ask.__qualname__}"] = Flow(perm=perm, ask=ask)
        return ask

    return declare


def per_day(rows: "QuerySet[Any]", *, at: str, since: datetime, came_in: Q, settled: Q) -> "QuerySet[Any, Any]":
    """Rows (day, how many came in, how many were settled); one query over the index of `at`."""
    days = rows.filter(**{f"{at}__gte": since}).order_by().annotate(day=TruncDate(at)).values("day")
    return days.annotate(a=Count("pk", filter=came_in), b=Count("pk", filter=settled)).values_list("day", "a", "b")


def week(user: Any) -> list[Day]:
    """The last seven days of what this user works on; empty when nothing happened or nothing is his."""
    today = timezone.localdate()
    days = {today - timedelta(days=ago): Day(today - timedelta(days=ago)) for ago in range(DAYS - 1, -1, -1)}
    since = timezone.make_aware(datetime.combine(min(days), time.min))
    for one in _flows.values():
        if not user.has_perm(one.perm):
            continue
        for on, came_in, settled in one.ask(since):
            if on in days:
                days[on].came_in += came_in
                days[on].settled += settled
    most = max((max(day.came_in, day.settled) for day in days.values()), default=0)
    if not most:
        return []
    for day in days.values():
        day.tall = (round(100 * day.came_in / most), round(100 * day.settled / most))
    return list(days.values())
