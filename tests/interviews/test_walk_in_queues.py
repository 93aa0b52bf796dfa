"""Who comes without an invitation, and a recruiter whose queue takes whoever comes."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.interviews import drop_in
from labor.interviews.actions import offering, walk_ins
from labor.interviews.choices import Mode, Side, SittingKind, State
from labor.interviews.models import Booth, Interview, Sitting, WalkIn
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, MemberFactory
from tests.factories.interviews import BoothFactory, InterviewFactory, SittingFactory, in_minutes
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def host() -> User:
    return user_in("park", name="何值班")


@pytest.fixture
def client(host: User) -> Client:
    client = Client()
    client.force_login(host)
    return client


@pytest.fixture
def booth() -> Booth:
    return BoothFactory(name="云窗一号")


def open_queue(**fields: Any) -> Sitting:
    """It began five minutes ago and takes whoever comes."""
    times = {"starts_at": in_minutes(-5), "ends_at": in_minutes(115), "minutes": 10}
    return SittingFactory(queue=True, **{**times, "takes_walk_ins": True, **fields})


def applied(sitting: Sitting, host: User, **fields: Any) -> Application:
    return ApplicationFactory(posting=sitting.posting, worker=WorkerFactory(helper=host), **fields)


def codes(application: Application) -> list[str]:
    return [one.code for one in drop_in.options(worker=application.worker)]


def test_an_applicant_without_invitation_is_handed_to_the_recruiter_who_is_there(
    client: Client, host: User, booth: Booth
) -> None:
    sitting = open_queue()
    application = applied(sitting, host)
    page = reverse("booths:walk_in_new", args=[application.worker_id])
    assert "正在面试，现在就能排" in client.get(page).content.decode()
    answer = client.post(page, {"about": f"a{application.pk}q{sitting.pk}"}, follow=True)
    assert "是 1 号" in answer.content.decode()
    interview = Interview.objects.get()
    assert (interview.state, interview.queue_number, interview.booth) == (State.CONFIRMED, 1, booth)
    assert (interview.recruiter, interview.made_by) == (sitting.recruiter, sitting.made_by)
    assert interview.worker_came_at and WalkIn.objects.get().interview == interview
    asked = interview.events.get(to_state=State.PROPOSED)
    assert (asked.side, asked.by) == (Side.PARK, host)
    application.refresh_from_db()
    assert application.stage == Stage.INTERVIEW_SCHEDULED
    told = Notice.objects.filter(recipient__in=(sitting.recruiter, application.worker.user))
    assert {notice.kind for notice in told} == {"interview.confirmed", "acted_for_you"}
    assert codes(application) == [f"i{interview.pk}", "ask"]


@pytest.mark.parametrize(
    "fields",
    [
        {"takes_walk_ins": False},
        {"closed_at": in_minutes(-1)},
        {"starts_at": in_minutes(45)},
        {"starts_at": in_minutes(-60), "ends_at": in_minutes(-1)},
        {"mode": Mode.PHONE},
    ],
)
def test_a_queue_that_does_not_take_walk_ins_now_is_not_offered(fields: dict[str, Any], host: User) -> None:
    sitting = open_queue(**fields)
    application = applied(sitting, host)
    assert codes(application) == ["ask"]
    with pytest.raises(Refused, match="现在不接现场来的人"):
        walk_ins.come(worker=application.worker, by=host, application=application, sitting=sitting)
    Sitting.objects.update(
        takes_walk_ins=True, closed_at=None, mode=Mode.VIDEO, starts_at=in_minutes(-5), ends_at=in_minutes(55)
    )  # fmt: skip
    assert codes(application) == [f"a{application.pk}q{sitting.pk}", "ask"]


@pytest.mark.parametrize("stage", ["interviewed", "offered", "rejected", "withdrawn"])
def test_an_application_that_is_past_interviews_leads_nowhere(stage: str, host: User) -> None:
    application = applied(open_queue(), host, stage=stage)
    assert codes(application) == ["ask"]


def test_who_is_asked_already_is_not_asked_twice(host: User) -> None:
    sitting = open_queue()
    interview = InterviewFactory(
        sitting=sitting, kind="queue", application__posting=sitting.posting, application__worker__helper=host
    )
    assert codes(interview.application) == [f"i{interview.pk}", "ask"]
    with pytest.raises(Refused, match="已经约了面试"):
        offering.take_in(sitting=sitting, application=interview.application, by=host)


def test_a_full_queue_takes_nobody_more_and_nothing_is_left_of_the_try(host: User) -> None:
    sitting = open_queue(ends_at=in_minutes(9))
    application = applied(sitting, host)
    with pytest.raises(Refused, match="还够 0 个人"):
        walk_ins.come(worker=application.worker, by=host, application=application, sitting=sitting)
    assert not Interview.objects.exists() and not WalkIn.objects.exists()


def test_only_the_park_takes_people_in_and_only_by_their_own_application(host: User) -> None:
    sitting = open_queue()
    mine, other = applied(sitting, host), applied(sitting, host)
    with pytest.raises(Refused, match="服务专区的工作人员"):
        offering.take_in(sitting=sitting, application=mine, by=sitting.recruiter)
    with pytest.raises(Refused, match="不是他的"):
        walk_ins.come(worker=mine.worker, by=host, application=other, sitting=sitting)
    with pytest.raises(Refused, match="不是报这个岗位的"):
        offering.take_in(sitting=open_queue(), application=mine, by=host)
    sitting.recruiter.is_active = False
    sitting.recruiter.save(update_fields=["is_active"])
    with pytest.raises(Refused, match="本单位的成员"):
        offering.take_in(sitting=sitting, application=mine, by=host)


def test_who_did_not_apply_sees_where_he_could_and_then_can(client: Client, host: User, booth: Booth) -> None:
    sitting, worker = open_queue(), WorkerFactory(helper=host)
    page = reverse("booths:walk_in_new", args=[worker.pk])
    text = client.get(page).content.decode()
    assert reverse("acting:apply", args=[worker.pk, sitting.posting_id]) in text and "正在面试" not in text
    ApplicationFactory(posting=sitting.posting, worker=worker)
    text = client.get(page).content.decode()
    assert reverse("acting:apply", args=[worker.pk, sitting.posting_id]) not in text and "正在面试" in text
    Sitting.objects.update(takes_walk_ins=False)
    assert "现在也没有单位接现场来的人" in client.get(page).content.decode()


def test_the_employer_says_so_when_he_makes_the_queue() -> None:
    application = ApplicationFactory(posting=JobPostingFactory())
    member = MemberFactory(employer=application.posting.employer)
    told: dict[str, Any] = {
        "posting": application.posting, "applications": [application], "recruiter": member.user, "by": member.user,
        "times": [in_minutes(60)], "minutes": 20, "takes_walk_ins": True,
    }  # fmt: skip
    sitting = offering.offer(**told, mode=Mode.VIDEO, kind=SittingKind.QUEUE, ends_at=in_minutes(120))
    assert sitting.takes_walk_ins
    other = ApplicationFactory(posting=application.posting)
    told |= {"applications": [other], "times": [in_minutes(200)]}
    assert not offering.offer(**told, mode=Mode.VIDEO).takes_walk_ins
