"""The first page that somebody opens on an old phone over a bad line."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.factories.employers import JobPostingFactory

pytestmark = pytest.mark.browser
HEAVIEST = 100_000  # bytes over the wire


def opened(context: BrowserContext, path: str) -> tuple[Page, int, list[str]]:
    """The page, the bytes that came for it, and what the browser complained of."""
    page = context.new_page()
    complaints = Complaints(page)
    protocol = context.new_cdp_session(page)
    protocol.send("Network.enable")
    sizes: list[int] = []
    protocol.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    answer = page.goto(path, wait_until="networkidle")
    assert answer
    assert answer.status == 200
    return page, sum(sizes), complaints


@pytest.mark.parametrize("where", ["home", "list", "posting"])
def test_the_first_visit_is_light_and_leaves_nothing_behind(phone: BrowserContext, where: str) -> None:
    # A full first page: more postings than one shows.
    posting = [JobPostingFactory(benefits=["年终奖", "生日蛋糕"]) for _ in range(25)][-1]
    path = {"home": "/", "list": "/postings/", "posting": posting.get_absolute_url()}[where]
    page, size, complaints = opened(phone, path)
    assert 0 < size <= HEAVIEST
    assert phone.cookies() == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_static_files_come_compressed_and_may_be_kept_for_ever(page: Page) -> None:
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/", wait_until="networkidle")
    static = [answer for answer in answers if "/static/build/" in answer.url]
    assert len(static) >= 2
    for answer in static:
        assert answer.headers["content-encoding"] in ("gzip", "br")
        assert "immutable" in answer.headers["cache-control"]


def test_the_second_visit_costs_next_to_nothing(phone: BrowserContext) -> None:
    opened(phone, "/")
    _, size, _ = opened(phone, "/")
    assert size <= 15_000


def test_big_type_is_remembered_and_can_be_left_again(page: Page) -> None:
    def body_size() -> float:
        return float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))

    page.goto("/")
    normal = body_size()
    page.get_by_role("link", name="大字版").click()
    assert page.url.endswith("/")
    assert body_size() >= 24 > normal  # 18 points
    page.goto("/postings/")
    assert body_size() >= 24
    page.get_by_role("link", name="标准版").click()
    assert page.url.endswith("/postings/")
    assert body_size() == normal


def test_it_works_without_scripts(opens: Opens) -> None:
    posting = JobPostingFactory(title="注塑工")
    page = opens(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("注塑")
    page.get_by_role("search").get_by_role("button").click()
    page.get_by_role("link", name="注塑工").first.click()
    expect(page).to_have_url(f"{page.url.split('/postings/')[0]}{posting.get_absolute_url()}")
    page.get_by_role("link", name="大字版").click()
    expect(page.locator("html")).to_have_class("big-type")
    # Nothing stands there that only a script could serve.
    expect(page.locator(".js-only:visible")).to_have_count(0)
