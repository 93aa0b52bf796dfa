"""Four people in one room: the worker, his helper, an interpreter and the recruiter, each seeing the three others."""

from playwright.sync_api import Page

from labor.interviews.actions import seating
from labor.interviews.choices import SeatKind
from tests.browser.conftest import Opens
from tests.browser.lines import lines, witnessed
from tests.browser.rooms import meeting
from tests.browser.server import Server
from tests.factories.accounts import UserFactory
from tests.factories.workers import WorkerFactory
from tests.platform.machine import until

PATIENCE = 120.0  # seconds: twelve pictures are drawn, encoded and decoded by one machine


def test_four_people_see_and_hear_each_other(opens: Opens, server: Server) -> None:
    helper = UserFactory(broker=True)
    worker = WorkerFactory(unclaimed=True, helper=helper)
    call = meeting(witnessed(opens), server, helper=helper, application__worker=worker)
    seating.invite(
        interview=call.interview,
        kind=SeatKind.INTERPRETER,
        name="杨翻译",
        phone="13800000077",
        by=call.interview.recruiter,
    )
    come = (SeatKind.RECRUITER, SeatKind.WORKER, SeatKind.HELPER, SeatKind.INTERPRETER)
    for kind in come:
        call.enter(kind)
    for kind in come[1:]:
        call.admit(kind)
    call.flows(PATIENCE)
    for page in call.pages.values():
        found = lines(page)
        assert [line["state"] for line in found] == ["connected"] * 3
        assert min(line["frames"] for line in found) > 0
        assert min(line["sound"] for line in found) > 0
        assert page.locator("[data-stage]").get_attribute("data-others") == "3"
    before = {kind: fewest(page) for kind, page in call.pages.items()}
    until(lambda: all(fewest(page) > before[kind] for kind, page in call.pages.items()), PATIENCE)


def fewest(page: Page) -> int:
    """The frames of the slowest of the page's lines: all of them have to go on."""
    counted: int = min(line["frames"] for line in lines(page))
    return counted
