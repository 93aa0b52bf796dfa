"""What the factories make stands in the database as the actions would leave it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labor.interviews.choices import OPEN, TIMED, Held, State
from labor.interviews.models import BookedTime, Interview
from labor.interviews.opening import host_on
from tests.factories.employers import owner_of
from tests.factories.interviews import BoothFactory, InterviewFactory, SittingFactory, days_ahead, host_of, in_minutes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", [state for state in State if state != State.PROPOSED])
def test_every_state_can_be_made(state: State) -> None:
    interview = InterviewFactory(**{str(state): True})
    assert interview.state == state
    assert interview.events.get().to_state == state
    holds = interview.times.filter(held=Held.WORKER, held_id=interview.application.worker_id).exists()
    assert holds == (state in TIMED)
    assert (interview.application.stage == "interview_scheduled") == (state in OPEN)


def test_a_proposed_one_waits_with_free_times_of_the_recruiter() -> None:
    interview = InterviewFactory()
    assert interview.sitting.slots.free().count() == 2
    assert BookedTime.objects.of(Held.USER, interview.recruiter_id).count() == 2
    assert interview.recruiter == owner_of(interview.application.posting.employer)


def test_a_confirmed_one_is_on() -> None:
    assert InterviewFactory(confirmed=True).is_on(timezone.now())
    assert InterviewFactory(live=True).is_on(timezone.now())
    at = in_minutes(600)
    assert InterviewFactory(confirmed=True, starts_at=at).starts_at == at


def test_people_of_a_queue_share_its_sitting() -> None:
    first = InterviewFactory(confirmed=True, queue=True)
    second = InterviewFactory(confirmed=True, queue=True, queue_number=2, sitting=first.sitting,
                              application__posting=first.sitting.posting)  # fmt: skip
    assert [first.queue_number, second.queue_number] == [1, 2]
    assert (first.starts_at, first.ends_at) == (first.sitting.starts_at, first.sitting.ends_at)
    asked = InterviewFactory(queue=True)
    assert (asked.queue_number, asked.sitting.is_queue) == (None, True)
    assert BookedTime.objects.filter(sitting=asked.sitting, held_id=asked.recruiter_id).exists()


def test_nobody_is_made_twice_at_one_time() -> None:
    first = InterviewFactory(confirmed=True)
    posting = first.application.posting
    with pytest.raises(IntegrityError), transaction.atomic():
        InterviewFactory(confirmed=True, application__posting=posting, starts_at=first.starts_at)
    InterviewFactory(confirmed=True, application__posting=posting, starts_at=first.ends_at)
    assert Interview.objects.count() == 2


def test_a_booth_is_open_unless_it_shall_not() -> None:
    booth = BoothFactory()
    at = days_ahead(1, 10)
    assert host_on(booth=booth, starts_at=at, ends_at=at + timedelta(hours=1)) == host_of(booth)
    assert host_on(booth=BoothFactory(host=False), starts_at=at, ends_at=at + timedelta(hours=1)) is None
    assert SittingFactory(queue=True).times.count() == 1
