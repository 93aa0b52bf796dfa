"""A notice appears on an open page within a second, without a reload, and the badge keeps count."""

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from jinba.notices import actions as notices
from tests.browser.server import Server
from tests.factories.accounts import UserFactory
from tests.platform.machine import until


@pytest.fixture
def reader() -> Any:
    return UserFactory()


def tell(reader: Any, key: str, title: str) -> None:
    notices.tell(recipient=reader, kind="application.rejected", dedupe_key=key, title=title, url="/")


def sign_in(context: BrowserContext, reader: Any, server: Server) -> Page:
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    host = urlsplit(server.address).hostname
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": host, "path": "/"}])
    page = context.new_page()
    open_and_listen(page, f"{server.address}/notices/")
    return page


def open_and_listen(page: Page, address: str) -> None:
    """Until the page listens and the answers to what it asked on the way have come: a cut would lose them."""
    asked, answered = [], []
    page.on("request", lambda request: asked.append(request) if "/notices/fresh/" in request.url else None)
    page.on("requestfinished", lambda request: answered.append(request) if request in asked else None)
    page.goto(address)
    page.wait_for_selector("html[data-listens]")
    while not asked or len(answered) < len(asked):
        page.wait_for_timeout(50)


def test_a_notice_appears_within_a_second_on_every_open_page(
    phone: BrowserContext, server: Server, reader: Any
) -> None:
    first = sign_in(phone, reader, server)
    second = phone.new_page()
    open_and_listen(second, f"{server.address}/postings/")
    badge = "[data-unread] [data-number]"
    expect(first.locator("[data-unread]")).to_be_hidden()
    began = time.monotonic()
    tell(reader, "one", "企业想多了解您")
    shown = until(
        lambda: sum(page.locator(".toasts", has_text="企业想多了解您").count() for page in (first, second)), 5
    )
    took = time.monotonic() - began
    assert shown == 1  # on one of them, once
    assert took < 1
    for page in (first, second):
        expect(page.locator(badge)).to_have_text("1")
    tell(UserFactory(), "one", "给别人的")
    tell(reader, "two", "企业约您面试")
    for page in (first, second):
        expect(page.locator(badge)).to_have_text("2")
        assert page.get_by_text("给别人的").count() == 0


def test_a_page_listens_again_when_the_server_is_back(phone: BrowserContext, server: Server, reader: Any) -> None:
    page = sign_in(phone, reader, server)
    server.stop()
    page.wait_for_selector("html:not([data-listens])")
    tell(reader, "one", "这时没有人听")
    server.start()
    page.wait_for_selector("html[data-listens]")
    expect(page.locator(".toasts")).to_contain_text("这时没有人听")
    expect(page.locator("[data-unread] [data-number]")).to_have_text("1")


def test_a_page_of_somebody_who_signed_out_elsewhere_falls_silent(
    phone: BrowserContext, server: Server, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jinba.notices import consumers

    monkeypatch.setattr(consumers, "EVERY", 0.2)
    page = sign_in(phone, reader, server)
    type(reader).objects.update(is_active=False)
    page.wait_for_selector("html:not([data-listens])")
    assert page.locator(".toasts *").count() == 0


def test_a_page_that_asks_after_the_session_ended_shows_no_page_within_the_page(
    phone: BrowserContext, server: Server, reader: Any
) -> None:
    """The answer is the sign-in page then, whether or not the socket heard of it first."""
    page = sign_in(phone, reader, server)
    type(reader).objects.update(is_active=False)
    with page.expect_response(lambda answer: "/accounts/sign-in/" in answer.url):
        page.evaluate("document.querySelector('[data-nudges]').dispatchEvent(new Event('nudge'))")
    page.wait_for_timeout(200)
    assert page.locator(".toasts *").count() == 0
