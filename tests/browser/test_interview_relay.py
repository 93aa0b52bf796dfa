"""A call whose every picture goes by a real coturn, as in networks that let nothing else through."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from labor.interviews.choices import SeatKind
from tests.browser.conftest import Opens
from tests.browser.lines import lines, witnessed
from tests.browser.rooms import meeting, snapshot
from tests.browser.server import Server
from tests.factories.employers import owner_of
from tests.platform.coturn import Door
from tests.platform.machine import until

ASK = """
async (url) => {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
  });
  return [answer.status, await answer.text()];
}
"""


def credentials(page: Page, interview: Any) -> tuple[int, str]:
    """What the door of the relay's credentials answers to this page."""
    status, text = page.evaluate(ASK, f"/rooms/{interview.pk}/ice/")
    return status, text


def relayed_bytes(relay: Door) -> int:
    """What the relay says to have sent on to the people in the call."""
    return sum(int(count) for count in re.findall(r"peer usage:.* sb=(\d+)", relay.log.read_text(errors="replace")))


@pytest.mark.parametrize("by", ["udp", "tcp"])
def test_a_call_goes_by_the_relay_and_nothing_else(
    opens: Opens, server: Server, relay: Door, settings: Any, by: str
) -> None:
    settings.RELAY_ONLY = True
    if by == "tcp":  # where no UDP gets out, only these addresses answer
        settings.TURN_URLS = [url for url in settings.TURN_URLS if url.endswith("tcp")]
    call = meeting(witnessed(opens), server)
    call.call(SeatKind.WORKER)
    for page in call.pages.values():
        [line] = lines(page)
        assert line["ends"] == ["relay", "relay"]
        assert line["by"] == by
        assert all(peer["isRelayed"] for peer in until(lambda page=page: with_facts(page)))
    for page in call.pages.values():
        page.close()
    until(lambda: relayed_bytes(relay) > 50_000)


def test_where_only_the_relay_may_be_used_no_page_tells_its_address_for_want_of_an_answer(
    opens: Opens, server: Server, settings: Any
) -> None:
    settings.RELAY_ONLY = True
    call = meeting(witnessed(opens), server)
    for kind in (SeatKind.RECRUITER, SeatKind.WORKER):
        device = call.device(kind)
        device.route("**/ice/", lambda route: route.abort())
        call.enter(kind, device.new_page())
    call.admit(SeatKind.WORKER)
    policies = "(window.lines || []).map((line) => line.getConfiguration().iceTransportPolicy)"
    for page in call.pages.values():
        until(lambda page=page: page.evaluate(policies))
        assert set(page.evaluate(policies)) == {"relay"}


def with_facts(page: Page) -> Any:
    """The page's own peers, once it has looked at its lines."""
    peers = snapshot(page)["peers"]
    return peers if all(peer["seconds"] for peer in peers) else None


def test_who_is_not_in_the_room_gets_no_credentials(opens: Opens, server: Server, relay: Door) -> None:
    call = meeting(opens, server)
    worker = call.enter(SeatKind.WORKER)
    recruiter = call.enter(SeatKind.RECRUITER)
    status, text = credentials(recruiter, call.interview)
    assert (status, "credential" in text) == (200, True)
    status, text = credentials(worker, call.interview)  # before he was let in
    assert (status // 100, "credential" in text) == (4, False)
    call.admit(SeatKind.WORKER)
    status, text = credentials(worker, call.interview)
    assert (status, "credential" in text) == (200, True)

    stranger = meeting(opens, server)
    assert owner_of(stranger.interview.application.posting.employer) != call.interview.recruiter
    elsewhere = stranger.enter(SeatKind.RECRUITER)
    status, text = credentials(elsewhere, call.interview)  # a recruiter too, of another house
    assert (status, "credential" in text) == (404, False)
