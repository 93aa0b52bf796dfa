from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jinba.core.memory import forget_all
from tests.factories.employers import JobPostingFactory
from tests.factories.reference import ZoneFactory, both_cities

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def test_home_counts_what_is_open_and_leads_there(client: Client) -> None:
    both_cities()
    JobPostingFactory(headcount=5, filled=2, zone=ZoneFactory(park=True))
    JobPostingFactory(headcount=4, flexible=True)
    JobPostingFactory(headcount=9, expired=True)
    text = text_of(client.get("/"))
    assert "<strong>2</strong> 个岗位在招" in text
    assert "还差 <strong>7</strong> 人" in text
    assert "<strong>2</strong> 家企业已认证" in text
    assert 'href="/postings/?region=330784">永康市 <small>2</small>' in text
    assert 'href="/postings/?zone=511921-lxtj">兰溪—通江产业园</a> <span class="muted">1 个岗位</span>' in text
    assert "现在有 1 个。" in text


def test_home_invents_nothing_when_there_is_nothing(client: Client) -> None:
    text = text_of(client.get("/"))
    assert "个岗位在招" not in text
    assert "新岗位审核后就会出现在这里" in text


def test_home_is_only_read(client: Client) -> None:
    assert client.post("/").status_code == 405


def test_home_costs_as_many_queries_with_one_posting_as_with_fifty(client: Client) -> None:
    counts = []
    for number in (1, 49):
        JobPostingFactory.create_batch(number)
        forget_all()
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/?n={number}")
        counts.append(len(captured))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as captured:
        client.get("/?n=warm")
    assert len(captured) <= 3
