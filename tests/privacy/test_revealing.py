"""Phones in clear: a POST with a reason, one row, this answer only."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from jinba.core.errors import Refused
from jinba.privacy import actions as privacy
from jinba.privacy.choices import Purpose
from jinba.privacy.models import PersonalDataAccess
from labor.applications import actions as applications
from labor.applications.choices import CLOSED, LIVE, Stage
from labor.applications.models import Application
from labor.workers import actions as workers
from tests.factories.accounts import UserFactory, user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import MemberFactory, owner_of
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def application() -> Application:
    return ApplicationFactory()


@pytest.fixture
def client(application: Application) -> Client:
    return signed_in(owner_of(application.posting.employer))


def address(application: Application) -> str:
    return reverse("applicants:reveal", args=[application.pk])


def test_an_employer_sees_a_phone_once_and_the_row_says_so(application: Application, client: Client) -> None:
    answered = client.post(address(application), {"purpose": "hiring"})
    assert answered.status_code == 200 and f"tel:{application.worker.phone}" in text_of(answered)
    assert "no-store" in answered["Cache-Control"]
    row = PersonalDataAccess.objects.get()
    assert (row.subject, row.subject_id, row.fields) == ("worker", application.worker_id, ["phone"])
    assert row.organisation == application.posting.employer.name and row.reason == "招聘联系"
    assert application.worker.phone not in text_of(client.get(address(application)))
    assert application.worker.phone not in text_of(client.get(reverse("applicants:detail", args=[application.pk])))
    assert not any(application.worker.phone in str(one.get_decoded()) for one in Session.objects.all())


def test_htmx_gets_the_piece_alone(application: Application, client: Client) -> None:
    answered = client.post(address(application), {"purpose": "hiring"}, headers={"HX-Request": "true"})
    assert text_of(answered).lstrip().startswith('<div class="reveal"') and application.worker.phone in text_of(
        answered
    )
    assert "no-store" in answered["Cache-Control"]


def test_looking_does_not_look(application: Application, client: Client) -> None:
    page = text_of(client.get(address(application)))
    assert application.worker.masked_phone in page and application.worker.phone not in page
    assert not PersonalDataAccess.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "请选一下"),
        ({"purpose": "curious"}, "选"),
        ({"purpose": "merge"}, "选"),
        ({"purpose": "other"}, "请写一句"),
    ],
)
def test_without_a_reason_nothing_is_shown(
    application: Application, client: Client, data: dict[str, str], said: str
) -> None:
    answered = client.post(address(application), data)
    assert answered.status_code == 422 and said in text_of(answered)
    assert application.worker.phone not in text_of(answered) and not PersonalDataAccess.objects.exists()


def test_what_was_typed_stays_when_it_was_not_enough(application: Application, client: Client) -> None:
    page = text_of(client.post(address(application), {"purpose": "curious", "reason": "问问地址"}))
    assert 'value="问问地址"' in page


def test_no_row_no_data(application: Application, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**fields: Any) -> None:
        raise Refused("记不下来。")

    monkeypatch.setattr(privacy, "look", fails)
    assert application.worker.phone not in text_of(client.post(address(application), {"purpose": "hiring"}))


@pytest.mark.parametrize("stage", CLOSED)
def test_a_closed_application_shows_no_phone(stage: Stage) -> None:
    closed = ApplicationFactory(stage=stage)
    owner = owner_of(closed.posting.employer)
    with pytest.raises(Refused, match="已经结束"):
        applications.reveal_contact(application=closed, by=owner, purpose=Purpose.HIRING)
    assert signed_in(owner).get(address(closed)).status_code == 302
    assert not PersonalDataAccess.objects.exists()


@pytest.mark.parametrize("stage", LIVE)
def test_a_running_one_does(stage: Stage) -> None:
    running = ApplicationFactory(stage=stage)
    owner = owner_of(running.posting.employer)
    shown = applications.reveal_contact(application=running, by=owner, purpose=Purpose.HIRING)
    assert shown == {"phone": running.worker.phone}


def test_who_took_his_consent_back_is_not_shown(application: Application, client: Client) -> None:
    Application.objects.update(consent_withdrawn_at=application.consented_at)
    page = text_of(client.post(address(application), {"purpose": "hiring"}))
    assert "已撤回授权" in page and application.worker.phone not in page and application.worker.name not in page
    for url in (
        reverse("applicants:detail", args=[application.pk]),
        f"/employers/postings/{application.posting_id}/board/",
    ):
        page = text_of(client.get(url))
        assert application.worker.name not in page and "已撤回授权" in page and application.worker.masked_name in page


def test_strangers_find_nothing(application: Application) -> None:
    stranger = signed_in(MemberFactory().user)
    assert stranger.get(address(application)).status_code == 404
    assert stranger.post(address(application), {"purpose": "hiring"}).status_code == 404
    with pytest.raises(Refused):
        applications.reveal_contact(application=application, by=MemberFactory().user, purpose=Purpose.HIRING)
    assert not PersonalDataAccess.objects.exists()


def test_an_officer_sees_a_worker_for_a_reason() -> None:
    worker, officer = WorkerFactory(), user_in("officer")
    shown = workers.reveal(worker=worker, by=officer, fields=["phone", "resident_id"], purpose="check")
    assert shown == {"phone": worker.phone, "resident_id": ""}
    assert PersonalDataAccess.objects.get().fields == ["phone", "resident_id"]


@pytest.mark.parametrize("role", ["broker", "park", "employer", "seeker"])
def test_nobody_sees_workers_who_did_not_entrust_themselves(role: str) -> None:
    with pytest.raises(Refused):
        workers.reveal(worker=WorkerFactory(), by=UserFactory(role=role), fields=["phone"], purpose="contact")
    assert not PersonalDataAccess.objects.exists()
