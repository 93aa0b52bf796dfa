"""The recruiter's card beside the call: filled while it runs, there after a reload, handed in, read by the worker."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Route, expect

from labor.applications.choices import Stage
from labor.interviews.choices import SeatKind, State
from labor.interviews.models import Criterion, Question, Scorecard
from tests.browser.chromium import DESK, PHONE
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.rooms import Meeting, flowing, meeting
from tests.browser.server import Server
from tests.platform.machine import until

NOTES = "手稳，夜班能上"


def with_questions(opens: Opens, server: Server, **fields: Any) -> Meeting:
    """A meeting for a posting that says what is asked and looked at."""
    held = meeting(opens, server, **fields)
    posting = held.interview.application.posting
    for name, weight in (("手艺", 3), ("沟通", 1)):
        Criterion.objects.create(posting=posting, name=name, weight=weight)
    Question.objects.create(posting=posting, text="最快什么时候能到岗？")
    return held


def signed_in(opens: Opens, server: Server, user: Any, device: dict[str, Any] = DESK) -> BrowserContext:
    """A device on which `user` is signed in."""
    client = Client()
    client.force_login(user)
    context = opens(device, base_url=server.address)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.address}])
    return context


def score(page: Page, name: str, words: str) -> None:
    page.locator("fieldset.score", has_text=name).get_by_role("radio", name=words, exact=True).check()


def test_the_card_is_filled_during_the_call_survives_a_reload_and_the_worker_reads_the_result(
    opens: Opens, server: Server
) -> None:
    held = with_questions(opens, server)
    held.call(SeatKind.WORKER)
    desk = held.pages[SeatKind.RECRUITER]
    desk.get_by_text("最快什么时候能到岗？").click()
    score(desk, "手艺", "很好")
    score(desk, "沟通", "一般")
    desk.get_by_label("自己看的记录").fill(NOTES)
    expect(desk.locator("[data-panel-total]")).to_have_text("4.3 分（好）")
    expect(desk.locator("[data-panel-state]")).to_contain_text("已保存")
    assert flowing(desk, 1), "the call goes on while he writes"

    desk.reload()
    expect(desk.get_by_label("自己看的记录")).to_have_value(NOTES)
    expect(desk.locator("[data-panel-total]")).to_have_text("4.3 分（好）")
    expect(desk.get_by_label("最快什么时候能到岗？")).to_be_checked()
    held.flows()

    desk.get_by_text("通过", exact=True).click()
    desk.get_by_role("button", name="交结果").click()
    expect(desk.locator(".error-summary")).to_contain_text("请选下一步")
    desk.get_by_text("发录用", exact=True).click()
    desk.locator("[data-saying=passed]").first.click()
    desk.get_by_role("button", name="交结果").click()
    desk.wait_for_url("**/scorecard/")
    expect(desk.locator("main")).to_contain_text("4.3 分（好）")
    expect(desk.locator("main")).to_contain_text(NOTES)

    held.interview.refresh_from_db()
    application = held.interview.application
    application.refresh_from_db()
    assert (held.interview.state, application.stage) == (State.DONE, Stage.OFFERED)
    worker = signed_in(opens, server, application.worker.user, PHONE).new_page()
    worker.goto(f"/interviews/{held.interview.pk}/")
    expect(worker.locator("main")).to_contain_text("通过了")
    expect(worker.locator("main")).to_contain_text("恭喜您，面试通过了")
    assert NOTES not in worker.content()


def test_what_never_arrived_is_there_again_and_an_older_page_overwrites_nothing(opens: Opens, server: Server) -> None:
    held = with_questions(opens, server, mode="phone")
    address = f"/employers/interviews/{held.interview.pk}/scorecard/"
    context = signed_in(opens, server, held.interview.recruiter)
    first, second = context.new_page(), context.new_page()
    complaints = Complaints(first)
    for page in (first, second):
        page.goto(address)
    first.get_by_label("自己看的记录").fill("先写的")
    expect(first.locator("[data-panel-state]")).to_contain_text("已保存")
    second.get_by_label("自己看的记录").fill("旧页面写的")
    expect(second.locator("[data-panel-old]")).to_contain_text("别的页面")
    assert Scorecard.objects.get().notes == "先写的"
    second.get_by_role("button", name="载入最新的").click()
    expect(second.get_by_label("自己看的记录")).to_have_value("先写的")
    second.get_by_role("button", name="填回我写的").click()
    until(lambda: Scorecard.objects.get().notes == "旧页面写的")

    first.reload()
    assert complaints == []
    context.set_offline(True)
    first.get_by_label("自己看的记录").fill("没有网的时候写的")
    expect(first.locator("[data-panel-state]")).to_contain_text("先存在这台设备上")
    context.set_offline(False)
    first.goto("about:blank")
    first.goto(address)
    expect(first.get_by_label("自己看的记录")).to_have_value("没有网的时候写的")
    until(lambda: Scorecard.objects.get().notes == "没有网的时候写的")


def test_a_save_whose_answer_was_lost_and_a_new_sign_in_elsewhere_keep_nobody_from_writing(
    opens: Opens, server: Server
) -> None:
    held = with_questions(opens, server, mode="phone")
    address = f"/employers/interviews/{held.interview.pk}/scorecard/"
    context = signed_in(opens, server, held.interview.recruiter)
    page = context.new_page()
    page.goto(address)
    notes, lost = page.get_by_label("自己看的记录"), []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/scorecard/draft/", lose)
    notes.fill("先写的")
    expect(page.locator("[data-panel-state]")).to_contain_text("先存在这台设备上")
    assert lost == [200]  # it did arrive
    notes.fill("先写的，又写了")
    expect(page.locator("[data-panel-state]")).to_contain_text("已保存")
    expect(page.locator("[data-panel-old]")).to_be_hidden()
    assert Scorecard.objects.get().notes == "先写的，又写了"

    # The same, and the page is loaded anew before it hears.
    lost.clear()
    notes.fill("再写的")
    expect(page.locator("[data-panel-state]")).to_contain_text("先存在这台设备上")
    notes.fill("再写的，还没完")
    page.unroute("**/scorecard/draft/")
    page.reload()
    expect(notes).to_have_value("再写的，还没完")
    expect(page.locator("[data-panel-old]")).to_be_hidden()
    until(lambda: Scorecard.objects.get().notes == "再写的，还没完")

    # Whoever signs in has another token from then on.
    context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    context.new_page().goto(address)
    notes.fill("重新登录以后写的")
    until(lambda: Scorecard.objects.get().notes == "重新登录以后写的")
