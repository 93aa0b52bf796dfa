"""Planning a session: made, changed, called off. What an officer approved and is changed has to be approved again."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from employers.models import Employer, Member
from employers.problems import Incomplete
from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from jinba.core.masking import masked_text
from labor.live import platforms
from labor.live.actions import reserving, studios, telling
from labor.live.actions.history import must_move, shift
from labor.live.choices import Side, State
from labor.live.models import LiveSession, Room, SessionEvent, Studio
from labor.live.planners import may_plan

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=6)
AHEAD = timedelta(days=90)
MOST_SLOW = 300  # seconds between two messages of one viewer
LENGTHS = {"title": 60, "intro": 500, "emergency_plan": 500}
NOT_YOURS = "这场直播由主办方安排，您不能改。"
NO_EMPLOYER = "您还不是任何单位的成员，不能办直播。"

# May change while it is planned; what an officer looked at is approved again after a change.
FIELDS = (
    *("title", "intro", "starts_at", "ends_at", "studio", "platform", "platform_url", "emergency_plan"),
    "slow_seconds",
)
HARMLESS = frozenset({"studio", "slow_seconds"})
# Another way of showing it has another rehearsal.
REHEARSED_WITH = frozenset({"platform", "platform_url"})


@patient
def create(*, by: Any, slip: str = "", **fields: Any) -> LiveSession:
    """A session in planning, hosted by the employer of `by`, or by the zone for its staff; `FIELDS` say what it is.

    A form that is sent twice (`slip`) makes one.
    """
    if slip and (made := LiveSession.objects.filter(made_by=by, slip=slip).first()):
        return made
    session = LiveSession(host=_host_of(by), made_by=by, slip=slip, stream=secrets.token_hex(16))
    _write(session, fields)
    try:
        with transaction.atomic():
            session.save()
    except IntegrityError:  # both taps of a double tap came this far
        return LiveSession.objects.get(made_by=by, slip=slip)
    Room.objects.create(session=session)
    SessionEvent.objects.create(session=session, to_state=State.PLANNED, side=Side.CREW, by=by)
    studios.book(session=session)
    return session


@patient
def change(*, session: LiveSession, by: Any, **fields: Any) -> LiveSession:
    """What is planned says something else now. Approved already, it goes back to planned unless it is `HARMLESS`."""
    session = locked_one(LiveSession.objects.select_related("host"), pk=session.pk)
    must_plan(session=session, by=by)
    must_be_coming(session=session)
    before = {name: getattr(session, name) for name in FIELDS}
    _write(session, fields)
    changed = {name for name in FIELDS if getattr(session, name) != before[name]}
    if not changed:
        return session
    if changed & REHEARSED_WITH:
        session.rehearsed_at, session.rehearsal = None, {}
    session.save(update_fields=[*changed, "rehearsed_at", "rehearsal", "updated_at"])
    if changed & {"starts_at", "ends_at", "studio"}:
        studios.book(session=session)
    if changed - HARMLESS:
        plan_again(session=session, by=by, reason="改了内容")
    return session


def problems(*, session: LiveSession | None, **fields: Any) -> dict[str, str]:
    """Which of these fields break a rule, each with its sentence, when they are not all that it takes; writes nothing.

    So that a form which could be read in part tells all that is wrong with it at once.
    """
    try:
        _write(copy(session) if session else LiveSession(), fields)
    except Incomplete as refusal:
        return {name: words for name, words in refusal.problems.items() if name in fields}
    return {}


def plan_again(*, session: LiveSession, by: Any, reason: str) -> None:
    """What waits for approval, or has it, is planned again; part of an action that changed what was to be approved."""
    if session.state in (State.REVIEW, State.ANNOUNCED):
        reserving.stop_reminding(session=session)
        shift(
            session=session, to=State.PLANNED, side=Side.CREW, by=by, reason=reason, approved_at=None, approved_by=None
        )


@patient
def cancel(*, session: LiveSession, by: Any, reason: str) -> LiveSession:
    """It does not take place; crew and those who reserved read why. A second tap changes nothing."""
    reason = checked_reason(reason=reason)
    session = locked_one(LiveSession.objects.select_related("host"), pk=session.pk)
    side = Side.OFFICER if by.is_staff else Side.CREW
    if side == Side.CREW:
        must_plan(session=session, by=by)
    if session.state == State.CANCELLED:
        return session
    must_move(session=session, to=State.CANCELLED, side=side)
    was_announced = session.announced_for is not None
    reserving.stop_reminding(session=session)
    event = shift(session=session, to=State.CANCELLED, side=side, by=by, reason=reason)
    studios.release(session=session)
    telling.cancelled(session=session, event=event)
    if was_announced:
        reserving.tell_cancelled(session=session)
    return session


# For the other actions -----------------------------------------------------------------------------------------------


def must_plan(*, session: LiveSession, by: Any) -> None:
    if not may_plan(by, session):
        raise Refused(NOT_YOURS)


def must_be_coming(*, session: LiveSession) -> None:
    """Refused once it is on air or over: then nothing of the plan changes."""
    if session.state not in (State.PLANNED, State.REVIEW, State.ANNOUNCED):
        raise Refused(f"这场直播{session.get_state_display()}，不能再改了。")


def checked_reason(*, reason: str) -> str:
    reason = masked_text(" ".join(reason.split()))
    if not reason:
        raise Refused("请写一句原因。", field="reason")
    if len(reason) > 200:
        raise Refused("原因请写在 200 个字以内。", field="reason")
    return reason


# Inside --------------------------------------------------------------------------------------------------------------


def _host_of(by: Any) -> Employer | None:
    if by.role == Role.PARK:
        return None
    member = Member.objects.select_related("employer").filter(user=by).first() if by.role == Role.EMPLOYER else None
    if member is None:
        raise Refused(NO_EMPLOYER)
    return member.employer


def _write(session: LiveSession, fields: dict[str, Any]) -> None:
    """Put the fields on the session; Incomplete with every rule that they break."""
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"not fields of a session's plan: {sorted(unknown)}")
    was = (session.starts_at, session.ends_at, session.studio)
    found: dict[str, str] = {}
    for name, value in fields.items():
        with _noted(found):
            setattr(session, name, _text(name, value) if name in LENGTHS else value)
    with _noted(found):
        if not session.title and "title" not in found:
            raise Refused("请写标题。", field="title")
    if {"platform", "platform_url"} & fields.keys():
        with _noted(found):
            session.platform, session.platform_url = platforms.checked(session.platform, session.platform_url)
    with _noted(found):
        if not 0 <= session.slow_seconds <= MOST_SLOW:
            raise Refused(f"发言间隔是 0 到 {MOST_SLOW} 秒。", field="slow_seconds")
    if was[:2] != (session.starts_at, session.ends_at):
        with _noted(found):
            _check_start(session.starts_at)
        with _noted(found):
            _check_end(session.starts_at, session.ends_at)
    with _noted(found):
        _check_studio(session.studio)
        if was != (session.starts_at, session.ends_at, session.studio) and not {"starts_at", "ends_at"} & found.keys():
            studios.look(session=session)
    if found:
        raise Incomplete(found)


@contextmanager
def _noted(found: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        found[refusal.field or ""] = refusal.message


def _text(name: str, value: str) -> str:
    """What goes out to everybody bears nobody's number. A title stands on one line."""
    value = masked_text(" ".join(value.split()) if name == "title" else value.replace("\r\n", "\n").strip())
    if len(value) > LENGTHS[name]:
        raise Refused(f"请写在 {LENGTHS[name]} 个字以内。", field=name)
    return value


