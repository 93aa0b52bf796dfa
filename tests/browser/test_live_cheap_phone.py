"""The viewer's page on a phone that sleeps, loses its network, goes wrong by an hour, or reads large type."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from employers.choices import PostingState
from employers.models import JobPosting
from jinba.core.sms import locmem
from labor.applications import actions as applications
from labor.live.actions import airing, pinning, saying
from labor.live.models import LiveApplication, LiveSession
from tests.browser.chromium import DESK, PHONE
from tests.browser.conftest import Opens
from tests.browser.server import Server
from tests.factories.accounts import user_in
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.live import LiveSessionFactory
from tests.factories.reference import both_cities
from tests.factories.workers import WorkerFactory
from tests.platform.machine import until

SOON = 20_000  # ms
# What one taps or reads and is cut off at the side.
OUTSIDE = """(width) => Array.from(document.querySelectorAll("main button, main a, main input, main h1, main h2"))
  .filter((one) => one.offsetParent && !one.closest(".chat__scroll"))
  .filter((one) => one.getBoundingClientRect().right > width + 1 || one.getBoundingClientRect().left < -1)
  .map((one) => one.className || one.tagName)"""
LONG = "浙江省金华市婺城区晨光五金制品及精密零部件智能制造股份有限公司第三分公司（白龙桥厂区）"


@pytest.fixture
def session(site: str) -> LiveSession:
    """On air without a picture: two cards, the first of them spoken of."""
    both_cities()
    first = JobPostingFactory(title="冲压工", employer__name=LONG)
    owner = owner_of(first.employer)
    cards = [
        first,
        JobPostingFactory(title="自动化流水线数控加工中心操作工（两班倒，可住夫妻房）", employer=first.employer),
    ]
    made: LiveSession = LiveSessionFactory(
        live=True, host=first.employer, anchor=owner, made_by=owner, cards=cards, slow_seconds=0,
        title="晨光五金春节返岗专场：冲压、质检、包装、仓库一百二十个岗位现场答疑报名",
    )  # fmt: skip
    pinning.pin(card=made.cards.order_by("order")[0], by=owner)
    return made


class Phone:
    """One viewer's page, which may be put to sleep."""

    def __init__(
        self, opens: Opens, server: Server, session: LiveSession, screen: Any = PHONE, clock: Any = None
    ) -> None:
        self.context: BrowserContext = opens(screen, base_url=server.address)
        self.page: Page = self.context.new_page()
        self.page.clock.install(**({"time": clock} if clock else {}))
        self.page.goto(session.get_absolute_url())
        self.heard("open")

    def heard(self, word: str) -> None:
        until(lambda: self.page.evaluate("window.live ? window.live.room.word : ''") == word, 30)

    @property
    def words(self) -> list[str]:
        return self.page.locator("[data-lines] [data-message]").all_inner_texts()

    def away(self, minutes: int) -> None:
        """The lid is closed, the network gone; timers stand still."""
        self.context.set_offline(True)
        self.page.evaluate("window.dispatchEvent(new Event('pagehide'))")
        self.page.clock.fast_forward(minutes * 60_000)

    def back(self) -> None:
        self.context.set_offline(False)
        self.page.evaluate("window.dispatchEvent(new Event('pageshow'))")


def said(session: LiveSession, *texts: str) -> None:
    for text in texts:
        saying.say(session=session, by=user_in("seeker"), text=text, kind="chat", client_id=uuid4())


def closed(posting: JobPosting) -> None:
    """Full: its last seats went."""
    JobPosting.objects.filter(pk=posting.pk).update(state=PostingState.FILLED)
    pinning.notice_closed()


def test_after_ten_minutes_of_sleep_it_stands_where_the_room_is(
    opens: Opens, server: Server, session: LiveSession
) -> None:
    phone = Phone(opens, server, session)
    said(session, "第一句")
    until(lambda: len(phone.words) == 1, 20)
    expect(phone.page.locator("[data-pinned]")).to_be_visible()
    phone.away(minutes=10)
    said(session, *(f"睡着时第{number}句" for number in range(12)))
    first = session.cards.order_by("order")[0]
    closed(first.posting)
    phone.back()
    until(lambda: len(phone.words) == 13, 30)
    assert [text.split("第")[1] for text in phone.words] == ["一句", *(f"{number}句" for number in range(12))]
    card = phone.page.locator(f"#live-cards [data-card='{first.pk}']")
    expect(card).to_have_class("job job--shut job--now", timeout=SOON)
    expect(phone.page.locator("[data-pinned] [data-left]")).to_have_text("不招人了", timeout=SOON)
    expect(phone.page.locator("[data-pinned] [data-apply]")).to_be_hidden()


