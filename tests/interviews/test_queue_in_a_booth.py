"""A queue whose people wait in the hall and sit down in one booth, one after another."""

from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.interviews.actions import answering, booths, changing, queueing, sweeping, walk_ins
from labor.interviews.booth_plan import plan_of
from labor.interviews.choices import CancelReason, Held, SeatKind, State
from labor.interviews.models import BookedTime, Booth, Interview, Seat, Sitting
from labor.interviews.opening import free_booths
from labor.interviews.screen import guests
from labor.interviews.views.sittings import _queue
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory, InterviewFactory, SittingFactory, days_ahead, host_of, in_minutes
from tests.factories.workers import DelegationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def booth() -> Booth:
    return BoothFactory(name="云窗一号")


@pytest.fixture
def sitting() -> Sitting:
    return SittingFactory(queue=True, starts_at=in_minutes(5), ends_at=in_minutes(125), minutes=10)


def asked(sitting: Sitting) -> Interview:
    return InterviewFactory(sitting=sitting, application__posting=sitting.posting, kind="queue")


def come(sitting: Sitting, booth: Booth | None) -> Interview:
    """Somebody takes a place in the queue, in that booth."""
    interview = asked(sitting)
    return answering.pick(interview=interview, slot=None, by=interview.application.worker.user, booth=booth)


def held(booth: Booth) -> list[tuple[int | None, int | None]]:
    return list(BookedTime.objects.of(Held.BOOTH, booth.pk).values_list("sitting", "interview"))


def leave(interview: Interview) -> None:
    changing.cancel(interview=interview, by=interview.application.worker.user, reason=CancelReason.ILL)


def test_ten_people_of_a_queue_share_a_booth_that_is_booked_once(sitting: Sitting, booth: Booth) -> None:
    rows = [come(sitting, booth) for _ in range(10)]
    assert [row.queue_number for row in rows] == list(range(1, 11)) and {row.booth for row in rows} == {booth}
    assert held(booth) == [(sitting.pk, None)]
    time = BookedTime.objects.of(Held.BOOTH, booth.pk).get()
    assert (time.starts_at, time.ends_at) == (sitting.starts_at, sitting.ends_at)


def test_nobody_else_gets_the_booth_in_that_time(sitting: Sitting, booth: Booth) -> None:
    come(sitting, booth)
    other = SittingFactory(queue=True, starts_at=in_minutes(60), ends_at=in_minutes(120))
    with pytest.raises(Refused, match="面试间已经有人用"):
        come(other, booth)
    single = InterviewFactory(confirmed=True, starts_at=in_minutes(100))
    with pytest.raises(Refused, match="面试间已经有人用"):
        answering.change_booth(interview=single, booth=booth, by=single.application.worker.user)
    times = {"starts_at": sitting.starts_at, "ends_at": sitting.ends_at}
    assert free_booths(**times) == [] and [one for one, _ in free_booths(**times, sitting=sitting)] == [booth]
    assert held(booth) == [(sitting.pk, None)]


def test_the_last_one_who_leaves_gives_the_booth_back(sitting: Sitting, booth: Booth) -> None:
    first, second, third = (come(sitting, booth) for _ in range(3))
    leave(first)
    answering.change_booth(interview=second, booth=None, by=second.application.worker.user)
    assert held(booth) == [(sitting.pk, None)]
    changing.ask_other_time(interview=third, by=third.application.worker.user)
    assert held(booth) == []
    answering.change_booth(interview=second, booth=booth, by=second.application.worker.user)
    assert held(booth) == [(sitting.pk, None)]


def test_half_a_queue_in_each_of_two_booths(sitting: Sitting, booth: Booth) -> None:
    other = BoothFactory()
    mine, theirs = come(sitting, booth), come(sitting, other)
    assert held(booth) == held(other) == [(sitting.pk, None)]
    answering.change_booth(interview=mine, booth=other, by=mine.application.worker.user)
    leave(theirs)
    assert (held(booth), held(other)) == ([], [(sitting.pk, None)])


def test_the_booth_of_the_queue_can_be_chosen_by_the_next_one(sitting: Sitting, booth: Booth) -> None:
    come(sitting, booth)
    interview, client = asked(sitting), Client()
    client.force_login(interview.application.worker.user)
    assert "云窗一号" in client.get(reverse("interviews:detail", args=[interview.pk])).content.decode()
    answering.pick(interview=interview, slot=None, by=interview.application.worker.user)
    place = reverse("interviews:place", args=[interview.pk])
    assert [one["booth"] for one in client.get(place).context["places"]] == [booth]
    assert client.post(place, {"place": str(booth.pk)}).status_code == 302
    assert [one["booth"] for one in client.get(place).context["places"]] == [booth]


