"""Another time, not at all, it begins, it is over, somebody stayed away: by whom, when, and what comes of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.interviews.actions import answering, changing, offering, seating
from labor.interviews.choices import CancelReason, Held, Mode, SeatKind, Side, State
from labor.interviews.models import BookedTime, Interview, Slot
from labor.interviews.no_shows import no_shows_of
from labor.workers.models import WorkerAct
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.interviews import BoothFactory, InterviewFactory, SlotFactory, days_ahead, host_of, in_minutes
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed() -> Interview:
    """A day ahead, with seats and reminders as an answer leaves them."""
    interview = InterviewFactory()
    worker = interview.application.worker
    return answering.pick(interview=interview, slot=interview.sitting.slots.all()[0], by=worker.user)


def worker_of(interview: Interview) -> Any:
    return interview.application.worker.user


def stage_of(interview: Interview) -> str:
    return Application.objects.get(pk=interview.application_id).stage


def told(user: Any, kind: str) -> list[Notice]:
    return list(Notice.objects.filter(recipient=user, kind=kind))


STRANGERS = ("another worker", "a broker", "the park", "another employer")


def stranger(who: str) -> Any:
    if who == "another employer":
        return owner_of(JobPostingFactory().employer)
    traits: dict[str, dict[str, bool]] = {
        "another worker": {},
        "a broker": {"broker": True},
        "the park": {"park": True},
    }
    return UserFactory(**traits[who])


@pytest.mark.parametrize("who", STRANGERS)
def test_no_stranger_does_anything(agreed: Interview, who: str) -> None:
    by = stranger(who)
    for act in (
        lambda: changing.ask_other_time(interview=agreed, by=by),
        lambda: changing.cancel(interview=agreed, by=by, reason=CancelReason.ILL),
        lambda: changing.go_live(interview=agreed, by=by),
        lambda: changing.no_show(interview=agreed, side=Side.WORKER, by=by),
        lambda: changing.finish(interview=agreed, by=by, feedback=""),
    ):
        with pytest.raises(Refused, match="不归您办"):
            act()


# Another time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["worker", "employer"])
def test_another_time_gives_everything_back(agreed: Interview, side: str) -> None:
    by, other = worker_of(agreed), agreed.recruiter
    if side == "employer":
        by, other = other, by
    slot = agreed.slot
    for _ in range(2):
        interview = changing.ask_other_time(interview=agreed, by=by, wish="下午  也行")
    assert (interview.state, interview.slot, interview.starts_at, interview.changes) == (
        State.RESCHEDULING, None, None, 1,
    )  # fmt: skip
    assert interview.wish == ("下午 也行" if side == "worker" else "")
    assert slot in Slot.objects.free() and not interview.times.exists()
    assert not interview.seats.valid().exists()
    assert not interview.reminders.filter(done_at__isnull=True).exists()
    assert interview.events.latest("pk").starts_at == agreed.starts_at
    assert [notice.kind for notice in told(other, "interview.changed")] == ["interview.changed"]
    assert "下午 也行" in told(other, "interview.changed")[0].body
    assert told(by, "interview.changed") == []
    assert stage_of(interview) == Stage.INTERVIEW_SCHEDULED


def test_the_park_asks_for_another_time_when_its_booth_cannot_be_used() -> None:
    booth = BoothFactory()
    interview = InterviewFactory(confirmed=True, booth=booth)
    changing.ask_other_time(interview=interview, by=host_of(booth), wish="停电了")
    assert "原因：停电了" in told(worker_of(interview), "interview.changed")[0].body
    assert "停电了" in told(interview.recruiter, "interview.changed")[0].body
    with pytest.raises(Refused, match="不归您办"):  # from now on it is in no booth
        changing.cancel(interview=interview, by=host_of(booth), reason=CancelReason.BOOTH)


def test_who_comes_along_hears_of_it_whoever_asks() -> None:
    interview = InterviewFactory(application__worker__helper=UserFactory(broker=True))
    helper = interview.application.worker.delegations.get().helper
    answering.pick(
        interview=interview, slot=interview.sitting.slots.all()[0], by=worker_of(interview), helper=helper
    )  # fmt: skip
    changing.ask_other_time(interview=interview, by=worker_of(interview))
    assert len(told(helper, "interview.changed")) == 1
    answering.pick(interview=interview, slot=interview.sitting.slots.all()[1], by=worker_of(interview), helper=helper)
    changing.cancel(interview=interview, by=worker_of(interview), reason=CancelReason.ILL)
    assert len(told(helper, "interview.cancelled")) == 1


def test_nobodys_number_is_kept_in_what_is_said(agreed: Interview) -> None:
    changing.ask_other_time(interview=agreed, by=worker_of(agreed), wish="打我 13812345678 再定")
    assert "13812345678" not in str(list(Interview.objects.values_list("wish", flat=True)))
    assert "13812345678" not in str(list(agreed.events.values_list("note", flat=True)))
    assert "13812345678" not in str(list(Notice.objects.values_list("body", flat=True)))


@pytest.mark.parametrize("deed", ["cancel", "another time"])
def test_a_time_of_a_closed_sitting_is_the_recruiters_own_again(agreed: Interview, deed: str) -> None:
    slot, by = agreed.slot, worker_of(agreed)
    offering.close_sitting(sitting=agreed.sitting, by=agreed.recruiter)
    assert BookedTime.objects.of(Held.USER, agreed.recruiter_id).get().slot == slot
    if deed == "cancel":
        changing.cancel(interview=agreed, by=by, reason=CancelReason.ILL)
    else:
        changing.ask_other_time(interview=agreed, by=by)
    slot.refresh_from_db()
    assert not BookedTime.objects.of(Held.USER, agreed.recruiter_id).exists() and slot.withdrawn_at is not None


def test_another_try_begins_without_the_telephone_of_the_last_one() -> None:
    interview = InterviewFactory(live=True)
    changing.call_by_phone(interview=interview, by_side=Side.WORKER, by=None)
    interview = changing.ask_other_time(interview=interview, by=interview.recruiter)
    assert (interview.by_phone_at, interview.by_phone_side, interview.live_at) == (None, "", None)


def test_new_times_in_place_of_an_agreed_one_are_one_text(agreed: Interview) -> None:
    booth = BoothFactory()
    answering.change_booth(interview=agreed, booth=booth, by=worker_of(agreed))
    before = Notice.objects.filter(recipient=worker_of(agreed)).count()
    offering.offer_again(interview=agreed, by=agreed.recruiter, times=[days_ahead(33)])
    kinds = [notice.kind for notice in Notice.objects.filter(recipient=worker_of(agreed)).order_by("pk")][before:]
    assert kinds == ["interview.offered"]
    assert any("面试不算了" in notice.title for notice in told(host_of(booth), "interview.changed"))


def test_another_time_is_refused(agreed: Interview) -> None:
    with pytest.raises(Refused, match="200 个字"):
        changing.ask_other_time(interview=agreed, by=worker_of(agreed), wish="长" * 201)
    begun = InterviewFactory(confirmed=True, starts_at=in_minutes(-1))
    with pytest.raises(Refused, match="已经到了"):
        changing.ask_other_time(interview=begun, by=worker_of(begun))
    assert changing.ask_other_time(interview=begun, by=begun.recruiter).state == State.RESCHEDULING
    live = InterviewFactory(live=True)
    with pytest.raises(Refused, match="还不能办"):
        changing.ask_other_time(interview=live, by=worker_of(live))
    for state, sentence in (("done", "已经结束"), ("no_show", "已经结束"), ("cancelled", "已经取消")):
        over = InterviewFactory(**{state: True})
        with pytest.raises(Refused, match=sentence):
            changing.ask_other_time(interview=over, by=worker_of(over))
    asked = InterviewFactory()
    with pytest.raises(Refused, match="还不能办"):
        changing.ask_other_time(interview=asked, by=worker_of(asked))


def test_a_helper_who_asks_leaves_a_trace_and_the_worker_without_account_a_text() -> None:
    interview = InterviewFactory(application__worker=WorkerFactory(unclaimed=True))
    helper = interview.application.worker.registered_by
    answering.pick(interview=interview, slot=interview.sitting.slots.all()[0], by=helper)
    changing.ask_other_time(interview=interview, by=helper)
    assert WorkerAct.objects.filter(by=helper, note__contains="要改面试时间").count() == 1
    seat = interview.seats.get(kind=SeatKind.WORKER)
    assert [(row.why, "要改时间" in row.words) for row in seat.texts.order_by("pk")] == [
        ("invited", False), ("cancelled", True),
    ]  # fmt: skip


# Not at all ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["worker", "employer"])
def test_what_is_cancelled_is_free_again_and_the_application_can_be_asked_anew(agreed: Interview, side: str) -> None:
    by, other = worker_of(agreed), agreed.recruiter
    if side == "employer":
        by, other = other, by
    for _ in range(2):
        interview = changing.cancel(interview=agreed, by=by, reason=CancelReason.ILL, note="发烧")
    assert (interview.state, interview.cancelled_by, interview.cancel_reason, interview.changes) == (
        State.CANCELLED, side, CancelReason.ILL, 1,
    )  # fmt: skip
    assert interview.starts_at and not interview.times.exists() and not interview.seats.valid().exists()
    assert not interview.reminders.filter(done_at__isnull=True).exists()
    assert agreed.slot in Slot.objects.free()
    assert stage_of(interview) == Stage.SHORTLISTED
    assert interview.application.events.latest("pk").note == "面试取消：身体不舒服"
    notice = told(other, "interview.cancelled")[0]
    assert "取消了" in notice.title and "身体不舒服：发烧" in notice.body
    assert told(by, "interview.cancelled") == []
    again = offering.offer(
        posting=interview.application.posting, applications=[interview.application], recruiter=agreed.recruiter,
        by=agreed.recruiter, mode=Mode.VIDEO, times=[days_ahead(40)], minutes=20,
    )  # fmt: skip
    assert again.interviews.get().state == State.PROPOSED


def test_a_cancelled_one_is_texted_once_to_the_worker(agreed: Interview) -> None:
    changing.cancel(interview=agreed, by=agreed.recruiter, reason=CancelReason.FULL)
    texts = [
        notice.kind
        for notice in Notice.objects.filter(recipient=worker_of(agreed)).order_by("pk")
        if notice.deliveries.filter(channel="sms").exists()
    ]
    assert texts == ["interview.confirmed", "interview.cancelled"]


def test_cancelling_is_refused(agreed: Interview) -> None:
    for by in (worker_of(agreed), agreed.recruiter, None):
        with pytest.raises(Refused, match="请选一个原因") as refusal:
            changing.cancel(interview=agreed, by=by, reason=CancelReason.BOOTH)
        assert refusal.value.field == "reason"
    with pytest.raises(Refused, match="请写一句"):
        changing.cancel(interview=agreed, by=worker_of(agreed), reason=CancelReason.OTHER, note=" ")
    with pytest.raises(Refused, match="200 个字"):
        changing.cancel(interview=agreed, by=worker_of(agreed), reason=CancelReason.OTHER, note="长" * 201)
    past = InterviewFactory(confirmed=True, starts_at=in_minutes(-60))
    with pytest.raises(Refused, match="已经过了"):
        changing.cancel(interview=past, by=worker_of(past), reason=CancelReason.ILL)
    live = InterviewFactory(live=True)
    with pytest.raises(Refused, match="还不能办"):
        changing.cancel(interview=live, by=worker_of(live), reason=CancelReason.ILL)
    assert changing.cancel(interview=live, by=live.recruiter, reason=CancelReason.NOT_HELD).state == State.CANCELLED
    for state in ("done", "no_show"):
        over = InterviewFactory(**{state: True})
        with pytest.raises(Refused, match="已经结束"):
            changing.cancel(interview=over, by=over.recruiter, reason=CancelReason.ILL)


def test_an_application_that_ended_stays_ended() -> None:
    interview = InterviewFactory(application__stage=Stage.REJECTED)
    changing.cancel(interview=interview, by=interview.recruiter, reason=CancelReason.FULL)
    assert stage_of(interview) == Stage.REJECTED


# It begins -----------------------------------------------------------------------------------------------------------


def test_it_begins_once() -> None:
    interview = InterviewFactory(confirmed=True)
    for _ in range(2):
        interview = changing.go_live(interview=interview, by=interview.recruiter)
    assert (interview.state, interview.events.count()) == (State.LIVE, 2)
    assert interview.live_at and interview.employer_came_at and interview.worker_came_at is None


def test_it_does_not_begin() -> None:
    early = InterviewFactory(confirmed=True, starts_at=in_minutes(31))
    with pytest.raises(Refused, match="还没到时间"):
        changing.go_live(interview=early, by=early.recruiter)
    late = InterviewFactory(confirmed=True, starts_at=in_minutes(-200))
    with pytest.raises(Refused, match="已经关了"):
        changing.go_live(interview=late, by=late.recruiter)
    interview = InterviewFactory(confirmed=True)
    for by in (worker_of(interview), None):
        with pytest.raises(Refused, match="还不能办"):
            changing.go_live(interview=interview, by=by)
    asked = InterviewFactory()
    with pytest.raises(Refused, match="还不能办"):
        changing.go_live(interview=asked, by=asked.recruiter)
    gone = InterviewFactory(confirmed=True, application__stage=Stage.WITHDRAWN)
    with pytest.raises(Refused, match="报名已经结束"):
        changing.go_live(interview=gone, by=gone.recruiter)


def test_who_comes_is_noted_the_first_time() -> None:
    interview = InterviewFactory(confirmed=True)
    first = timezone.now() - timedelta(minutes=3)
    for side, field in ((Side.WORKER, "worker_came_at"), (Side.EMPLOYER, "employer_came_at")):
        for at in (first, timezone.now()):
            changing.came(interview=Interview.objects.get(pk=interview.pk), side=side, at=at)
        interview.refresh_from_db()
        assert getattr(interview, field) == first
    done = InterviewFactory(done=True)
    changing.came(interview=done, side=Side.WORKER, at=first)
    done.refresh_from_db()
    assert done.worker_came_at is None


# Somebody stayed away ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [Side.WORKER, Side.EMPLOYER])
def test_either_side_may_say_that_the_other_stayed_away(side: Side) -> None:
    interview = InterviewFactory(confirmed=True, starts_at=in_minutes(-11))
    by = interview.recruiter if side == Side.WORKER else worker_of(interview)
    for _ in range(2):
        interview = changing.no_show(interview=interview, side=side, by=by)
    assert (interview.state, interview.no_show_by, interview.events.count()) == (State.NO_SHOW, side, 2)
    assert not interview.times.exists() and stage_of(interview) == Stage.SHORTLISTED
    worker, employer = interview.application.worker, interview.application.posting.employer
    counted = {Side.WORKER: no_shows_of(worker).count(), Side.EMPLOYER: no_shows_of(employer).count()}
    assert counted == {Side.WORKER: int(side == Side.WORKER), Side.EMPLOYER: int(side == Side.EMPLOYER)}
    other = worker_of(interview) if side == Side.WORKER else interview.recruiter
    assert len(told(other, "interview.no_show")) == 1 and told(by, "interview.no_show") == []


def test_who_stayed_away_is_not_said_lightly() -> None:
    interview = InterviewFactory(confirmed=True, starts_at=in_minutes(-8))
    with pytest.raises(Refused, match="请再等一等，开始 10 分钟以后"):
        changing.no_show(interview=interview, side=Side.WORKER, by=interview.recruiter)
    late = InterviewFactory(confirmed=True, starts_at=in_minutes(-15))
    with pytest.raises(Refused, match="只能说对方没来"):
        changing.no_show(interview=late, side=Side.EMPLOYER, by=late.recruiter)
    with pytest.raises(Refused, match="哪一方"):
        changing.no_show(interview=late, side=Side.PARK, by=late.recruiter)
    changing.came(interview=late, side=Side.WORKER, at=timezone.now())
    with pytest.raises(Refused, match=r"求职者 .+ 到过等候室"):
        changing.no_show(interview=late, side=Side.WORKER, by=late.recruiter)
    changing.came(interview=late, side=Side.EMPLOYER, at=timezone.now())
    with pytest.raises(Refused, match=r"企业的人 .+ 到过等候室"):
        changing.no_show(interview=late, side=Side.EMPLOYER, by=worker_of(late))
    booked = InterviewFactory(confirmed=True, starts_at=in_minutes(-45), booth=BoothFactory())
    with pytest.raises(Refused, match="还不能办"):
        changing.no_show(interview=booked, side=Side.WORKER, by=host_of(booked.booth))
    gone = InterviewFactory(confirmed=True, starts_at=in_minutes(-75), application__stage=Stage.REJECTED)
    with pytest.raises(Refused, match="报名已经结束"):
        changing.no_show(interview=gone, side=Side.WORKER, by=gone.recruiter)
    live = InterviewFactory(live=True, starts_at=in_minutes(-100))
    with pytest.raises(Refused, match="还不能办"):
        changing.no_show(interview=live, side=Side.WORKER, by=live.recruiter)


def queued(number: int, **fields: Any) -> Interview:
    return InterviewFactory(confirmed=True, queue=True, queue_number=number, at=in_minutes(-15), **fields)


@pytest.mark.parametrize("state", ["live", "done"])
def test_in_a_queue_an_employer_who_talks_with_others_is_there(state: str) -> None:
    interview = queued(12)
    InterviewFactory(
        **{state: True}, queue=True, queue_number=1, sitting=interview.sitting, at=in_minutes(-15),
        application__posting=interview.sitting.posting,
    )  # fmt: skip
    with pytest.raises(Refused, match="正按号一个一个面"):
        changing.no_show(interview=interview, side=Side.EMPLOYER, by=worker_of(interview))
    alone = queued(1)
    assert changing.no_show(interview=alone, side=Side.EMPLOYER, by=worker_of(alone)).state == State.NO_SHOW


def test_in_a_queue_nobody_stayed_away_who_was_not_called() -> None:
    interview = queued(1)
    for called_at, sentence in ((None, "还没有叫到这个号"), (in_minutes(-8), "叫号 10 分钟以后")):
        Interview.objects.filter(pk=interview.pk).update(called_at=called_at)
        with pytest.raises(Refused, match=sentence):
            changing.no_show(interview=interview, side=Side.WORKER, by=interview.recruiter)
    Interview.objects.filter(pk=interview.pk).update(called_at=in_minutes(-10))
    missed = changing.no_show(interview=interview, side=Side.WORKER, by=interview.recruiter)
    assert (missed.state, missed.no_show_by) == (State.NO_SHOW, Side.WORKER)


def test_in_a_queue_on_the_spot_who_never_came_shows_at_its_end() -> None:
    interview = queued(1, mode=Mode.ONSITE)
    with pytest.raises(Refused, match="排队还没结束"):
        changing.no_show(interview=interview, side=Side.WORKER, by=interview.recruiter)
    Interview.objects.filter(pk=interview.pk).update(ends_at=in_minutes(-1))
    assert changing.no_show(interview=interview, side=Side.WORKER, by=interview.recruiter).state == State.NO_SHOW


# By telephone instead ------------------------------------------------------------------------------------------------


def test_the_first_wish_to_telephone_counts_and_shows_no_number() -> None:
    interview = InterviewFactory(live=True)
    changing.call_by_phone(interview=interview, by_side=Side.WORKER, by=None)
    interview = changing.call_by_phone(interview=interview, by_side=Side.EMPLOYER, by=interview.recruiter)
    assert (interview.by_phone_side, interview.state, interview.events.count()) == (Side.WORKER, State.LIVE, 2)
    notice = told(interview.recruiter, "interview.by_phone")[0]
    assert interview.application.worker.phone not in notice.title + notice.body
    other = InterviewFactory(live=True)
    changing.call_by_phone(interview=other, by_side=Side.EMPLOYER, by=other.recruiter)
    assert "手机畅通" in told(worker_of(other), "interview.by_phone")[0].body


def test_outside_the_room_nobody_changes_to_the_telephone(agreed: Interview) -> None:
    phone = InterviewFactory(confirmed=True, mode=Mode.PHONE)
    for interview in (agreed, phone, InterviewFactory()):
        with pytest.raises(Refused, match="没有开"):
            changing.call_by_phone(interview=interview, by_side=Side.WORKER, by=worker_of(interview))
    gone = InterviewFactory(live=True, application__stage=Stage.WITHDRAWN)
    with pytest.raises(Refused, match="报名已经结束"):
        changing.call_by_phone(interview=gone, by_side=Side.WORKER, by=None)


# It is over ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["live", "confirmed", "no_show"])
def test_it_took_place_in_the_room_by_telephone_or_after_all(state: str) -> None:
    interview = InterviewFactory(**{state: True, "starts_at": in_minutes(-5)})
    for _ in range(2):
        interview = changing.finish(interview=interview, by=interview.recruiter, feedback=" 手脚麻利 ", note="")
    assert (interview.state, interview.feedback, interview.no_show_by) == (State.DONE, "手脚麻利", "")
    assert interview.ended_at and not interview.times.exists()
    assert stage_of(interview) == Stage.INTERVIEWED
    notice = told(worker_of(interview), "interview.result")[0]
    assert notice.body == "手脚麻利" and not notice.deliveries.filter(channel="sms").exists()


def test_a_result_is_refused(agreed: Interview) -> None:
    with pytest.raises(Refused, match="还没有开始"):
        changing.finish(interview=agreed, by=agreed.recruiter, feedback="")
    with pytest.raises(Refused, match="300 个字"):
        changing.finish(interview=agreed, by=agreed.recruiter, feedback="长" * 301)
    live = InterviewFactory(live=True)
    with pytest.raises(Refused, match="还不能办"):
        changing.finish(interview=live, by=worker_of(live), feedback="")
    gone = InterviewFactory(live=True, application__stage=Stage.WITHDRAWN)
    with pytest.raises(Refused, match="报名已经结束"):
        changing.finish(interview=gone, by=gone.recruiter, feedback="")
    for state, sentence in (("cancelled", "已经取消"), ("rescheduling", "还不能办")):
        other = InterviewFactory(**{state: True})
        with pytest.raises(Refused, match=sentence):
            changing.finish(interview=other, by=other.recruiter, feedback="")


def test_a_missed_one_has_no_result_once_things_went_on() -> None:
    again = InterviewFactory(no_show=True)
    offering.offer(
        posting=again.application.posting, applications=[again.application], recruiter=again.recruiter,
        by=again.recruiter, mode=Mode.PHONE, times=[days_ahead(45)], minutes=20,
    )  # fmt: skip
    with pytest.raises(Refused, match="重新约了面试"):
        changing.finish(interview=again, by=again.recruiter, feedback="")
    offered = InterviewFactory(no_show=True, application__stage=Stage.OFFERED)
    with pytest.raises(Refused, match="已经往前走了"):
        changing.finish(interview=offered, by=offered.recruiter, feedback="")


def test_the_companys_times_stay_where_they_are_when_one_of_them_is_over() -> None:
    """Only its own times are given back: the recruiter stays booked by the slot, others by theirs."""
    live = InterviewFactory(live=True)
    other = InterviewFactory(confirmed=True, starts_at=days_ahead(2))
    changing.finish(interview=live, by=live.recruiter, feedback="")
    assert BookedTime.objects.of(Held.USER, live.recruiter_id).filter(slot=live.slot).exists()
    assert other.times.exists()


def test_seats_end_with_the_interview(agreed: Interview) -> None:
    seat = agreed.seats.get(kind=SeatKind.WORKER)
    path = seating.link_path(seat)
    interview = changing.ask_other_time(interview=agreed, by=worker_of(agreed))
    slot = SlotFactory(sitting=interview.sitting, starts_at=days_ahead(29))
    interview = answering.pick(interview=interview, slot=slot, by=worker_of(agreed))
    fresh = interview.seats.valid().get(kind=SeatKind.WORKER)
    assert fresh.pk != seat.pk and seating.link_path(fresh) != path
