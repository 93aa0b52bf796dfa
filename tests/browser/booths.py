"""The booths of the town: a day with bookings, hours of two hosts, a closed day, and a queue of walk-ins."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from jinba.accounts.models import User
from labor.interviews.actions import seating
from labor.interviews.choices import WalkInState
from labor.interviews.models import BoothDay, OpeningHours, WalkIn
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory, InterviewFactory, days_ahead, in_minutes
from tests.factories.workers import WorkerFactory


def booths_of(park: User) -> dict[str, Any]:
    """Ids by the names under which they stand in addresses."""
    booth, other = BoothFactory(name="面试间 A", host=False), BoothFactory(name="面试间 B", host=park)
    idle = BoothFactory(name="恩阳区下八庙镇便民服务中心面试间", host=False)
    other.hours.update(opens=time(8, 30), closes=time(18, 0))
    substitute = user_in("park", name="欧阳替班")
    for weekday in range(7):
        for opens, closes, host in ((time(9), time(12), park), (time(13, 30), time(17), substitute)):
            OpeningHours.objects.create(booth=booth, weekday=weekday, opens=opens, closes=closes, host=host)
    for days, hour, minute in ((1, 9, 0), (1, 9, 30), (1, 10, 20), (1, 12, 30), (1, 15, 0)):
        worker = WorkerFactory(name="司马长青" if minute else "何国强")
        at = days_ahead(days, hour, minute)
        InterviewFactory(confirmed=True, booth=booth, starts_at=at, application__worker=worker)
    InterviewFactory(confirmed=True, booth=other, starts_at=days_ahead(1, 9, 10))
    BoothDay.objects.create(booth=idle, on=timezone.localdate() + timedelta(days=1), reason="停电检修", by=park)
    OpeningHours.objects.create(booth=idle, weekday=0, opens=time(9), closes=time(17), host=park)
    now = InterviewFactory(confirmed=True, booth=other, starts_at=in_minutes(8))
    InterviewFactory(confirmed=True, booth=other, starts_at=in_minutes(33))
    seating.seat_all(interview=now)
    today = timezone.localdate()
    came = []
    for number in range(1, 10):
        worker = WorkerFactory(helper=park, name=f"苟小{'一二三四五六七八九'[number - 1]}")
        state = WalkInState.SERVED if number < 3 else WalkInState.CALLED if number < 5 else WalkInState.WAITING
        came.append(
            WalkIn.objects.create(
                on=today, number=number, worker=worker, registered_by=park, state=state,
                came_at=timezone.now() - timedelta(minutes=12 * (10 - number)),
                booth=(booth if number == 3 else idle) if state == WalkInState.CALLED else None,
                called_at=timezone.now() if state != WalkInState.WAITING else None,
                ended_at=timezone.now() if state == WalkInState.SERVED else None,
            )
        )  # fmt: skip
    fresh = WorkerFactory(helper=park, name="何建国")
    InterviewFactory(confirmed=True, starts_at=in_minutes(15), application__worker=fresh)
    return {
        "booth_a": booth.pk, "booth_b": other.pk, "guest": now.pk, "newcomer": fresh.pk,
        "tomorrow": (today + timedelta(days=1)).isoformat(),
    }  # fmt: skip
