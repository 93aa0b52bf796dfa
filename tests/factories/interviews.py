"""Sittings, times, booths and interviews at any state. A state is written as it is, without the road that leads there.

Each row brings what the database and the actions want to see beside it: the event of its state, and the booked times
of whom it holds. Two interviews of one recruiter at one time are refused here too: give the second another `starts_at`.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from jinba.accounts.models import User
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.interviews.choices import TIMED, CancelReason, Held, Mode, Side, SittingKind, State
from labor.interviews.models import BookedTime, Booth, Interview, InterviewEvent, OpeningHours, Sitting, Slot
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, owner_of


def whole(at: datetime) -> datetime:
    """The whole minute at or before `at`: nothing else can be booked."""
    return at.replace(second=0, microsecond=0)


def in_minutes(minutes: int) -> datetime:
    return whole(timezone.now()) + timedelta(minutes=minutes)


def days_ahead(days: int, hour: int = 9, minute: int = 0) -> datetime:
    """A time of the day in Beijing, so many days from today."""
    day: date = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def _ahead(number: int) -> datetime:
    """Within office hours of one of the next twenty days; neighbours do not touch."""
    return days_ahead(1 + number % 20, 8 + number // 20 % 9)


class BoothFactory(DjangoModelFactory):
    """A booth that is open all week, with somebody of the park on duty; `host=False`: it has no opening hours."""

    class Meta:
        model = Booth
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"云窗{number:04d}号")
    place = "服务专区二楼东侧"
    note = "带身份证，早到十分钟"

    @factory.post_generation
    def host(self: Booth, create: bool, extracted: Any, **kwargs: Any) -> None:
        """`host=`: who is on duty; a new member of the park's staff unless somebody is given, nobody when False."""
        if extracted is False:
            return
        person = extracted or UserFactory(park=True)
        for weekday in range(7):
            OpeningHours.objects.create(
                booth=self, weekday=weekday, opens=time(0, 0), closes=time(23, 59), host=person
            )  # fmt: skip


def host_of(booth: Booth) -> User:
    """Who is on duty in a booth of the factory."""
    return booth.hours.all()[0].host


class SittingFactory(DjangoModelFactory):
    """An hour of the employer's owner on one of the next days, without slots; `queue`: all come, he calls them."""

    class Meta:
        model = Sitting
        skip_postgeneration_save = True

    posting = factory.SubFactory(JobPostingFactory)
    recruiter = factory.LazyAttribute(lambda made: owner_of(made.posting.employer))
    starts_at = factory.Sequence(_ahead)
    ends_at = factory.LazyAttribute(lambda made: made.starts_at + timedelta(hours=1))
    minutes = 20
    made_by = factory.SelfAttribute("recruiter")

    class Params:
        queue = factory.Trait(kind=SittingKind.QUEUE)

    @factory.post_generation
    def times(self: Sitting, create: bool, extracted: Any, **kwargs: Any) -> None:
        if self.is_queue:
            BookedTime.make(Held.USER, self.recruiter_id, self.starts_at, self.ends_at, sitting=self).save()


class SlotFactory(DjangoModelFactory):
    """A time that can be picked, at the beginning of its sitting unless `starts_at` says another."""

    class Meta:
        model = Slot
        skip_postgeneration_save = True

    sitting = factory.SubFactory(SittingFactory)
    starts_at = factory.SelfAttribute("sitting.starts_at")
    ends_at = factory.LazyAttribute(lambda made: made.starts_at + timedelta(minutes=made.sitting.minutes))

    @factory.post_generation
    def times(self: Slot, create: bool, extracted: Any, **kwargs: Any) -> None:
        if self.withdrawn_at is None:
            recruiter = self.sitting.recruiter_id
            BookedTime.make(Held.USER, recruiter, self.starts_at, self.ends_at, slot=self).save()


_STAGES = {
    State.DONE: Stage.INTERVIEWED,
    State.NO_SHOW: Stage.SHORTLISTED,
    State.CANCELLED: Stage.SHORTLISTED,
}


# A trait cannot change another parameter, so it is the state that says when it is.
_MINUTES_AHEAD = {State.LIVE: -5, State.DONE: -24 * 60, State.NO_SHOW: -24 * 60}


def _starts_at(made: Any) -> datetime | None:
    if made.state in (State.PROPOSED, State.RESCHEDULING):
        return None
    return made.at or in_minutes(_MINUTES_AHEAD.get(made.state, 10))


