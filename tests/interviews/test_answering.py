"""The worker, or his helper, picks a time, a place and company; what is refused, and what is booked by it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.applications import actions as applications
from labor.applications.choices import Stage
from labor.interviews.actions import answering, booking, changing
from labor.interviews.choices import CancelReason, Held, Lead, Mode, SeatKind, Side, State
from labor.interviews.models import BookedTime, Booth, Interview, Slot
from labor.workers.models import WorkerAct
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import (
    BoothFactory,
    InterviewFactory,
    SlotFactory,
    days_ahead,
    host_of,
)
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> Interview:
    return InterviewFactory()


def slot_of(interview: Interview, number: int = 0) -> Slot:
    return interview.sitting.slots.all()[number]


def test_the_slot_is_booked_for_who_interviews_though_a_colleague_had_it(asked: Interview) -> None:
    slot = slot_of(asked)
    booking.free(slot=slot)
    booking.book_slots(slots=[slot], recruiter=MemberFactory(employer=asked.application.posting.employer).user)
    answering.pick(interview=asked, slot=slot, by=asked.application.worker.user)
    assert BookedTime.objects.get(slot=slot).held_id == asked.recruiter_id


def pick(interview: Interview, number: int = 0, **fields: Any) -> Interview:
    slot = fields.pop("slot") if "slot" in fields else slot_of(interview, number)
    given = {"interview": interview, "slot": slot, "by": interview.application.worker.user}
    return answering.pick(**{**given, **fields})


def holds(interview: Interview) -> set[tuple[int, int]]:
    return set(interview.times.values_list("held", "held_id"))


def test_a_time_is_picked_and_everything_that_goes_with_it(asked: Interview) -> None:
    slot = slot_of(asked, 1)
    interview = pick(asked, 1)
    interview.refresh_from_db()
    assert (interview.state, interview.slot, interview.starts_at, interview.ends_at, interview.changes) == (
        State.CONFIRMED, slot, slot.starts_at, slot.ends_at, 0,
    )  # fmt: skip
    assert holds(interview) == {(Held.WORKER, interview.application.worker_id)}
    assert [event.to_state for event in interview.events.all()] == [State.PROPOSED, State.CONFIRMED]
    assert interview.events.all()[1].starts_at == slot.starts_at
    assert {row.kind for row in interview.seats.all()} == {SeatKind.WORKER, SeatKind.RECRUITER}
    now = timezone.now()
    due = {lead for lead in Lead if slot.starts_at - timedelta(minutes=lead) > now}
    assert set(interview.reminders.values_list("lead", flat=True)) == due


def test_the_same_tap_twice_is_one_answer(asked: Interview) -> None:
    first, again = pick(asked), pick(asked)
    assert first == again and asked.events.count() == 2
    assert Notice.objects.filter(kind="interview.confirmed").count() == 2


def test_both_sides_read_when_it_is_and_the_workers_link_leads_in(asked: Interview) -> None:
    interview = pick(asked, booth=BoothFactory(name="云窗甲", place="巴中产业园二楼"))
    worker = Notice.objects.get(recipient=interview.application.worker.user)
    assert worker.kind == "interview.confirmed" and "视频面试" in worker.title
    assert "云窗甲（巴中产业园二楼）" in worker.body and worker.url.startswith("/rooms/j/")
    assert [row.channel for row in worker.deliveries.all()] == ["sms"]
    recruiter = Notice.objects.get(recipient=interview.recruiter)
    assert interview.application.worker.name not in recruiter.title and "云窗甲" in recruiter.body
    assert not recruiter.deliveries.filter(channel="sms").exists()
    assert Notice.objects.filter(recipient=host_of(interview.booth)).count() == 1


def test_another_time_begins_without_the_telephone_of_the_old_one() -> None:
    interview = InterviewFactory(confirmed=True)
    SlotFactory(sitting=interview.sitting, starts_at=days_ahead(3))
    changing.call_by_phone(interview=interview, by_side=Side.WORKER, by=None)
    interview = pick(interview, slot=interview.sitting.slots.free().get())
    interview.refresh_from_db()
    assert (interview.state, interview.by_phone_at, interview.by_phone_side) == (State.CONFIRMED, None, "")


def test_another_time_gives_the_old_one_back(asked: Interview) -> None:
    interview = pick(asked)
    first = interview.slot
    interview = pick(interview, 1)
    assert [event.to_state for event in interview.events.all()] == [
        "proposed",
        "confirmed",
        "rescheduling",
        "confirmed",
    ]
    assert (interview.changes, first in Slot.objects.free()) == (1, True)
    assert interview.times.get().starts_at == interview.starts_at
    stale = interview.reminders.exclude(starts_at=interview.starts_at)
    assert stale.exists() and not stale.filter(done_at__isnull=True).exists()
    assert Notice.objects.filter(recipient=interview.application.worker.user, kind="interview.changed").count() == 1


def test_back_to_the_first_time_reminds_again(asked: Interview) -> None:
    for number in (0, 1, 0):
        interview = pick(asked, number)
    open_ones = interview.reminders.filter(done_at__isnull=True)
    assert open_ones.count() >= 2 and set(open_ones.values_list("starts_at", flat=True)) == {interview.starts_at}


def test_who_asked_for_another_time_picks_again() -> None:
    interview = InterviewFactory(rescheduling=True)
    interview.events.create(from_state="proposed", to_state="confirmed", side="worker")
    interview.events.create(from_state="confirmed", to_state="rescheduling", side="worker")
    interview = pick(interview)
    assert (interview.state, interview.wish, interview.changes) == (State.CONFIRMED, "", 2)


# Who -----------------------------------------------------------------------------------------------------------------


def test_a_helper_picks_for_the_worker_and_it_is_written_down() -> None:
    interview = InterviewFactory(application__worker=WorkerFactory(unclaimed=True))
    helper = interview.application.worker.registered_by
    interview = pick(interview, by=helper, helper=True)
    assert interview.helper == helper
    assert holds(interview) == {(Held.WORKER, interview.application.worker_id), (Held.USER, helper.pk)}
    event = interview.events.latest("pk")
    assert (event.by, event.for_worker) == (helper, True)
    assert "选了面试时间" in WorkerAct.objects.get(by=helper).note
    # Somebody without account gets a text with his own link.
    assert [row.why for row in interview.seats.get(kind=SeatKind.WORKER).texts.all()] == ["invited"]


def test_nobody_else_picks(asked: Interview) -> None:
    strangers = [
        UserFactory(),
        UserFactory(broker=True),
        UserFactory(park=True),
        owner_of(JobPostingFactory().employer),
    ]
    for stranger in strangers:
        with pytest.raises(Refused, match="不归您办"):
            pick(asked, by=stranger)
    for by in (asked.recruiter, None):
        with pytest.raises(Refused, match="由求职者，或者他委托的人来选"):
            pick(asked, by=by)


def test_who_comes_along_has_to_be_entrusted(asked: Interview) -> None:
    with pytest.raises(Refused, match="委托的人才能陪同") as refusal:
        pick(asked, helper=UserFactory(broker=True))
    assert refusal.value.field == "helper"
    helper = DelegationFactory(worker=asked.application.worker).helper
    assert pick(asked, helper=helper).helper == helper


def test_who_comes_along_is_not_in_two_places(asked: Interview) -> None:
    helper = DelegationFactory(worker=asked.application.worker).helper
    at = slot_of(asked).starts_at
    other = InterviewFactory(confirmed=True, starts_at=at)
    BookedTime.make(Held.USER, helper.pk, at, other.ends_at, interview=other).save()
    with pytest.raises(Refused, match="面试官或陪同人"):
        pick(asked, helper=helper)
    assert Interview.objects.get(pk=asked.pk).state == State.PROPOSED
    assert pick(asked, 1, helper=helper).state == State.CONFIRMED


# When ----------------------------------------------------------------------------------------------------------------


def test_a_time_is_asked_for(asked: Interview) -> None:
    with pytest.raises(Refused, match="请选一个时间"):
        pick(asked, slot=None)


def test_a_time_of_another_sitting_is_refused(asked: Interview) -> None:
    with pytest.raises(Refused, match="不是给这场面试的"):
        pick(asked, slot=slot_of(InterviewFactory()))


def test_a_time_that_was_taken_back_is_refused(asked: Interview) -> None:
    Slot.objects.filter(pk=slot_of(asked).pk).update(withdrawn_at=timezone.now())
    with pytest.raises(Refused, match="已经收回"):
        pick(asked)


def test_a_time_that_is_over_is_refused(asked: Interview) -> None:
    late = SlotFactory(sitting=asked.sitting, starts_at=days_ahead(-1))
    with pytest.raises(Refused, match="已经过了"):
        pick(asked, slot=late)


def test_a_time_that_somebody_took_is_refused(asked: Interview) -> None:
    other = InterviewFactory(sitting=asked.sitting, application__posting=asked.sitting.posting)
    pick(other)
    with pytest.raises(Refused, match="刚被占用"):
        pick(asked)
    assert holds(asked) == set()


def test_a_sitting_that_is_closed_is_refused(asked: Interview) -> None:
    asked.sitting.closed_at = timezone.now()
    asked.sitting.save(update_fields=["closed_at"])
    with pytest.raises(Refused, match="这一场已经结束"):
        pick(asked)


def test_nobody_is_in_two_interviews_at_once(asked: Interview) -> None:
    at = slot_of(asked).starts_at + timedelta(minutes=10)
    InterviewFactory(confirmed=True, starts_at=at, application__worker=asked.application.worker)
    with pytest.raises(Refused, match="已经有别的面试") as refusal:
        pick(asked)
    assert refusal.value.field == "slot"
    asked.refresh_from_db()
    assert (asked.state, asked.seats.count(), asked.events.count()) == (State.PROPOSED, 0, 1)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("live", "还不能办"), ("done", "已经结束"), ("no_show", "已经结束"), ("cancelled", "已经取消")],
)
def test_what_began_or_is_over_takes_no_answer(state: str, sentence: str) -> None:
    interview = InterviewFactory(**{state: True})
    with pytest.raises(Refused, match=sentence):
        pick(interview, slot=SlotFactory(sitting=interview.sitting, starts_at=days_ahead(25)))


def test_a_time_that_has_come_is_not_changed_any_more() -> None:
    interview = InterviewFactory(confirmed=True, starts_at=days_ahead(-1))
    with pytest.raises(Refused, match="已经到了"):
        pick(interview, slot=SlotFactory(sitting=interview.sitting, starts_at=days_ahead(25)))


def test_an_application_that_ended_takes_no_answer(asked: Interview) -> None:
    worker = asked.application.worker
    applications.withdraw(application=asked.application, by=worker.user, reason="stays_home")
    with pytest.raises(Refused, match="报名已经结束"):
        pick(asked)


# Where ---------------------------------------------------------------------------------------------------------------


def test_a_booth_is_booked_with_its_host(asked: Interview) -> None:
    booth = BoothFactory()
    interview = pick(asked, booth=booth)
    assert holds(interview) == {(Held.WORKER, interview.application.worker_id), (Held.BOOTH, booth.pk)}
    assert interview.seats.get(kind=SeatKind.HOST).user == host_of(booth)


def test_a_booth_has_to_be_open_with_somebody_in_it(asked: Interview) -> None:
    for booth, sentence in (
        (BoothFactory(host=False), "这个时间不开放"),
        (BoothFactory(is_active=False), "现在不开放"),
    ):
        with pytest.raises(Refused, match=sentence) as refusal:
            pick(asked, booth=booth)
        assert refusal.value.field == "booth"


def test_a_booth_is_for_video(asked: Interview) -> None:
    Interview.objects.filter(pk=asked.pk).update(mode=Mode.PHONE)
    with pytest.raises(Refused, match="只有视频面试"):
        pick(asked, booth=BoothFactory())


def test_a_booth_is_not_booked_twice(asked: Interview) -> None:
    booth = BoothFactory()
    at = slot_of(asked).starts_at - timedelta(minutes=15)
    InterviewFactory(confirmed=True, starts_at=at, booth=booth)
    with pytest.raises(Refused, match="已经有人用"):
        pick(asked, booth=booth)
    assert pick(asked, 1, booth=booth).booth == booth


def test_the_place_changes_and_the_time_stays(asked: Interview) -> None:
    first, second = BoothFactory(), BoothFactory()
    worker = asked.application.worker
    interview = pick(asked, booth=first)
    for _ in range(2):
        interview = answering.change_booth(interview=interview, booth=second, by=worker.user)
    assert holds(interview) == {(Held.WORKER, worker.pk), (Held.BOOTH, second.pk)}
    assert (interview.changes, interview.events.latest("pk").note) == (1, f"改到{second.name}参加")
    assert interview.seats.valid().get(kind=SeatKind.HOST).user == host_of(second)
    kinds = Notice.objects.filter(recipient=host_of(first)).values_list("kind", flat=True)
    assert set(kinds) == {"interview.confirmed", "interview.changed"}
    interview = answering.change_booth(interview=interview, booth=None, by=host_of(second))
    assert holds(interview) == {(Held.WORKER, worker.pk)} and interview.booth is None
    told = Notice.objects.filter(recipient=worker.user, kind="interview.changed").first()
    assert told is not None and "用自己的手机参加" in told.body


def test_the_place_is_not_changed(asked: Interview) -> None:
    booth, worker = BoothFactory(), asked.application.worker
    with pytest.raises(Refused, match="时间还没定"):
        answering.change_booth(interview=asked, booth=booth, by=worker.user)
    interview = pick(asked, booth=booth)
    for by, sentence in (
        (interview.recruiter, "由求职者自己定"),
        (None, "由求职者自己定"),
        (UserFactory(), "不归您办"),
        (user_in(Role.BROKER), "不归您办"),
    ):
        with pytest.raises(Refused, match=sentence):
            answering.change_booth(interview=interview, booth=None, by=by)
    taken = BoothFactory()
    InterviewFactory(confirmed=True, starts_at=interview.starts_at, booth=taken)
    refusals: list[tuple[Booth, str]] = [(taken, "已经有人用"), (BoothFactory(host=False), "不开放")]
    for other, sentence in refusals:
        with pytest.raises(Refused, match=sentence):
            answering.change_booth(interview=interview, booth=other, by=worker.user)
    assert (Held.BOOTH, booth.pk) in holds(interview)
    without = InterviewFactory(confirmed=True)
    with pytest.raises(Refused, match="不归您办"):
        answering.change_booth(interview=without, booth=booth, by=host_of(booth))


# A place in the queue ------------------------------------------------------------------------------------------------


def test_places_in_a_queue_are_given_in_the_order_of_the_answers() -> None:
    first = InterviewFactory(queue=True)
    sitting = first.sitting
    second = InterviewFactory(queue=True, sitting=sitting, application__posting=sitting.posting)
    numbers = [pick(one, slot=None).queue_number for one in (second, first)]
    assert numbers == [1, 2]
    second.refresh_from_db()
    assert (second.starts_at, second.ends_at) == (sitting.starts_at, sitting.ends_at)
    assert second.times.get().ends_at == sitting.ends_at
    title = Notice.objects.get(recipient=second.application.worker.user).body
    assert "您是 1 号" in title


def test_a_queue_has_no_times_to_pick_from_and_ends() -> None:
    interview = InterviewFactory(queue=True)
    with pytest.raises(Refused, match="不用选时间"):
        pick(interview, slot=slot_of(InterviewFactory()))
    past = InterviewFactory(queue=True)
    past.sitting.starts_at, past.sitting.ends_at = days_ahead(-1), days_ahead(-1, 10)
    past.sitting.save(update_fields=["starts_at", "ends_at"])
    with pytest.raises(Refused, match="已经过了"):
        pick(past, slot=None)


# No ------------------------------------------------------------------------------------------------------------------


def test_who_does_not_want_to_says_why(asked: Interview) -> None:
    worker = asked.application.worker
    with pytest.raises(Refused, match="请选一个原因"):
        answering.decline(interview=asked, by=worker.user, reason="")
    for _ in range(2):
        asked = answering.decline(interview=asked, by=worker.user, reason=CancelReason.UNWILLING)
    assert (asked.state, asked.cancel_reason) == (State.CANCELLED, CancelReason.UNWILLING)
    asked.application.refresh_from_db()
    assert asked.application.stage == Stage.SHORTLISTED


def test_what_is_agreed_is_cancelled_not_declined() -> None:
    interview = InterviewFactory(confirmed=True)
    with pytest.raises(Refused, match="取消面试"):
        answering.decline(interview=interview, by=interview.application.worker.user, reason=CancelReason.UNWILLING)
