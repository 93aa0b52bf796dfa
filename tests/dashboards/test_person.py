"""One of a helper's people, all of him on one page."""

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jinba.accounts.choices import Role
from labor.applications.choices import Stage
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory, PostingInvitationFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.reference import both_cities
from tests.factories.workers import DelegationFactory, WorkerFactory, WorkerGroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def broker() -> Any:
    both_cities()
    return user_in(Role.BROKER)


@pytest.fixture
def client(broker: Any) -> Client:
    client = Client()
    client.force_login(broker)
    return client


def read(client: Client, worker: Any) -> str:
    response = client.get(reverse("persons:detail", args=[worker.pk]))
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    return unescape(response.content.decode())


def test_everything_about_him_and_no_number_in_clear(client: Client, broker: Any) -> None:
    group = WorkerGroupFactory()
    worker = WorkerFactory(name="何老大", helper=broker, group=group, is_personalised=False)
    WorkerFactory(name="苟小花", group=group)
    fits = JobPostingFactory(title="适合的活")
    ApplicationFactory(worker=worker, posting__title="报过的活", stage=Stage.OFFERED)
    PostingInvitationFactory(worker=worker, posting__title="请他的活")
    text = read(client, worker)
    assert "何老大" in text and worker.masked_phone in text and worker.phone not in text
    assert "报过的活" in text and "企业要他了" in text
    assert "请他的活" in text and reverse("acting:apply", args=[worker.pk, fits.pk]) in text
    assert "和苟**" in text and reverse("applications:apply_together", args=[fits.pk, group.pk]) in text
    assert "我委托" in text and "再登记一位" not in text


def test_without_personal_recommendation_the_newest_stand_there(client: Client, broker: Any) -> None:
    worker = WorkerFactory(helper=broker, is_personalised=False)
    JobPostingFactory(title="最新的活")
    text = read(client, worker)
    assert "他关掉了" in text and "最新的活" in text


def test_another_helpers_people_are_not_found(client: Client, broker: Any) -> None:
    for worker in (WorkerFactory(), DelegationFactory().worker, DelegationFactory(helper=broker, run_out=True).worker):
        assert client.get(reverse("persons:detail", args=[worker.pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.SEEKER, Role.EMPLOYER, Role.OFFICER, Role.ADMIN])
def test_other_roles_have_no_such_page(role: str) -> None:
    client = Client()
    client.force_login(user_in(role))
    assert client.get(reverse("persons:detail", args=[WorkerFactory().pk])).status_code == 403


def test_it_costs_as_many_queries_with_much_as_with_little(client: Client, broker: Any) -> None:
    worker = WorkerFactory(helper=broker)
    counts = []
    for number in (1, 4):
        for _ in range(number):
            ApplicationFactory(worker=worker)
            PostingInvitationFactory(worker=worker)
        read(client, worker)
        with CaptureQueriesContext(connection) as captured:
            read(client, worker)
        counts.append(len(captured))
    assert counts[0] == counts[1]
