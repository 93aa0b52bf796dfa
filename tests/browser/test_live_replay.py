"""The end of a broadcast gives a replay: it plays by itself where people still watch, with chapters to go to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from employers.models import JobPosting
from labor.live.actions import replaying
from labor.live.choices import State
from labor.live.ingest import shelf
from labor.live.models import LiveSession, Part, Pin, Replay
from tests.browser.complaints import Complaints
from tests.browser.conftest import Hands, Opens
from tests.browser.film import shoot
from tests.browser.live import broadcast, moves, playing
from tests.browser.server import Server
from tests.factories.employers import JobPostingFactory
from tests.factories.live import LiveSessionFactory
from tests.platform.machine import until

SOON = 30_000  # ms
# The order of `server, opens` below: pages are closed before the door that they knock at again and again.


def make(session: LiveSession, hands: Hands) -> None:
    """What beat and a worker do in the seconds after the end."""

    def is_made() -> bool:
        replaying.sweep()
        hands.work()
        return Replay.objects.filter(session=session, state="ready").exists()

    until(is_made, 60)


def seconds_of(session: LiveSession) -> float:
    """How much of it is recorded."""
    return sum(Part.objects.filter(session=session, is_rehearsal=False).values_list("seconds", flat=True))


def chapter(page: Page, number: int) -> Any:
    return page.locator("[data-chapter-list] button").nth(number)


def is_at(page: Page, second: float) -> bool:
    """Whether the picture is within a few seconds after that one, and moving."""
    until(lambda: second - 1 <= playing(page)["time"] <= second + 6, 30)
    return moves(page, by=0.5)


def test_after_the_end_the_viewers_page_plays_the_replay_and_its_chapters(
    server: Server, opens: Opens, hands: Hands
) -> None:
    cast = broadcast(opens, server)
    host = cast.host()
    cast.go_live(host)
    viewer = cast.viewer()
    assert moves(viewer, seconds=60)
    cards = list(cast.session.cards.order_by("order"))
    for number, card in enumerate(cards):
        host.locator(".rundown__card").nth(number).get_by_role("button", name="讲解").click()
        until(lambda card=card: Pin.objects.filter(card=card, to_at=None).exists(), 20)  # type: ignore[misc]
        seen = seconds_of(cast.session)
        until(lambda seen=seen: seconds_of(cast.session) > seen + 4, 60)  # type: ignore[misc]
    JobPosting.objects.filter(pk=cards[1].posting_id).update(valid_until=timezone.localdate() - timedelta(days=1))
    host.get_by_role("button", name="结束直播").click()
    host.locator("dialog [data-confirm-yes]").click()
    expect(viewer.get_by_text("正在准备回放")).to_be_visible(timeout=SOON)
    make(cast.session, hands)
    cast.session.refresh_from_db()
    assert cast.session.state == State.REPLAY
    replay = Replay.objects.get()
    assert replay.made_at and cast.session.ended_at
    assert replay.made_at - cast.session.ended_at < timedelta(seconds=60)

    expect(viewer.locator("[data-chapter-list] button")).to_have_count(2, timeout=SOON)
    until(lambda: viewer.evaluate("document.querySelector('video').duration") > 8, 30)
    assert abs(viewer.evaluate("document.querySelector('video').duration") - replay.seconds) < 2
    if viewer.locator("[data-play]").is_visible():
        viewer.locator("[data-play]").click()
    second = viewer.request.get(f"/live/{cast.session.pk}/chapters/").json()["chapters"][1]
    chapter(viewer, 1).click()
    assert is_at(viewer, second["at"])
    chapter(viewer, 0).click()
    assert is_at(viewer, 0)
    assert cast.complaints["viewer"] == []


@pytest.fixture
def session(site: str) -> LiveSession:
    """Six seconds, a minute without pictures, six seconds; the second card's posting is closed."""
    cards = [JobPostingFactory(title="冲压工"), JobPostingFactory(title="质检员", expired=True)]
    made: LiveSession = LiveSessionFactory(ended=True, anchor=True, cards=cards)
    began = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    for number, late in ((1, 0), (2, 66)):
        on_air(made, number, began + timedelta(seconds=late))
    shelf.close(made.stream)
    turn = began + timedelta(seconds=30)
    for card, begins, ends in zip(made.cards.order_by("order"), (began, turn), (turn, None), strict=True):
        Pin.objects.create(
            session=made, card=card, from_at=begins, to_at=ends or began + timedelta(seconds=72), seats_left=3,
            by=made.made_by,
        )  # fmt: skip
    assert replaying.make(session_id=made.pk)
    made.refresh_from_db()
    return made