def test_a_session_that_ended_while_it_slept_says_so(opens: Opens, server: Server, session: LiveSession) -> None:
    phone = Phone(opens, server, session)
    phone.away(minutes=10)
    airing.end(session=session, by=session.made_by)
    phone.back()
    expect(phone.page.locator("[data-stage]")).to_have_attribute("data-veil", "over", timeout=SOON)
    expect(phone.page.get_by_text("这场没有回放，岗位还可以报名。")).to_be_visible()
    expect(phone.page.locator("[data-mark]")).to_have_text("已结束")
    expect(phone.page.locator("[data-pinned]")).to_be_hidden()
    # Jobs stay, and so does applying.
    phone.page.get_by_role("tab", name="全部岗位").click()
    expect(phone.page.locator("#live-cards [data-apply]").first).to_be_visible()


def test_three_minutes_without_a_network_are_told_and_cost_nothing(
    opens: Opens, server: Server, session: LiveSession
) -> None:
    phone = Phone(opens, server, session)
    phone.context.set_offline(True)
    phone.heard("away")
    phone.page.clock.fast_forward(180_000)
    expect(phone.page.get_by_text("正在重连…")).to_be_visible(timeout=SOON)
    phone.page.get_by_label("说点什么").fill("有夫妻房吗")
    said(session, "断网时一句", "断网时两句")
    phone.context.set_offline(False)
    until(lambda: len(phone.words) == 2, 40)
    phone.heard("open")
    expect(phone.page.get_by_text("正在重连…")).to_be_hidden(timeout=SOON)
    expect(phone.page.get_by_label("说点什么")).to_have_value("有夫妻房吗")


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_an_hour_wrong_changes_nothing(opens: Opens, server: Server, site: str, hours: int) -> None:
    starts = (timezone.now() + timedelta(minutes=40)).replace(second=0, microsecond=0)
    session = LiveSessionFactory(announced=True, anchor=True, starts_at=starts, cards=[JobPostingFactory()])
    phone = Phone(opens, server, session, clock=timezone.now() + timedelta(hours=hours))
    expect(phone.page.locator("[data-stage]")).to_have_attribute("data-veil", "soon")
    expect(phone.page.locator("[data-count]")).to_have_text(re.compile(r"^还有 00:(3\d|40):\d\d$"), timeout=SOON)
    phone.page.get_by_role("tab", name="留言").click()
    expect(phone.page.get_by_text("开播前 30 分钟可以留言。")).to_be_visible()


def test_a_code_that_is_wrong_three_times_loses_nothing(opens: Opens, server: Server, session: LiveSession) -> None:
    page = Phone(opens, server, session).page
    worker = WorkerFactory()
    page.get_by_label("说点什么").fill("厂里热不热")
    page.get_by_role("button", name="发送").click()
    sheet = page.locator("[data-sheet]")
    sheet.get_by_role("textbox", name="手机号").fill(worker.user.phone)
    sheet.get_by_role("button", name="发验证码").click()
    code = sheet.get_by_role("textbox", name="短信验证码")
    expect(code).to_be_visible(timeout=SOON)
    until(lambda: bool(locmem.outbox))
    right = str(locmem.outbox[-1]["code"])
    for wrong in [f"{(int(right) + step) % 1_000_000:06d}" for step in (1, 2, 3)]:
        with page.expect_response(lambda answer: "/enter/" in answer.url and answer.request.method == "POST") as sent:
            code.fill(wrong)  # six digits are sent by themselves
        assert sent.value.status == 422
        expect(sheet.locator(".field--invalid, .alert, [role=alert]").first).to_be_visible()
        expect(page.get_by_label("说点什么")).to_have_value("厂里热不热")
    code.fill(right)
    expect(page.locator("[data-lines]")).to_contain_text("厂里热不热", timeout=SOON)
    expect(sheet).to_be_hidden()
    assert session.messages.get().text == "厂里热不热"