class InterviewFactory(DjangoModelFactory):
    """An interview that the worker was asked to: `slots` (2) free times wait for his answer.

    `confirmed`, `live`, `done`, `no_show`, `cancelled`, `rescheduling` for other states; `starts_at=` with those that
    have a time (confirmed: in ten minutes, so that the room is on; live: five minutes ago;
    done and no_show: a day ago). `queue` (with `confirmed`
    or `live`, or alone for somebody who has not answered): a place in a queue, number 1 unless `queue_number` says
    another. Whose it is: `application=`, or `application__worker=` and `application__posting=`.
    """

    class Meta:
        model = Interview
        skip_postgeneration_save = True

    class Params:
        at = None
        kind = SittingKind.SLOTS
        confirmed = factory.Trait(state=State.CONFIRMED)
        rescheduling = factory.Trait(state=State.RESCHEDULING, changes=1)
        live = factory.Trait(
            state=State.LIVE,
            live_at=factory.LazyAttribute(lambda made: made.starts_at),
            worker_came_at=factory.LazyAttribute(lambda made: made.starts_at - timedelta(minutes=2)),
            employer_came_at=factory.LazyAttribute(lambda made: made.starts_at - timedelta(minutes=1)),
        )
        done = factory.Trait(
            state=State.DONE,
            live_at=factory.LazyAttribute(lambda made: made.starts_at),
            ended_at=factory.LazyAttribute(lambda made: made.ends_at),
        )
        no_show = factory.Trait(state=State.NO_SHOW, no_show_by=Side.WORKER)
        cancelled = factory.Trait(
            state=State.CANCELLED, cancelled_by=Side.EMPLOYER, cancel_reason=CancelReason.NO_TIME
        )  # fmt: skip
        queue = factory.Trait(
            kind=SittingKind.QUEUE,
            queue_number=factory.LazyAttribute(lambda made: 1 if made.state in TIMED else None),
        )

    state = State.PROPOSED
    mode = Mode.VIDEO
    application = factory.SubFactory(
        ApplicationFactory, stage=factory.LazyAttribute(lambda made: _stage(made.factory_parent))
    )
    starts_at = factory.LazyAttribute(_starts_at)
    ends_at = factory.LazyAttribute(lambda made: made.starts_at and made.starts_at + timedelta(minutes=_minutes(made)))
    sitting = factory.LazyAttribute(lambda made: _sitting(made))
    recruiter = factory.SelfAttribute("sitting.recruiter")
    made_by = factory.SelfAttribute("sitting.made_by")

    @classmethod
    def _create(cls, model_class: type[Interview], *args: Any, **fields: Any) -> Interview:
        slots = fields.pop("slots", 2)
        interview: Interview
        if fields["state"] in TIMED and not fields["sitting"].is_queue and "slot" not in fields:
            fields["slot"] = Slot.objects.filter(sitting=fields["sitting"], starts_at=fields["starts_at"]).first()
            if fields["slot"] is None:
                fields["slot"] = SlotFactory(
                    sitting=fields["sitting"], starts_at=fields["starts_at"], ends_at=fields["ends_at"]
                )
        interview = super()._create(model_class, *args, **fields)
        InterviewEvent.objects.create(
            interview=interview, to_state=interview.state, side=Side.EMPLOYER, by=interview.made_by,
            starts_at=interview.starts_at,
        )  # fmt: skip
        sitting = interview.sitting
        if interview.state in (State.PROPOSED, State.RESCHEDULING) and not sitting.is_queue:
            for number in range(slots):
                at = sitting.starts_at + timedelta(minutes=sitting.minutes * number)
                if not Slot.objects.filter(sitting=sitting, starts_at=at).exists():
                    SlotFactory(sitting=sitting, starts_at=at)
        if interview.state in TIMED:
            hold(interview)
        return interview


def hold(interview: Interview) -> None:
    """Book whom a confirmed interview holds."""
    assert interview.starts_at and interview.ends_at
    held = [(Held.WORKER, interview.application.worker_id)]
    if interview.helper_id:
        held.append((Held.USER, interview.helper_id))
    if interview.booth_id and interview.sitting.is_queue:
        span = (interview.sitting.starts_at, interview.sitting.ends_at)
        row = BookedTime.make(Held.BOOTH, interview.booth_id, *span, sitting=interview.sitting)
        BookedTime.objects.bulk_create([row], ignore_conflicts=True)
    elif interview.booth_id:
        held.append((Held.BOOTH, interview.booth_id))
    for what, pk in held:
        BookedTime.make(what, pk, interview.starts_at, interview.ends_at, interview=interview).save()


def _stage(parent: Any) -> Stage:
    return _STAGES.get(parent.state, Stage.INTERVIEW_SCHEDULED)


def _minutes(made: Any) -> int:
    return 60 if made.kind == SittingKind.QUEUE else 20


def _sitting(made: Any) -> Sitting:
    """The sitting it stands in: of the application's posting, around its time."""
    application: Application = made.application
    fields: dict[str, Any] = {"posting": application.posting, "kind": made.kind, "mode": made.mode}
    if made.starts_at:
        fields["starts_at"] = made.starts_at
        if made.state in (State.DONE, State.NO_SHOW):
            fields["closed_at"] = made.starts_at + timedelta(hours=1)
        if made.kind == SittingKind.QUEUE:
            fields["ends_at"] = made.ends_at
            there = Sitting.objects.filter(posting=application.posting, starts_at=made.starts_at, kind=made.kind)
            return there.first() or SittingFactory(**fields)
    return SittingFactory(**fields)
