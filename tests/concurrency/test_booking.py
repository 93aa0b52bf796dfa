"""Nobody is in two places at once, however many book at the same moment. Invariant I14."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection, transaction

from jinba.core.errors import Refused
from jinba.core.locks import patient
from labor.applications.choices import Stage
from labor.applications.consent import consent_text
from labor.applications.models import Application, ApplicationEvent
from labor.interviews.actions import answering, booking, changing, queueing
from labor.interviews.choices import OPEN, Held, Mode, Side, State
from labor.interviews.models import BookedTime, Interview, InterviewEvent, Sitting
from tests.concurrency.crowd import crowd, persistent
from tests.concurrency.people import many_workers
from tests.factories.employers import EmployerFactory, JobPostingFactory
from tests.factories.interviews import (
    BoothFactory,
    InterviewFactory,
    SittingFactory,
    SlotFactory,
    days_ahead,
    in_minutes,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.usefixtures("letters")]

BOOKINGS, CONNECTIONS = 5_000, 32
MORNING = days_ahead(1, 8)

# By the clock times themselves: knows nothing of the keys that the constraint compares.
OVERLAPS = """
SELECT count(*) FROM {table} one JOIN {table} other
    ON one.id < other.id AND one.held = other.held AND one.held_id = other.held_id
   AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
