"""Days on which a booth is not as usual, and what becomes of the interviews that were booked there.

Whoever books a booth takes its lock and looks whether it is open (`answering.check_booth`), and so does whoever closes
it. So a booking comes before the closing, which then moves it, or after it and is refused. Locks: interview, booth.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.accounts.models import User
from jinba.core import spoken
from jinba.core.errors import Refused
from jinba.core.locks import Busy, locked, locked_one, patient
from jinba.notices.actions import tell
from labor.interviews.actions import answering, changing
from labor.interviews.actions.history import gather
from labor.interviews.actions.seating import seat_all
from labor.interviews.choices import Mode, Side, State
from labor.interviews.models import Booth, BoothDay, Interview
from labor.interviews.opening import free_booths

NOT_YOURS = "面试间由服务专区的工作人员安排。"
LONGEST_REASON = 60
FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Fate:
    """What becomes of an interview whose booth is closed: it moves `to` another one, or the worker chooses again."""

    interview: Interview
    to: Booth | None


def fates(*, booth: Booth, on: date) -> list[Fate]:
    """The interviews still to come in the booth on that day, and where each would go now. Nothing is changed."""
    found = []
    for interview in to_move(booth=booth, on=on):
        # What was booked in one booth meets nothing of it in another, but for a queue, which shares that one too.
        other = next((one for one in _others(interview) if one != booth), None)
        found.append(Fate(interview, other))
    return found


def to_move(*, booth: Booth, on: date) -> list[Interview]:
    """Confirmed for that day in this booth and not begun."""
    begins = timezone.make_aware(datetime.combine(on, time.min))
    rows = Interview.objects.filter(
        booth=booth, state=State.CONFIRMED, starts_at__gte=max(begins, timezone.now()),
        starts_at__lt=begins + timedelta(days=1),
    )  # fmt: skip
    joined = rows.select_related("application__worker", "application__posting__employer", "booth", "sitting")
    return list(joined.defer("application__posting__search").order_by("starts_at", "pk"))


def _others(interview: Interview) -> list[Booth]:
    """Where it could take place at its time as well."""
    assert interview.starts_at and interview.ends_at
    free = free_booths(starts_at=interview.starts_at, ends_at=interview.ends_at, sitting=interview.sitting)
    return [booth for booth, _ in free]


def _check(on: date, reason: str, by: Any) -> str:
    if by.role not in (Role.PARK, *STAFF_ROLES):
        raise Refused(NOT_YOURS)
    today = timezone.localdate()
    if on < today:
        raise Refused("过去的日子不用安排了。", field="day")
    if on > today + FURTHEST:
        raise Refused("最多安排到一年以后。", field="day")
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON:
        raise Refused(f"原因请写在 {LONGEST_REASON} 个字以内。", field="reason")
    return reason


def close_day(*, booth: Booth, on: date, reason: str, by: Any) -> list[Fate]:
    """Close the booth on that day, then move every interview booked there; returns what became of each.

    The closing stands whatever happens to the moving: a sweep goes on with what was not moved.
    """
    reason = _check(on, reason, by)
    if not reason:
        raise Refused("请写一句原因，约了的人会看到。", field="reason")
    day = _special(booth=booth, on=on, host=None, reason=reason, by=by)
    return clear(day=day, by=by)


@patient
def _special(
    *, booth: Booth, on: date, host: User | None, reason: str, by: Any, reopens: bool = False
) -> BoothDay:  # fmt: skip
    booth = locked_one(Booth.objects.all(), pk=booth.pk)
    before = BoothDay.objects.filter(booth=booth, on=on).select_related("host").first()
    if host is not None:
        _must_have_duty(booth, on, None if reopens else before)
    told = {"host": host, "reason": reason, "by": by}
    day, _ = BoothDay.objects.update_or_create(booth=booth, on=on, defaults=told)
    was = before.host if before is not None else None
    if was != host:
        _tell_over(booth=booth, on=on, host=was, by=by)
        _tell_on(day=day, by=by)
    return day


def _must_have_duty(booth: Booth, on: date, before: BoothDay | None) -> None:
    """Nobody can stand in where nobody is on duty."""
    if before is not None and before.host_id is None:
        raise Refused("这一天不开放，没有班可替。要开，请先恢复平常的安排。")
    if not booth.hours.filter(weekday=on.weekday()).exists():
        raise Refused(f"{booth}平常这一天就不开，没有班可替。")


def _tell_on(*, day: BoothDay, by: Any) -> None:
    if day.host is None or day.host == by:
        return
    times = "、".join(
        f"{row.opens:%H:%M}–{row.closes:%H:%M}" for row in day.booth.hours.filter(weekday=day.on.weekday())
    )
    why = f"原因：{day.reason.rstrip('。')}。" if day.reason else ""
    tell(
        recipient=day.host, kind="booth.stand_in", dedupe_key=_key_of(day.booth, day.on), url=day_url(day=day.on),
        title=f"请您替班：{_spoken(day.on)}，{day.booth}",
        body=f"{times}，在{day.booth.place}。{why}点开看那天约了谁。",
    )  # fmt: skip


def _tell_over(*, booth: Booth, on: date, host: User | None, by: Any) -> None:
    if host is None or host == by:
        return
    tell(
        recipient=host, kind="booth.stand_in_over", dedupe_key=_key_of(booth, on), url=day_url(day=on),
        title=f"不用您替班了：{_spoken(on)}，{booth}", body="安排改了，那天不用来替班。",
    )  # fmt: skip


def _key_of(booth: Booth, on: date) -> str:
    """Each change is news, also one that was made before."""
    return f"booth:{booth.pk}:{on:%Y%m%d}:{timezone.now().timestamp()}"


def _spoken(on: date) -> str:
    return spoken.day(timezone.make_aware(datetime.combine(on, time.min)))


def day_url(*, day: date) -> str:
    return f"{reverse('booths:day')}?{urlencode({'day': day.isoformat()})}"


def clear(*, day: BoothDay, by: Any) -> list[Fate]:
    """Move what is still booked in a booth that is closed that day, each by itself."""
    return [_move(interview, day, by) for interview in to_move(booth=day.booth, on=day.on)]


def _move(interview: Interview, day: BoothDay, by: Any) -> Fate:
    for booth in _others(interview):
        try:
            answering.change_booth(interview=interview, booth=booth, by=by)
        except Busy:
            raise  # the sweep goes on later: a moment's wait is no reason to take his time from him
        except Refused:
            continue  # somebody was faster
        return Fate(interview, booth)
    _give_up(interview=interview, day=day, by=by)
    return Fate(interview, None)


@patient
def _give_up(*, interview: Interview, day: BoothDay, by: Any) -> None:
    """No booth is left for it: its time does not count any more, and both sides are asked for another."""
    interview = gather(pk=interview.pk)
    is_there = interview.state == State.CONFIRMED and interview.booth_id == day.booth_id
    if is_there and not interview.application.is_closed:
        changing.reschedule(interview=interview, side=Side.PARK, by=by, wish=f"{day.booth}{day.reason}")


def stand_in(*, booth: Booth, on: date, host: User, by: Any, reason: str = "", reopens: bool = False) -> None:
    """Somebody else is on duty in the booth on that day; he reads of it, and takes the host's seat in what is booked.

    A day that is closed stays so unless it `reopens`.
    """
    reason = _check(on, reason, by)
    if host.role != Role.PARK or not host.is_active:
        raise Refused("值班的要是服务专区的工作人员。", field="host")
    _special(booth=booth, on=on, host=host, reason=reason, by=by, reopens=reopens)
    _seat_again(booth, on)


@patient
def as_usual(*, booth: Booth, on: date, by: Any) -> None:
    """The day is as every week again. What was moved away stays where it went."""
    _check(on, "", by)
    booth = locked_one(Booth.objects.all(), pk=booth.pk)
    for day in BoothDay.objects.filter(booth=booth, on=on).select_related("host"):
        _tell_over(booth=booth, on=on, host=day.host, by=by)
        day.delete()
    _seat_again(booth, on)


@patient
def _seat_again(booth: Booth, on: date) -> None:
    booked = [interview.pk for interview in to_move(booth=booth, on=on) if interview.mode == Mode.VIDEO]
    # Looked at again under the lock: one that was cancelled meanwhile gets no seats.
    for interview in locked(Interview.objects.timed(), ids=booked):
        seat_all(interview=interview)
