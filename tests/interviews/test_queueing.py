"""A queue: who is called, who is passed over, who sees what place."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.interviews.actions import changing, queueing, seating
from labor.interviews.choices import Mode, SeatKind, State
from labor.interviews.models import Interview, Seat, Sitting
from tests.factories.interviews import InterviewFactory, in_minutes

pytestmark = pytest.mark.django_db


def people(count: int, **fields: Any) -> list[Interview]:
    """So many who have a place in one queue, with their seats."""
    rows: list[Interview] = []
    for number in range(count):
        if rows:
            sitting = rows[0].sitting
            fields = {**fields, "sitting": sitting, "application__posting": sitting.posting, "at": sitting.starts_at}
        rows.append(InterviewFactory(confirmed=True, queue=True, queue_number=number + 1, **fields))
        seating.seat_all(interview=rows[-1])
    return rows


def sits(interview: Interview, ago: timedelta = timedelta()) -> None:
    seats = Seat.objects.filter(interview=interview, kind=SeatKind.WORKER)
    seats.update(connection=uuid4(), seen_at=timezone.now() - ago)


def call(interview: Interview) -> Interview | None:
    return queueing.call_next(sitting=interview.sitting, by=interview.recruiter)


def done(interview: Interview) -> None:
    changing.finish(interview=interview, by=interview.recruiter, feedback="")


def numbers(sitting: Sitting) -> list[tuple[int, int | None]]:
    return [(row.pk, row.queue_number) for row in queueing.line(sitting=sitting)]


def test_people_are_called_one_by_one_and_see_their_place() -> None:
    rows = people(3)
    for row in rows:
        sits(row)
    assert [queueing.place(interview=row) for row in rows] == [(1, 0), (2, 1), (3, 2)]
    called = call(rows[0])
    assert called == rows[0] and called.state == State.LIVE and called.called_at
    for row in rows:
        row.refresh_from_db()
    assert [queueing.place(interview=row) for row in rows] == [None, (2, 0), (3, 1)]
    told = Notice.objects.filter(recipient=rows[0].application.worker.user, kind="interview.called").get()
    assert told.title.startswith("轮到您") and told.url.startswith("/rooms/j/")
    titles = list(Notice.objects.filter(kind="interview.waiting").order_by("pk").values_list("title", flat=True))
    assert titles == ["下一个就是您", "前面还有 1 个人"]
    done(called)
    assert call(rows[0]) == rows[1]


def test_a_second_tap_is_the_same_call() -> None:
    rows = people(2)
    for row in rows:
        sits(row)
    assert call(rows[0]) == call(rows[0]) == rows[0]
    Interview.objects.filter(pk=rows[0].pk).update(called_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Refused, match="1 号还没有交结果"):
        call(rows[0])
    assert Interview.objects.filter(state=State.LIVE).count() == 1


def test_who_is_not_there_is_told_and_then_passed_over_to_the_end() -> None:
    rows = people(3)
    sits(rows[1])
    sits(rows[0], ago=timedelta(minutes=1))  # was there, and left
    called = call(rows[0])
    assert called == rows[1]
    rows[0].refresh_from_db()
    assert (rows[0].queue_number, rows[0].called_at is not None) == (1, True)
    assert Notice.objects.filter(recipient=rows[0].application.worker.user, kind="interview.called").count() == 1
    done(called)
    sits(rows[2])
    assert call(rows[0]) == rows[2]
    rows[0].refresh_from_db()
    assert (rows[0].queue_number, rows[0].called_at) == (4, None)
    told = Notice.objects.filter(recipient=rows[0].application.worker.user, kind="interview.waiting")
    assert [notice.title for notice in told.order_by("pk")][-2:] == [
        "叫到您时您不在，排到后面了，现在是 4 号", "下一个就是您",
    ]  # fmt: skip


def test_when_nobody_is_there_the_first_is_told_and_keeps_his_place() -> None:
    rows = people(2)
    assert call(rows[0]) is None and call(rows[0]) is None
    assert numbers(rows[0].sitting) == [(rows[0].pk, 1), (rows[1].pk, 2)]
    told = Notice.objects.filter(kind="interview.called").order_by("pk")
    assert [notice.recipient_id for notice in told] == [row.application.worker.user_id for row in rows]


def test_by_telephone_nobody_has_to_be_there() -> None:
    rows = people(2, mode=Mode.PHONE)
    assert call(rows[0]) == rows[0]


def test_who_cancelled_or_whose_application_ended_is_not_called() -> None:
    rows = people(3)
    for row in rows:
        sits(row)
    changing.cancel(interview=rows[0], by=rows[0].application.worker.user, reason="ill")
    rows[1].application.events.create(from_stage="interview_scheduled", to_stage="rejected", reason="skills")
    type(rows[1].application).objects.filter(pk=rows[1].application_id).update(stage="rejected", close_reason="skills")
    assert call(rows[2]) == rows[2]


def test_calling_is_refused() -> None:
    row = people(1)[0]
    sits(row)
    with pytest.raises(Refused, match="不归您办"):
        queueing.call_next(sitting=row.sitting, by=row.application.worker.user)
    single = InterviewFactory(confirmed=True)
    with pytest.raises(Refused, match="不用叫号"):
        queueing.call_next(sitting=single.sitting, by=single.recruiter)
    Sitting.objects.filter(pk=row.sitting_id).update(closed_at=timezone.now())
    with pytest.raises(Refused, match="已经收了"):
        call(row)


def test_before_its_time_nobody_is_called() -> None:
    row = people(1, at=in_minutes(90))[0]
    sits(row)
    with pytest.raises(Refused, match="还没到时间"):
        call(row)
    assert Interview.objects.get(pk=row.pk).called_at is None


def test_the_recruiter_sends_somebody_to_the_end() -> None:
    rows = people(2)
    first = queueing.skip(interview=rows[0], by=rows[0].recruiter)
    assert (first.queue_number, numbers(rows[0].sitting)) == (3, [(rows[1].pk, 2), (rows[0].pk, 3)])
    assert queueing.skip(interview=first, by=rows[0].recruiter).queue_number == 3
    with pytest.raises(Refused, match="不归您办"):
        queueing.skip(interview=rows[1], by=rows[1].application.worker.user)
    single = InterviewFactory(confirmed=True)
    with pytest.raises(Refused, match="还在排队"):
        queueing.skip(interview=single, by=single.recruiter)


def test_every_page_of_the_queue_is_nudged(nudges: list[str], django_capture_on_commit_callbacks: Any) -> None:
    rows = people(3)
    sits(rows[0])
    with django_capture_on_commit_callbacks(execute=True):
        call(rows[0])
    assert {f"interview.{row.pk} room.changed" for row in rows} <= set(nudges)
