"""The list of sessions, and the line about what is on air."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labor.live.choices import ReplayState
from labor.live.models import Replay
from tests.factories.employers import JobPostingFactory
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory

pytestmark = pytest.mark.django_db
LIST = "/live/"


def page(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_shows_what_visitors_may_see_each_under_its_head(client: Client) -> None:
    shown = {
        state: LiveSessionFactory(**{state: True}, title=f"这是一场{state}")
        for state in ("live", "announced", "replay")
    }
    Replay.objects.create(session=shown["replay"], state=ReplayState.READY)
    hidden = [LiveSessionFactory(title="还在策划"), LiveSessionFactory(review=True, title="还在审核")]
    hidden.append(LiveSessionFactory(replay=True, title="回放藏起来了"))
    Replay.objects.create(session=hidden[-1], state=ReplayState.HIDDEN, hidden_reason="说错了")
    hidden.append(LiveSessionFactory(announced=True, starts_at=in_minutes(-300), title="没有开成"))
    text = page(client)
    places = [
        text.index(words)
        for words in ("正在直播", "这是一场live", "快要开播", "这是一场announced", "看回放", "这是一场replay")
    ]
    assert places == sorted(places)
    assert [one.title for one in hidden if one.title in text] == []


def test_replays_go_on_page_by_page(client: Client) -> None:
    made = [LiveSessionFactory(replay=True, title=f"旧场次{number:02d}号") for number in range(14)]
    Replay.objects.bulk_create(Replay(session=one, state=ReplayState.READY) for one in made)
    first = page(client)
    assert first.count("旧场次") == 12 and "旧场次13号" in first and "旧场次01号" not in first
    second = page(client, f"{LIST}?before={made[2].pk}")
    assert second.count("旧场次") == 2 and "旧场次01号" in second
    assert "没有更早的直播了" in page(client, f"{LIST}?before={made[0].pk}")
    assert page(client, f"{LIST}?before=下一页").count("旧场次") == 12


def test_many_sessions_cost_no_more_queries_than_one(client: Client) -> None:
    page(client)  # what a process remembers is asked for once
    counts = []
    for number in (1, 9):
        for _ in range(number):
            LiveSessionFactory(announced=True, cards=[JobPostingFactory()])
        with CaptureQueriesContext(connection) as queries:
            assert "1 个岗位" in page(client)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5


def test_the_first_page_leads_to_what_is_on_air_or_begins_within_the_hour(client: Client) -> None:
    home = reverse("home")
    assert "live-strip" not in page(client, home)


@pytest.mark.parametrize(("state", "words"), [("live", "正在直播"), ("announced", " 直播</strong>")])
def test_the_line_on_the_first_page(client: Client, state: str, words: str) -> None:
    soon = {"starts_at": in_minutes(30)} if state == "announced" else {}
    session = LiveSessionFactory(**{state: True}, **soon, title="车间现场")
    LiveSessionFactory(announced=True, starts_at=in_minutes(50))
    text = page(client, reverse("home"))
    line = text[text.index("live-strip") :].partition("</a>")[0]
    assert words in line and "车间现场" in line and f"/live/{session.pk}/" in line
