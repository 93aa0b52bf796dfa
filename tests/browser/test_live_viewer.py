"""The viewer's page with real pictures: it plays, tells, takes applications, and comes back after a cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from jinba.core.sms import locmem
from labor.live.actions import pinning, saying
from labor.live.models import Card, LiveApplication, LiveSession
from tests.browser.chromium import DESK, PHONE
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.film import Film
from tests.browser.live import moves, playing
from tests.browser.server import Server
from tests.factories.accounts import user_in
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.live import LiveSessionFactory
from tests.factories.reference import both_cities
from tests.factories.workers import WorkerFactory
from tests.platform.machine import until

SOON = 20_000  # ms: the machine has other things to do


@pytest.fixture
def session(site: str) -> LiveSession:
    both_cities()
    first = JobPostingFactory(title="冲压工", couple_rooms=True)
    owner = owner_of(first.employer)
    cards = [first, JobPostingFactory(title="质检员", employer=first.employer)]
    made: LiveSession = LiveSessionFactory(live=True, host=first.employer, anchor=owner, made_by=owner, cards=cards)
    return made


@pytest.fixture
def film(session: LiveSession) -> Iterator[Film]:
    made = Film(session)
    yield made.start()
    made.stop()


def card_of(session: LiveSession, title: str) -> Card:
    return session.cards.get(posting__title=title)


def said(session: LiveSession, text: str) -> None:
    saying.say(session=session, by=user_in("seeker"), text=text, kind="chat", client_id=uuid4())


def opened(opens: Opens, server: Server, session: LiveSession, screen: dict[str, Any] = PHONE) -> Page:
    page = opens(screen, base_url=server.address).new_page()
    page.goto(session.get_absolute_url())
    listens(page)
    return page


def listens(page: Page) -> None:
    until(lambda: line_of(page) == "open", 20)


def line_of(page: Page) -> str:
    """open, polling or away."""
    word: str = page.evaluate("window.live ? window.live.room.word : ''")
    return word


def words(page: Page) -> list[str]:
    """What stands in the room, in order."""
    return page.locator("[data-lines] [data-message]").all_inner_texts()


def test_the_picture_moves_and_the_sound_is_a_tap_away(
    opens: Opens, server: Server, session: LiveSession, film: Film
) -> None:
    page = opens(PHONE, base_url=server.address).new_page()
    complaints = Complaints(page)
    page.goto(session.get_absolute_url())
    assert moves(page)
    assert page.locator("video").evaluate("video => video.muted")
    page.get_by_role("button", name="点一下打开声音").click()
    assert not page.locator("video").evaluate("video => video.muted")
    expect(page.get_by_role("button", name="点一下打开声音")).to_be_hidden()
    # Nothing lies over the picture, and nothing sticks out sideways.
    expect(page.locator("[data-stage]")).to_have_attribute("data-veil", "")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert complaints == []


def test_a_stranger_applies_in_the_room_while_the_picture_goes_on(
    opens: Opens, server: Server, session: LiveSession, film: Film
) -> None:
    page = opened(opens, server, session)
    pinning.pin(card=card_of(session, "冲压工"), by=session.made_by)
    pinned = page.locator("[data-pinned]")
    expect(pinned).to_contain_text("冲压工")
    assert moves(page)
    pinned.locator("[data-apply]").click()
    sheet = page.locator("[data-sheet]")
    sheet.get_by_role("textbox", name="手机号").fill("13600000001")
    # The host goes on to the next card meanwhile: what was tapped is what is applied to.
    pinning.pin(card=card_of(session, "质检员"), by=session.made_by)
    sheet.get_by_role("button", name="发验证码").click()
    sheet.get_by_role("textbox", name="短信验证码").fill(locmem_code())  # six digits are sent by themselves
    sheet.get_by_role("textbox", name="您的姓名").fill("苟明华")
    sheet.get_by_role("button", name="同意并报名").click()
    expect(sheet.get_by_text("请选您家在哪个县")).to_be_visible()
    expect(sheet.get_by_role("textbox", name="您的姓名")).to_have_value("苟明华")  # nothing is lost
    sheet.locator("label:has([name=county])").first.click()
    sheet.get_by_role("button", name="同意并报名").click()
    expect(sheet.get_by_text("报名成功")).to_be_visible(timeout=SOON)
    found = LiveApplication.objects.get()
    assert (found.session, found.card) == (session, card_of(session, "冲压工"))
    assert found.is_pinned
    assert not found.is_replay
    assert 595 <= found.second <= 700
    sheet.get_by_role("link", name="接着看直播").click()
    expect(page.locator("#live-cards [data-apply]", has_text="已报名")).to_have_count(1)
    assert page.url.endswith(session.get_absolute_url())
    assert moves(page)
    # He is signed in now, so he may speak without being asked again.
    page.get_by_label("说点什么").fill("什么时候上班")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("[data-lines]")).to_contain_text("什么时候上班")


def locmem_code() -> str:
    until(lambda: bool(locmem.outbox))
    code: str = locmem.outbox[-1]["code"]
    return code


def test_others_words_come_in_and_who_speaks_is_asked_who_he_is(
    opens: Opens, server: Server, session: LiveSession
) -> None:
    page, other = opened(opens, server, session), opened(opens, server, session, DESK)
    said(session, "食堂贵不贵")
    for one in (page, other):
        expect(one.locator("[data-lines]")).to_contain_text("食堂贵不贵", timeout=SOON)
    worker = WorkerFactory()
    page.get_by_label("说点什么").fill("厂里热不热")
    page.get_by_role("button", name="发送").click()
    sheet = page.locator("[data-sheet]")
    sheet.get_by_role("textbox", name="手机号").fill(worker.user.phone)
    sheet.get_by_role("button", name="发验证码").click()
    sheet.get_by_role("textbox", name="短信验证码").fill(locmem_code())
    # What he wanted to say is said at once.
    expect(other.locator("[data-lines]")).to_contain_text("厂里热不热", timeout=SOON)
    expect(page.locator("[data-lines] [data-message]", has_text="厂里热不热")).to_have_count(1)
    expect(sheet).to_be_hidden()


def test_chips_tell_what_the_posting_says(opens: Opens, server: Server, session: LiveSession) -> None:
    pinning.pin(card=card_of(session, "冲压工"), by=session.made_by)
    page = opened(opens, server, session)
    page.get_by_role("button", name="夫妻房？").click()
    expect(page.locator("[data-lines]")).to_contain_text("冲压工：有夫妻房")


def test_after_a_cut_nothing_is_missing_and_nothing_comes_twice(
    opens: Opens, server: Server, session: LiveSession
) -> None:
    page = opened(opens, server, session)
    lines = [f"第{number}句话" for number in range(12)]
    for text in lines[:4]:
        said(session, text)
    expect(page.locator("[data-lines]")).to_contain_text(lines[3], timeout=SOON)
    page.context.set_offline(True)
    server.stop()  # what is open is cut too
    until(lambda: line_of(page) != "open", 20)
    expect(page.locator("[data-line]")).to_be_visible(timeout=SOON)
    for text in lines[4:9]:
        said(session, text)
    pinning.pin(card=card_of(session, "质检员"), by=session.made_by)
    server.start()
    page.context.set_offline(False)
    listens(page)
    for text in lines[9:]:
        said(session, text)
    expect(page.locator("[data-lines]")).to_contain_text(lines[-1], timeout=SOON)
    assert [text for line in words(page) for text in lines if line.endswith(text)] == lines
    expect(page.locator("[data-pinned]")).to_contain_text("质检员")
    expect(page.locator("[data-line]")).to_be_hidden()


def test_where_no_socket_opens_the_room_is_asked_for(opens: Opens, site: str, session: LiveSession) -> None:
    page = opens(PHONE).new_page()  # this server speaks no sockets
    page.goto(session.get_absolute_url())
    until(lambda: line_of(page) == "polling", 20)
    said(session, "没有长连接也看得到")
    expect(page.locator("[data-lines]")).to_contain_text("没有长连接也看得到", timeout=SOON)


def test_without_the_picture_no_segment_is_fetched_and_it_is_remembered(
    opens: Opens, server: Server, session: LiveSession, film: Film
) -> None:
    page = opened(opens, server, session)
    assert moves(page)
    page.get_by_role("button", name="只看文字和岗位").click()
    expect(page.locator("[data-stage]")).to_have_attribute("data-veil", "off")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/streams/" in request.url else None)
    page.reload()
    listens(page)
    said(session, "画面关了也能看")
    expect(page.locator("[data-lines]")).to_contain_text("画面关了也能看", timeout=SOON)
    end = film.end
    until(lambda: film.end > end + 3, 20)
    assert fetched == []
    page.locator("[data-video-on]").click()
    assert moves(page)


def test_the_host_s_cut_is_said_and_healed_without_a_reload(
    opens: Opens, server: Server, session: LiveSession, film: Film
) -> None:
    page = opened(opens, server, session)
    assert moves(page)
    film.stop()
    film.air(False)
    expect(page.get_by_text("主播的网络断了，马上回来", exact=True)).to_be_visible(timeout=40_000)
    again = Film(session)
    again.end = film.end
    again.start()
    try:
        assert moves(page, seconds=40)
        expect(page.locator("[data-stage]")).to_have_attribute("data-veil", "")
    finally:
        again.stop()


def test_a_phone_that_was_asleep_is_at_the_present_again(
    opens: Opens, server: Server, session: LiveSession, film: Film
) -> None:
    page = opened(opens, server, session)
    assert moves(page)
    page.evaluate("window.live.player.video.pause()")
    behind = playing(page)["time"]
    end = film.end
    until(lambda: film.end > end + 14, 40)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert moves(page, seconds=40)
    until(
        lambda: page.evaluate("""() => {
          const { hls, video } = window.live.player;
          return (hls && hls.latency ? hls.latency : video.duration - video.currentTime) < 12;
        }"""),
        40,
    )
    assert playing(page)["time"] != behind


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_all_cards_can_be_read_without_scripts(
    opens: Opens, server: Server, session: LiveSession, screen: dict[str, Any]
) -> None:
    said(session, "先说一句")
    page = opens(screen, base_url=server.address, java_script_enabled=False).new_page()
    page.goto(session.get_absolute_url())
    for text in ("冲压工", "质检员", "先说一句"):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.get_by_text("看画面要用网页脚本")).to_be_visible()
    page.get_by_role("link", name="报名").first.click()
    expect(page.get_by_role("textbox", name="手机号")).to_be_visible()
