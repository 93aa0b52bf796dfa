"""When a booth is open, who is on duty, and which booths are free."""

from datetime import date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jinba.accounts.models import User
from labor.interviews.choices import Held
from labor.interviews.models import BookedTime, Booth, BoothDay, OpeningHours
from labor.interviews.opening import free_booths, host_on, open_times
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory, InterviewFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2030, 11, 25)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@pytest.fixture
def booth() -> Booth:
    """Open on Monday mornings with one host, in the afternoon with another."""
    booth = BoothFactory(host=False)
    for opens, closes in (("09:00", "12:00"), ("13:30", "17:00")):
        host = user_in("park", name=f"值班{opens}")
        OpeningHours.objects.create(booth=booth, weekday=0, opens=opens, closes=closes, host=host)
    return booth


def test_open_times_are_those_of_the_weekday_in_beijing(booth: Booth) -> None:
    times = open_times(booth=booth, day=MONDAY)
    assert [(one.starts_at, one.ends_at) for one in times] == [(at(9), at(12)), (at(13, 30), at(17))]
    assert [one.host.name for one in times] == ["值班09:00", "值班13:30"]
    assert times[0].starts_at.utcoffset() and times[0].starts_at.hour == 9
    assert open_times(booth=booth, day=date(2030, 11, 26)) == []


def test_the_host_is_whoever_is_there_for_the_whole_of_the_time(booth: Booth) -> None:
    assert host_on(booth=booth, starts_at=at(9), ends_at=at(12)).name == "值班09:00"
    assert host_on(booth=booth, starts_at=at(16, 40), ends_at=at(17)).name == "值班13:30"
    for starts_at, ends_at in ((at(8, 50), at(9, 10)), (at(11, 50), at(13, 40)), (at(16, 50), at(17, 10))):
        assert host_on(booth=booth, starts_at=starts_at, ends_at=ends_at) is None


def test_a_special_day_closes_the_booth_or_brings_another_host(booth: Booth) -> None:
    day = BoothDay.objects.create(booth=booth, on=MONDAY, reason="停电")
    assert open_times(booth=booth, day=MONDAY) == []
    day.host = user_in("park", name="替班人")
    day.save(update_fields=["host"])
    assert {one.host.name for one in open_times(booth=booth, day=MONDAY)} == {"替班人"}
    assert host_on(booth=booth, starts_at=at(9, day=date(2030, 12, 2)), ends_at=at(10, day=date(2030, 12, 2)))


def test_nobody_is_on_duty_in_a_booth_out_of_use_or_when_the_host_has_left(booth: Booth) -> None:
    User.objects.filter(name="值班09:00").update(is_active=False)
    assert [one.host.name for one in open_times(booth=booth, day=MONDAY)] == ["值班13:30"]
    booth.is_active = False
    assert open_times(booth=booth, day=MONDAY) == []


def test_free_booths_are_open_and_not_booked_in_that_time(booth: Booth) -> None:
    other, off = BoothFactory(), BoothFactory(is_active=False)
    assert set(dict(free_booths(starts_at=at(9), ends_at=at(9, 20)))) == {booth, other}
    interview = InterviewFactory(confirmed=True, starts_at=at(9, 10), booth=booth)
    assert BookedTime.objects.of(Held.BOOTH, booth.pk).get().interview == interview
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = free_booths(starts_at=at(9), ends_at=at(9, 20))
    assert [one for one, _ in found] == [other] and found[0][1] is not None and off not in dict(found)
    assert len(queries) == 4
    assert booth in dict(free_booths(starts_at=at(9, 30), ends_at=at(9, 50)))
    assert booth not in dict(free_booths(starts_at=at(12), ends_at=at(12, 20)))


def test_without_booths_none_is_free() -> None:
    assert free_booths(starts_at=at(9), ends_at=at(10)) == []
