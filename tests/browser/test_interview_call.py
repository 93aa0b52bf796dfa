"""Two people and more meet by video in the product's own pages: the waiting room, the call, what may go wrong in it."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from labor.interviews.actions import changing, entering, seating
from labor.interviews.choices import CancelReason, SeatKind, Side, State
from labor.interviews.models import CallReport, ChatLine, Seat
from tests.browser.conftest import Opens
from tests.browser.rooms import Meeting, meeting, snapshot
from tests.browser.server import Server
from tests.browser.test_axe import AXE, too_wide, violations
from tests.factories.interviews import days_ahead
from tests.platform.machine import until

pytestmark = pytest.mark.browser
WORKER, RECRUITER = SeatKind.WORKER, SeatKind.RECRUITER

# A line that loses a third of what is sent, as the browser would tell it; `window.isThin` switches it.
THIN = """
window.isThin = false;
const own = RTCPeerConnection.prototype.getStats;
RTCPeerConnection.prototype.getStats = async function (...words) {
  const stats = await own.apply(this, words);
  const made = new Map();
  stats.forEach((one) => made.set(one.id, window.isThin && one.type === "remote-inbound-rtp"
    ? { ...one, fractionLost: 0.33 } : one));
  return made;
};
"""


# A browser that plays nothing with sound before somebody has tapped.
SILENT = """
const own = HTMLMediaElement.prototype.play;
let isTapped = false;
addEventListener("click", (event) => { isTapped = isTapped || event.target.matches("[data-hear]"); }, true);
HTMLMediaElement.prototype.play = function () {
  return this.muted || isTapped ? own.call(this) : Promise.reject(new DOMException("tap first", "NotAllowedError"));
};
"""


# A page that is killed within seconds: what it tells every quarter of a minute it never tells.
SHORT = """
const own = window.setInterval;
window.setInterval = (act, pause, ...more) => (pause === 15000 ? 0 : own.call(window, act, pause, ...more));
"""


@pytest.fixture
def room(opens: Opens, server: Server) -> Meeting:
    return meeting(opens, server)


def peer_of(page: Page) -> Any:
    [peer] = snapshot(page)["peers"]
    return peer


def tap(page: Page, words: str) -> None:
    page.locator(".call-bar").get_by_role("button", name=words).click()


def use_with_axe(page: Page) -> list[str]:
    page.evaluate(AXE)
    return [*violations(page), *too_wide(page)]


def test_from_the_link_through_the_waiting_room_into_a_call(room: Meeting) -> None:
    worker = room.enter(WORKER)
    expect(worker.locator("[data-wait-title]")).to_have_text("您已经到了")
    expect(worker.locator(".waiting [data-self] video")).to_be_visible()
    assert use_with_axe(worker) == []
    recruiter = room.enter(RECRUITER)
    expect(worker.locator("[data-wait-text]")).to_contain_text("面试官在里面")
    expect(recruiter.locator("[data-waiters]")).to_contain_text("在等候室")
    assert use_with_axe(recruiter) == []
    room.admit(WORKER)
    room.flows()
    room.interview.refresh_from_db()
    assert room.interview.state == State.LIVE
    for page in room.pages.values():
        assert use_with_axe(page) == []
        expect(page.locator("[data-net]")).to_contain_text("网络：")

    # What one does, the other sees.
    tap(worker, "静音")
    expect(recruiter.locator(".stage .tile[data-seat] .tile__mute")).to_be_visible()
    tap(worker, "开声音")
    expect(recruiter.locator(".stage .tile[data-seat] .tile__mute")).to_be_hidden()
    tap(worker, "关画面")
    expect(recruiter.locator("[data-seat] [data-note]")).to_have_text("没有开画面，能说话")
    still = peer_of(recruiter)["seen"]["framesIn"]
    tap(worker, "开画面")
    expect(recruiter.locator("[data-seat].tile--dark")).to_have_count(0)
    until(lambda: peer_of(recruiter)["seen"]["framesIn"] > still + 10)

    # Writing.
    tap(worker, "打字")
    worker.get_by_role("button", name="请再说一遍").click()
    expect(recruiter.locator(".call-bar [data-number]")).to_have_text("1")
    tap(recruiter, "打字")
    expect(recruiter.locator("[data-lines]")).to_contain_text("请再说一遍")
    recruiter.get_by_label("要说的话").fill("月薪 6200 元")
    recruiter.get_by_role("button", name="发送").click()
    expect(worker.locator("[data-lines]")).to_contain_text("月薪 6200 元")
    expect(worker.locator(".line")).to_have_count(2)
    expect(recruiter.locator(".line")).to_have_count(2)
    assert use_with_axe(worker) == []
    assert ChatLine.objects.filter(interview=room.interview).count() == 2
    worker.keyboard.press("Escape")
    expect(worker.locator("[data-chat]")).to_be_hidden()

    # Rather by phone.
    tap(worker, "改打电话")
    worker.locator("dialog [data-confirm-yes]").click()
    expect(worker.locator("[data-by-phone]")).to_contain_text("面试官会打您的手机")
    expect(recruiter.locator("[data-by-phone]")).to_contain_text("请打给求职者")
    room.interview.refresh_from_db()
    assert (room.interview.by_phone_at is not None, room.interview.by_phone_side) == (True, Side.WORKER)

    tap(worker, "挂断")
    expect(worker.get_by_role("heading", name="您离开了面试")).to_be_visible()
    expect(recruiter.locator("[data-stage-empty]")).to_be_visible()
    tap(recruiter, "挂断")
    told = CallReport.objects.filter(interview=room.interview, first_frame_ms__gt=0, seconds__gt=0)
    until(lambda: told.count() == 2)  # the first word of a line comes before its first picture
    for report in told:
        assert report.is_connected and report.setup_ms
        assert (report.drops, report.is_relayed) == (0, False)
    assert room.complaints == {WORKER: [], RECRUITER: []}


def test_a_call_comes_about_whoever_comes_first_and_however_often(room: Meeting) -> None:
    room.call(WORKER)
    worker, recruiter = room.pages[WORKER], room.pages[RECRUITER]
    for again in ([worker], [recruiter], [recruiter, worker]):
        for page in again:
            page.reload(wait_until="commit")
        for page in (worker, recruiter):
            until(lambda page=page: (snapshot(page) or {}).get("peers"))
        room.flows()
    assert room.complaints == {WORKER: [], RECRUITER: []}


def test_leaving_and_coming_back(room: Meeting) -> None:
    room.call(WORKER)
    worker = room.pages[WORKER]
    before = peer_of(room.pages[RECRUITER])["conn"]
    tap(worker, "挂断")
    until(lambda: snapshot(room.pages[RECRUITER])["peers"] == [])
    worker.get_by_role("button", name="回到面试").click()
    until(lambda: (snapshot(worker) or {}).get("peers"))
    room.flows()
    assert peer_of(room.pages[RECRUITER])["conn"] != before


def test_the_call_goes_on_while_the_server_is_away(room: Meeting) -> None:
    room.call(WORKER)
    worker, recruiter = room.pages[WORKER], room.pages[RECRUITER]
    before = peer_of(worker)
    room.server.stop()
    for page in (worker, recruiter):
        expect(page.locator("[data-away]")).to_be_visible()
    frames = peer_of(worker)["seen"]["framesIn"]
    until(lambda: peer_of(worker)["seen"]["framesIn"] > frames + 10)
    tap(worker, "打字")
    worker.get_by_role("button", name="听不见").click()
    expect(worker.locator("[data-fate]")).to_have_text("没发出去")
    room.server.start()
    expect(recruiter.locator(".call-bar [data-number]")).to_have_text("1")  # sent again by itself
    for page in (worker, recruiter):
        expect(page.locator("[data-away]")).to_be_hidden()
    after = peer_of(worker)
    assert (after["conn"], after["drops"], after["restarts"]) == (before["conn"], 0, 0)


def test_a_site_that_is_slow_keeps_no_call_from_beginning_and_no_line_from_being_read(room: Meeting) -> None:
    for kind in (RECRUITER, WORKER):
        device = room.device(kind)
        device.add_init_script(SHORT)
        device.route("**/ice/", lambda route: None)  # the relay's addresses never come
        room.enter(kind, device.new_page())
    room.admit(WORKER)
    room.flows()
    until(lambda: CallReport.objects.filter(interview=room.interview, is_connected=True).count() == 2)

    # Two lines, one soon after the other: while the first is fetched the second is written.
    desk, worker = room.pages[RECRUITER], room.seat(WORKER)
    newest = "window.interview.snapshot().room.chat"
    waiting: list[Any] = []
    desk.route("**/chat/?since=*", lambda route: route.continue_() if waiting else waiting.append(route))
    first = entering.say(seat=worker, client_id=uuid4(), text="第一句")
    until(lambda: desk.evaluate(newest) == first.pk and waiting)
    answer = waiting[0].fetch()
    second = entering.say(seat=worker, client_id=uuid4(), text="第二句")
    until(lambda: desk.evaluate(newest) == second.pk)
    waiting[0].fulfill(response=answer)
    expect(desk.locator(".line")).to_have_text([re.compile("第一句"), re.compile("第二句")])

    changing.cancel(interview=room.interview, by=room.interview.recruiter, reason=CancelReason.FULL)
    for page in room.pages.values():
        expect(page.get_by_role("heading", name="这场面试不进行了")).to_be_visible()
        assert use_with_axe(page) == []


def test_a_poor_line_carries_sound_only_and_the_picture_comes_back(room: Meeting) -> None:
    worker_device = room.device(WORKER)
    worker_device.add_init_script(THIN)
    room.enter(RECRUITER)
    worker = room.enter(WORKER, worker_device.new_page())
    room.admit(WORKER)
    room.flows()
    worker.evaluate("window.isThin = true")
    expect(worker.locator("[data-sound-only]", has_text="网络不好，先只保留声音")).to_be_visible(timeout=120_000)
    expect(worker.locator("[data-net]")).to_contain_text("只有声音")
    recruiter = room.pages[RECRUITER]
    expect(recruiter.locator("[data-seat] [data-note]")).to_have_text("网络不好，现在只有声音")
    sound = peer_of(recruiter)["seen"]["inAudio"]
    until(lambda: peer_of(recruiter)["seen"]["inAudio"] > sound)
    assert use_with_axe(worker) == []
    worker.evaluate("window.isThin = false")
    expect(worker.locator("[data-sound-only]")).to_be_hidden(timeout=120_000)
    expect(recruiter.locator("[data-seat].tile--dark")).to_have_count(0)


def test_who_allows_neither_camera_nor_microphone_is_told_how_and_still_gets_in(room: Meeting) -> None:
    room.enter(RECRUITER)
    device = room.device(WORKER, allowed=False)
    device.add_init_script(SILENT)
    worker = room.enter(WORKER, device.new_page())
    worker.get_by_role("button", name="打开摄像头和话筒").click()
    expect(worker.get_by_role("heading", name="没有允许使用摄像头和话筒")).to_be_visible()
    expect(worker.locator("[data-trouble=denied]")).to_contain_text("苹果手机")
    assert use_with_axe(worker) == []
    room.admit(WORKER)
    until(lambda: (snapshot(worker)["peers"] or [{}])[0].get("seen") and peer_of(worker)["seen"]["framesIn"] > 10)
    expect(room.pages[RECRUITER].locator("[data-seat] [data-note]")).to_have_text("没有开画面，能说话")
    sound = "document.querySelector('[data-seat] video').muted"
    assert worker.evaluate(sound)
    worker.get_by_role("button", name="点一下就能听见").click()
    expect(worker.locator("[data-hear]")).to_be_hidden()
    assert not worker.evaluate(sound)
    # He thinks better of it, in the middle of the call.
    worker.context.grant_permissions(["camera", "microphone"], origin=room.server.address)
    worker.get_by_role("button", name="打开了，再试一次").click()
    room.flows()


def test_a_browser_that_cannot_is_led_to_one_that_can(room: Meeting) -> None:
    for lack, agent, heading in (
        ("delete Navigator.prototype.mediaDevices", None, "请用手机自带的浏览器打开"),
        (
            "delete window.RTCPeerConnection",
            "Mozilla/5.0 (Linux; Android 8) MicroMessenger/8.0",
            "请在手机浏览器里打开",
        ),
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", None, "网址不对，打不开摄像头"),
    ):
        device = room.device(WORKER, **({"user_agent": agent} if agent else {}))
        device.add_init_script(lack)
        page = room.enter(WORKER, device.new_page())
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        link = page.get_by_role("button", name="复制链接").locator("visible=true").get_attribute("data-copy")
        assert link == room.server.address + seating.link_path(room.seat(WORKER))
        assert use_with_axe(page) == []
        assert room.complaints[WORKER] == []
    # Video is out of reach for him, the interview is not.
    page.get_by_role("button", name="改打电话").locator("visible=true").click()
    page.locator("dialog [data-confirm-yes]").click()
    expect(page.locator("[data-by-phone]")).to_contain_text("面试官会打您的手机")
    room.interview.refresh_from_db()
    assert room.interview.by_phone_side == Side.WORKER and room.interview.worker_came_at


def test_a_camera_that_is_missing_leaves_the_sound(room: Meeting) -> None:
    device = room.device(WORKER)
    device.add_init_script("""
      const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wishes) =>
        wishes.video ? Promise.reject(new DOMException("none", "NotFoundError")) : own(wishes);
    """)
    page = room.enter(WORKER, device.new_page())
    expect(page.get_by_role("heading", name="没有打开摄像头，只用声音也能面试")).to_be_visible()
    page.get_by_role("button", name="只用声音").click()
    expect(page.locator("[data-ask]")).to_be_hidden()
    recruiter = room.enter(RECRUITER)
    room.admit(WORKER)
    until(lambda: (snapshot(recruiter)["peers"] or [{}])[0].get("seen") and peer_of(recruiter)["seen"]["inAudio"] > 0)
    expect(recruiter.locator("[data-seat] [data-note]")).to_have_text("没有开画面，能说话")


def test_a_second_page_takes_the_seat_and_the_first_says_so(room: Meeting) -> None:
    room.call(WORKER)
    first = room.pages[WORKER]
    second = first.context.new_page()
    second.goto(f"{room.server.address}/rooms/{room.interview.pk}/")
    expect(first.get_by_role("heading", name="面试在另一个页面打开了")).to_be_visible()
    assert use_with_axe(first) == []
    room.pages[WORKER] = second
    room.flows()
    first.get_by_role("button", name="在这里继续").click()
    expect(second.get_by_role("heading", name="面试在另一个页面打开了")).to_be_visible()
    room.pages[WORKER] = first
    room.flows()


def test_the_pages_say_that_the_interview_is_over(room: Meeting) -> None:
    room.call(WORKER)
    tap(room.pages[WORKER], "改打电话")
    room.pages[WORKER].locator("dialog [data-confirm-yes]").click()
    expect(room.pages[WORKER].locator("[data-by-phone]")).to_be_visible()
    room.interview.refresh_from_db()
    changing.finish(interview=room.interview, by=room.interview.recruiter, feedback="谢谢您来面试。")
    for kind, page in room.pages.items():
        expect(page.get_by_role("heading", name="面试结束了")).to_be_visible()
        assert snapshot(page)["line"] == "over", kind
        assert snapshot(page)["peers"] == []
        expect(page.locator("[data-by-phone]")).to_be_hidden()  # nobody calls any more


def test_a_stale_link_and_a_stranger_are_refused_at_the_page_and_at_the_socket(
    room: Meeting, opens: Opens, server: Server
) -> None:
    old = seating.link_path(room.seat(WORKER))
    room.enter(WORKER)
    other = meeting(opens, server)
    for device in (room.device("stranger"), other.device(RECRUITER)):
        page = device.new_page()
        answer = page.goto(old.replace(".", ".x"))
        assert answer and answer.status == 404
        answer = page.goto(f"/rooms/{room.interview.pk}/")
        assert answer and (answer.status == 404 or "/accounts/" in page.url)
        assert socket_of(page, room) == 4401
    # His own seat elsewhere opens nothing here.
    worker = other.enter(WORKER)
    assert socket_of(worker, room) == 4401
    # The time changed: the old link leads nowhere, and the page that it opened is shut.
    seating.unseat_all(interview=room.interview)
    stale = room.device("stranger").new_page()
    answer = stale.goto(old)
    assert answer and answer.status == 410
    expect(room.pages[WORKER].get_by_role("heading", name="这个链接不能用了")).to_be_visible()
    assert socket_of(room.pages[WORKER], room) == 4403


def socket_of(page: Page, room: Meeting) -> int:
    """The code with which the room's socket refuses this browser."""
    code: int = page.evaluate(
        """([id, conn]) => new Promise((tell) => {
          const socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws/interviews/${id}/`);
          socket.onopen = () => socket.send(JSON.stringify({ t: "hello", conn }));
          socket.onmessage = () => tell(0);
          socket.onclose = (event) => tell(event.code);
        })""",
        [room.interview.pk, str(uuid4())],
    )
    return code


