"""Interviews that take place in browsers: who sits where, and how each comes in through the product's own doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from labor.interviews.actions import seating
from labor.interviews.choices import SeatKind
from labor.interviews.models import Interview, Seat
from tests.browser.chromium import DESK, PHONE
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.server import Server
from tests.factories.employers import owner_of
from tests.factories.interviews import InterviewFactory
from tests.platform.machine import until

ALLOWED = ["camera", "microphone"]
SNAPSHOT = "window.interview ? window.interview.snapshot() : null"


@dataclass
class Meeting:
    """A confirmed interview whose room is open, and the pages of those who came."""

    interview: Interview
    opens: Opens
    server: Server
    pages: dict[str, Page] = field(default_factory=dict)
    complaints: dict[str, Complaints] = field(default_factory=dict)

    def seat(self, kind: str) -> Seat:
        return Seat.objects.valid().get(interview=self.interview, kind=kind)

    def device(self, kind: str, *, allowed: bool = True, **more: Any) -> BrowserContext:
        """The recruiter's desk, anybody else's phone; `allowed`: the browser may use camera and microphone."""
        context = self.opens(DESK if kind == SeatKind.RECRUITER else PHONE, base_url=self.server.address, **more)
        if allowed:
            context.grant_permissions(ALLOWED, origin=self.server.address)
        if kind in (SeatKind.RECRUITER, SeatKind.HOST):
            client = Client()
            client.force_login(self.seat(kind).user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.server.address}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    def enter(self, kind: str, page: Page | None = None, **more: Any) -> Page:
        """Open the seat's link and tap the button on it."""
        page = page or self.device(kind, **more).new_page()
        self.complaints[kind] = Complaints(page)
        page.goto(seating.link_path(self.seat(kind)))
        page.get_by_role("button", name="进入面试室").click()
        page.wait_for_url(f"**/rooms/{self.interview.pk}/")
        self.pages[kind] = page
        return page

    def admit(self, kind: str) -> None:
        """The recruiter taps the button beside that person."""
        desk = self.pages[SeatKind.RECRUITER]
        name = self.seat(kind).name
        desk.locator("[data-waiters] .person", has_text=name).get_by_role("button", name="请进").click()
        expect(self.pages[kind].locator("[data-stage]")).to_be_visible()

    def call(self, *kinds: str) -> None:
        """All of them come, the recruiter first, and are let in; each sees and hears each."""
        for kind in (SeatKind.RECRUITER, *kinds):
            self.enter(kind)
        for kind in kinds:
            self.admit(kind)
        self.flows()

    def flows(self, seconds: float = 90) -> None:
        """Pictures and sound reach everybody from everybody, and go on doing so."""
        for kind, page in self.pages.items():
            until(lambda page=page: flowing(page, len(self.pages) - 1), seconds), kind  # type: ignore[misc]


def snapshot(page: Page) -> Any:
    """What the page itself says of its call (jinba/frontend/js/interview.js)."""
    return page.evaluate(SNAPSHOT)


def flowing(page: Page, others: int) -> bool:
    """Whether frames and sound have come from, and gone to, so many others."""
    peers = (snapshot(page) or {}).get("peers", [])
    return len(peers) == others and all(
        peer["state"] == "connected"
        and peer["seen"]
        and min(peer["seen"][what] for what in ("framesIn", "framesOut")) > 10
        and min(peer["seen"][what] for what in ("inAudio", "outAudio", "inVideo", "outVideo")) > 0
        for peer in peers
    )


def meeting(opens: Opens, server: Server, **fields: Any) -> Meeting:
    """An interview that is on, with seats for the worker, without account, and the recruiter."""
    interview = InterviewFactory(confirmed=True, **fields)
    owner_of(interview.application.posting.employer)
    seating.seat_all(interview=interview)
    return Meeting(interview, opens, server)
