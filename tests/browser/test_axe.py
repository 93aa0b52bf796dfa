"""Every page, in both sizes of type, on a phone 360 pixels wide: nothing that keeps somebody from using it."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Page

from tests.access.routes import routes
from tests.browser.chromium import PHONE
from tests.browser.complaints import Complaints
from tests.browser.conftest import Hands, Opens
from tests.browser.pages import NO_PAGES, PAGES, Look
from tests.browser.town import Town, make_town

pytestmark = pytest.mark.browser
AXE = Axe().axe_script
# Rules whose answer depends on the size of the words; for the others the second look would see what the first saw.
SIZED = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
# Django's own admin: a label that is a picture with words for those who hear the page, an empty head over a column of
# names that span the row. Both are best practice, neither a criterion of WCAG.
DJANGOS_OWN = {"label-title-only", "empty-table-header"}
LOOK = """async (only) => {
  const options = { resultTypes: ["violations"], preload: false, rules: { "target-size": { enabled: true } } };
  if (only) { options.runOnly = { type: "rule", values: only }; }
  const found = await axe.run(options);
  return found.violations.flatMap((one) => one.nodes.slice(0, 3).map((node) => [
    one.id, `${one.id}: ${node.target} ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 300)}`]));
}"""
WIDE = """() => {
  const wide = document.documentElement.scrollWidth;
  if (wide <= innerWidth) { return ""; }
  const beyond = Array.from(document.querySelectorAll("body *")).filter(
    (element) => element.getBoundingClientRect().right > innerWidth + 1);
  return wide + " pixels: " + beyond.slice(0, 3).map((element) => element.outerHTML.slice(0, 90)).join(" | ");
}"""

# Lists whose columns were chosen so that a desk 1280 pixels wide shows all of them.
FITS_A_DESK = ("/admin/interviews/", "/admin/live/")
LIST_WIDE = """() => {
  const list = document.querySelector("#result_list").parentElement;
  return list.scrollWidth > list.clientWidth ? `${list.scrollWidth} pixels in ${list.clientWidth}` : "";
}"""


@pytest.fixture
def town(site: str, hands: Hands, settings: Any) -> Town:
    settings.ROOT_URLCONF = "tests.browser.broken_urls"
    return make_town(hands)


def violations(page: Page, only: list[str] | None = None) -> list[str]:
    forgiven = DJANGOS_OWN if "/admin/" in page.url else set()
    return [words for rule, words in page.evaluate(LOOK, only) if rule not in forgiven]


def troubles(page: Page, look: Look, path: str) -> list[str]:
    """What is wrong with the page in either size of type."""
    complaints = Complaints(page)
    answer = page.goto(path)
    assert answer
    if answer.status != look.status:
        return [f"status {answer.status}"]
    if look.then:
        look.then(page)
    page.evaluate(AXE)
    found = [*violations(page), *too_wide(page)]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [f"words twice as big: {wide}" for wide in too_wide(page)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    if path.startswith(FITS_A_DESK) and page.query_selector("#result_list"):
        found += [f"on a desk: {wide}" for wide in list_too_wide(page)]
    # What the cookie does; that it does it is tested with the first page.
    page.evaluate("document.documentElement.classList.add('big-type')")
    found += [f"big type: {wrong}" for wrong in (*violations(page, SIZED), *too_wide(page))]
    return found + complaints


def too_wide(page: Page) -> list[str]:
    wide = page.evaluate(WIDE)
    return [f"scrolls sideways, {wide}"] if wide else []


def list_too_wide(page: Page) -> list[str]:
    """A list of the officers' desk is read without scrolling it sideways, beside its menu and its filters."""
    page.set_viewport_size({"width": 1280, "height": 860})
    wide = page.evaluate(LIST_WIDE)
    page.set_viewport_size(PHONE["viewport"])
    return [f"the list scrolls sideways, {wide}"] if wide else []


@pytest.mark.parametrize("who", list(dict.fromkeys(look.who for look in PAGES)))
def test_every_page_can_be_used_by_everybody(opens: Opens, site: str, town: Town, settings: Any, who: str) -> None:
    context = opens()
    context.add_cookies(town.cookies(who, site))
    found = {}
    for look in PAGES:
        if look.who == who:
            path = look.path.format(**town.ids)
            settings.DEBUG = path.startswith("/styleguide/")
            page = context.new_page()
            if wrong := troubles(page, look, path):
                found[f"{path}{' then' if look.then else ''}"] = wrong
            page.close()
    assert not found, "\n" + "\n".join(f"{path}\n  " + "\n  ".join(wrong) for path, wrong in found.items())


class One(dict[str, Any]):
    """Something for every blank of an address."""

    def __missing__(self, key: str) -> int:
        return 1


def test_no_page_is_left_out() -> None:
    """A new page belongs into `PAGES`; an address that shows none into `NO_PAGES`, with what it does instead."""
    paths = (look.path.format_map(One()).split("?")[0] for look in PAGES)
    looked = {resolve(path).view_name for path in paths if not path.startswith(("/nothing/", "/broken/"))}
    pages = {route for route in routes() if not route.startswith(("admin:", "api:"))} | {"api:docs"}
    assert pages - looked - set(NO_PAGES) == set()
    assert set(NO_PAGES) - pages == set()
    assert set(NO_PAGES) & looked == set()
