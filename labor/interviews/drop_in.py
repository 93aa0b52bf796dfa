"""What somebody who comes without an appointment can do today: his own interviews, and times he may still pick."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from labor.interviews.choices import TIMED, Mode, SittingKind, State
from labor.interviews.models import Interview, Slot
from labor.interviews.models.interviews import CLOSES_AFTER, OPENS_BEFORE
from labor.workers.models import Worker

ONLY_ASKS = "ask"
MOST_TIMES = 4


@dataclass(frozen=True)
class Option:
    """One thing to tick: `interview` is what he came for, `slot` the time that he takes for it."""

    code: str
    words: str
    interview: Interview | None = None
    slot: Slot | None = None


def options(*, worker: Worker) -> list[Option]:
    """His interviews of today, queues that he is asked to and that are on, free times of today; last: only to ask."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=23, minute=59, second=59)
    rows = (
        Interview.objects.open()
        .filter(application__worker=worker, mode=Mode.VIDEO)
        .select_related("application__posting__employer", "sitting")
    )
    found: list[Option] = []
    for row in rows.defer("application__posting__search").order_by("starts_at", "pk"):
        posting = row.application.posting
        whose = f"{posting.employer.name} · {posting.title}"
        if row.state in TIMED:
            assert row.starts_at and row.ends_at
            if row.starts_at <= midnight and row.ends_at + CLOSES_AFTER > now:
                found.append(Option(f"i{row.pk}", f"{_clock(row.starts_at)} 的面试：{whose}", row))
        elif row.sitting.kind == SittingKind.QUEUE:
            is_on = row.sitting.starts_at - OPENS_BEFORE <= now < row.sitting.ends_at and row.sitting.closed_at is None
            if is_on and row.state == State.PROPOSED:
                found.append(Option(f"i{row.pk}", f"正在排队的面试，现在进去排：{whose}", row))
        else:
            free = Slot.objects.free().filter(sitting=row.sitting, starts_at__lte=midnight)
            for slot in free.order_by("starts_at")[:MOST_TIMES]:
                found.append(Option(f"i{row.pk}s{slot.pk}", f"今天 {_clock(slot.starts_at)} 面试：{whose}", row, slot))
    return [*found, Option(ONLY_ASKS, "只是来问问，或者办别的")]


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"
