"""Interviews as calendar programs read them (RFC 5545), for one reader each.

An entry keeps its UID for life and counts its changes in SEQUENCE: a file or feed that is read again replaces what a
phone already has. No entry names anybody but the employer; who meets a worker reads his masked name.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from icalendar import Alarm, Calendar, Event

from jinba.accounts.choices import Role
from labor.interviews.choices import Mode, State
from labor.interviews.models import Interview, InterviewEvent
from labor.interviews.models.interviews import InterviewQuerySet

PAST, COMING = timedelta(days=60), timedelta(days=180)
MOST = 500
ALARM = timedelta(minutes=15)
# How often a calendar program should ask again.
REFRESH = timedelta(hours=1)
# The time of these does not count any more; a phone that has it takes it out.
GONE = (State.CANCELLED, State.RESCHEDULING)
HOW = {
    Mode.VIDEO: "用手机视频，点链接进入",
    Mode.PHONE: "打电话，请留意来电",
    Mode.ONSITE: "现场",
}


def entries_of(user: Any, now: datetime) -> InterviewQuerySet:
    """What belongs into the user's calendar: his own, those of his people, those that he holds or hosts."""
    mine = Interview.objects.seen_by(user)
    if user.role == Role.EMPLOYER:
        mine = mine.filter(recruiter=user)
    elif user.role == Role.PARK:
        # He may see whatever takes place in a booth, but not all of that is his to attend.
        people = Q(application__worker__in=user.delegations.live().values("worker"))
        mine = mine.filter(
            people | Q(pk__in=Interview.objects.filter(seats__user=user, seats__revoked_at=None).values("pk"))
        )
    # One whose time was given back stays as a cancelled entry: not every program takes out what is there no more.
    gone = Q(starts_at=None, state__in=GONE)
    mine = (
        mine.filter(Q(starts_at__isnull=False) | gone)
        .annotate(was_at=_was_at())
        .alias(at=Coalesce("starts_at", "was_at"))
    )
    return mine.filter(at__gte=now - PAST, at__lt=now + COMING)


def _was_at() -> Subquery:
    """The time that was arranged last."""
    events = InterviewEvent.objects.filter(interview=OuterRef("pk"), starts_at__isnull=False)
    return Subquery(events.order_by("-pk").values("starts_at")[:1])


def with_names(rows: InterviewQuerySet) -> InterviewQuerySet:
    """The rows with all that an entry says, in the order of time."""
    rows = rows.select_related("application__posting__employer", "application__worker", "booth", "sitting")
    return rows.defer("application__posting__search", "application__posting__duties").order_by("starts_at", "pk")


def calendar_of(interviews: Iterable[Interview], *, reader: Any, name: str = "") -> bytes:
    """The file. The same interviews give the same bytes, so that an unchanged feed has an unchanged ETag."""
    calendar = Calendar()
    calendar.add("prodid", "-//Jinba//interviews//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for interview in interviews:
        if (times := times_of(interview)) is not None:
            calendar.add_component(_entry(interview, *times, reader=reader))
    return calendar.to_ical()


def times_of(interview: Interview) -> tuple[datetime, datetime] | None:
    """From when until when it is, or was to be before its time was given back; None when it never had a time."""
    if interview.starts_at and interview.ends_at:
        return interview.starts_at, interview.ends_at
    if hasattr(interview, "was_at"):
        starts_at = interview.was_at
    else:
        starts_at = Interview.objects.filter(pk=interview.pk).values_list(_was_at(), flat=True).get()
    return (starts_at, starts_at + timedelta(minutes=interview.sitting.minutes)) if starts_at else None


def _entry(interview: Interview, starts_at: datetime, ends_at: datetime, *, reader: Any) -> Event:
    """One VEVENT."""
    is_gone = interview.state in GONE
    entry, page = Event(), settings.SITE_URL.rstrip("/") + interview.get_absolute_url()
    entry.add("uid", f"interview-{interview.pk}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}")
    entry.add("sequence", interview.changes)
    entry.add("dtstamp", interview.updated_at)
    entry.add("last-modified", interview.updated_at)
    entry.add("created", interview.created_at)
    entry.add("dtstart", starts_at)
    entry.add("dtend", ends_at)
    entry.add("summary", _summary(interview, reader))
    entry.add("status", "CANCELLED" if is_gone else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if is_gone else "OPAQUE")
    entry.add("class", "PRIVATE")
    entry.add("location", _where(interview))
    entry.add("url", page)
    entry.add("description", _description(interview, reader, page))
    if interview.state == State.CONFIRMED:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _summary(interview, reader))
        alarm.add("trigger", -ALARM)
        entry.add_component(alarm)
    return entry


def _summary(interview: Interview, reader: Any) -> str:
    """Workers read where, others besides whom: by a name that a calendar on somebody's screen does not give away."""
    posting = interview.application.posting
    word = {State.CANCELLED: "（已取消）", State.RESCHEDULING: "（改期中）"}.get(State(interview.state), "")
    name = interview.application.worker.masked_name
    if reader.role == Role.EMPLOYER:
        return f"面试{word}：{name}，{posting.title}"
    if reader.role == Role.SEEKER:
        return f"面试{word}：{posting.title}（{posting.employer.name}）"
    what = "陪同面试" if interview.helper_id == reader.pk else "面试"
    return f"{what}{word}：{name}，{posting.title}（{posting.employer.name}）"


def _where(interview: Interview) -> str:
    if interview.booth:
        return f"{interview.booth.name}，{interview.booth.place}"
    if interview.mode == Mode.ONSITE:
        return interview.sitting.place or interview.application.posting.address
    return HOW[Mode(interview.mode)]


def _description(interview: Interview, reader: Any, page: str) -> str:
    lines = []
    if reader.role != Role.EMPLOYER and interview.mode == Mode.VIDEO:
        lines.append("开始前 30 分钟起，打开下面的网页，点“进入面试”就行，不用装软件。")
    if interview.booth and interview.booth.note:
        lines.append(interview.booth.note)
    if reader.role == Role.SEEKER and interview.sitting.note:
        lines.append(interview.sitting.note)
    lines.append(f"要改时间、取消，也在这里：{page}")
    return "\n".join(lines)