def test_the_check_of_devices_goes_through_before_the_room_opens(opens: Opens, server: Server) -> None:
    room = meeting(opens, server, at=days_ahead(1))
    page = room.device(WORKER).new_page()
    page.goto(seating.link_path(room.seat(WORKER)))
    page.get_by_role("button", name="先试试声音和画面").click()
    assert use_with_axe(page) == []
    page.get_by_role("button", name="开始").click()
    expect(page.locator("[data-device=camera][data-look=good]")).to_contain_text("看得见")
    expect(page.locator("[data-device=microphone][data-look=good]")).to_contain_text("听得见您说话")
    expect(page.locator("[data-device=network][data-look=good]")).to_be_visible()
    page.get_by_role("button", name="放声音").click()
    page.get_by_role("button", name="没听见").click()
    expect(page.get_by_role("heading", name="还有没好的")).to_be_visible()
    page.get_by_role("button", name="放声音").click()
    page.get_by_role("button", name="听见了").click()
    expect(page.get_by_role("heading", name="都好了")).to_be_visible()
    assert use_with_axe(page) == []
    seat = room.seat(WORKER)
    until(lambda: Seat.objects.get(pk=seat.pk).device.get("speaker") == "good")
    seat.refresh_from_db()
    assert seat.checked_at and seat.checked_at <= timezone.now()
    assert seat.device["camera"] == seat.device["microphone"] == "good"


def test_the_check_says_what_to_do_when_nothing_is_allowed(room: Meeting) -> None:
    page = room.device(WORKER, allowed=False).new_page()
    page.goto(seating.link_path(room.seat(WORKER)))
    page.get_by_role("button", name="进入面试室").click()
    page.goto(f"/rooms/{room.interview.pk}/check/")
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_role("heading", name="没有允许使用摄像头和话筒")).to_be_visible()
    expect(page.locator("[data-device=camera][data-look=bad]")).to_be_visible()
    assert use_with_axe(page) == []
