"""The first page of the admin: what waits, how old it is, and only what the officer's groups allow."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.models import EmployerEvent, JobPosting, PostingReport
from jinba.accounts.models import User
from jinba.core import queues
from jinba.core.queues import Waiting, age_in_words
from tests.admin.conftest import client_for
from tests.factories.accounts import UserFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


def lines_of(client: Client) -> dict[str, Any]:
    return {line.title: line for line in client.get(INDEX).context["queues"]}


def test_every_queue_leads_to_a_page_and_asks_an_existing_right(admin: User) -> None:
    assert {one.title for one in queues.declared()} == {line.title for line in queues.lines(admin)}
    for one in queues.declared():
        assert UserFactory(officer=True).has_perm(one.perm), one.title
        reverse(one.url)


def test_what_waits_is_counted_with_the_age_of_the_oldest(desk: Client) -> None:
    EmployerFactory.create_batch(2, submitted=True)
    EmployerFactory()
    posting = JobPostingFactory(review=True)
    JobPosting.objects.filter(pk=posting.pk).update(updated_at=timezone.now() - timedelta(days=5))
    lines = lines_of(desk)
    assert (lines["单位认证"].count, lines["单位认证"].is_late) == (2, False)
    assert (lines["岗位审核"].count, lines["岗位审核"].is_late, lines["岗位审核"].age) == (1, True, "最久 5 天")
    page = desk.get(INDEX).content.decode()
    assert "最久 5 天" in page and "queue--late" in page
    assert desk.get(lines["单位认证"].url).status_code == 200


def test_a_report_past_its_day_is_red(desk: Client) -> None:
    posting, now = JobPostingFactory(), timezone.now()
    for number, due in enumerate((now - timedelta(hours=1), now + timedelta(days=1))):
        PostingReport.objects.create(posting=posting, kind="fake", token_digest=str(number), due_at=due)
    line = lines_of(desk)["岗位举报"]
    assert (line.count, line.overdue, line.is_late) == (2, 1, True)
    assert "1 件已超期" in desk.get(INDEX).content.decode()


def test_officers_see_the_queues_of_their_groups_alone() -> None:
    EmployerFactory(submitted=True)
    reviewer = client_for(UserFactory(officer=True, groups=["岗位审核"]))
    assert set(lines_of(reviewer)) == {"岗位审核", "岗位提示"}
    answerer = client_for(UserFactory(officer=True, groups=["举报处理"]))
    assert set(lines_of(answerer)) == {"岗位举报"}
    assert answerer.get(reverse("admin:employers_jobposting_changelist")).status_code == 200
    assert answerer.get(reverse("admin:workers_worker_changelist")).status_code == 403


def test_an_officer_in_no_group_is_told_so_and_sees_nothing() -> None:
    client = client_for(UserFactory(officer=True, groups=[]))
    response = client.get(INDEX)
    assert "您还没有分工" in response.content.decode()
    assert response.context["queues"] == [] and response.context["app_list"] == []
    assert client.get(reverse("admin:employers_employer_changelist")).status_code == 403


def test_counting_stops_at_a_thousand(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "MOST", 3)
    EmployerFactory.create_batch(5, submitted=True)
    line = lines_of(desk)["单位认证"]
    assert (line.count, line.shown_count) == (4, "3+")


def test_the_page_asks_no_more_when_more_waits(
    desk: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    EmployerFactory(submitted=True)
    desk.get(INDEX)
    with django_assert_max_num_queries(26) as captured:
        desk.get(INDEX)
    EmployerFactory.create_batch(5, submitted=True)
    JobPostingFactory.create_batch(5, review=True)
    with django_assert_num_queries(len(captured)):
        desk.get(INDEX)


def test_the_week_shows_what_came_in_and_what_was_settled(desk: Client, officer: User) -> None:
    assert desk.get(INDEX).context["week"] == []
    moves = {"employer": EmployerFactory(), "from_state": "submitted", "to_state": "verified", "by": officer}
    EmployerEvent.objects.create(**moves)
    week = desk.get(INDEX).context["week"]
    assert len(week) == 7 and week[-1].on == timezone.localdate()
    assert (week[-1].settled, week[-1].tall[1]) == (1, 100)
    assert "办结 1" in desk.get(INDEX).content.decode()


def test_the_page_says_who_sits_here(desk: Client, officer: User) -> None:
    assert f"{officer.name} · 金华 · 人社干部" in desk.get(INDEX).content.decode()


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=5), "刚刚"),
        (timedelta(minutes=59), "59 分钟"),
        (timedelta(hours=47), "47 小时"),
        (timedelta(days=2), "2 天"),
    ],
)
def test_ages_are_said_in_words(age: timedelta, words: str) -> None:
    assert age_in_words(age) == words


def test_a_queue_may_give_a_plain_pair() -> None:
    assert Waiting(*(3, None)).overdue == 0
