"""The viewer's page by WebRTC: from a server that is not ours, and by the list of segments where that goes wrong."""

from __future__ import annotations

import copy
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from jinba.embedded.places import CHECKOUT
from labor.live.engines import folder, srs
from labor.live.models import LiveSession
from tests.browser.chromium import PHONE
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.film import Film
from tests.browser.live import moves, playing
from tests.browser.server import Server
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.live import LiveSessionFactory
from tests.factories.reference import both_cities
from tests.platform.machine import free_port, until


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    """The address of a WHEP server by aiortc (`tests.browser.whep`)."""
    port = free_port()
    child = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "tests.browser.whep", str(port)], cwd=CHECKOUT)

    def listens() -> bool:
        with suppress(OSError), socket.create_connection(("localhost", port), 1):
            return True
        return False

    try:
        until(listens, 60)
        yield f"http://localhost:{port}"
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def session(site: str, engine: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> LiveSession:
    # The segments are where `Film` puts them.
    settings.LIVE_ENGINE = "srs"
    monkeypatch.setattr(srs.Srs, "playlist_url", folder.Folder.playlist_url)
    settings.CONTENT_SECURITY_POLICY = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"].append(engine)
    both_cities()
    posting = JobPostingFactory(title="冲压工")
    owner = owner_of(posting.employer)
    made: LiveSession = LiveSessionFactory(
        live=True, host=posting.employer, anchor=owner, made_by=owner, cards=[posting]
    )
    return made


@pytest.fixture
def film(session: LiveSession) -> Iterator[Film]:
    made = Film(session)
    yield made.start()
    made.stop()


class Viewer:
    """A page, and what it fetched of the list of segments."""

    def __init__(self, opens: Opens, server: Server, session: LiveSession) -> None:
        self.page: Page = opens(PHONE, base_url=server.address).new_page()
        self.complaints = Complaints(self.page)
        self.segments: list[str] = []
        self.page.on("request", lambda one: self.segments.append(one.url) if "/streams/" in one.url else None)
        self.page.goto(session.get_absolute_url())

    @property
    def is_by_whep(self) -> bool:
        found: bool = self.page.evaluate("Boolean(window.live && window.live.player.whep)")
        return found


def told(engine: str) -> Any:
    """{asked: streams that were asked for, open: how many are not given back}."""
    with urlopen(f"{engine}/open/", timeout=5) as answer:
        return json.load(answer)


def test_the_picture_comes_by_webrtc_and_no_segment_is_fetched(
    opens: Opens, server: Server, session: LiveSession, film: Film, engine: str, settings: Any
) -> None:
    settings.SRS_WHEP_URL = f"{engine}/plays/"
    viewer = Viewer(opens, server, session)
    page = viewer.page
    assert moves(page)
    assert viewer.is_by_whep
    assert told(engine)["asked"][-1] == session.stream
    assert page.locator("video").evaluate("video => video.muted")
    page.get_by_role("button", name="点一下打开声音").click()
    assert not page.locator("video").evaluate("video => video.muted")
    assert moves(page)
    expect(page.locator("[data-stage]")).to_have_attribute("data-veil", "")
    # Who wants no picture gives his place back at once, and may have one again.
    before = told(engine)["open"]
    page.get_by_role("button", name="只看文字和岗位").click()
    until(lambda: told(engine)["open"] == before - 1, 10)
    page.locator("[data-video-on]").click()
    assert moves(page)
    # So does who was asleep.
    page.evaluate("window.live.player.video.pause()")
    until(lambda: not page.evaluate("window.live.player.isMoving"), 20)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert moves(page)
    assert viewer.is_by_whep
    assert viewer.segments == []
    assert viewer.complaints == []
    page.goto("about:blank")
    until(lambda: told(engine)["open"] == before - 1, 10)


@pytest.mark.parametrize("how", ["refuses", "fails", "silent", "stops"])
def test_where_the_engine_fails_the_page_goes_on_by_segments(
    opens: Opens, server: Server, session: LiveSession, film: Film, engine: str, settings: Any, how: str
) -> None:
    settings.SRS_WHEP_URL = f"{engine}/{how}/"
    asked = len(told(engine)["asked"])
    viewer = Viewer(opens, server, session)
    if how == "stops":
        until(lambda: viewer.is_by_whep and playing(viewer.page)["frames"] > 5, 20)
        assert viewer.segments == []
        until(lambda: not viewer.is_by_whep, 20)
    assert moves(viewer.page)
    assert not viewer.is_by_whep
    assert viewer.segments
    # The page has learnt: not even another start asks the engine again.
    viewer.page.evaluate("window.live.player.start()")
    assert moves(viewer.page)
    assert len(told(engine)["asked"]) == asked + 1
    assert told(engine)["open"] == 0
