"""A recording that both agree to, made by the recruiter's page, kept in cipher, and played back for a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from jinba.core.encrypted_files import private_files
from jinba.privacy.models import PersonalDataAccess
from labor.interviews.choices import RecordingState, SeatKind, State
from labor.interviews.models import Recording
from tests.browser.conftest import Opens
from tests.browser.rooms import meeting
from tests.browser.server import Server
from tests.platform.machine import until

HEARD = """video => ({
    time: video.currentTime, width: video.videoWidth, height: video.videoHeight,
    sound: video.webkitAudioDecodedByteCount, error: video.error && video.error.message,
})"""


def test_two_agree_it_is_recorded_one_stops_it_and_it_plays(opens: Opens, server: Server, settings: Any) -> None:
    settings.INTERVIEW_RECORDING = True
    held = meeting(opens, server)
    held.call(SeatKind.WORKER)
    desk, worker = held.pages[SeatKind.RECRUITER], held.pages[SeatKind.WORKER]
    sign = "[data-recording]"

    desk.get_by_role("button", name="录像", exact=True).click()
    question = worker.get_by_role("dialog", name="可以录像吗？")
    expect(question).to_contain_text("不同意，面试照常")
    question.get_by_role("button", name="不同意").click()
    expect(desk.locator("[data-record-words]")).to_contain_text("有人不同意")
    expect(worker.locator(sign)).to_be_hidden()

    desk.get_by_role("button", name="录像", exact=True).click()
    desk.get_by_role("button", name="同意录像").click()
    expect(desk.locator("[data-record-words]")).to_contain_text("等")
    assert Recording.objects.latest("pk").state == RecordingState.ASKED
    question.get_by_role("button", name="同意录像").click()
    for page in (desk, worker):
        expect(page.locator(sign)).to_be_visible()
    until(lambda: Recording.objects.latest("pk").parts.count() >= 1, 60)
    worker.get_by_role("button", name="停止录像").click()
    for page in (desk, worker):
        expect(page.locator(sign)).to_be_hidden()
    made = Recording.objects.latest("pk")
    assert (made.state, made.ended_by) == (RecordingState.KEPT, held.seat(SeatKind.WORKER))
    until(lambda: made.parts.count() >= 2, 60)
    for name in private_files.names("recordings"):
        assert b"webm" not in Path(private_files.path(name)).read_bytes()
    held.interview.refresh_from_db()
    assert held.interview.state == State.LIVE, "the interview goes on"

    player = desk.context.new_page()
    player.goto(f"/employers/interviews/recordings/{made.pk}/")
    expect(player.locator("video")).to_have_count(0)
    player.get_by_role("button", name="看录像").click()
    video = player.locator("video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    until(lambda: video.evaluate("video => video.currentTime > 1.5 && video.webkitAudioDecodedByteCount > 0"), 60)
    seen = video.evaluate(HEARD)
    assert (seen["width"], seen["height"], seen["error"]) == (640, 360, None), seen
    expect(player.locator(".film__mark")).to_contain_text(held.interview.recruiter.name)
    assert PersonalDataAccess.objects.filter(fields=["recording"], by=held.interview.recruiter).count() == 1
    assert all(not told for told in held.complaints.values()), held.complaints


def test_a_page_that_is_loaded_anew_records_no_more_without_a_new_yes(
    opens: Opens, server: Server, settings: Any
) -> None:
    settings.INTERVIEW_RECORDING = True
    held = meeting(opens, server)
    held.call(SeatKind.WORKER)
    desk, worker = held.pages[SeatKind.RECRUITER], held.pages[SeatKind.WORKER]
    desk.get_by_role("button", name="录像", exact=True).click()
    for page in (desk, worker):
        page.get_by_role("button", name="同意录像").click()
    expect(worker.locator("[data-recording]")).to_be_visible()
    desk.reload()
    expect(worker.locator("[data-recording]")).to_be_hidden()
    expect(desk.locator("[data-record-words]")).to_contain_text("页面刷新过")
    assert Recording.objects.get().state == RecordingState.KEPT

    # Who recorded leaves: nobody is recorded by a page that nobody looks at.
    desk.get_by_role("button", name="录像", exact=True).click()
    for page in (desk, worker):
        page.get_by_role("button", name="同意录像").click()
    expect(worker.locator("[data-recording]")).to_be_visible()
    desk.get_by_role("button", name="挂断").click()
    expect(worker.locator("[data-recording]")).to_be_hidden()
    expect(desk.get_by_role("button", name="录像", exact=True)).to_be_hidden()
    until(lambda: not Recording.objects.filter(state=RecordingState.RUNNING).exists())