def test_applied_already_and_full_meanwhile_are_said_in_the_sheet(
    opens: Opens, server: Server, session: LiveSession
) -> None:
    one, two = session.cards.order_by("order")
    worker = WorkerFactory()
    applications.apply(worker=worker, posting=one.posting, by=worker.user)
    phone = Phone(opens, server, session)
    sheet = phone.page.locator("[data-sheet]")
    phone.page.locator("[data-pinned] [data-apply]").click()
    sheet.get_by_role("textbox", name="手机号").fill(worker.user.phone)
    sheet.get_by_role("button", name="发验证码").click()
    until(lambda: bool(locmem.outbox))
    sheet.get_by_role("textbox", name="短信验证码").fill(str(locmem.outbox[-1]["code"]))
    expect(sheet.get_by_text("已经报过名了")).to_be_visible(timeout=SOON)
    sheet.get_by_role("link", name="接着看直播").click()
    expect(phone.page.locator("[data-pinned] [data-apply]")).to_have_text("已报名")
    phone.page.get_by_role("tab", name="全部岗位").click()
    phone.page.locator(f"#live-cards [data-apply='{two.pk}']").click()
    expect(sheet.get_by_role("button", name="同意并报名")).to_be_visible(timeout=SOON)
    JobPosting.objects.filter(pk=two.posting_id).update(state=PostingState.FILLED)
    sheet.get_by_role("button", name="同意并报名").click()
    expect(sheet.get_by_text("这个岗位招满了，看看别的岗位吧。")).to_be_visible(timeout=SOON)
    assert not LiveApplication.objects.exists()


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_type_of_twice_the_size_and_long_names_stay_within_the_screen(
    opens: Opens, server: Server, session: LiveSession, screen: dict[str, Any]
) -> None:
    said(session, "这个厂的宿舍是几个人一间有没有空调热水洗衣机，夫妻两个人一起去能不能安排在一起" * 2)
    page = Phone(opens, server, session, screen).page
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    width = page.viewport_size["width"]  # type: ignore[index]
    for tab in ("留言", "全部岗位"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        cut = page.evaluate(
            OUTSIDE,
            width,
        )
        assert cut == []


def test_without_the_phone_s_own_sharing_the_words_are_copied_or_shown(
    opens: Opens, server: Server, session: LiveSession
) -> None:
    phone = Phone(opens, server, session)
    page = phone.page
    page.evaluate("Object.defineProperty(navigator, 'share', { value: undefined, configurable: true })")
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.address)
    page.get_by_role("button", name="发给老乡").or_(page.get_by_role("link", name="发给老乡")).click()
    expect(page.get_by_text("已复制，可以发给家人和老乡了。")).to_be_visible()
    words = page.evaluate("navigator.clipboard.readText()")
    assert session.get_absolute_url() in words and "找工作不收任何费用" in words
    page.evaluate("""() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
      document.execCommand = () => false;
    }""")
    page.get_by_role("button", name="复制链接").click()
    shown = page.locator(".message--error")
    expect(shown).to_contain_text("没能复制")
    expect(shown).to_contain_text(session.get_absolute_url())


@pytest.mark.parametrize(("platform", "name"), [("douyin", "抖音"), ("channels", "微信视频号")])
def test_the_picture_of_another_platform_is_one_tap_away_and_all_the_rest_works(
    opens: Opens, server: Server, session: LiveSession, platform: str, name: str
) -> None:
    url = {"douyin": "https://live.douyin.com/123", "channels": "https://weixin.qq.com/sph/A1b2"}[platform]
    LiveSession.objects.filter(pk=session.pk).update(platform=platform, platform_url=url)
    phone = Phone(opens, server, session)
    go = phone.page.get_by_role("link", name=f"到{name}看画面")
    expect(go).to_be_visible()
    assert go.get_attribute("href") == url and "noreferrer" in str(go.get_attribute("rel"))
    expect(phone.page.get_by_text("画面在那边看，报名和提问在这里。")).to_be_visible()
    assert phone.page.locator("[data-video-off]").is_hidden()
    said(session, "那边人多，这边报名")
    until(lambda: len(phone.words) == 1, 20)
    expect(phone.page.locator("[data-pinned] [data-apply]")).to_be_visible()
