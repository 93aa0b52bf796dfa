"""A booth of the zone: the host lets the worker in, he talks on its own screen, and nothing of him stays there."""

import pytest
from playwright.sync_api import expect

from labor.interviews.choices import SeatKind
from labor.interviews.models import LetIn
from labor.interviews.screen import last_four
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.rooms import meeting
from tests.browser.server import Server
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory

pytestmark = pytest.mark.browser
STANDING = {"width": 1080, "height": 1920}


def test_a_worker_is_let_in_talks_and_leaves_the_screen_empty(opens: Opens, server: Server) -> None:
    host = user_in("park", name="何值班")
    booth = BoothFactory(host=host)
    call = meeting(opens, server, booth=booth)
    screen = call.device(SeatKind.HOST, viewport=STANDING).new_page()
    call.complaints[SeatKind.WORKER] = Complaints(screen)
    other_tab = screen.context.new_page()
    other_tab.goto("/booths/walk-ins/")
    screen.goto("/booths/")
    screen.get_by_role("link", name="的屏幕页").click()
    screen.get_by_role("button", name=f"把这台电脑作为{booth.name}的屏幕").click()
    expect(screen.get_by_role("link", name="请进")).to_be_visible()
    other_tab.wait_for_url(f"**/booths/{booth.pk}/kiosk/")  # what the host had open is gone
    other_tab.close()
    screen.go_back()
    expect(screen.get_by_role("link", name="请进")).to_be_visible()
    screen.get_by_role("link", name="请进").click()
    screen.get_by_label("他报的手机号后四位").fill("x")
    screen.get_by_role("button", name="对一对，请进").click()
    expect(screen.get_by_text("对不上，请再问他一遍。")).to_be_visible()
    screen.get_by_label("他报的手机号后四位").fill(last_four(call.interview))
    screen.get_by_role("button", name="对一对，请进").click()
    screen.wait_for_url(f"**/rooms/{call.interview.pk}/?kiosk=1")
    call.pages[SeatKind.WORKER] = screen
    assert screen.locator("[data-room]").get_attribute("data-kind") == SeatKind.WORKER
    assert screen.locator(".site-header, .site-footer, [data-nudges]").count() == 0

    call.enter(SeatKind.RECRUITER)
    call.admit(SeatKind.WORKER)
    call.flows()

    screen.locator("[data-do=hangup]").click()
    expect(screen.locator("[data-seconds]")).to_contain_text("秒以后自己回去")
    screen.get_by_role("button", name="谈完了，回到面试间屏幕").click()
    screen.wait_for_url(f"**/booths/{booth.pk}/kiosk/")
    expect(screen.get_by_role("link", name="请进")).to_be_visible()
    assert LetIn.objects.get().over_at is not None
    screen.goto(f"/rooms/{call.interview.pk}/")
    screen.wait_for_url(f"**/booths/{booth.pk}/kiosk/")
    screen.get_by_text("这台电脑另作他用（退出登录）").click()
    screen.get_by_role("button", name="退出登录").click()
    screen.goto(f"/booths/{booth.pk}/kiosk/")
    expect(screen.get_by_text("这块屏幕现在用不了")).to_be_visible()
    assert list(call.complaints[SeatKind.WORKER]) == []
