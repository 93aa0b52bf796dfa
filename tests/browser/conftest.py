"""A site as it runs in production, and phones and desks to look at it. Without Chromium these tests are skipped,

under CI=true they fail.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, expect

from jinba.celery import app
from jinba.core import push
from jinba.embedded.chromium import find_chromium
from labor.matching import resident
from tests.browser.chromium import CHINESE, DESK, PHONE, chromium
from tests.browser.server import Server
from tests.platform.coturn import Door, embedded_relay, required_turnserver

PATIENCE = 30_000  # ms for what has to come about at last: it says nothing of how fast, and machines may be busy
expect.set_options(timeout=PATIENCE)
LACK = "No Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM to its path."


# Not for the session: while Playwright is up, its loop runs in this thread, and other tests have loops of their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not find_chromium():
        pytest.fail(LACK) if os.environ.get("CI") == "true" else pytest.skip(LACK)
    with pytest.MonkeyPatch.context() as patch, chromium() as browser:
        # Django refuses the database where a loop runs.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture(scope="package")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files with hashed names, compressed."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", verbosity=0, interactive=False)
    return folder


@pytest.fixture(scope="package")
def address(collected: Path, django_db_setup: None) -> Iterator[str]:
    """A web server whose static files come from WhiteNoise, as in production, and not from Django's finders."""
    thread = LiveServerThread("localhost", static_handler=lambda application: application)
    thread.daemon = True
    with override_settings(STATIC_ROOT=collected):
        thread.start()
        thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


class Hands:
    """Celery's work, done in this process and when the test says so."""

    def __init__(self) -> None:
        self.letters: SimpleQueue[tuple[str, dict[str, Any]]] = SimpleQueue()

    def take(self, task: str, kwargs: dict[str, Any], **options: Any) -> None:
        self.letters.put((task, kwargs))

    def work(self) -> None:
        """Do all letters, and those that they post."""
        while True:
            try:
                task, kwargs = self.letters.get_nowait()
            except Empty:
                return
            app.tasks[task].run(**kwargs)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    app.loader.import_default_modules()
    monkeypatch.setattr("jinba.core.later.current_app.send_task", hands.take)
    return hands


@pytest.fixture
def site(address: str, collected: Path, hands: Hands, settings: Any, transactional_db: None) -> str:
    """The address of the site, with an empty database behind it."""
    settings.STATIC_ROOT = collected
    resident.forget()
    return address


@pytest.fixture
def server(site: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The site with its sockets, behind one door that can be shut and opened again: use `server.address`."""
    # The server's threads leave no connection behind that would keep the test's database.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    monkeypatch.setattr(push, "_running", None)
    running = Server(site)
    yield running
    if push._running:
        push._running.end()
    running.end()


@pytest.fixture
def relay(tmp_path: Path, settings: Any) -> Iterator[Door]:
    """A real coturn, of which the site tells those in a call."""
    with embedded_relay(required_turnserver(), tmp_path) as (door, ours):
        for name, value in ours.settings.items():
            setattr(settings, name, value if name == "TURN_SECRET" else value.split(","))
        yield door


Opens = Callable[..., BrowserContext]


@pytest.fixture
def opens(browser: Browser, site: str) -> Iterator[Opens]:
    """Make devices: each is somebody's own, with no cookie yet."""
    made: list[BrowserContext] = []

    def open_(device: dict[str, Any] = PHONE, **more: Any) -> BrowserContext:
        context = browser.new_context(**{**device, **CHINESE, "base_url": site, **more})
        context.set_default_timeout(PATIENCE)
        made.append(context)
        return context

    yield open_
    for context in made:
        context.close()


@pytest.fixture
def phone(opens: Opens) -> BrowserContext:
    """A visitor's phone, 360 pixels wide."""
    return opens(PHONE)


@pytest.fixture
def desk(opens: Opens) -> BrowserContext:
    """A screen on a desk."""
    return opens(DESK)


@pytest.fixture
def page(phone: BrowserContext) -> Page:
    return phone.new_page()
