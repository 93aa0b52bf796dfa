"""The employer's interviews, by day and by what they ask of him. Reads only."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone

from employers.models import JobPosting
from labor.applications.actions.arranging import CAN_BE_ASKED
from labor.applications.models import Application, ApplicationQuerySet
from labor.interviews.choices import TIMED, Held, State
from labor.interviews.models import BookedTime, Interview, Sitting, Slot
from labor.interviews.models.interviews import CLOSES_AFTER, InterviewQuerySet

# These stand in the agenda at their time; who stayed away stays to be seen until the day is over.
SHOWN = (*TIMED, State.DONE, State.NO_SHOW)
WITHOUT_TIME = (State.PROPOSED, State.RESCHEDULING)
MOST_NEEDS = 99


def day_began(now: datetime) -> datetime:
    """Midnight in Beijing."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def rows_of(user: Any) -> InterviewQuerySet:
    """What the member may see, with all that a line of a list shows."""
    rows = Interview.objects.seen_by(user).select_related(
        "application__worker", "application__posting", "recruiter", "sitting", "booth"
    )
    return rows.defer("application__posting__search")


def coming(rows: InterviewQuerySet, now: datetime) -> InterviewQuerySet:
    """From this morning on."""
    return rows.filter(state__in=SHOWN, starts_at__gte=day_began(now)).order_by("starts_at", "pk")


def standing(rows: InterviewQuerySet, since: datetime, until: datetime) -> InterviewQuerySet:
    """What stands in the agenda within the time."""
    return rows.filter(state__in=SHOWN, starts_at__gte=since, starts_at__lt=until).order_by("starts_at", "pk")


def without_result(rows: InterviewQuerySet, now: datetime) -> InterviewQuerySet:
    """Their time is over, and nobody wrote down what came of them."""
    over = Q(state=State.CONFIRMED, ends_at__lt=now) | Q(state=State.LIVE, ends_at__lt=now - CLOSES_AFTER)
    return rows.filter(over).order_by("starts_at", "pk")


def _has_times() -> Exists:
    """Whether a time is left of those that were offered."""
    return Exists(Slot.objects.free().filter(sitting=OuterRef("sitting")))


def _wants_times() -> Q:
    """Whether the employer has to offer others: the worker said so, or none is left to choose."""
    return Q(state__in=WITHOUT_TIME, wish__gt="") | (Q(state=State.RESCHEDULING) & ~Q(_has_times()))


def without_time(rows: InterviewQuerySet) -> InterviewQuerySet:
    """Asked and not answered yet, or to be moved; who waits for the employer comes first."""
    rows = rows.filter(state__in=WITHOUT_TIME).annotate(has_times=_has_times())
    waits = Case(When(_wants_times(), then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(waits, "pk")


def gone_by(rows: InterviewQuerySet, since: datetime, until: datetime) -> InterviewQuerySet:
    """What was to be within the time, the latest first, with what became of it."""
    return rows.filter(starts_at__gte=since, starts_at__lt=until).order_by("-starts_at", "-pk")


def need_me(user: Any, now: datetime) -> int:
    """How many of his interviews ask something of the recruiter today, at most MOST_NEEDS.

    They are today, or were without a result, or want new times of him.
    """
    tomorrow = day_began(now) + timedelta(days=1)
    asks = Q(state__in=TIMED, starts_at__lt=tomorrow) | _wants_times()
    return min(Interview.objects.filter(asks, recruiter=user)[: MOST_NEEDS + 1].count(), MOST_NEEDS)


def askable(posting: JobPosting) -> ApplicationQuerySet:
    """Whom one can ask to an interview: on the way to an offer, still showing who he is, without an open interview."""
    rows = Application.objects.filter(posting=posting, stage__in=CAN_BE_ASKED, consent_withdrawn_at=None)
    return rows.exclude(Exists(Interview.objects.open().filter(application=OuterRef("pk"))))


def bookings(recruiter_id: int, times: Iterable[datetime], minutes: int) -> dict[datetime, BookedTime]:
    """What the recruiter already has at those of the times at which he has something. One query."""
    long, times = timedelta(minutes=minutes), list(times)
    if not times:
        return {}
    around = Q(starts_at__lt=max(times) + long, ends_at__gt=min(times))
    booked = list(BookedTime.objects.of(Held.USER, recruiter_id).filter(around))
    overlapping = {at: [one for one in booked if one.starts_at < at + long and at < one.ends_at] for at in times}
    return {at: found[0] for at, found in overlapping.items() if found}


def made_with(user: Any, slip: str) -> Sitting | None:
    """The sitting that this very form has made already."""
    return Sitting.objects.filter(made_by=user, slip=slip).first() if slip else None
