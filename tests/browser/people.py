"""People at their devices: they read, type and tap, and count what it costs them."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, expect

from jinba.core.sms import locmem
from tests.browser.complaints import Complaints


class Person:
    """Somebody in front of one page of a device of his own."""

    def __init__(self, context: BrowserContext, phone: str = "", *, scripts: bool = True) -> None:
        self.phone = phone
        self.scripts = scripts
        self.page = context.new_page()
        self.complaints = Complaints(self.page)
        self.page.on("domcontentloaded", self._arrived)
        self.begin()

    def begin(self) -> None:
        """Count from here: taps, screens (addresses shown one after the other) and seconds."""
        self.taps = 0
        self.screens: list[str] = []
        self.started = time.monotonic()

    def _arrived(self, page: Page) -> None:
        path = urlsplit(page.url).path
        if not self.screens or self.screens[-1] != path:
            self.screens.append(path)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def go(self, path: str) -> None:
        """By a bookmark or a link that somebody sent; counting begins here."""
        self.begin()
        self.page.goto(path)

    def tap(self, what: Locator | str, *, times: int = 1) -> None:
        """Tap something, or the first button or link that says so."""
        self.taps += 1
        if isinstance(what, str):
            buttons, links = (self.page.get_by_role(role, name=what) for role in ("button", "link"))
            what = buttons.or_(links).first
        what.click(click_count=times)

    def tap_submit(self, *, times: int = 1) -> None:
        self.tap(self.page.locator("main form [type=submit]").first, times=times)

    def write(self, **fields: str | int) -> None:
        """Fill fields by their names; each is tapped once."""
        for name, words in fields.items():
            self.taps += 1
            self.page.locator(f"main [name={name}]").fill(str(words))

    def choose(self, **answers: str | int) -> None:
        """Answers of selects, radios and checkboxes, by their names."""
        for name, value in answers.items():
            self.taps += 1
            field = self.page.locator(f"main [name={name}]")
            if field.first.evaluate("field => field.tagName") == "SELECT":
                field.select_option(str(value))
            else:
                self.page.locator(f"main label:has([name={name}][value='{value}'])").click()

    def sees(self, *words: str) -> None:
        for one in words:
            expect(self.page.locator("main")).to_contain_text(one)

    def prove_phone(self) -> None:
        """On the page that asks for the phone: type it, read the text, type the code."""
        self.write(phone=self.phone)
        self.tap_submit()
        self.page.wait_for_url("**/sign-in/code/**")
        code = [text["code"] for text in locmem.outbox if text["phone"] == self.phone][-1]
        self.write(code=code)
        # The sixth digit sends it; where no script runs the button does.
        if not self.scripts:
            self.tap_submit()
        self.page.wait_for_url(lambda url: "/sign-in/code/" not in url)

    def look_away(self) -> None:
        """Leave the site open nowhere, so that nothing asks for news meanwhile."""
        self.page.goto("about:blank")

    def popped_up(self, path: str) -> list[str]:
        """What pops up on that page a moment after it came."""
        with self.page.expect_response("**/notices/fresh/") as answer:
            self.page.goto(path)
        if answer.value.status == 204:
            return []
        boxes = self.page.locator("[data-toasts] .message")
        expect(boxes.first).to_be_visible()
        return boxes.all_inner_texts()
