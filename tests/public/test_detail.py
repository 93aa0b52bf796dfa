import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from employers.choices import Hazard, Insurance, PayMode, PayUnit
from employers.models import JobPosting, today
from jinba.accounts.choices import Role
from tests.factories.accounts import user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory
from tests.factories.reference import ZoneFactory

pytestmark = pytest.mark.django_db


def address(posting: JobPosting) -> str:
    return f"/postings/{posting.pk}/"


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def data_of(response: Any) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.content.decode(), re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


def test_a_posting_says_all_that_a_worker_asks_first(client: Client) -> None:
    posting = JobPostingFactory(
        title="冲压工", zone=ZoneFactory(), couple_rooms=True, has_air_con=True, hazards=[Hazard.NOISE, Hazard.HEAVY],
        safety_note="发耳塞和手套", pay_day=15, headcount=12, filled=2, social_insurance=Insurance.FULL,
    )  # fmt: skip
    response = client.get(address(posting))
    assert response.status_code == 200
    text = text_of(response)
    for words in (
        "冲压工", "6000–8000", "金华经开区", "免费宿舍", "有夫妻房", "有空调", "长白班", "8 小时", "单休", "五险",
        "噪声、搬重物", "发耳塞和手套", "每月 15 号", "还差 <strong", "视频面试", "有效期", "已认证",
        posting.employer.name, posting.duties,
    ):  # fmt: skip
        assert words in text, words
    assert f"/applications/new/{posting.pk}/" in text


def test_daily_pay_is_also_told_by_the_month(client: Client) -> None:
    posting = JobPostingFactory(pay_mode=PayMode.DAILY, pay_unit=PayUnit.DAY, base_pay_min=200, base_pay_max=None)
    assert "折合每月约 4350 元" in text_of(client.get(address(posting)))


def test_the_data_for_search_engines_is_complete(client: Client) -> None:
    posting = JobPostingFactory(headcount=5, filled=2, years_min=2)
    data = data_of(client.get(address(posting)))
    assert data["@type"] == "JobPosting"
    assert data["title"] == posting.title
    assert data["baseSalary"]["value"] == {
        "@type": "QuantitativeValue", "unitText": "MONTH", "minValue": 6000, "maxValue": 8000,
    }  # fmt: skip
    assert data["validThrough"].startswith(posting.valid_until.isoformat())
    assert data["hiringOrganization"]["name"] == posting.employer.name
    assert data["jobLocation"]["address"]["addressRegion"] == "浙江省"
    assert data["totalJobOpenings"] == 3
    assert data["directApply"] is True
    assert data["employmentType"] == "FULL_TIME"
    assert data["experienceRequirements"]["monthsOfExperience"] == 24
    assert data["url"].startswith("http") and data["url"].endswith(address(posting))


def test_nothing_in_a_posting_ends_the_script_element(client: Client) -> None:
    nasty = "</script><script>alert(1)</script><!-- & \u2028"
    posting = JobPostingFactory(title=nasty, duties=nasty, requirements=nasty, employer=EmployerFactory(name=nasty))
    response = client.get(address(posting))
    assert data_of(response)["title"] == nasty
    assert b"<script>alert" not in response.content


def test_a_repost_names_its_source_and_cannot_be_applied_for(client: Client) -> None:
    posting = JobPostingFactory(repost=True)
    response = client.get(address(posting))
    text = text_of(response)
    assert "转自前程无忧" in text
    assert 'rel="nofollow noopener noreferrer external"' in text
    assert "我要报名" not in text
    assert "长白班" not in text or posting.shift
    assert data_of(response)["directApply"] is False


def test_a_posting_without_seats_left_cannot_be_applied_for(client: Client) -> None:
    posting = JobPostingFactory(headcount=2, filled=2)
    text = text_of(client.get(address(posting)))
    assert "我要报名" not in text
    assert "名额已满" in text


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("paused", 200, "暂停招聘"),
        ("filled_up", 200, "已经招满"),
        ("removed", 410, "已经下架"),
        ("archived", 410, "已经下架"),
        ("expired", 410, "已经过期"),
    ],
)
def test_a_posting_that_is_over_says_so_and_shows_others(client: Client, state: str, status: int, words: str) -> None:
    posting = JobPostingFactory(**{state: True})
    other = JobPostingFactory(title="还在招的")
    response = client.get(address(posting))
    text = text_of(response)
    assert response.status_code == status
    assert words in text
    assert other.title in text
    assert "我要报名" not in text
    assert "ld+json" not in text
    assert "noindex" in text


