"""When a booth is open and who is on duty in it: pure questions. Days and clock times are Beijing's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone

from labor.interviews.choices import Held
from labor.interviews.models import BookedTime, Booth, BoothDay, OpeningHours, Sitting
from labor.interviews.models.times import span


@dataclass(frozen=True)
class OpenTime:
    """From `starts_at` until `ends_at` the booth can be booked and `host` is in it."""

    starts_at: datetime
    ends_at: datetime
    host: Any

    def covers(self, starts_at: datetime, ends_at: datetime) -> bool:
        return self.starts_at <= starts_at < ends_at <= self.ends_at


def open_on(*, booths: Iterable[Booth], day: date) -> dict[int, list[OpenTime]]:
    """The open times of each booth on that day, by its id and in their order; two queries however many booths.

    A booth that is out of use, or whose host has left, is not open: nobody would be there to let anybody in.
    """
    booths = list(booths)
    found: dict[int, list[OpenTime]] = {booth.pk: [] for booth in booths}
    ids = [booth.pk for booth in booths if booth.is_active]
    special = {row.booth_id: row for row in BoothDay.objects.filter(booth__in=ids, on=day).select_related("host")}
    hours = OpeningHours.objects.filter(booth__in=ids, weekday=day.weekday()).select_related("host")
    for row in hours.order_by("booth", "opens"):
        host = special[row.booth_id].host if row.booth_id in special else row.host
        if host is not None and host.is_active:
            found[row.booth_id].append(OpenTime(_at(day, row.opens), _at(day, row.closes), host))
    return found


def open_times(*, booth: Booth, day: date) -> list[OpenTime]:
    """When the booth is open on that day, booked or not; empty when it is closed."""
    return open_on(booths=[booth], day=day)[booth.pk]


def host_on(*, booth: Booth, starts_at: datetime, ends_at: datetime) -> Any:
    """Who is on duty for the whole of the time; None when the booth is not open for all of it."""
    day = timezone.localdate(starts_at)
    return next((one.host for one in open_times(booth=booth, day=day) if one.covers(starts_at, ends_at)), None)


def free_booths(
    *, starts_at: datetime, ends_at: datetime, sitting: Sitting | None = None
) -> list[tuple[Booth, Any]]:  # fmt: skip
    """Booths that are open for the whole of the time and not booked in it, with their hosts; whole minutes only.

    A booth that the queue `sitting` holds has room for more of its people, and comes first. Four queries. Only a
    `BookedTime` decides: between this answer and the booking somebody else may take one.
    """
    booths = list(Booth.objects.in_use())
    if not booths:
        return []
    opened = open_on(booths=booths, day=timezone.localdate(starts_at))
    in_the_way = Q(pk__in=[])
    for booth in booths:
        in_the_way |= Q(span__overlap=span(Held.BOOTH, booth.pk, starts_at, ends_at))
    rows = list(BookedTime.objects.filter(in_the_way).values_list("held_id", "sitting"))
    shared = {pk for pk, whose in rows if sitting is not None and whose == sitting.pk}
    taken = {pk for pk, _ in rows} - shared
    hosts = {
        pk: next((one.host for one in times if one.covers(starts_at, ends_at)), None) for pk, times in opened.items()
    }
    found = [(booth, hosts[booth.pk]) for booth in booths if booth.pk not in taken and hosts[booth.pk] is not None]
    return sorted(found, key=lambda one: one[0].pk not in shared)


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
