"""A worker answers on his phone: with the pieces that follow his taps, and on a phone without scripts."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from labor.interviews.choices import State
from labor.interviews.models import Interview
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.factories.interviews import BoothFactory, InterviewFactory
from tests.factories.reference import both_cities

pytestmark = pytest.mark.browser


@pytest.fixture
def interview(site: str) -> Interview:
    """Two free times. At the first of them one of the two booths is taken."""
    both_cities()
    first, second = BoothFactory(name="云窗一号"), BoothFactory(name="云窗二号")
    interview = InterviewFactory()
    slot = interview.sitting.slots.earliest("starts_at")
    InterviewFactory(confirmed=True, at=slot.starts_at, booth=first)
    assert second.hours.exists()
    return interview


def sign_in(context: BrowserContext, interview: Interview, site: str) -> Page:
    client = Client()
    client.force_login(interview.application.worker.user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
    page = context.new_page()
    page.goto(reverse("interviews:detail", args=[interview.pk]))
    return page


def tap(page: Page, name: str, value: Any) -> None:
    page.locator(f"#pick label:has([name={name}][value='{value}'])").click()


def test_the_booths_follow_the_time_that_is_tapped(phone: BrowserContext, interview: Interview, site: str) -> None:
    first, second = interview.sitting.slots.order_by("starts_at")
    page = sign_in(phone, interview, site)
    complaints = Complaints(page)
    places = page.locator("#places")
    expect(places.get_by_text("去云窗一号")).to_be_visible()
    tap(page, "slot", first.pk)
    expect(places.get_by_text("去云窗一号")).to_have_count(0)
    expect(places.get_by_text("去云窗二号")).to_be_visible()
    tap(page, "slot", second.pk)
    places.get_by_text("去云窗一号").click()
    page.get_by_role("button", name="就这个时间").click()
    expect(page.get_by_text("定了：")).to_be_visible()
    interview.refresh_from_db()
    assert (interview.state, interview.slot, interview.booth and interview.booth.name) == (
        State.CONFIRMED, second, "云窗一号",
    )  # fmt: skip
    assert list(complaints) == []


def test_without_scripts_a_taken_booth_is_said_and_another_is_taken(
    opens: Opens, interview: Interview, site: str
) -> None:
    first = interview.sitting.slots.earliest("starts_at")
    page = sign_in(opens(java_script_enabled=False), interview, site)
    tap(page, "slot", first.pk)
    page.get_by_text("去云窗一号").click()
    page.get_by_role("button", name="就这个时间").click()
    expect(page.locator("#pick .message--error")).to_contain_text("已经有人用")
    expect(page.get_by_text("去云窗一号")).to_have_count(0)
    expect(page.locator(f"[name=slot][value='{first.pk}']")).to_be_checked()
    page.get_by_text("去云窗二号").click()
    page.get_by_role("button", name="就这个时间").click()
    expect(page.get_by_text("定了：")).to_be_visible()
    page.get_by_role("link", name="时间不行，想改").click()
    page.get_by_role("button", name="告诉企业，改时间").click()
    expect(page.get_by_role("heading", name="选一个时间")).to_be_visible()
    interview.refresh_from_db()
    assert interview.state == State.RESCHEDULING
