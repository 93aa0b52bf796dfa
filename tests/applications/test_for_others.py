"""Applying and answering for somebody: under his delegation alone, with a trace, and within the law."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.choices import Hazard
from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from jinba.reference.choices import Shift
from labor.applications import actions as applications
from labor.applications.choices import CloseReason, Stage, Via
from labor.applications.models import Application
from labor.workers.choices import ActKind
from labor.workers.models import Consent, Delegation
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory, PostingInvitationFactory, offered
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


def titles(user: Any) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("title", flat=True))


def born(years: int) -> date:
    """Whose birthday is today, that many years ago; a leap day is kept a day earlier."""
    today = timezone.localdate()
    return (today - timedelta(days=today.month == 2 and today.day == 29)).replace(year=today.year - years)


# Under a delegation


@pytest.mark.parametrize(("role", "via"), [(Role.BROKER, Via.BROKER), (Role.PARK, Via.KIOSK)])
def test_a_helper_applies_and_everybody_reads_who_did(role: str, via: str) -> None:
    helper = user_in(role, name="王帮办")
    worker, posting = WorkerFactory(helper=helper), JobPostingFactory()
    application = applications.apply(worker=worker, posting=posting, by=helper)
    event = application.events.get()
    assert (application.via, application.applied_by) == (via, helper)
    assert (event.by, event.for_worker) == (helper, True)
    assert worker.acts.get().kind == ActKind.APPLY
    assert Consent.objects.get(worker=worker, purpose="apply").given_by == helper
    assert titles(worker.user) == ["王帮办帮您办了：报名"]
    page = text_of(signed_in(owner_of(posting.employer)).get(reverse("applicants:detail", args=[application.pk])))
    assert f"由王帮办（{helper.get_role_display()}）代办" in page
    page = text_of(signed_in(worker.user).get(application.get_absolute_url()))
    assert "王帮办替您报了名" in page


def test_what_the_worker_does_himself_is_not_done_for_him() -> None:
    application = ApplicationFactory()
    again = applications.withdraw(application=application, by=application.worker.user, reason="not_interested")
    assert not again.events.filter(for_worker=True).exists() and not application.worker.acts.exists()


def test_a_helper_answers_an_offer_and_the_page_says_for_whom() -> None:
    helper = user_in(Role.BROKER, name="王帮办")
    application = offered(worker=WorkerFactory(name="何老大", helper=helper))
    client, address = signed_in(helper), reverse("applications:answer", args=[application.pk])
    assert "您在替何老大回答" in text_of(client.get(address, {"answer": "accept"}))
    client.post(address, {"answer": "accept"})
    application.refresh_from_db()
    assert application.stage == Stage.ACCEPTED
    event = application.events.order_by("-pk")[0]
    assert (event.by, event.for_worker) == (helper, True)
    assert titles(application.worker.user) == ["王帮办帮您办了：答复企业"]
    assert "王帮办替您答应了录用" in text_of(client.get(application.get_absolute_url()))


@pytest.mark.parametrize("role", [Role.BROKER, Role.PARK, Role.OFFICER, Role.ADMIN])
def test_nobody_moves_for_a_worker_who_did_not_entrust_him(role: str) -> None:
    application = offered(worker__unclaimed=True)
    stranger = user_in(role)
    for act in (
        lambda: applications.accept(application=application, by=stranger),
        lambda: applications.withdraw(application=application, by=stranger, reason=CloseReason.NOT_INTERESTED),
    ):
        with pytest.raises(Refused, match="不归您办"):
            act()
    with pytest.raises(Refused, match="只有本人"):
        applications.apply(worker=application.worker, posting=JobPostingFactory(), by=stranger)


def test_when_the_delegation_ends_so_does_all_of_it() -> None:
    helper = user_in(Role.BROKER)
    application = offered(worker=WorkerFactory(helper=helper))
    client = signed_in(helper)
    assert client.get(application.get_absolute_url()).status_code == 200
    Delegation.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get(application.get_absolute_url()).status_code == 404
    with pytest.raises(Refused, match="不归您办"):
        applications.accept(application=application, by=helper)


def test_an_invitation_is_declined_for_him() -> None:
    helper = user_in(Role.BROKER)
    invitation = PostingInvitationFactory(worker=WorkerFactory(helper=helper))
    signed_in(helper).post(reverse("applications:decline_invitation", args=[invitation.pk]))
    invitation.refresh_from_db()
    assert invitation.declined_at is not None
    assert invitation.worker.acts.get().kind == ActKind.INVITATION
    with pytest.raises(Refused, match="不是发给您的"):
        applications.decline_invitation(invitation=invitation, by=user_in(Role.BROKER))


# News for those who look after people


def test_a_helper_hears_every_step_while_the_worker_cannot() -> None:
    application = ApplicationFactory(worker__unclaimed=True, worker__name="何老大")
    helper = application.worker.registered_by
    applications.move(application=application, to=Stage.PROCESSING, by=owner_of(application.posting.employer))
    assert titles(helper) == [f"何老大：{application.posting.title}：企业开始看他的报名"]


def test_later_he_hears_of_what_wants_an_answer() -> None:
    helper = user_in(Role.BROKER)
    application = ApplicationFactory(worker=WorkerFactory(helper=helper), stage=Stage.INTERVIEWED)
    owner = owner_of(application.posting.employer)
    applications.move(application=application, to=Stage.PRIOR_TO_HIRE, by=owner)
    assert titles(helper) == []
    applications.move(application=application, to=Stage.OFFERED, by=owner)
    assert len(titles(helper)) == 1


def test_an_invitation_reaches_the_helpers_too() -> None:
    posting, helper = JobPostingFactory(), user_in(Role.PARK)
    worker = WorkerFactory(helper=helper)
    DelegationFactory(worker=worker, run_out=True)
    applications.invite(posting=posting, worker=worker, by=owner_of(posting.employer))
    assert Notice.objects.filter(kind="person_news").count() == 1
    assert len(titles(helper)) == 1


# Two taps


def test_two_taps_from_the_workers_page_apply_for_him() -> None:
    helper = user_in(Role.BROKER)
    worker, posting = WorkerFactory(name="何老大", helper=helper), JobPostingFactory()
    client = signed_in(helper)
    address = reverse("acting:apply", args=[worker.pk, posting.pk])
    page = text_of(client.get(address))
    assert posting.employer.name in page and "他同意，替他报名" in page
    application = Application.objects.get(pk=int(client.post(address)["Location"].strip("/").split("/")[-1]))
    assert application.worker == worker
    assert client.get(address)["Location"] == client.post(address)["Location"] == application.get_absolute_url()
    assert "已报名，看进展" in text_of(client.get(reverse("acting:choose", args=[posting.pk])))


def test_from_a_posting_he_chooses_among_his_own() -> None:
    helper = user_in(Role.BROKER)
    mine, posting = WorkerFactory(name="何老大", helper=helper), JobPostingFactory()
    WorkerFactory(name="何老二")
    client, address = signed_in(helper), reverse("acting:choose", args=[posting.pk])
    page = text_of(client.get(address))
    assert reverse("acting:apply", args=[mine.pk, posting.pk]) in page and "何老二" not in page
    assert "没有找到" in text_of(client.get(address, {"q": "岳"}))


def test_a_closed_posting_says_why() -> None:
    helper = user_in(Role.BROKER)
    worker, posting = WorkerFactory(helper=helper), JobPostingFactory(filled_up=True)
    client = signed_in(helper)
    answer = client.get(reverse("acting:apply", args=[worker.pk, posting.pk]))
    assert answer.status_code == 410 and "招满" in text_of(answer)
    page = text_of(client.get(reverse("acting:choose", args=[posting.pk])))
    assert "招满" in page and "替他报名" not in page


# Age (未成年人保护法 §61, 劳动法 §64)

HARMS = [{"hazards": [Hazard.NOISE.value, Hazard.STANDING.value]}, {"shift": Shift.THREE}]


def test_under_sixteen_nobody_applies() -> None:
    worker = WorkerFactory(birth_date=born(16) + timedelta(days=1))
    with pytest.raises(Refused, match="不满 16 岁"):
        applications.apply(worker=worker, posting=JobPostingFactory(), by=worker.user)


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("birthday", [born(16), born(18) + timedelta(days=1)])
def test_from_sixteen_to_eighteen_harmful_work_is_refused(birthday: date, harm: dict[str, Any]) -> None:
    worker = WorkerFactory(birth_date=birthday)
    with pytest.raises(Refused, match="不满 18 岁不能做"):
        applications.apply(worker=worker, posting=JobPostingFactory(**harm), by=worker.user)
    grown_up = WorkerFactory(birth_date=born(18))
    assert applications.apply(worker=grown_up, posting=JobPostingFactory(**harm), by=grown_up.user)


def test_a_minor_may_do_other_work_and_the_employer_is_told() -> None:
    worker = WorkerFactory(birth_date=born(17))
    posting = JobPostingFactory(hazards=[Hazard.STANDING.value, Hazard.LINE.value])
    application = applications.apply(worker=worker, posting=posting, by=worker.user)
    assert "未成年工（17 周岁）" in application.events.get().note
    page = text_of(signed_in(owner_of(posting.employer)).get(reverse("applicants:detail", args=[application.pk])))
    assert "未成年工（17 周岁）" in page


def test_the_birth_date_is_asked_where_the_law_needs_it_and_nowhere_else() -> None:
    worker = WorkerFactory()
    client = signed_in(worker.user)
    harmless, harmful = JobPostingFactory(), JobPostingFactory(hazards=[Hazard.HEAT.value])
    assert "birth_date" not in text_of(client.get(reverse("applications:apply", args=[harmless.pk])))
    address = reverse("applications:apply", args=[harmful.pk])
    assert "birth_date" in text_of(client.get(address))
    with pytest.raises(Refused, match="先填出生日期"):
        applications.apply(worker=worker, posting=harmful, by=worker.user)
    for wrong, words in (("", "请选出生日期"), (timezone.localdate().isoformat(), "未满 16 周岁")):
        answer = client.post(address, {"birth_date": wrong})
        assert answer.status_code == 422 and words in text_of(answer)
    assert not Application.objects.exists()
    client.post(address, {"birth_date": born(30).isoformat()})
    worker.refresh_from_db()
    assert worker.birth_date == born(30) and Application.objects.get().worker == worker


def test_a_helper_says_his_birth_date_for_him() -> None:
    helper = user_in(Role.BROKER)
    worker, posting = WorkerFactory(helper=helper), JobPostingFactory(shift=Shift.THREE)
    client, address = signed_in(helper), reverse("acting:apply", args=[worker.pk, posting.pk])
    assert client.post(address).status_code == 422
    client.post(address, {"birth_date": born(40).isoformat()})
    assert {act.kind for act in worker.acts.all()} == {ActKind.ANSWER, ActKind.APPLY}


# Again and again


def test_the_same_posting_three_times_a_month() -> None:
    posting, worker = JobPostingFactory(), WorkerFactory()
    for _ in range(3):
        application = applications.apply(worker=worker, posting=posting, by=worker.user)
        applications.withdraw(application=application, by=worker.user, reason=CloseReason.NOT_INTERESTED)
    with pytest.raises(Refused, match="已经报过 3 次"):
        applications.apply(worker=worker, posting=posting, by=worker.user)
    Application.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert applications.apply(worker=worker, posting=posting, by=worker.user).is_live
