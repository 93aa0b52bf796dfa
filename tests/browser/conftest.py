"""A phone in the hand of a test. Without Chromium browser tests are skipped, under CI=true they fail."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from jinba.embedded.chromium import find_chromium
from tests.browser.chromium import CHINESE, PHONE, chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not find_chromium():
        lack = "No Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM to its path."
        pytest.fail(lack) if os.environ.get("CI") == "true" else pytest.skip(lack)
    # Playwright's own loop runs in the tests' thread, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with chromium() as browser:
        yield browser


@pytest.fixture
def plain_static_files(settings: Any) -> None:
    """The live server finds static files by their names in the source; hashed names would need collecting first."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def phone(browser: Browser, plain_static_files: None, live_server: object) -> Iterator[BrowserContext]:
    """A visitor's phone, 360 pixels wide, with cookies of its own."""
    context = browser.new_context(**PHONE, **CHINESE, base_url=str(live_server))
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext) -> Page:
    """A page that fails the test when a script fails or the content security policy is violated."""
    page = phone.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    return page
