"""The room's page before, during and after, for whoever comes."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.core.memory import forget_all
from labor.live.actions import entries
from labor.live.actions.history import shift
from labor.live.choices import EntryKind, ReplayState, Side, State
from labor.live.models import LiveSession, Message, Pin, Replay, Room
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.live import LiveSessionFactory
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db


def page_of(session: LiveSession) -> str:
    return reverse("live:watch", args=[session.pk])


def read(client: Client, session: LiveSession, status: int = 200) -> str:
    forget_all()
    response = client.get(page_of(session))
    assert response.status_code == status
    return response.content.decode()


def snapshot(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="live-state" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    state: dict[str, Any] = json.loads(found[1])
    return state


@pytest.fixture
def couple() -> Any:
    return JobPostingFactory(title="冲压工", couple_rooms=True, base_pay_min=6000, base_pay_max=8000)


def say(session: LiveSession, text: str, **fields: Any) -> Message:
    message = Message.objects.create(
        session=session, author=UserFactory(), shown_name="王**", text=text, client_id=UUIDS.pop(), **fields
    )
    entries.add(session_id=session.pk, kind=EntryKind.SAID, message=message)
    return message


def move(session: LiveSession, to: State, *, side: Side = Side.CREW, **fields: Any) -> None:
    shift(session=session, to=to, side=side, by=session.made_by, **fields)


UUIDS = [f"00000000-0000-4000-8000-{number:012d}" for number in range(50)]


def test_whoever_comes_reads_the_cards_and_the_words(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(live=True, cards=[couple], anchor=True)
    say(session, "工价怎么算？")
    html = read(client, session)
    for words in ("冲压工", "6000–8000 元/月", "夫妻房", "工价怎么算？", "主播小林", "看画面要用网页脚本"):
        assert words in html
    assert html.count("工价怎么算？") == 1  # a line of the chat is no message of the site
    card = session.cards.get()
    assert reverse("live:apply", args=[session.pk, card.pk]) in html
    assert reverse("live:posting", args=[session.pk, session.cards.get(posting=couple).pk]) in html


def test_hidden_words_stay_away(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(live=True, cards=[couple])
    say(session, "加我微信", state="hidden", hide_reason="contact")
    say(session, "等人看的话", state="held")
    html = read(client, session)
    assert "加我微信" not in html
    assert "等人看的话" not in html


def test_the_page_begins_where_the_room_is(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(live=True, cards=[couple])
    Pin.objects.create(session=session, card=session.cards.get(), seats_left=3, by=session.made_by)
    say(session, "有夫妻房吗")
    state = snapshot(read(client, session))
    assert state["last"] == 1
    assert state["pinned"]["title"] == "冲压工"
    assert state["pinned"]["answers"]["couple"] == "有夫妻房"
    assert state["video"].endswith(".m3u8")
    assert state["me"]["is_in"] is False
    assert state["me"]["ticket"]


def test_the_picture_by_webrtc_is_told_while_there_is_one(client: Client, couple: Any, settings: Any) -> None:
    settings.LIVE_ENGINE, settings.SRS_WHEP_URL = "srs", "https://jobs.example.cn/srs/rtc/v1/whep/"
    session = LiveSessionFactory(live=True, cards=[couple])
    assert snapshot(read(client, session))["whep"] == ""  # no picture comes yet
    Room.objects.filter(pk=session.pk).update(is_on_air=True)
    address = f"{settings.SRS_WHEP_URL}?app=live&stream={session.stream}"
    assert snapshot(read(client, session))["whep"] == address
    look = reverse("live:cards", args=[session.pk])
    assert client.get(look).json()["whep"] == address
    LiveSession.objects.filter(pk=session.pk).update(platform="douyin", platform_url="https://live.douyin.com/123")
    assert snapshot(read(client, session))["whep"] == ""
    move(session, State.ENDED, ended_at=timezone.now())
    assert snapshot(read(client, session))["whep"] == ""


def test_nobody_learns_the_stream_before_it_is_on(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(announced=True, cards=[couple])
    html = read(client, session)
    assert session.stream not in html
    assert "报名" in html  # one may apply before it begins


def test_the_picture_of_another_platform_is_a_button(client: Client, couple: Any) -> None:
    url = "https://live.douyin.com/123"
    session = LiveSessionFactory(live=True, cards=[couple], platform="douyin", platform_url=url)
    html = read(client, session)
    assert url in html
    assert "到抖音看画面" in html
    assert snapshot(html)["video"] == ""


@pytest.mark.parametrize("state", ["planned", "review"])
def test_what_is_not_announced_is_not_found(client: Client, state: str) -> None:
    session = LiveSessionFactory(**({"review": True} if state == "review" else {}))
    for name in ("watch", "cards", "enter"):
        assert client.get(reverse(f"live:{name}", args=[session.pk])).status_code == 404


def test_a_cancelled_session_says_so_to_those_who_kept_its_address(client: Client) -> None:
    session = LiveSessionFactory(announced=True)
    move(session, State.CANCELLED)
    assert "这场直播取消了" in read(client, session, status=410)


def test_a_session_that_was_aborted_says_so_and_takes_no_applications(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(live=True, cards=[couple])
    move(session, State.ABORTED, ended_at=timezone.now())
    html = read(client, session)
    assert "这场直播中止了" in html
    assert "data-apply" not in html
    sheet = client.get(reverse("live:apply", args=[session.pk, session.cards.get().pk]))
    assert sheet.status_code == 410


def test_the_end_leads_to_the_replay(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(ended=True, cards=[couple])
    assert snapshot(read(client, session))["replay"] == {"state": "none"}
    replay = Replay.objects.create(session=session)
    assert snapshot(read(client, session))["replay"] == {"state": "making"}
    Replay.objects.filter(pk=replay.pk).update(state=ReplayState.READY, seconds=90)
    move(session, State.REPLAY, side=Side.SYSTEM)
    found = snapshot(read(client, session))["replay"]
    assert found["state"] == "ready"
    assert found["seconds"] == 90
    for state, word, words in (
        (ReplayState.HIDDEN, "hidden", "回放暂时看不了"), (ReplayState.DELETED, "gone", "回放没有了"),
        (ReplayState.FAILED, "none", "这场没有回放"),
    ):  # fmt: skip
        Replay.objects.filter(pk=replay.pk).update(state=state)
        html = read(client, session)
        assert snapshot(html)["replay"] == {"state": word} and words in html
        assert f'data-veil="{word.replace("none", "over")}"' in html


def test_cards_of_closed_postings_are_marked(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(replay=True, cards=[couple, JobPostingFactory(filled_up=True, title="招满的活")])
    answer = client.get(reverse("live:cards", args=[session.pk])).json()
    assert [card["open"] for card in answer["cards"]] == [True, False]
    assert "招满" in answer["cards"][1]["why"]
    assert answer["list"].count("data-apply") == 1


def test_a_card_that_was_taken_off_is_gone(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(live=True, cards=[couple])
    session.cards.update(removed_at=timezone.now())
    assert client.get(reverse("live:cards", args=[session.pk])).json()["cards"] == []


def test_who_has_applied_sees_it(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(live=True, cards=[couple])
    worker = WorkerFactory()
    ApplicationFactory(worker=worker, posting=couple)
    client.force_login(worker.user)
    state = snapshot(read(client, session))
    assert state["me"] | {"ticket": ""} == {"is_in": True, "applied": [couple.pk], "ticket": ""}


def test_before_the_start_words_are_taken_from_half_an_hour_on(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(announced=True, cards=[couple])
    assert "data-chat-form hidden" in read(client, session)
    LiveSession.objects.filter(pk=session.pk).update(starts_at=timezone.now() + timedelta(minutes=20))
    assert "data-chat-form hidden" not in read(client, session)


def test_in_the_replay_and_the_hour_before_it_one_may_still_ask(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(replay=True, cards=[couple])
    text = read(client, session)
    assert "data-chat-form hidden" not in text and "企业看到会答复" in text
    ended = LiveSessionFactory(ended=True, cards=[couple])
    LiveSession.objects.filter(pk=ended.pk).update(ended_at=timezone.now() - timedelta(minutes=59))
    assert "data-chat-form hidden" not in read(client, ended)
    LiveSession.objects.filter(pk=ended.pk).update(ended_at=timezone.now() - timedelta(minutes=61))
    assert "data-chat-form hidden" in read(client, ended)


def test_many_cards_are_one_look(client: Client, couple: Any, django_assert_max_num_queries: Any) -> None:
    postings = [couple, *JobPostingFactory.create_batch(9)]
    session = LiveSessionFactory(live=True, cards=postings, anchor=True)
    for number in range(8):
        say(session, f"第{number}句")
    read(client, session)
    forget_all()
    with django_assert_max_num_queries(14):
        client.get(page_of(session))
    with django_assert_max_num_queries(2):  # the state was read a moment ago
        client.get(reverse("live:cards", args=[session.pk]))


def test_the_page_is_only_read(client: Client, couple: Any) -> None:
    session = LiveSessionFactory(live=True, cards=[couple])
    assert client.post(page_of(session)).status_code == 405
    assert client.post(reverse("live:cards", args=[session.pk])).status_code == 405
