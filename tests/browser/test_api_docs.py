"""The API's documents in a browser, under the policy of the whole site."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.complaints import Complaints

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_documents_open_and_the_browser_complains_of_nothing(page: Page) -> None:
    complaints = Complaints(page)
    page.goto("/api/v1/docs/#apply")
    page.locator("#apply summary").click()
    expect(page.locator("#apply")).to_contain_text("Idempotency-Key")
    assert complaints == []
