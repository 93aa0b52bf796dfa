"""The first page on a phone."""

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_first_page_opens_without_breaking_its_own_rules(page: Page) -> None:
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: (
            complaints.append(f"{message.text} {message.location}") if message.type in ("error", "warning") else None
        ),
    )
    answer = page.goto("/")
    assert answer
    assert answer.status == 200
    # Nothing to scroll sideways at 360 pixels.
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert complaints == []