"""


def overlaps(table: str = "interviews_bookedtime") -> int:
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS.format(table=table))
        (count,) = cursor.fetchone()
    return int(count)


@dataclass(frozen=True)
class Wish:
    """For one interview a worker, somebody who comes along, and a booth, for one time."""

    interview_id: int
    held: tuple[tuple[Held, int], ...]
    starts_at: datetime
    ends_at: datetime

    def rows(self) -> list[BookedTime]:
        return [
            BookedTime.make(held, pk, self.starts_at, self.ends_at, interview_id=self.interview_id)
            for held, pk in self.held
        ]


def wishes(count: int, interviews: list[int]) -> list[Wish]:
    """People, companions and booths by chance, within one morning, in pieces that begin and end anywhere in it."""
    chance = random.Random(14)
    made = []
    for number in range(count):
        starts_at = MORNING + timedelta(minutes=chance.randrange(0, 480))
        held = (
            (Held.WORKER, chance.randrange(1, 121)),
            (Held.USER, chance.randrange(1, 31)),
            (Held.BOOTH, chance.randrange(1, 13)),
        )
        length = timedelta(minutes=chance.choice((10, 15, 20, 30, 45)))
        made.append(Wish(interviews[number % len(interviews)], held, starts_at, starts_at + length))
    return made


def many_interviews(count: int) -> list[int]:
    """Rows for times to belong to."""
    interview = InterviewFactory(done=True)
    fields = {
        "application": interview.application, "sitting": interview.sitting, "recruiter": interview.recruiter,
        "made_by": interview.made_by, "state": State.DONE,
    }  # fmt: skip
    return [row.pk for row in Interview.objects.bulk_create(Interview(**fields) for _ in range(count))]


def test_five_thousand_racing_bookings_never_overlap() -> None:
    made = wishes(BOOKINGS, many_interviews(BOOKINGS))

    @patient
    def take(wish: Wish) -> bool:
        booking._book(wish.rows())
        return True

    before = BookedTime.objects.count()
    answers = crowd(persistent(take), made, people=CONNECTIONS)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [answer for answer in answers if answer is not True and not isinstance(answer, Refused)] == []
    taken = [wish for wish, answer in zip(made, answers, strict=True) if answer is True]
    # Whoever was refused holds nothing, whoever was not holds all three.
    assert BookedTime.objects.count() - before == 3 * len(taken)
    assert len(taken) > 50 and len(refused) > BOOKINGS // 2
    assert overlaps() == 0
    # Nobody was refused for nothing: what he wanted meets something that stands.
    for wish, answer in list(zip(made, answers, strict=True))[::50]:
        if isinstance(answer, Refused):
            there = [BookedTime.objects.in_the_way(held, pk, wish.starts_at, wish.ends_at) for held, pk in wish.held]
            assert any(rows.exists() for rows in there)


def test_looking_before_booking_overlaps() -> None:
    """The negative control: the same bookings without the constraint, by somebody who looks first and then writes."""
    made = wishes(BOOKINGS, [1])
    columns = "held, held_id, starts_at, ends_at"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS booked_without_constraint")
        cursor.execute(
            "CREATE TABLE booked_without_constraint (id bigint GENERATED ALWAYS AS IDENTITY, held int, held_id bigint,"
            " starts_at timestamptz, ends_at timestamptz)"
        )
        cursor.execute("CREATE INDEX ON booked_without_constraint (held, held_id, starts_at)")

    def look_and_take(wish: Wish) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            for held, pk in wish.held:
                cursor.execute(
                    "SELECT EXISTS (SELECT FROM booked_without_constraint"
                    " WHERE held = %s AND held_id = %s AND starts_at < %s AND ends_at > %s)",
                    [held.value, pk, wish.ends_at, wish.starts_at],
                )
                if cursor.fetchone()[0]:
                    return False
            for held, pk in wish.held:
                cursor.execute(
                    f"INSERT INTO booked_without_constraint ({columns}) VALUES (%s, %s, %s, %s)",
                    [held.value, pk, wish.starts_at, wish.ends_at],
                )
        return True

    try:
        answers = crowd(look_and_take, made, people=CONNECTIONS)
        assert set(answers) == {True, False}
        assert overlaps("booked_without_constraint") > 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE booked_without_constraint")


# The same through the door that people use ---------------------------------------------------------------------------


def many_asked(sittings: list[Sitting], workers: list[Any]) -> list[Interview]:
    """Every worker is asked to every sitting."""
    pairs = list(product(sittings, workers))
    applications = Application.objects.bulk_create(
        Application(
            worker=worker, posting=sitting.posting, stage=Stage.INTERVIEW_SCHEDULED, applied_by=worker.user,
            consent_text=consent_text("厂"),
        )
        for sitting, worker in pairs
    )  # fmt: skip
    ApplicationEvent.objects.bulk_create(
        ApplicationEvent(application=row, to_stage=row.stage, by=row.applied_by) for row in applications
    )
    made = Interview.objects.bulk_create(
        Interview(application=row, sitting=sitting, recruiter=sitting.recruiter, made_by=sitting.made_by)
        for row, (sitting, _) in zip(applications, pairs, strict=True)
    )
    InterviewEvent.objects.bulk_create(
        InterviewEvent(interview=row, to_state=State.PROPOSED, side=Side.EMPLOYER, by=row.made_by) for row in made
    )
    return made


def test_racing_answers_leave_every_time_to_one_person() -> None:
    """Workers asked by four firms for the same morning pick times and booths, change their minds, and meet others."""
    sittings = []
    for _ in range(4):
        sitting = SittingFactory(posting=JobPostingFactory(employer=EmployerFactory()), starts_at=MORNING)
        for number in range(8):
            SlotFactory(sitting=sitting, starts_at=MORNING + timedelta(minutes=20 * number))
        sittings.append(sitting)
    booths = [None, *(BoothFactory() for _ in range(2))]
    asked = many_asked(sittings, many_workers(12))
    slots = {sitting.pk: list(sitting.slots.all()) for sitting in sittings}
    chance = random.Random(5)
    deeds = [(row, chance.choice(slots[row.sitting_id]), chance.choice(booths)) for row in chance.choices(asked, k=240)]

    def answer(deed: tuple[Interview, Any, Any]) -> Any:
        row, slot, booth = deed
        return answering.pick(interview=row, slot=slot, booth=booth, by=row.application.worker.user)

    answers = crowd(persistent(answer), deeds, people=16)
    assert [one for one in answers if isinstance(one, Exception) and not isinstance(one, Refused)] == []
    assert overlaps() == 0
    assert any(isinstance(one, Refused) for one in answers)
    confirmed = 0
    for row in Interview.objects.prefetch_related("events", "times").select_related("slot", "application"):
        events = list(row.events.all())
        assert events[-1].to_state == row.state
        held = {(time.held, time.held_id, time.starts_at) for time in row.times.all()}
        if row.state == State.CONFIRMED:
            confirmed += 1
            assert row.slot is not None and row.starts_at == row.slot.starts_at
            wanted = {(Held.WORKER, row.application.worker_id, row.starts_at)}
            assert held == wanted | ({(Held.BOOTH, row.booth_id, row.starts_at)} if row.booth_id else set())
        else:
            assert (row.state, held) == (State.PROPOSED, set())
    taken = Interview.objects.filter(state__in=OPEN, slot__isnull=False).values_list("slot", flat=True)
    assert confirmed == len(taken) == len(set(taken)) > 8


def test_racing_into_a_queue_everybody_has_a_place_of_his_own_and_one_is_called() -> None:
    sitting = SittingFactory(
        queue=True, mode=Mode.PHONE, starts_at=in_minutes(5), ends_at=in_minutes(485), minutes=10
    )  # fmt: skip
    asked = many_asked([sitting], many_workers(30))
    Interview.objects.update(mode=Mode.PHONE)

    def come(row: Interview) -> Interview:
        return answering.pick(interview=row, slot=None, by=row.application.worker.user)

    answers = crowd(persistent(come), asked * 2, people=16)
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert sorted(Interview.objects.values_list("queue_number", flat=True)) == list(range(1, 31))

    def call(_: int) -> Interview | None:
        return queueing.call_next(sitting=sitting, by=sitting.recruiter)

    called = crowd(persistent(call), range(12), people=12)
    first = Interview.objects.get(queue_number=1)
    assert set(called) == {first} and first.state == State.LIVE
    assert Interview.objects.filter(state=State.LIVE).count() == 1
    assert overlaps() == 0


def test_racing_into_the_booth_of_a_queue_it_is_held_once_and_by_nobody_else() -> None:
    """People of two queues and of single times come to two booths, change between them and leave, all at once."""
    window = {"starts_at": in_minutes(60), "ends_at": in_minutes(240), "minutes": 10}
    booths = [BoothFactory(), BoothFactory()]
    sittings = [SittingFactory(queue=True, **window) for _ in range(2)]
    asked = many_asked(sittings, many_workers(20))
    singles = [InterviewFactory(confirmed=True, starts_at=in_minutes(80 + 20 * number)) for number in range(6)]
    chance = random.Random(9)
    deeds = [(row, chance.choice(["come", "change", "change", "leave"])) for row in (asked + singles) * 6]
    chance.shuffle(deeds)

    def act(deed: tuple[Interview, str]) -> Any:
        row, what = deed
        by, booth = row.application.worker.user, chance.choice([None, *booths])
        if what == "come" and row.sitting.is_queue:
            return answering.pick(interview=row, slot=None, booth=booth, by=by)
        if what == "leave":
            return changing.ask_other_time(interview=row, by=by)
        return answering.change_booth(interview=row, booth=booth, by=by)

    answers = crowd(persistent(act), deeds, people=16)
    assert [one for one in answers if isinstance(one, Exception) and not isinstance(one, Refused)] == []
    assert overlaps() == 0
    there = Interview.objects.timed().filter(booth__isnull=False)
    wanted = {(row.booth_id, row.sitting_id if row.sitting.is_queue else None, None if row.sitting.is_queue else row.pk)
              for row in there.select_related("sitting")}  # fmt: skip
    held = list(BookedTime.objects.filter(held=Held.BOOTH).values_list("held_id", "sitting", "interview"))
    assert sorted(map(str, held)) == sorted(map(str, wanted))
    assert any(there.filter(sitting=sitting).count() > 1 for sitting in sittings)
