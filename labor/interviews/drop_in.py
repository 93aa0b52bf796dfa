"""What somebody who comes without an appointment can do today: his own interviews, times he may still pick, and the
queues that take whoever comes: with an application at once, without one after he applied."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from employers.models import JobPosting
from labor.applications.actions.arranging import BEFORE_INTERVIEW
from labor.applications.choices import LIVE, Stage
from labor.applications.models import Application
from labor.interviews.choices import TIMED, Mode, SittingKind, State
from labor.interviews.models import Interview, Sitting, Slot
from labor.interviews.models.interviews import CLOSES_AFTER
from labor.interviews.models.sittings import OPENS_BEFORE, SittingQuerySet
from labor.workers.models import Worker

ONLY_ASKS = "ask"
MOST_TIMES = 4
WITHOUT_INTERVIEW = (*BEFORE_INTERVIEW, Stage.INTERVIEW_SCHEDULED)


@dataclass(frozen=True)
class Option:
    """One thing to tick: `interview` is what he came for, `slot` the time that he takes for it.

    Or by his `application` he is taken into the queue of a `sitting`.
    """

    code: str
    words: str
    interview: Interview | None = None
    slot: Slot | None = None
    application: Application | None = None
    sitting: Sitting | None = None


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
        whose = _whose(row.application.posting)
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
    found += _queues(worker)
    return [*found, Option(ONLY_ASKS, "只是来问问，或者办别的")]


def _queues(worker: Worker) -> list[Option]:
    """Those of postings that he applied for."""
    asked = Interview.objects.open().filter(application=OuterRef("pk"))
    applications = Application.objects.filter(
        ~Exists(asked), worker=worker, stage__in=WITHOUT_INTERVIEW, consent_withdrawn_at=None
    )
    of = {row.posting_id: row for row in applications.order_by("pk")}
    sittings = _taking().filter(posting__in=list(of))
    return [
        Option(
            f"a{of[row.posting_id].pk}q{row.pk}", f"正在面试，现在就能排：{_whose(row.posting)}",
            application=of[row.posting_id], sitting=row,
        )
        for row in sittings.order_by("starts_at", "pk")
    ]  # fmt: skip


def to_apply_for(*, worker: Worker) -> list[Sitting]:
    """Queues that he could join now if he applied: a few of them."""
    his = Application.objects.filter(worker=worker, posting=OuterRef("posting"), stage__in=LIVE)
    there = _taking().filter(~Exists(his), posting__in=JobPosting.objects.open())
    return list(there.order_by("starts_at", "pk")[:MOST_TIMES])


def _taking() -> SittingQuerySet:
    rows = Sitting.objects.taking_walk_ins().select_related("posting__employer")
    return rows.defer("posting__search")


def _whose(posting: JobPosting) -> str:
    return f"{posting.employer.name} · {posting.title}"


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"
