"""A live session in browsers: the host's console and viewers' pages, through the product's own doors."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from jinba.accounts.models import User
from labor.live.choices import CrewPart
from labor.live.models import LiveSession
from tests.browser.chromium import DESK, PHONE
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.server import Server
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory
from tests.platform.machine import free_port, until

ALLOWED = ["camera", "microphone"]
# What the playing video says of itself: where it is, and how many frames it has drawn.
PLAYING = """() => {
  const video = document.querySelector("video");
  if (!video) return { time: 0, frames: 0 };
  return { time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames };
}"""


@dataclass
class Broadcast:
    """An announced session that may go on air now, and the pages of those who have to do with it."""

    session: LiveSession
    opens: Opens
    server: Server
    pages: dict[str, Page] = field(default_factory=dict)
    complaints: dict[str, Complaints] = field(default_factory=dict)

    @property
    def anchor(self) -> User:
        return self.session.crew.get(part=CrewPart.ANCHOR).user

    def device(self, user: User | None = None, *, screen: dict[str, Any] = PHONE, **more: Any) -> BrowserContext:
        """A browser that may use its camera, signed in as `user`."""
        context = self.opens(screen, base_url=self.server.address, **more)
        context.grant_permissions(ALLOWED, origin=self.server.address)
        if user is not None:
            client = Client()
            client.force_login(user)
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.server.address}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    def open(self, name: str, path: str, context: BrowserContext) -> Page:
        page = context.new_page()
        self.pages[name] = page
        self.complaints[name] = Complaints(page)
        page.goto(path)
        return page

    def host(self, *, screen: dict[str, Any] = DESK, name: str = "host", user: User | None = None) -> Page:
        """The console, with the camera's picture in it."""
        context = self.device(user or self.anchor, screen=screen)
        return self.open(name, f"/studio/{self.session.pk}/console/", context)

    def go_live(self, page: Page) -> None:
        """The one button, the count-down, and pictures that arrive."""
        expect(page.locator("[data-picture]")).to_be_visible()
        page.get_by_role("button", name="开播", exact=True).click()
        expect(page.locator(".console[data-state=live]")).to_be_visible(timeout=60_000)
        until(lambda: of(page)["word"] == "sending", 60)
        self.session.refresh_from_db()

    def viewer(self, name: str = "viewer", *, user: User | None = None, screen: dict[str, Any] = PHONE) -> Page:
        return self.open(name, f"/live/{self.session.pk}/", self.device(user, screen=screen))


def broadcast(opens: Opens, server: Server, **fields: Any) -> Broadcast:
    """An employer's session with two postings, ten minutes before its time."""
    posting = JobPostingFactory()
    owner = owner_of(posting.employer)
    session = LiveSessionFactory(
        **{
            "announced": True,
            "host": posting.employer,
            "anchor": owner,
            "made_by": owner,
            "starts_at": in_minutes(10),
            "cards": [posting, JobPostingFactory(employer=posting.employer)],
            **fields,
        }
    )
    return Broadcast(session, opens, server)


def of(page: Page) -> Any:
    """What the console says of itself (jinba/frontend/js/studio/console.js)."""
    return page.evaluate("window.studio ? window.studio.snapshot() : {word: ''}")


def playing(page: Page) -> Any:
    """{time, frames} of the viewer's video."""
    return page.evaluate(PLAYING)


def moves(page: Page, *, seconds: float = 30, by: float = 1.0) -> bool:
    """Whether the picture goes on: its time and its decoded frames both grow."""
    before = playing(page)

    def has_moved() -> bool:
        now = playing(page)
        return bool(now["time"] > before["time"] + by and now["frames"] > before["frames"] + 5)

    until(has_moved, seconds)
    return True


# A server of sockets that can be killed without ending the tests with it.
SOCKETS = """
import sys
from pathlib import Path
from django.conf import settings
database, streams, port = sys.argv[1:]
settings.DATABASES["default"]["NAME"] = database
settings.STREAMS_ROOT = Path(streams)
import uvicorn
from jinba.asgi import application
uvicorn.run(application, host="localhost", port=int(port), lifespan="off", log_level="critical")
"""


@contextmanager
def socket_process(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """The door of `server` leads to the sockets of a process of their own."""
    port, before = free_port(), server.sockets
    words = [sys.executable, "-W", "ignore", "-c", SOCKETS]
    facts = [str(connection.settings_dict["NAME"]), str(settings.STREAMS_ROOT), str(port)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "jinba.settings"}
    child = subprocess.Popen([*words, *facts], env=environment)

    def listens() -> bool:
        with suppress(OSError), socket.create_connection(("localhost", port), 1):
            return True
        return False

    try:
        until(listens, 60)
        server.sockets = port
        yield child
    finally:
        server.sockets = before
        child.kill()
        child.wait()