def on_air(session: LiveSession, number: int, began: datetime) -> None:
    """A part whose segments a camera might have sent."""
    holder = uuid4()
    Part.objects.create(
        session=session, number=number, source="browser", holder=holder, first_at=began, ended_at=began, segments=6,
        seconds=6,
    )  # fmt: skip
    shot = Path(settings.STREAMS_ROOT) / f"shot-{number}"
    names = shoot(shot)
    shelf.take(session.stream, number, holder)
    place = shelf.Shelf(session.stream, number, holder, is_public=True)
    for index, name in enumerate(names):
        place.put(shot / name, seconds=1.0, at=began.timestamp() + index)


def opened(opens: Opens, server: Server, session: LiveSession) -> Page:
    page = opens(base_url=server.address).new_page()
    page.goto(session.get_absolute_url())
    return page


def test_a_tap_on_a_chapter_goes_over_the_gap_and_a_closed_job_says_so(
    server: Server, opens: Opens, session: LiveSession
) -> None:
    page = opens(base_url=server.address).new_page()
    complaints = Complaints(page)
    page.goto(session.get_absolute_url())
    expect(chapter(page, 1)).to_contain_text("质检员", timeout=SOON)
    expect(chapter(page, 1)).to_contain_text("不招人了")
    expect(chapter(page, 0)).not_to_contain_text("不招人了")
    if page.locator("[data-play]").is_visible():
        page.locator("[data-play]").click()
    assert moves(page, by=0.5)
    chapter(page, 1).click()
    assert is_at(page, 6)
    assert abs(page.evaluate("document.querySelector('video').duration") - 12) < 0.5
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert complaints == []


def test_an_open_page_sees_it_hidden_shown_and_withdrawn_without_a_reload(
    server: Server, opens: Opens, session: LiveSession
) -> None:
    page = opened(opens, server, session)
    stage, by = page.locator("[data-stage]"), session.made_by
    expect(page.locator("[data-chapter-list] button")).to_have_count(2, timeout=SOON)
    page.evaluate("window.isSame = true")
    if page.locator("[data-play]").is_visible():
        page.locator("[data-play]").click()
    chapter(page, 1).click()
    assert is_at(page, 6)
    replaying.hide(session=session, by=by, reason="先收起来")
    expect(stage).to_have_attribute("data-veil", "hidden", timeout=SOON)
    expect(page.get_by_text("回放暂时看不了", exact=True)).to_be_visible()
    expect(page.locator("[data-chapters]")).to_be_hidden()
    assert page.locator("video").is_hidden()
    replaying.show(session=session, by=by)
    expect(page.locator("[data-chapter-list] button")).to_have_count(2, timeout=SOON)
    expect(stage).to_have_attribute("data-veil", "", timeout=SOON)
    assert is_at(page, 6)  # where it was
    replaying.withdraw(session=session, by=by, reason="企业要求")
    expect(page.get_by_text("回放没有了", exact=True)).to_be_visible(timeout=SOON)
    assert page.evaluate("window.isSame")


def test_a_page_that_plays_gets_fresh_addresses_of_its_pieces(
    server: Server, opens: Opens, session: LiveSession
) -> None:
    page = opens(base_url=server.address).new_page()
    page.goto(session.get_absolute_url())
    assert moves(page, seconds=40)
    page.evaluate("""() => {
      const real = window.fetch;
      window.fetch = async (url, options) => {
        const answer = await real(url, options);
        if (!String(url).endsWith(".m3u8")) return answer;
        return new Response((await answer.text()).replace(/\\.ts/g, ".ts?fresh=1"));
      };
      return window.live.player.renew();
    }""")
    assert page.evaluate(
        "window.live.player.hls.levels[0].details.fragments.every((one) => one.url.endsWith('?fresh=1'))"
    )
    with page.expect_request(lambda request: "fresh=1" in request.url, timeout=SOON):
        page.evaluate("window.live.player.hls.recoverMediaError()")  # what it had is fetched again
    chapter(page, 1).click()
    assert is_at(page, 6)


def test_a_hidden_replay_is_not_offered_and_its_pieces_lead_nowhere(
    server: Server, opens: Opens, session: LiveSession
) -> None:
    playlist = opened(opens, server, session).request.get(f"/live/{session.pk}/replay.m3u8").text()
    piece = next(line for line in playlist.splitlines() if line.endswith(".ts"))
    page = opened(opens, server, session)
    assert page.request.get(piece).status == 200
    replaying.hide(session=session, by=session.made_by, reason="先收起来")
    assert page.request.get(piece).status == 404
    page.reload()
    expect(page.get_by_text("回放暂时看不了", exact=True)).to_be_visible(timeout=SOON)
