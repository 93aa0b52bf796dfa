from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from employers.models import today
from jinba.accounts.choices import Role
from labor.applications.choices import Stage
from labor.applications.models import Application
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory, PostingInvitationFactory, offered
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory, owner_of
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = pytest.mark.django_db


def read(client: Client, user: Any) -> str:
    client.force_login(user)
    response = client.get("/desk/")
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.mark.parametrize(
    ("role", "where"),
    [
        (Role.SEEKER, "/workers/start/"),
        (Role.EMPLOYER, "/employers/register/"),
        (Role.OFFICER, "/admin/"),
        (Role.ADMIN, "/admin/"),
    ],
)
def test_whoever_has_nothing_here_yet_is_led_on(client: Client, role: str, where: str) -> None:
    client.force_login(user_in(role))
    response = client.get("/desk/")
    assert response.status_code == 302
    assert response["Location"] == where


def test_without_sign_in_there_is_no_desk(client: Client) -> None:
    response = client.get("/desk/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/sign-in/")


def test_the_desk_is_only_read(client: Client) -> None:
    client.force_login(user_in(Role.BROKER))
    assert client.post("/desk/").status_code == 405


def test_a_worker_reads_how_his_applications_stand_and_not_those_of_others(client: Client) -> None:
    mine = ApplicationFactory(posting__title="我报的岗位")
    others = ApplicationFactory(posting__title="别人报的岗位")
    text = read(client, mine.worker.user)
    assert "我报的岗位" in text
    assert mine.public_word in text
    # It may still be suggested to him, but never as an application of his.
    assert f'href="/applications/{others.pk}/"' not in text


def test_an_offer_stands_first(client: Client) -> None:
    worker = WorkerFactory()
    old = timezone.now() - timedelta(days=3)
    ApplicationFactory(worker=worker, posting__title="有录用的", stage=Stage.OFFERED, stage_since=old)
    ApplicationFactory(worker=worker, posting__title="刚报的")
    text = read(client, worker.user)
    assert text.index("有录用的") < text.index("刚报的")


def test_an_employer_reads_who_waits_and_what_to_do(client: Client) -> None:
    employer = EmployerFactory()
    posting = JobPostingFactory(employer=employer, title="冲压", headcount=5, valid_until=today() + timedelta(days=3))
    old = timezone.now() - timedelta(days=3, hours=1)
    ApplicationFactory(posting=posting, stage_since=old)
    ApplicationFactory(posting=posting)
    ApplicationFactory(posting=posting, stage=Stage.INTERVIEW_SCHEDULED)
    JobPostingFactory(employer=employer, title="写了一半", draft=True)
    JobPostingFactory(employer=employer, title="被退回", rejected=True)
    ApplicationFactory(posting__title="别家的")
    text = read(client, owner_of(employer))
    assert "“冲压”有 2 人等您回话，最久的等了 3 天" in text
    assert "到期" in text
    assert "“写了一半”还是草稿" in text
    assert "“被退回”没有通过审核" in text
    assert "别家的" not in text


def test_an_employer_that_is_not_verified_reads_what_is_missing(client: Client) -> None:
    text = read(client, owner_of(EmployerFactory(returned=True, state_reason="营业执照看不清")))
    assert "营业执照看不清" in text
    assert "发布岗位" not in text


@pytest.mark.parametrize("role", [Role.BROKER, Role.PARK])
def test_a_helper_reads_how_his_people_get_on(client: Client, role: str) -> None:
    user = user_in(role)
    worker = WorkerFactory(user=None, name="何老大", registered_by=user)
    ApplicationFactory(worker=worker)
    ApplicationFactory(worker__name="别人的人")
    text = read(client, user)
    assert "何老大" in text
    assert "别人的人" not in text


def test_a_helper_reads_who_needs_something_now(client: Client) -> None:
    broker = user_in(Role.BROKER)

    def one(name: str, **fields: Any) -> Any:
        return WorkerFactory(name=name, helper=broker, answered=["trades"], **fields)

    ApplicationFactory(worker=one("何有录"), stage=Stage.OFFERED, posting__title="电焊")
    ApplicationFactory(worker=one("何久等"), stage_since=timezone.now() - timedelta(days=9))
    ApplicationFactory(worker=one("何刚报"))
    PostingInvitationFactory(worker=one("何受邀"))
    WorkerFactory(name="何没说", helper=broker)
    DelegationFactory(worker__name="何快完", worker__answered=["trades"], helper=broker, ends_on=today() + timedelta(5))
    offered(worker__name="何别家")
    text = read(client, broker)
    needs = text.split('id="needs"')[1].split('id="applied"')[0]
    assert "“电焊”：企业要他了" in needs and "报了 9 天" in needs and "企业邀请他看看" in needs
    assert "何没说" in needs and "求职资料还是空的" in needs and "何快完" in needs
    assert "何刚报" not in needs and "何别家" not in text
    assert needs.index("何有录") < needs.index("何没说")


@pytest.mark.parametrize("side", ["seeker", "employer", "broker"])
def test_the_desk_costs_as_many_queries_with_much_as_with_little(client: Client, side: str) -> None:
    employer = MemberFactory().employer
    broker = user_in(Role.BROKER)
    worker = WorkerFactory(helper=broker)
    user = {"seeker": worker.user, "employer": owner_of(employer), "broker": broker}[side]
    client.force_login(user)
    counts = []
    for number in (4, 12):
        for posting in JobPostingFactory.create_batch(number, employer=employer):
            ApplicationFactory(posting=posting, worker=worker)
        client.get("/desk/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/desk/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert Application.objects.count() == 16