def test_the_host_lets_them_in_by_their_numbers_and_the_recruiter_calls_whoever_sits_there(
    sitting: Sitting, booth: Booth
) -> None:
    rows, host = [come(sitting, booth) for _ in range(3)], host_of(booth)

    def sits(interview: Interview) -> None:
        """He alone, before the booth's screen."""
        seats = Seat.objects.filter(interview__in=rows, kind=SeatKind.WORKER)
        seats.update(connection=None)
        seats.filter(interview=interview).update(connection=uuid4(), seen_at=timezone.now())

    assert queueing.call_next(sitting=sitting, by=sitting.recruiter) is None
    told = Notice.objects.get(recipient=host, kind="interview.called")
    assert "云窗一号" in told.body and rows[0].application.worker.name in told.title
    for number, row in enumerate(rows):
        assert [guest.interview for guest in guests(booth=booth)] == rows[number:]
        sits(row)
        assert queueing.call_next(sitting=sitting, by=sitting.recruiter) == row
        changing.finish(interview=row, by=sitting.recruiter, feedback="")
    assert guests(booth=booth) == [] and held(booth) == []


def test_the_page_of_a_day_shows_the_queue_as_one_booking_with_its_people(sitting: Sitting, booth: Booth) -> None:
    morning = SittingFactory(queue=True, starts_at=days_ahead(1, 9), ends_at=days_ahead(1, 11))
    rows = [come(morning, booth) for _ in range(3)]
    alone = InterviewFactory(confirmed=True, starts_at=days_ahead(1, 13), booth=booth)
    (row,) = plan_of(timezone.localdate() + timedelta(days=1)).rows
    assert [bar.interviews for bar in row.booked] == [tuple(rows), (alone,)]
    assert [bar.steps for bar in row.booked] == [24, 4]
    client = Client()
    client.force_login(host_of(booth))
    page = client.get(reverse("booths:day"), {"day": f"{timezone.localdate(morning.starts_at)}"}).content.decode()
    assert "排队面试，3 人" in page and all(one.application.worker.masked_name in page for one in rows)
    assert "3 号" in page


def test_a_queue_moves_together_when_its_booth_is_closed(booth: Booth) -> None:
    morning = SittingFactory(queue=True, starts_at=days_ahead(1, 9), ends_at=days_ahead(1, 11))
    rows, other = [come(morning, booth) for _ in range(3)], BoothFactory()
    BoothFactory()
    day = timezone.localdate(morning.starts_at)
    assert {fate.to for fate in booths.fates(booth=booth, on=day)} == {other}
    moved = booths.close_day(booth=booth, on=day, reason="停电", by=host_of(booth))
    assert [fate.to for fate in moved] == [other] * 3
    assert (held(booth), held(other)) == ([], [(morning.pk, None)])
    assert set(Interview.objects.filter(pk__in=[row.pk for row in rows]).values_list("booth", flat=True)) == {other.pk}


def test_whoever_comes_without_appointment_joins_the_queue_in_its_booth(sitting: Sitting) -> None:
    BoothFactory(name="一号")
    booth, host = BoothFactory(name="二号"), user_in("park")
    come(sitting, booth)
    interview = asked(sitting)
    DelegationFactory(worker=interview.application.worker, helper=host)
    walk_in = walk_ins.come(worker=interview.application.worker, by=host, interview=interview)
    interview.refresh_from_db()
    assert walk_in.interview == interview
    assert (interview.queue_number, interview.booth) == (2, booth) and interview.worker_came_at


def test_who_waited_in_the_hall_and_was_never_called_did_not_stay_away(booth: Booth) -> None:
    past: dict[str, Any] = {"at": in_minutes(-200), "queue": True}
    first = InterviewFactory(done=True, queue_number=1, **past)
    past |= {"sitting": first.sitting, "application__posting": first.sitting.posting, "confirmed": True}
    waited = InterviewFactory(queue_number=2, booth=booth, **past)
    called = InterviewFactory(queue_number=3, booth=booth, called_at=in_minutes(-150), **past)
    at_home = InterviewFactory(queue_number=4, **past)
    sweeping.settle_missed()
    states = [Interview.objects.get(pk=row.pk).state for row in (waited, called, at_home)]
    assert states == [State.CONFIRMED, State.NO_SHOW, State.NO_SHOW]
    assert Notice.objects.filter(kind="interview.result_wanted", recipient=first.recruiter).count() == 1


def test_the_recruiter_reads_who_waits_in_the_hall(sitting: Sitting, booth: Booth) -> None:
    row, other = come(sitting, booth), come(sitting, booth)
    changing.came(interview=row, side="worker", at=timezone.now())
    by: User = sitting.recruiter
    words = [place["here"] for place in _queue(sitting, by, timezone.now())["places"]]
    assert words == ["在服务专区等，轮到就进云窗一号", "到云窗一号面，还没来"] and other.booth == booth


def test_bookings_of_before_become_the_queues_own_and_back(sitting: Sitting, booth: Booth) -> None:
    """The migration: whoever of a queue held the booth for himself holds it for all."""
    mine = come(sitting, booth)
    alone = InterviewFactory(confirmed=True, starts_at=days_ahead(2), booth=booth)
    migration = import_module("labor.interviews.migrations.0009_a_queue_holds_its_booth_once")
    before = set(BookedTime.objects.values_list("pk", "span"))
    with connection.cursor() as cursor:
        cursor.execute(migration.TO_INTERVIEWS)
        assert set(held(booth)) == {(None, mine.pk), (None, alone.pk)}
        cursor.execute(migration.TO_SITTINGS)
    assert set(held(booth)) == {(sitting.pk, None), (None, alone.pk)}
    assert set(BookedTime.objects.values_list("pk", "span")) == before
