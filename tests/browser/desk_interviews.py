"""What stands on a recruiter's desk of interviews: every state, a morning of slots, a queue that is being called."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from employers.models import JobPosting
from jinba.accounts.models import User
from labor.interviews.actions import seating
from labor.interviews.choices import SeatKind, SittingKind
from labor.interviews.models import Interview
from tests.factories.applications import ApplicationFactory
from tests.factories.interviews import InterviewFactory, SittingFactory, SlotFactory, days_ahead, in_minutes
from tests.factories.workers import WorkerFactory


def desk_of_interviews(posting: JobPosting, colleague: User) -> dict[str, Any]:
    """Of the posting's employer, by the names under which they stand in addresses."""
    made = {
        "on": _of(posting, "欧阳小凤", confirmed=True, at=in_minutes(20)),
        "coming": _of(posting, confirmed=True, at=days_ahead(1, 18)),
        "asked": _of(posting, sitting=SittingFactory(posting=posting, starts_at=days_ahead(6, 18))),
        "moved": _of(posting, rescheduling=True, slots=0, wish="这周都要收菜，下周一以后都可以，最好下午"),
        "overdue": _of(posting, confirmed=True, at=days_ahead(-1, 9)),
        "missed": _of(posting, no_show=True, at=days_ahead(-2, 9)),
        "off": _of(posting, cancelled=True, at=days_ahead(-3, 9), cancel_reason="full"),
        "over": _of(posting, done=True, at=days_ahead(-4, 9), feedback="手很稳，下周一来体检。"),
    }
    guest = made["on"]
    seating.seat_all(interview=guest)
    guest.seats.create(
        number=3, kind=SeatKind.INTERPRETER, name="彝语翻译小阿依", phone="13600000077", key="key",
        link_ends_at=guest.closes_at(),
    )  # fmt: skip
    slots = SittingFactory(posting=posting, starts_at=days_ahead(5, 9), minutes=20)
    for number in range(6):
        SlotFactory(sitting=slots, starts_at=days_ahead(5, 9) + timedelta(minutes=25 * number))
    picked = days_ahead(5, 9) + timedelta(minutes=25)
    _of(posting, sitting=slots, confirmed=True, at=picked)
    return {f"desk_{name}": row.pk for name, row in made.items()} | {
        "desk_slots": slots.pk, "desk_queue": _queue(posting, colleague),
    }  # fmt: skip


def _of(posting: JobPosting, name: str = "", **fields: Any) -> Interview:
    worker = {"application__worker": WorkerFactory(name=name)} if name else {}
    interview: Interview = InterviewFactory(application__posting=posting, **worker, **fields)
    return interview


def _queue(posting: JobPosting, colleague: User) -> int:
    """One is in, three wait: one of them there, one called in vain."""
    begin = in_minutes(-40)
    sitting = SittingFactory(
        posting=posting, recruiter=colleague, queue=True, starts_at=begin, ends_at=begin + timedelta(hours=3)
    )
    states: list[dict[str, Any]] = [
        {"done": True}, {"live": True}, {"confirmed": True, "called_at": timezone.now() - timedelta(minutes=3)},
        {"confirmed": True}, {"confirmed": True},
    ]  # fmt: skip
    for number, state in enumerate(states, start=1):
        interview = InterviewFactory(
            application=ApplicationFactory(posting=posting, stage="interview_scheduled"), sitting=sitting, at=begin,
            kind=SittingKind.QUEUE, queue_number=number, ends_at=sitting.ends_at, **state,
        )  # fmt: skip
        if number == 4:
            seating.seat_all(interview=interview)
            interview.seats.filter(kind=SeatKind.WORKER).update(
                connection="00000000-0000-0000-0000-000000000004", seen_at=timezone.now() + timedelta(hours=2),
                arrived_at=timezone.now(),
            )  # fmt: skip
    return int(sitting.pk)
