"""A line that is cut for eight seconds heals by itself, whatever part of it was cut."""

import signal
from typing import Any

import pytest

from labor.interviews.choices import SeatKind, State
from tests.browser.conftest import Opens
from tests.browser.lines import frames, heal, lines, witnessed
from tests.browser.rooms import Meeting, meeting, snapshot
from tests.browser.server import Server
from tests.platform.coturn import Door
from tests.platform.machine import until

CUT = 8_000  # ms
PROMISED = 10.0  # seconds from the line's return to pictures
TRIES = 3
AT_LAST = 90.0  # seconds after which a call that is not whole again never will be


@pytest.fixture
def call(opens: Opens, server: Server, relay: Door, settings: Any) -> Meeting:
    """Two people who reach each other by the relay and nothing else, so that it can be taken from them."""
    settings.RELAY_ONLY = True
    call = meeting(witnessed(opens), server)
    call.call(SeatKind.WORKER)
    for page in call.pages.values():
        page.evaluate("window.isThisVeryPage = true")
    return call


def is_the_same(call: Meeting, pages: dict[str, str]) -> bool:
    """Nobody had to reload, to tap or to be let in again."""
    call.interview.refresh_from_db()
    return call.interview.state == State.LIVE and all(
        page.evaluate("window.isThisVeryPage")
        and snapshot(page)["conn"] == pages[who]
        and snapshot(page)["screen"] == "call"
        for who, page in call.pages.items()
    )


def test_eight_seconds_without_any_line_heal(call: Meeting, server: Server, relay: Door) -> None:
    """Every time; and within what is promised, unless the machine was busy with other things all three times."""
    conns = {who: snapshot(page)["conn"] for who, page in call.pages.items()}
    took: list[float] = []
    while not took or (took[-1] > PROMISED and len(took) < TRIES):
        cut(call, server, relay)
        took.append(max(heal(call.pages, AT_LAST).values()))
        until(lambda: all(snapshot(page)["line"] == "open" for page in call.pages.values()))
        assert is_the_same(call, conns)
        assert all(line["ends"] == ["relay", "relay"] for page in call.pages.values() for line in lines(page))
    assert took[-1] < PROMISED, took


def cut(call: Meeting, server: Server, relay: Door) -> None:
    """Take relay and site away for so long, and give them back."""
    one = call.pages[SeatKind.WORKER]
    relay.process.send_signal(signal.SIGSTOP)
    server.stop()
    try:
        until(lambda: all(snapshot(page)["line"] == "away" for page in call.pages.values()))
        one.wait_for_timeout(CUT / 2)  # what was under way has arrived
        dark = {who: frames(page) for who, page in call.pages.items()}
        one.wait_for_timeout(CUT / 2)
        assert dark == {who: frames(page) for who, page in call.pages.items()}  # it really was cut
    finally:
        relay.process.send_signal(signal.SIGCONT)
        server.start()


def test_a_relay_that_was_started_again_is_found_again(call: Meeting, relay: Door) -> None:
    """It keeps nothing over its end: both pages have to ask for new lines."""
    conns = {who: snapshot(page)["conn"] for who, page in call.pages.items()}
    relay.restart()
    heal(call.pages, AT_LAST)
    assert is_the_same(call, conns)


def test_a_call_does_not_hang_on_the_site(call: Meeting, server: Server) -> None:
    """Once they see each other, the site may be away: pictures go on, and the page says what is the matter."""
    conns = {who: snapshot(page)["conn"] for who, page in call.pages.items()}
    server.stop()
    until(lambda: all(snapshot(page)["line"] == "away" for page in call.pages.values()))
    heal(call.pages, AT_LAST)
    for page in call.pages.values():
        assert page.locator("[data-away]").is_visible()
    server.start()
    until(lambda: all(snapshot(page)["line"] == "open" for page in call.pages.values()))
    heal(call.pages, AT_LAST)
    assert is_the_same(call, conns)