def _check_start(starts_at: datetime | None) -> None:
    now = timezone.now()
    if starts_at is None:
        raise Refused("请写几点到几点。", field="starts_at")
    if starts_at.timestamp() % 60:
        raise Refused("时间请填到整分钟。", field="starts_at")
    if starts_at <= now:
        raise Refused("开播时间已经过了，请换一个。", field="starts_at")
    if starts_at > now + AHEAD:
        raise Refused(f"太远了，请排在 {AHEAD.days} 天以内。", field="starts_at")


def _check_end(starts_at: datetime | None, ends_at: datetime | None) -> None:
    if ends_at is None:
        raise Refused("请写几点到几点。", field="ends_at")
    if starts_at is None or starts_at.timestamp() % 60:
        return  # told already
    if ends_at.timestamp() % 60:
        raise Refused("时间请填到整分钟。", field="ends_at")
    if ends_at < starts_at + SHORTEST:
        raise Refused(f"结束要在开播之后，至少 {SHORTEST.seconds // 60} 分钟。", field="ends_at")
    if ends_at > starts_at + LONGEST:
        raise Refused(f"一场最长 {LONGEST.seconds // 3600} 小时，再长请分成几场。", field="ends_at")


def _check_studio(studio: Studio | None) -> None:
    if studio is not None and not studio.is_active:
        raise Refused(f"{studio}现在不能用，请换一间。", field="studio")
