"""Consents are given purpose by purpose, and taking one back does what the page said it would."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from employers.models import JobPosting
from jinba.core.errors import Refused
from jinba.notices.models import Notice, Preference
from labor.applications import actions as applications
from labor.applications.actions.consents import effects
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.workers import actions as workers
from labor.workers import consents as texts
from labor.workers.actions import consents
from labor.workers.choices import ActKind, ConsentPurpose
from labor.workers.consents import Text
from labor.workers.models import Consent, Delegation, Worker, WorkerAct
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.reference import region
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def applied(worker: Worker, posting: JobPosting | None = None) -> Application:
    return applications.apply(worker=worker, posting=posting or JobPostingFactory(), by=worker.user)


def consent_of(worker: Worker, purpose: ConsentPurpose) -> Consent:
    return Consent.objects.standing().get(worker=worker, purpose=purpose)


def withdraw(worker: Worker, purpose: ConsentPurpose) -> Consent:
    return applications.withdraw_consent(consent=consent_of(worker, purpose), by=worker.user)


# Giving --------------------------------------------------------------------------------------------------------------


def test_registering_is_agreeing_to_the_registration() -> None:
    worker = workers.register(name="游大明", phone="13800000001", home=region("511921"))
    row = consent_of(worker, ConsentPurpose.REGISTER)
    assert row.text.endswith("（第 1 版）") and row.given_by == worker.user
    assert row.text_digest == texts.digest(row.text)


def test_applying_names_the_employer_once_however_often() -> None:
    worker, posting = WorkerFactory(), JobPostingFactory()
    applied(worker, posting)
    applied(worker, JobPostingFactory(employer=posting.employer))
    row = consent_of(worker, ConsentPurpose.APPLY)
    assert (row.recipient, row.recipient_id) == (posting.employer.name, posting.employer_id)
    assert posting.employer.name in row.text


def test_new_words_are_agreed_to_beside_the_old_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, posting = WorkerFactory(), JobPostingFactory()
    applied(worker, posting)
    monkeypatch.setitem(texts.TEXTS, ConsentPurpose.APPLY, Text(9, "我同意把我的姓名和电话提供给“{recipient}”。"))
    key = {"worker": worker, "purpose": ConsentPurpose.APPLY, "recipient_id": posting.employer_id}
    assert consents.standing(**key) is None
    applied(worker, JobPostingFactory(employer=posting.employer))
    assert list(Consent.objects.standing().values_list("version", flat=True)) == [9, 2]
    row = consents.standing(**key)
    assert row is not None
    applications.withdraw_consent(consent=row, by=worker.user)
    assert not Consent.objects.standing().exists()


def test_a_delegation_is_not_given_here_nor_are_strangers_heard() -> None:
    worker = WorkerFactory()
    with pytest.raises(Refused, match="谁在帮我"):
        consents.give(worker=worker, purpose=ConsentPurpose.DELEGATE, by=worker.user)
    with pytest.raises(Refused, match="只有本人"):
        consents.give(worker=worker, purpose=ConsentPurpose.TEXTS, by=user_in("broker"))
    with pytest.raises(Refused, match="不能这样开关"):
        consents.switch(worker=worker, purpose=ConsentPurpose.APPLY, by=worker.user, on=False)


def test_a_helper_agrees_and_takes_back_under_his_delegation_but_not_what_is_the_workers_alone() -> None:
    broker = user_in("broker")
    worker = WorkerFactory(helper=broker)
    given = consents.give(worker=worker, purpose=ConsentPurpose.TEXTS, by=broker)
    assert given.given_by == broker and WorkerAct.objects.get().kind == ActKind.CONSENT
    assert consents.withdraw(consent=given, by=broker).withdrawn_by == broker
    for purpose in (ConsentPurpose.REGISTER, ConsentPurpose.RECOMMEND):
        with pytest.raises(Refused, match="只有本人"):
            consents.give(worker=worker, purpose=purpose, by=broker)
        consents.write(worker=worker, purpose=purpose, by=worker.user)
        with pytest.raises(Refused, match="只有本人"):
            consents.withdraw(consent=consent_of(worker, purpose), by=broker)


# Taking back ---------------------------------------------------------------------------------------------------------


def test_taking_back_what_an_employer_got_ends_the_applications_there_and_no_others() -> None:
    worker, posting = WorkerFactory(), JobPostingFactory()
    owner_of(posting.employer)  # somebody to hear of it
    one, two = applied(worker, posting), applied(worker, JobPostingFactory(employer=posting.employer))
    elsewhere, somebody = applied(worker), applied(WorkerFactory(), posting)
    row = Consent.objects.standing().get(worker=worker, recipient_id=posting.employer_id)
    said = effects(consent=row)
    assert len([line for line in said if posting.employer.name in line]) == 2 and "不再显示您的姓名" in said[-2]
    applications.withdraw_consent(consent=row, by=worker.user)
    for gone in (one, two):
        gone.refresh_from_db()
        assert gone.stage == Stage.WITHDRAWN and gone.consent_withdrawn_at and "撤回" in gone.close_note
    for stays in (elsewhere, somebody):
        stays.refresh_from_db()
        assert stays.stage == Stage.APPLIED and stays.consent_withdrawn_at is None
    assert Notice.objects.filter(title__contains="取消了").exists()
    assert not Notice.objects.filter(body__contains=worker.name).exists()


def test_taking_back_after_accepting_gives_the_seat_back() -> None:
    posting = JobPostingFactory(headcount=1)
    accepted = ApplicationFactory(posting=posting, stage=Stage.OFFERED)
    worker = accepted.worker
    consents.write(
        worker=worker,
        purpose="apply",
        by=worker.user,
        recipient=posting.employer.name,
        recipient_id=posting.employer_id,
    )
    other = applied(worker)
    applications.accept(application=accepted, by=worker.user)
    withdraw_from = Consent.objects.standing().get(worker=worker, recipient_id=posting.employer_id)
    assert any("名额让给别人" in line for line in effects(consent=withdraw_from))
    applications.withdraw_consent(consent=withdraw_from, by=worker.user)
    posting.refresh_from_db()
    other.refresh_from_db()
    assert (posting.filled, other.stage) == (0, Stage.APPLIED)


def test_who_works_there_already_keeps_his_work() -> None:
    working = ApplicationFactory(stage=Stage.ONBOARDED)
    worker, employer = working.worker, working.posting.employer
    consents.write(worker=worker, purpose="apply", by=worker.user, recipient=employer.name, recipient_id=employer.pk)
    assert any("工作不受影响" in line for line in effects(consent=consent_of(worker, ConsentPurpose.APPLY)))
    withdraw(worker, ConsentPurpose.APPLY)
    working.refresh_from_db()
    assert working.stage == Stage.ONBOARDED and not working.allows_contact


def test_taking_the_registration_back_ends_everything_and_agreeing_again_brings_it_back() -> None:
    broker = user_in("broker")
    worker = WorkerFactory(helper=broker)
    consents.write(worker=worker, purpose="register", by=worker.user)
    first = applied(worker)
    withdraw(worker, ConsentPurpose.REGISTER)
    worker.refresh_from_db()
    first.refresh_from_db()
    assert not worker.is_active and first.stage == Stage.WITHDRAWN
    assert not Delegation.objects.live().filter(worker=worker).exists()
    with pytest.raises(Refused, match="停用"):
        applied(worker)
    with pytest.raises(Refused, match="停用"):
        consents.give(worker=worker, purpose=ConsentPurpose.TEXTS, by=worker.user)
    consents.give(worker=worker, purpose=ConsentPurpose.REGISTER, by=worker.user)
    worker.refresh_from_db()
    assert worker.is_active and applied(worker).stage == Stage.APPLIED


def test_whom_an_officer_stopped_does_not_bring_himself_back() -> None:
    worker = WorkerFactory(is_active=False)
    consents.write(worker=worker, purpose="register", by=worker.user)
    with pytest.raises(Refused, match="停用"):
        consents.give(worker=worker, purpose=ConsentPurpose.REGISTER, by=worker.user)


def test_no_texts_is_a_preference_and_agreeing_again_takes_it_away() -> None:
    worker = WorkerFactory()
    assert consents.is_on(worker=worker, purpose=ConsentPurpose.TEXTS)
    consents.switch(worker=worker, purpose=ConsentPurpose.TEXTS, by=worker.user, on=False)
    assert not Preference.objects.filter(user=worker.user, channel="sms", is_on=True).exists()
    assert not consents.is_on(worker=worker, purpose=ConsentPurpose.TEXTS)
    row = Consent.objects.get()
    assert row.withdrawn_at and row.given_at == worker.created_at
    consents.switch(worker=worker, purpose=ConsentPurpose.TEXTS, by=worker.user, on=True)
    assert consents.is_on(worker=worker, purpose=ConsentPurpose.TEXTS) and Consent.objects.standing().count() == 1


def test_recommendations_off_is_a_row_too() -> None:
    worker = WorkerFactory()
    worker = workers.set_personalised(worker=worker, by=worker.user, on=False)
    assert not worker.is_personalised and Consent.objects.get().withdrawn_at
    worker = workers.set_personalised(worker=worker, by=worker.user, on=True)
    assert worker.is_personalised and consent_of(worker, ConsentPurpose.RECOMMEND).given_by == worker.user


def test_taken_back_twice_is_taken_back_once() -> None:
    worker = WorkerFactory()
    row = consents.give(worker=worker, purpose=ConsentPurpose.TEXTS, by=worker.user)
    first = consents.withdraw(consent=row, by=worker.user).withdrawn_at
    assert consents.withdraw(consent=row, by=worker.user).withdrawn_at == first


# Pages ---------------------------------------------------------------------------------------------------------------


def test_the_page_tells_what_stops_before_it_stops() -> None:
    worker = WorkerFactory()
    application = applied(worker)
    client = signed_in(worker.user)
    row = consent_of(worker, ConsentPurpose.APPLY)
    assert row.text in client.get(reverse("consents:list")).content.decode()
    url = reverse("consents:withdraw", args=[row.pk])
    page = client.get(url).content.decode()
    assert application.posting.title in page and "会取消" in page
    assert consent_of(worker, ConsentPurpose.APPLY) == row  # looking changed nothing
    page = client.post(url, follow=True).content.decode()
    assert "已经撤回" in page and "撤回过的" in page
    assert "已经撤回过了" in client.post(url, follow=True).content.decode()


def test_a_switch_goes_off_and_on_by_the_page() -> None:
    worker = WorkerFactory()
    client = signed_in(worker.user)
    for purpose in ("recommend", "texts"):
        off, on = reverse("consents:off", args=[purpose]), reverse("consents:on", args=[purpose])
        assert "以后会这样" in client.get(off).content.decode()
        assert "关着" in client.post(off, follow=True).content.decode()
        assert "关着" not in client.post(on, follow=True).content.decode()
    assert client.get(reverse("consents:off", args=["apply"])).status_code == 404


def test_the_way_back_is_on_the_page() -> None:
    worker = WorkerFactory()
    consents.write(worker=worker, purpose="register", by=worker.user)
    withdraw(worker, ConsentPurpose.REGISTER)
    client = signed_in(worker.user)
    assert "重新同意" in client.get(reverse("consents:list")).content.decode()
    client.post(reverse("consents:on", args=["register"]))
    worker.refresh_from_db()
    assert worker.is_active


def test_the_worker_reads_who_saw_him(django_assert_max_num_queries: Any) -> None:
    application = ApplicationFactory()
    worker, owner = application.worker, owner_of(application.posting.employer)
    applications.reveal_contact(application=application, by=owner, purpose="other", reason="确认几号能到")
    workers.reveal(worker=worker, by=user_in("officer"), fields=["phone"], purpose="check")
    client = signed_in(worker.user)
    with django_assert_max_num_queries(8):
        page = client.get(reverse("workers:seen")).content.decode()
    assert f"{application.posting.employer.name}的招聘人员看了您的手机号" in page and "确认几号能到" in page
    assert owner.name not in page
    assert "还没有人看过" in signed_in(WorkerFactory().user).get(reverse("workers:seen")).content.decode()
