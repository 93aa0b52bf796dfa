"""Interviews as the employer reads them in a line: who, when, how it stands, and the way in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from labor.applications.models import Application
from labor.interviews.choices import TIMED, Mode, Side, State
from labor.interviews.models import Interview

NO_RESULT = "请补结果"
HOW = {Mode.VIDEO: "手机视频", Mode.PHONE: "打电话", Mode.ONSITE: "来厂里"}


def name_of(application: Application) -> str:
    """As on the applicant's page: masked once he took his consent back."""
    return application.worker.name if application.shows_person else application.worker.masked_name


def clock(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M}" if at else ""


def span(starts_at: datetime | None, ends_at: datetime | None) -> str:
    """“10:00–10:20”, Beijing time."""
    return f"{clock(starts_at)}–{clock(ends_at)}" if starts_at and ends_at else ""


def standing(interview: Interview, now: datetime) -> tuple[str, str]:
    """How it stands for the employer, in words, and the look of the badge."""
    state = State(interview.state)
    is_over = interview.ends_at is not None and interview.ends_at < now
    if is_over and (state == State.CONFIRMED or (state == State.LIVE and not interview.is_on(now))):
        return NO_RESULT, "bad"
    if state == State.PROPOSED and interview.wish:
        return "时间不合适，请给新时间", "bad"
    if state == State.RESCHEDULING:
        # Lists bring along whether a time is left to choose; where it is not known the state speaks for itself.
        wants_times = interview.wish or getattr(interview, "has_times", None) is False
        return ("改期，请给新时间", "bad") if wants_times else ("改期，等对方选", "wait")
    if state == State.NO_SHOW:
        return ("我方没到" if interview.no_show_by == Side.EMPLOYER else "对方没来"), "bad"
    return {
        State.PROPOSED: ("等对方选时间", "wait"),
        State.CONFIRMED: ("约好了", "good"),
        State.LIVE: ("正在谈", "teal"),
        State.DONE: ("谈完了", "info"),
        State.CANCELLED: ("取消了", ""),
    }[state]


def room(interview: Interview, by: Any, now: datetime) -> tuple[str, str]:
    """The address of the video room while it is on; before that, from when it will be."""
    # Of the employer's people only the recruiter has a seat.
    if interview.mode != Mode.VIDEO or interview.state not in TIMED or interview.recruiter_id != by.pk:
        return "", ""
    if interview.is_on(now):
        return reverse("rooms:room", args=[interview.pk]), ""
    opens = interview.opens_at()
    return "", f"{clock(opens)} 起可以进面试室" if opens and opens > now else ""


@dataclass(frozen=True)
class Line:
    """What one line of a list shows."""

    starts_at: datetime | None
    when: str
    name: str
    href: str
    posting: str
    how: str
    queue: str
    queue_url: str
    recruiter: str
    wish: str
    state: str
    look: str
    room_url: str
    opens: str


def line(interview: Interview, by: Any, now: datetime) -> Line:
    state, look = standing(interview, now)
    application, sitting = interview.application, interview.sitting
    # Who waits in a queue is called on its own page.
    waits = sitting.is_queue and interview.state == State.CONFIRMED
    room_url, opens = ("", "") if waits else room(interview, by, now)
    return Line(
        starts_at=interview.starts_at,
        when=span(interview.starts_at, interview.ends_at),
        name=name_of(application),
        href=reverse("interviewing:detail", args=[interview.pk]),
        posting=application.posting.title,
        how=HOW[Mode(interview.mode)] + (f"，在{interview.booth.name}" if interview.booth else ""),
        queue=f"排队 {interview.queue_number} 号" if interview.queue_number else "",
        queue_url=reverse("interviewing:sitting", args=[sitting.pk]) if sitting.is_queue else "",
        recruiter=interview.recruiter.name,
        wish=interview.wish if interview.state in (State.PROPOSED, State.RESCHEDULING) else "",
        state=state,
        look=look,
        room_url=room_url,
        opens=opens,
    )


def lines(rows: Iterable[Interview], by: Any, now: datetime) -> list[Line]:
    return [line(row, by, now) for row in rows]
