"""The employer asks people: times, a series, a queue; who can be asked, and when the recruiter is free."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.applications import actions as applications
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.interviews.actions import offering
from labor.interviews.choices import CancelReason, Held, Mode, SittingKind, State
from labor.interviews.models import BookedTime, Interview, Sitting, Slot
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import InterviewFactory, SittingFactory, days_ahead, in_minutes
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db

NINE = days_ahead(1, 9)


@pytest.fixture
def application() -> Application:
    return ApplicationFactory()


@pytest.fixture
def member(application: Application) -> Any:
    return owner_of(application.posting.employer)


def offer(application: Application, **fields: Any) -> Sitting:
    owner = owner_of(application.posting.employer)
    given = {
        "posting": application.posting, "applications": [application], "mode": Mode.VIDEO, "times": [NINE],
        "minutes": 20, "recruiter": owner, "by": owner,
    }  # fmt: skip
    return offering.offer(**{**given, **fields})


def stage_of(application: Application) -> str:
    return Application.objects.get(pk=application.pk).stage


def clocks(times: list[datetime]) -> list[str]:
    return [f"{timezone.localtime(at):%H:%M}" for at in times]


# A series ------------------------------------------------------------------------------------------------------------


def test_a_series_fits_between_its_ends() -> None:
    hour = timedelta(hours=1)
    assert clocks(offering.series(start=NINE, end=NINE + hour, minutes=20)) == ["09:00", "09:20", "09:40"]
    assert clocks(offering.series(start=NINE, end=NINE + hour, minutes=20, pause=5)) == ["09:00", "09:25"]
    assert clocks(offering.series(start=NINE, end=NINE + hour, minutes=60)) == ["09:00"]
    assert offering.series(start=NINE, end=NINE + hour, minutes=61) == []
    assert offering.series(start=NINE, end=NINE, minutes=20) == []
    assert offering.series(start=NINE + hour, end=NINE, minutes=20) == []


@pytest.mark.parametrize("fields", [{"minutes": 0}, {"minutes": 20, "pause": -1}])
def test_a_series_of_nothing_is_an_error(fields: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no series"):
        offering.series(start=NINE, end=NINE + timedelta(hours=1), **fields)


# Asking --------------------------------------------------------------------------------------------------------------


def test_one_tap_asks_and_takes_the_application_along(application: Application, member: Any) -> None:
    sitting = offer(application, times=[NINE + timedelta(hours=1), NINE], note="带身份证", place="")
    interview = sitting.interviews.get()
    assert (interview.state, interview.round, interview.recruiter) == (State.PROPOSED, 1, member)
    assert [slot.starts_at for slot in sitting.slots.all()] == [NINE, NINE + timedelta(hours=1)]
    assert (sitting.starts_at, sitting.ends_at) == (NINE, NINE + timedelta(minutes=80))
    assert [event.to_state for event in interview.events.all()] == [State.PROPOSED]
    assert list(application.events.values_list("to_stage", flat=True)) == [
        "applied", "shortlisted", "interview_scheduled",
    ]  # fmt: skip
    held = BookedTime.objects.of(Held.USER, member.pk)
    assert [row.slot_id for row in held] == [slot.pk for slot in sitting.slots.all()]


@pytest.mark.parametrize("stage", [Stage.APPLIED, Stage.PROCESSING, Stage.NEED_INFO, Stage.SHORTLISTED])
def test_people_are_asked_from_every_stage_before_the_interview(stage: Stage) -> None:
    application = ApplicationFactory(stage=stage)
    offer(application)
    assert stage_of(application) == Stage.INTERVIEW_SCHEDULED


def test_a_second_round_is_counted() -> None:
    application = InterviewFactory(done=True).application
    assert offer(application).interviews.get().round == 2
    assert stage_of(application) == Stage.INTERVIEW_SCHEDULED


def test_the_worker_and_who_looks_after_him_hear_of_it_once() -> None:
    application = ApplicationFactory(worker=WorkerFactory(unclaimed=True))
    other = ApplicationFactory(posting=application.posting)
    offer(application, applications=[application, other], times=[NINE, NINE + timedelta(hours=1)])
    helper = application.worker.registered_by
    told = {notice.recipient_id: notice for notice in Notice.objects.all()}
    assert set(told) == {helper.pk, other.worker.user_id}
    assert {notice.kind for notice in told.values()} == {"interview.offered"}
    notice = told[other.worker.user_id]
    assert notice.title == f"请选面试时间：{other.posting.title}"
    assert "上午 9:00" in notice.body and "不用装软件" in notice.body
    assert told[helper.pk].title.startswith(application.worker.name) and "您" not in told[helper.pk].body


def test_of_an_offer_one_text_goes_out_to_the_worker(application: Application) -> None:
    offer(application)
    notice = Notice.objects.get(recipient=application.worker.user)
    assert [row.channel for row in notice.deliveries.all()] == ["sms"]


def test_a_form_that_is_sent_twice_makes_one_sitting(application: Application) -> None:
    assert offer(application, slip="s1") == offer(application, slip="s1")
    assert Interview.objects.count() == 1


def test_a_queue_takes_the_recruiters_whole_time(application: Application, member: Any) -> None:
    sitting = offer(application, kind=SittingKind.QUEUE, ends_at=NINE + timedelta(hours=2))
    assert (sitting.is_queue, sitting.ends_at) == (True, NINE + timedelta(hours=2))
    held = BookedTime.objects.of(Held.USER, member.pk).get()
    assert (held.sitting, held.starts_at, held.ends_at) == (sitting, NINE, NINE + timedelta(hours=2))


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"mode": "letter"}, "视频、电话还是现场", "mode"),
    ({"kind": "lottery"}, "排队叫号", "kind"),
    ({"minutes": 4}, "5 到 180", "minutes"),
    ({"minutes": 181}, "5 到 180", "minutes"),
    ({"times": []}, "至少给一个时间", "times"),
    ({"times": [NINE + timedelta(days=1, minutes=5 * number) for number in range(61)], "minutes": 5}, "60 个", "times"),
    ({"times": [NINE + timedelta(seconds=30)]}, "整分钟", "times"),
    ({"times": [in_minutes(-10)]}, "已经过了", "times"),
    ({"times": [days_ahead(70)]}, "太远了", "times"),
    ({"times": [NINE, NINE + timedelta(minutes=19)]}, "隔得太近", "times"),
    ({"kind": SittingKind.QUEUE}, "从几点到几点", "ends_at"),
    ({"kind": SittingKind.QUEUE, "times": [NINE, NINE + timedelta(hours=1)], "ends_at": NINE + timedelta(hours=2)},
     "从几点到几点", "ends_at"),
    ({"kind": SittingKind.QUEUE, "ends_at": NINE + timedelta(minutes=19)}, "至少够一个人", "ends_at"),
    ({"kind": SittingKind.QUEUE, "ends_at": NINE + timedelta(hours=9)}, "最长 8 小时", "ends_at"),
    ({"kind": SittingKind.QUEUE, "ends_at": NINE + timedelta(hours=1, seconds=1)}, "整分钟", "ends_at"),
    ({"answer_by": NINE + timedelta(hours=5)}, "最晚回答", "answer_by"),
    ({"answer_by": in_minutes(-5)}, "最晚回答", "answer_by"),
    ({"note": "长" * 201}, "200 个字", "note"),
    ({"place": "长" * 121}, "120 个字", "place"),
    ({"applications": []}, "请选要面试的人", "applications"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "sentence", "field"), WRONG)
def test_what_is_typed_wrong_is_refused_with_its_field(
    application: Application, fields: dict[str, Any], sentence: str, field: str
) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        offer(application, **fields)
    assert refusal.value.field == field
    assert (Sitting.objects.count(), BookedTime.objects.count(), stage_of(application)) == (0, 0, Stage.APPLIED)


def test_on_the_spot_needs_a_place(application: Application) -> None:
    application.posting.address = ""
    with pytest.raises(Refused, match="在哪里"):
        offer(application, mode=Mode.ONSITE)
    assert offer(application, mode=Mode.ONSITE, place="五金大道 8 号").mode == Mode.ONSITE


def test_who_is_no_member_asks_nobody(application: Application) -> None:
    for stranger in (owner_of(EmployerFactory()), application.worker.user, None):
        with pytest.raises(Refused, match="不归您办"):
            offer(application, by=stranger)


def test_the_recruiter_is_a_colleague(application: Application) -> None:
    left = MemberFactory(employer=application.posting.employer, user__is_active=False).user
    for stranger in (owner_of(EmployerFactory()), left, None):
        with pytest.raises(Refused, match="本单位的成员"):
            offer(application, recruiter=stranger)
    colleague = MemberFactory(employer=application.posting.employer, recruiter=True).user
    assert offer(application, recruiter=colleague).recruiter == colleague


def test_an_employer_under_suspicion_asks_nobody() -> None:
    application = ApplicationFactory(posting__employer__suspended=True)
    with pytest.raises(Refused, match="已认证"):
        offer(application)


def test_for_a_posting_that_is_gone_nobody_is_asked() -> None:
    application = ApplicationFactory(posting__removed=True)
    with pytest.raises(Refused, match="已经下架"):
        offer(application)


def test_all_are_asked_or_nobody(application: Application) -> None:
    other = ApplicationFactory(posting=application.posting, stage=Stage.OFFERED)
    with pytest.raises(Refused, match=f"{other.worker.name} 的报名现在是“已发录用”"):
        offer(application, applications=[application, other], times=[NINE, NINE + timedelta(hours=1)])
    assert (Interview.objects.count(), stage_of(application)) == (0, Stage.APPLIED)


def test_who_is_asked_already_is_not_asked_again(application: Application) -> None:
    offer(application)
    with pytest.raises(Refused, match="已经约了面试"):
        offer(application, times=[NINE + timedelta(days=1)])


def test_applicants_of_another_posting_are_not_asked(application: Application) -> None:
    with pytest.raises(Refused, match="不是报这个岗位的"):
        offer(application, applications=[application, ApplicationFactory()])


def test_who_took_his_consent_back_is_not_asked(application: Application) -> None:
    Application.objects.filter(pk=application.pk).update(consent_withdrawn_at=timezone.now())
    with pytest.raises(Refused, match="不能约面试"):
        offer(application)


def test_there_is_a_time_for_everybody(application: Application) -> None:
    others = [application, ApplicationFactory(posting=application.posting)]
    with pytest.raises(Refused, match="有 2 个人要选，只有 1 个时间"):
        offer(application, applications=others)
    with pytest.raises(Refused, match="还够 1 个人，约了 2 个"):
        offer(application, applications=others, kind=SittingKind.QUEUE, ends_at=NINE + timedelta(minutes=39))


def test_a_recruiter_is_not_booked_twice(application: Application) -> None:
    offer(application, times=[NINE, NINE + timedelta(hours=1)])
    other = ApplicationFactory(posting=JobPostingFactory(employer=application.posting.employer))
    with pytest.raises(Refused, match=r"上午 10:00 面试官或陪同人已经有别的面试") as refusal:
        offer(other, times=[NINE + timedelta(minutes=75)])
    assert refusal.value.field == "times"
    with pytest.raises(Refused, match="已经有别的面试"):
        offer(other, kind=SittingKind.QUEUE, ends_at=NINE + timedelta(hours=3))
    assert (Sitting.objects.count(), stage_of(other)) == (1, Stage.APPLIED)
    offer(other, times=[NINE + timedelta(minutes=20)])


# By hand no more -----------------------------------------------------------------------------------------------------


def test_nobody_is_at_this_stage_without_an_interview(application: Application, member: Any) -> None:
    applications.move(application=application, to=Stage.SHORTLISTED, by=member)
    with pytest.raises(Refused, match="请点“约面试”"):
        applications.move(application=application, to=Stage.INTERVIEW_SCHEDULED, by=member)
    offer(application)
    application.refresh_from_db()
    with pytest.raises(Refused, match="取消面试"):
        applications.move(application=application, to=Stage.SHORTLISTED, by=member)
    with pytest.raises(Refused, match="还没结束"):
        applications.move(application=application, to=Stage.INTERVIEWED, by=member)


def test_without_an_open_interview_it_is_over_by_hand(member: Any) -> None:
    application = ApplicationFactory(stage=Stage.INTERVIEW_SCHEDULED)
    applications.move(
        application=application, to=Stage.INTERVIEWED, by=owner_of(application.posting.employer)
    )  # fmt: skip
    assert stage_of(application) == Stage.INTERVIEWED


# More people, new times, fewer times ---------------------------------------------------------------------------------


def test_more_people_come_to_the_same_sitting(application: Application, member: Any) -> None:
    sitting = offer(application, times=[NINE, NINE + timedelta(hours=1)])
    other = ApplicationFactory(posting=application.posting)
    assert [row.application for row in offering.invite_more(sitting=sitting, applications=[other], by=member)] == [
        other
    ]
    third = ApplicationFactory(posting=application.posting)
    with pytest.raises(Refused, match="有 3 个人要选，只有 2 个时间"):
        offering.invite_more(sitting=sitting, applications=[third], by=member)
    with pytest.raises(Refused, match="请选要面试的人"):
        offering.invite_more(sitting=sitting, applications=[], by=member)
    with pytest.raises(Refused, match="不归您办"):
        offering.invite_more(sitting=sitting, applications=[third], by=third.worker.user)
    Sitting.objects.filter(pk=sitting.pk).update(closed_at=timezone.now())
    with pytest.raises(Refused, match="另约一场"):
        offering.invite_more(sitting=sitting, applications=[third], by=member)


@pytest.mark.parametrize("state", ["proposed", "rescheduling", "confirmed"])
def test_new_times_take_the_place_of_the_old_ones(state: str) -> None:
    interview = InterviewFactory(**({} if state == "proposed" else {state: True, "starts_at": days_ahead(2)}))
    member, old = interview.recruiter, interview.sitting
    again = offering.offer_again(interview=interview, by=member, times=[days_ahead(3), days_ahead(4)], minutes=30)
    interview.refresh_from_db()
    assert (interview.sitting, again.minutes, again.slots.free().count()) == (again, 30, 2)
    assert interview.state == (State.PROPOSED if state == "proposed" else State.RESCHEDULING)
    assert not old.slots.free().exists() and not interview.times.exists()
    assert BookedTime.objects.of(Held.USER, member.pk).count() == 2
    notice = Notice.objects.get(recipient=interview.application.worker.user)
    assert (notice.kind, "新的面试时间" in notice.title) == ("interview.offered", True)


def test_times_that_others_wait_for_stay() -> None:
    interview = InterviewFactory()
    other = InterviewFactory(sitting=interview.sitting, application__posting=interview.sitting.posting)
    offering.offer_again(interview=interview, by=interview.recruiter, times=[days_ahead(30)])
    assert other.sitting.slots.free().count() == 2


def test_new_times_are_refused() -> None:
    interview = InterviewFactory()
    with pytest.raises(Refused, match="不归您办"):
        offering.offer_again(interview=interview, by=interview.application.worker.user, times=[days_ahead(3)])
    with pytest.raises(Refused, match="至少给一个时间"):
        offering.offer_again(interview=interview, by=interview.recruiter, times=[])
    for state, sentence in (("live", "请先改期"), ("done", "已经结束"), ("cancelled", "已经取消")):
        over = InterviewFactory(**{state: True})
        with pytest.raises(Refused, match=sentence):
            offering.offer_again(interview=over, by=over.recruiter, times=[days_ahead(3)])
    gone = InterviewFactory(application__stage=Stage.REJECTED)
    with pytest.raises(Refused, match="报名已经结束"):
        offering.offer_again(interview=gone, by=gone.recruiter, times=[days_ahead(3)])
    interview.application.posting.employer.members.all().delete()
    colleague = MemberFactory(employer=interview.application.posting.employer).user
    with pytest.raises(Refused, match="本单位的成员"):
        offering.offer_again(interview=interview, by=colleague, times=[days_ahead(3)])


def test_a_time_that_nobody_picked_is_taken_back() -> None:
    interview = InterviewFactory()
    slot: Slot = interview.sitting.slots.all()[0]
    for _ in range(2):
        slot = offering.withdraw_slot(slot=slot, by=interview.recruiter)
    assert slot.withdrawn_at is not None and not slot.times.exists()
    assert interview.sitting.slots.free().count() == 1


def test_a_time_that_somebody_has_is_not_taken_back() -> None:
    interview = InterviewFactory(confirmed=True)
    with pytest.raises(Refused, match="已经有人选了"):
        offering.withdraw_slot(slot=interview.slot, by=interview.recruiter)
    with pytest.raises(Refused, match="不归您办"):
        offering.withdraw_slot(slot=interview.slot, by=interview.application.worker.user)


def test_a_sitting_that_closes_waits_for_nobody_and_keeps_who_has_a_time() -> None:
    asked = InterviewFactory()
    sitting = asked.sitting
    has = InterviewFactory(
        confirmed=True, sitting=sitting, starts_at=sitting.starts_at, application__posting=sitting.posting
    )
    with pytest.raises(Refused, match="不归您办"):
        offering.close_sitting(sitting=sitting, by=has.application.worker.user)
    for _ in range(2):
        sitting = offering.close_sitting(sitting=sitting, by=asked.recruiter)
    asked.refresh_from_db()
    has.refresh_from_db()
    assert (asked.state, asked.cancel_reason) == (State.CANCELLED, CancelReason.UNANSWERED)
    assert has.state == State.CONFIRMED and has.slot.times.exists()
    assert sitting.closed_at is not None
    assert BookedTime.objects.of(Held.USER, sitting.recruiter_id).count() == 1
    assert stage_of(asked.application) == Stage.SHORTLISTED


def test_a_queue_with_people_in_it_is_not_closed_by_hand() -> None:
    has = InterviewFactory(confirmed=True, queue=True)
    with pytest.raises(Refused, match="队里还有 1 个人"):
        offering.close_sitting(sitting=has.sitting, by=has.recruiter)
    empty = SittingFactory(queue=True)
    offering.close_sitting(sitting=empty, by=empty.recruiter)
    assert not empty.times.exists()
