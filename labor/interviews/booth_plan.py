"""A day of all booths as the people of the park look at it: who is on duty, what is booked, what is free."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from labor.interviews.choices import Held
from labor.interviews.models import BookedTime, Booth, BoothDay, Interview, OpeningHours
from labor.interviews.opening import OpenTime, open_on

STEP = timedelta(minutes=5)  # a column of the grid
HOUR = timedelta(hours=1)
USUAL = (time(9), time(17))
MOST_WITH_WORDS = 10


@dataclass(frozen=True)
class Bar:
    """A stretch of a booth's day, `steps` columns wide; with `interviews` it is booked, for a queue with many."""

    starts_at: datetime
    ends_at: datetime
    is_open: bool
    interviews: tuple[Interview, ...] = ()
    steps: int = 0

    @property
    def interview(self) -> Interview | None:
        """The only one, or the first of the queue."""
        return self.interviews[0] if self.interviews else None

    @property
    def is_queue(self) -> bool:
        return self.interview is not None and self.interview.sitting.is_queue


@dataclass
class Row:
    booth: Booth
    duty: list[OpenTime]
    special: BoothDay | None = None
    bars: list[Bar] = field(default_factory=list)

    has_hours: bool = True

    @property
    def may_change_host(self) -> bool:
        """Whether there is a duty that somebody else could do; also when its host has left."""
        return self.has_hours and not self.is_closed_specially

    @property
    def is_closed_specially(self) -> bool:
        return self.special is not None and self.special.host_id is None

    @property
    def booked(self) -> list[Bar]:
        return [bar for bar in self.bars if bar.interview is not None]

    @property
    def free(self) -> list[Bar]:
        """What can still be booked."""
        now = timezone.now()
        return [bar for bar in self.bars if bar.interview is None and bar.is_open and bar.ends_at > now]

    @property
    def strays(self) -> list[Bar]:
        """Booked while nobody is on duty: somebody has to find another booth for them."""
        now = timezone.now()
        return [bar for bar in self.booked if not bar.is_open and bar.ends_at > now]


@dataclass
class Plan:
    day: date
    hours: list[datetime]
    rows: list[Row]

    @property
    def steps_of_an_hour(self) -> int:
        return HOUR // STEP

    @property
    def is_long(self) -> bool:
        """So many hours that no words fit into a bar of twenty minutes."""
        return len(self.hours) > MOST_WITH_WORDS


def plan_of(day: date, *, booths: list[Booth] | None = None) -> Plan:
    """The day of these booths, of all in use unless some are named. Six queries, however many."""
    booths = list(Booth.objects.in_use()) if booths is None else booths
    duty = open_on(booths=booths, day=day)
    special = {row.booth_id: row for row in BoothDay.objects.filter(booth__in=booths, on=day).select_related("host")}
    booked = _booked(booths, day)
    edges = [at for times in duty.values() for one in times for at in (one.starts_at, one.ends_at)]
    edges += [at for rows in booked.values() for row, _ in rows for at in (row.starts_at, row.ends_at)]
    edges = edges or [timezone.make_aware(datetime.combine(day, clock)) for clock in USUAL]
    begins = timezone.localtime(min(edges)).replace(minute=0)
    ends = timezone.localtime(max(edges) + HOUR - timedelta(minutes=1)).replace(minute=0)
    usual = OpeningHours.objects.filter(booth__in=booths, weekday=day.weekday())
    with_hours = set(usual.values_list("booth", flat=True))
    rows = []
    for booth in booths:
        bars = [_drawn(bar, begins) for bar in _bars(begins, ends, duty[booth.pk], booked[booth.pk])]
        drawn = [bar for bar in bars if bar.steps or bar.interview is not None]
        rows.append(Row(booth, duty[booth.pk], special.get(booth.pk), drawn, booth.pk in with_hours))
    return Plan(day, [begins + HOUR * number for number in range((ends - begins) // HOUR)], rows)


def _booked(booths: list[Booth], day: date) -> dict[int, list[tuple[BookedTime, tuple[Interview, ...]]]]:
    """What each booth is booked for, and whose interviews that are."""
    found: dict[int, list[tuple[BookedTime, tuple[Interview, ...]]]] = {booth.pk: [] for booth in booths}
    begins = timezone.make_aware(datetime.combine(day, time.min))
    rows = list(
        BookedTime.objects.filter(
            held=Held.BOOTH, held_id__in=list(found), starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1)
        ).order_by("starts_at")
    )
    interviews = Interview.objects.timed().filter(
        Q(pk__in=[row.interview_id for row in rows]) | Q(sitting__in=[row.sitting_id for row in rows]),
        booth__in=list(found),
    )
    joined = interviews.select_related("sitting", "application__worker", "application__posting__employer")
    of: dict[tuple[int, int | None, int | None], list[Interview]] = {}
    for one in joined.defer("application__posting__search").order_by("queue_number", "pk"):
        whose = (None, one.sitting_id) if one.sitting.is_queue else (one.pk, None)
        of.setdefault((one.booth_id or 0, *whose), []).append(one)
    for row in rows:
        if there := of.get((row.held_id, row.interview_id, row.sitting_id)):
            found[row.held_id].append((row, tuple(there)))
    return found


def _bars(
    begins: datetime, ends: datetime, duty: list[OpenTime], booked: list[tuple[BookedTime, tuple[Interview, ...]]]
) -> Iterator[Bar]:
    at = begins
    for row, interviews in booked:
        yield from _gap(at, row.starts_at, duty)
        is_open = any(one.covers(row.starts_at, row.ends_at) for one in duty)
        yield Bar(row.starts_at, row.ends_at, is_open, interviews)
        at = row.ends_at
    yield from _gap(at, ends, duty)


def _gap(begins: datetime, ends: datetime, duty: list[OpenTime]) -> Iterator[Bar]:
    """What is between two bookings, open and closed in turn."""
    at = begins
    for one in duty:
        opens, closes = max(at, one.starts_at), min(ends, one.ends_at)
        if opens >= closes:
            continue
        if at < opens:
            yield Bar(at, opens, False)
        yield Bar(opens, closes, True)
        at = closes
    if at < ends:
        yield Bar(at, ends, False)


def _drawn(bar: Bar, begins: datetime) -> Bar:
    first, last = (round((at - begins) / STEP) for at in (bar.starts_at, bar.ends_at))
    return Bar(bar.starts_at, bar.ends_at, bar.is_open, bar.interviews, last - first)


def stray_interviews() -> list[Interview]:
    """Interviews still to come in a booth that is not open at their time."""
    now = timezone.now()
    rows = Interview.objects.timed().filter(booth__isnull=False, ends_at__gt=now)
    found: list[Interview] = []
    days: dict[date, dict[int, list[OpenTime]]] = {}
    for row in rows.select_related("booth").order_by("starts_at"):
        assert row.booth is not None and row.starts_at and row.ends_at
        day = timezone.localdate(row.starts_at)
        if day not in days:
            days[day] = open_on(booths=list(Booth.objects.all()), day=day)
        if not any(one.covers(row.starts_at, row.ends_at) for one in days[day][row.booth_id or 0]):
            found.append(row)
    return found