def test_a_posting_that_is_being_changed_says_so_and_shows_nothing_of_itself(client: Client) -> None:
    posting = JobPostingFactory(review=True, title="正在改的", published_at=timezone.now())
    response = client.get(address(posting))
    assert response.status_code == 404
    assert "企业正在修改这个岗位" in text_of(response)
    assert "正在改的" not in text_of(response)


def test_a_removed_posting_shows_nothing_of_what_it_said(client: Client) -> None:
    posting = JobPostingFactory(removed=True, title="先交押金")
    assert "先交押金" not in text_of(client.get(address(posting)))


@pytest.mark.parametrize("state", ["suspended", "banned"])
def test_a_posting_of_an_employer_that_lost_its_trust_is_gone(client: Client, state: str) -> None:
    posting = JobPostingFactory(employer=EmployerFactory(**{state: True}))
    response = client.get(address(posting))
    assert response.status_code == 410
    assert posting.title not in text_of(response)


@pytest.mark.parametrize("state", ["draft", "review", "rejected"])
def test_a_posting_that_was_never_public_is_not_found(client: Client, state: str) -> None:
    assert client.get(address(JobPostingFactory(**{state: True}))).status_code == 404


@pytest.mark.parametrize("pk", [0, 10**6, 10**30])
def test_an_unknown_number_is_not_found(client: Client, pk: int) -> None:
    assert client.get(f"/postings/{pk}/").status_code == 404
    assert client.get(f"/employers/{pk}/").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_whoever_is_signed_in_reads_a_posting_too(client: Client, role: str) -> None:
    posting = JobPostingFactory()
    client.force_login(user_in(role))
    assert client.get(address(posting)).status_code == 200
    assert client.get(f"/employers/{posting.employer_id}/").status_code == 200


def test_the_pages_are_only_read(client: Client) -> None:
    posting = JobPostingFactory()
    assert client.post(address(posting)).status_code == 405
    assert client.post(f"/employers/{posting.employer_id}/").status_code == 405


def test_on_its_last_day_a_posting_is_still_open(client: Client) -> None:
    posting = JobPostingFactory(valid_until=today())
    assert client.get(address(posting)).status_code == 200
    JobPosting.objects.filter(pk=posting.pk).update(valid_until=today() - timedelta(days=1))
    assert client.get(f"{address(posting)}?n=1").status_code == 410


def test_an_employer_shows_its_visible_postings_only(client: Client) -> None:
    employer = EmployerFactory()
    shown = JobPostingFactory(employer=employer, title="在招的")
    for state in ("draft", "paused", "expired", "removed"):
        JobPostingFactory(employer=employer, title="不在招的", **{state: True})
    JobPostingFactory(title="别家的")
    text = text_of(client.get(f"/employers/{employer.pk}/"))
    assert shown.title in text
    assert "不在招的" not in text
    assert "别家的" not in text
    assert "13857900001" not in text


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "suspended", "banned"])
def test_an_employer_that_is_not_trusted_has_no_page(client: Client, state: str) -> None:
    assert client.get(f"/employers/{EmployerFactory(**{state: True}).pk}/").status_code == 404


def test_an_imported_employer_has_a_page_that_says_so(client: Client) -> None:
    posting = JobPostingFactory(repost=True)
    assert "没有在本站认证" in text_of(client.get(f"/employers/{posting.employer_id}/"))


@pytest.mark.parametrize("page", ["posting", "employer"])
def test_one_posting_costs_as_many_queries_as_fifty(client: Client, page: str) -> None:
    employer = EmployerFactory()
    posting = JobPostingFactory(employer=employer)
    path = address(posting) if page == "posting" else f"/employers/{employer.pk}/"
    JobPostingFactory(employer=employer)
    counts = []
    client.get("/about/")  # the licence at the foot of the page is remembered
    for number in (1, 49):
        JobPostingFactory.create_batch(number, employer=employer)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{path}?n={number}")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5
