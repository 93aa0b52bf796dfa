"""What waits for officers, declared by the app that knows it and drawn on the admin's index page.

    @queue(title="认证申请", url="admin:employers_employer_changelist", perm="employers.change_employer")
    def verifications():
        return waiting(Employer.objects.filter(state="submitted"), since="updated_at")

Each app keeps its queues in `<app>/queues.py`, which its admin module imports. A count stops at MOST, so that a queue
of a million costs what one of a thousand does; `since` has to be a column of the index that finds the rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone

MOST = 999


class Waiting(NamedTuple):
    """How many wait, since when the oldest does, and how many of them are past their time."""

    count: int
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


def waiting(rows: "QuerySet[Any]", *, since: str) -> Waiting:
    """Count of the rows, the oldest first and MOST + 1 of them at most, and the time of the oldest; one query."""
    found = rows.order_by(since)[: MOST + 1].aggregate(count=Count("pk"), oldest=Min(since))
    return Waiting(found["count"], found["oldest"])


def declared() -> list[Queue]:
    return sorted(_queues.values(), key=lambda one: (one.order, one.title))


def lines(user: Any) -> Iterator[Line]:
    """The queues that this user may work on, each asked once."""
    now = timezone.now()
    for one in declared():
        if not user.has_perm(one.perm):
            continue
        found = Waiting(*one.ask())
        late = bool(one.late_after and found.oldest and now - found.oldest > one.late_after)
        yield Line(
            title=one.title,
            url=reverse(one.url) + (f"?{one.query}" if one.query else ""),
            count=found.count,
            oldest=found.oldest,
            overdue=found.overdue,
            is_late=late or found.overdue > 0,
        )
