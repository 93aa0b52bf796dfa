"""All that the page of one interview says to its worker, and to whoever helps him."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.spoken import left, near
from labor.applications.choices import Stage
from labor.interviews.actions.changing import PATIENCE, talks_with_others
from labor.interviews.calendars import GONE, times_of
from labor.interviews.cards import may_sit, result_of, wants_answer
from labor.interviews.choices import TIMED, CancelReason, Mode, Side, State
from labor.interviews.choosing import pick_of
from labor.interviews.models import Interview
from labor.interviews.models.sittings import OPENS_BEFORE
from labor.interviews.recordings import has_film
from labor.interviews.words import history_words
from labor.workers.acting import authority

# The way in is asked for again so often while something may change.
SOON, SOON_SECONDS, QUEUE_SECONDS = timedelta(hours=1), 30, 10
HOW = {
    Mode.VIDEO: "用手机就行，点一下进入，不用装软件",
    Mode.PHONE: "打电话",
    Mode.ONSITE: "到现场",
}


def frame(reader: Any) -> str:
    return "base_seeker.html" if reader.role == Role.SEEKER else "base_staff.html"


def page_of(
    interview: Interview, *, reader: Any, now: datetime, chosen: dict[str, str] | None = None, error: str = ""
) -> dict[str, Any]:
    """The context of `interviews/detail.html` and its pieces; `chosen` and `error` come from a form that failed."""
    application, state = interview.application, State(interview.state)
    posting, worker = application.posting, application.worker
    acts = can_act(interview, reader)
    is_helper = reader.role != Role.SEEKER
    picks = acts and (wants_answer(interview) or bool(error))
    return {
        "interview": interview,
        "posting": posting,
        "base": frame(reader),
        "acts_for": worker.name if is_helper and acts else "",
        "looks_at": worker.masked_name if is_helper and not acts else "",
        "now": now_of(interview, reader=reader, now=now),
        "missed": missed_by(posting.employer_id),
        "facts": _facts(interview, now),
        "pick": pick_of(interview, reader=reader, now=now, chosen=chosen or {}, error=error) if picks else None,
        "has_film": acts and has_film(interview),
        "can_calendar": state in TIMED,
        # Whoever has the old time in his calendar gets it out with the same file, read again.
        "can_uncalendar": state in GONE and times_of(interview) is not None,
        "can_move": acts and can_move(interview, now),
        "can_place": acts and can_place(interview, now),
        "can_cancel": acts and can_cancel(interview, now),
        "can_miss": acts and can_miss(interview, now),
        "phone": posting.employer.contact_phone if interview.is_open else "",
        "history": history_words(interview, now=now),
        "is_offered": acts and application.stage == Stage.OFFERED,
        "application_url": application.get_absolute_url() if acts or not is_helper else "",
    }


def can_act(interview: Interview, reader: Any) -> bool:
    """Whether he may speak for the worker; a host of a booth may look only."""
    try:
        authority(worker=interview.application.worker, by=reader)
    except Refused:
        return False
    return True


def _has_begun(interview: Interview, now: datetime) -> bool:
    return interview.starts_at is not None and interview.starts_at <= now


def can_place(interview: Interview, now: datetime) -> bool:
    """Whether it can still be decided from where the worker takes part."""
    return interview.state == State.CONFIRMED and interview.mode == Mode.VIDEO and not _has_begun(interview, now)


def can_move(interview: Interview, now: datetime) -> bool:
    """Whether the worker may ask for another time than he has, or than he was offered."""
    if interview.state == State.CONFIRMED:
        return not _has_begun(interview, now)
    return interview.state in (State.PROPOSED, State.RESCHEDULING)


def can_cancel(interview: Interview, now: datetime) -> bool:
    """Whether the worker may still say that he does not come."""
    over = interview.ends_at is not None and interview.ends_at <= now
    return interview.state in (State.PROPOSED, State.CONFIRMED, State.RESCHEDULING) and not over


def can_miss(interview: Interview, now: datetime) -> bool:
    """Whether the worker may say that the employer did not come."""
    waited = interview.starts_at is not None and now >= interview.starts_at + PATIENCE
    is_missing = interview.state == State.CONFIRMED and waited and interview.employer_came_at is None
    return is_missing and not talks_with_others(interview=interview)


def missed_by(employer_id: int) -> int:
    """How often the employer stayed away from its interviews."""
    rows = Interview.objects.filter(state=State.NO_SHOW, no_show_by=Side.EMPLOYER)
    return rows.filter(application__posting__employer=employer_id).count()


def _facts(interview: Interview, now: datetime) -> list[tuple[str, str]]:
    how = HOW[Mode(interview.mode)] if interview.booth is None else "到服务专区的面试间，工作人员帮您接通"
    place = ""
    if interview.booth:
        place = f"{interview.booth.name}，{interview.booth.place}"
    elif interview.mode == Mode.ONSITE:
        place = interview.sitting.place or interview.application.posting.address
    return [
        ("时间", near(interview.starts_at, now) if interview.starts_at else ""),
        ("怎么面", how),
        ("地点", place),
        ("提醒", interview.booth.note if interview.booth else ""),
        ("大约", f"{interview.sitting.minutes} 分钟"),
        ("面试官", interview.recruiter.name),
        ("陪同", interview.helper.name if interview.helper else ""),
        ("企业说", interview.sitting.note),
    ]


def now_of(interview: Interview, *, reader: Any, now: datetime) -> dict[str, Any]:
    """Where it stands this minute: `title`, `text`, the way in and the place in the queue; `poll` in seconds."""
    state = State(interview.state)
    found: dict[str, Any] = {"look": "", "enter": "", "check": "", "queue": None, "poll": 0, "tel": ""}
    if state in TIMED and interview.starts_at and interview.ends_at:
        found |= _timed(interview, reader, now)
    elif state == State.PROPOSED:
        found |= _proposed(interview, now)
    elif state == State.RESCHEDULING:
        title = "请选新的时间" if wants_answer(interview) else "要换时间"
        text = "原来的时间不算了。" if wants_answer(interview) else "原来的时间不算了。企业给了新的时间，就请您选。"
        found |= {"title": title, "text": text, "look": "warm"}
    else:
        title, text = _over(interview)
        found |= {"title": title, "text": text}
    return found


def _proposed(interview: Interview, now: datetime) -> dict[str, Any]:
    if not wants_answer(interview):
        return {"title": "给的时间都被选走了", "text": "企业会再给您时间，有了就告诉您。"}
    until = interview.sitting.answer_by
    text = "能来就点“我来”。" if interview.sitting.is_queue else "请选一个方便的时间。"
    text = f"请在{near(until, now)}之前回答。" if until else text
    return {"title": "企业约您面试", "text": text, "look": "warm"}


def _timed(interview: Interview, reader: Any, now: datetime) -> dict[str, Any]:
    assert interview.starts_at and interview.ends_at
    has_room = interview.mode == Mode.VIDEO
    is_on, sits = has_room and interview.is_on(now), may_sit(interview, reader)
    wait = interview.starts_at - now
    found: dict[str, Any] = {
        "title": "正在面试" if interview.state == State.LIVE else near(interview.starts_at, now),
        "enter": reverse("rooms:room", args=[interview.pk]) if is_on and sits else "",
        "check": reverse("rooms:check", args=[interview.pk]) if has_room and sits else "",
        "look": "warm" if is_on else "note",
        "poll": SOON_SECONDS if -SOON < wait < SOON + OPENS_BEFORE or is_on else 0,
    }
    if interview.queue_number:
        before = before_of(interview)
        called = interview.called_at is not None
        found["queue"] = {"number": interview.queue_number, "before": before, "is_called": called, "is_on": is_on}
        if is_on:
            found["poll"] = QUEUE_SECONDS
    found["text"] = _timed_words(interview, now=now, is_on=is_on, sits=sits)
    return found


def _timed_words(interview: Interview, *, now: datetime, is_on: bool, sits: bool) -> str:
    assert interview.starts_at and interview.ends_at
    over = now > interview.ends_at
    if interview.booth and not is_on and not over:
        return f"还有 {left(interview.starts_at, now)}。请早十分钟到{interview.booth.name}，工作人员帮您接通。"
    if interview.booth and is_on:
        return f"请到{interview.booth.name}，工作人员帮您接通。来不及去，也可以用自己的手机进。"
    if interview.mode == Mode.PHONE:
        wait = "" if now >= interview.starts_at else f"还有 {left(interview.starts_at, now)}。"
        return f"{wait}到时候企业打您的电话，请把手机带在身边，不认识的号码也接一下。"
    if interview.mode == Mode.ONSITE:
        return (
            "" if over else f"还有 {left(interview.starts_at, now)}。" if now < interview.starts_at else "已经开始了。"
        )
    if is_on and not sits:
        return "面试室已经开了，本人用短信里的链接或者自己的账号进。"
    if is_on:
        return "现在可以进了。" if now >= interview.starts_at else "现在就可以进，先试试声音和画面。"
    if over:
        return "时间过了，等企业写结果。"
    minutes = int(OPENS_BEFORE.total_seconds() // 60)
    return f"还有 {left(interview.starts_at, now)}。开始前 {minutes} 分钟起，这里会出现“进入面试”。"


def before_of(interview: Interview) -> int:
    """How many of the queue are called before him."""
    rows = Interview.objects.filter(sitting=interview.sitting_id, state__in=TIMED)
    return rows.filter(queue_number__lt=interview.queue_number).count()


def _over(interview: Interview) -> tuple[str, str]:
    if interview.state == State.NO_SHOW:
        if interview.no_show_by == Side.EMPLOYER:
            return "企业没来", "不是您的问题，已经记下来了。企业想再约，会重新给时间。"
        return "这次您没有到", "有事去不了，下次早点说一声。还想去这家，可以打电话问问。"
    if interview.state == State.CANCELLED:
        reason = CancelReason(interview.cancel_reason).label
        who = {Side.WORKER: "您取消了", Side.EMPLOYER: "企业取消了"}.get(Side(interview.cancelled_by), "取消了")
        return f"{who}这次面试", f"原因：{reason}。"
    result = result_of(interview)
    return "面试完了", f"结果：{result}。" if result else "等企业给结果，有了就告诉您。"
