"""Keeping order in the room: what is held goes out or not, what was said is hidden, who may not speak for a while.

Nothing is deleted: the words stay with who hid them and why, and each entry of the room says who was at work.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from employers.models import PostingAnswer
from jinba.accounts.choices import STAFF_ROLES
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from labor.live.actions import entries
from labor.live.actions.saying import bans_in_force, matcher, publish
from labor.live.choices import EntryKind, HideReason, MessageState, Side, State
from labor.live.crew import is_crew, side_of
from labor.live.models import Ban, LiveSession, Message, Room
from labor.live.speaking_rules import clean, crew_must_not

NOT_YOURS = "您不在这场直播的工作人员里，不能操作。"
NO_REASON = "请选一个原因。"
LONGEST_ANNOUNCEMENT, MOST_SECONDS, LONGEST_BAN = 120, 60, 60 * 24 * 365
LONGEST_NOTE = 200


@patient
def hide(*, message: Message, by: Any, reason: str) -> Message:
    """The words go from the pages of all viewers at once; a held line never reaches them. A second tap is none."""
    _must_keep_order(message.session, by)
    reason = _reason(reason)
    message = _locked(message)
    if message.state == MessageState.HIDDEN:
        return message
    was_shown = message.state == MessageState.SHOWN
    _judge(message, MessageState.HIDDEN, by, reason=reason)
    if was_shown:
        data = {"by": by.pk, "reason": reason}
        entries.add(session_id=message.session_id, kind=EntryKind.HIDDEN, message=message, data=data)
        _hide_answer(message, by)
    return message


@patient
def show(*, message: Message, by: Any) -> Message:
    """A held line goes out, a hidden one comes back; the room gets it under a new number."""
    _must_keep_order(message.session, by)
    message = _locked(message)
    if message.state == MessageState.SHOWN:
        return message
    if not message.text:
        raise Refused("这句话的内容已经删除，不能再显示。")
    _judge(message, MessageState.SHOWN, by)
    publish(message=message, by=by.pk)
    return message


@patient
def ban(
    *,
    session: LiveSession,
    user: Any,
    by: Any,
    reason: str,
    minutes: int | None = None,
    message: Message | None = None,
    everywhere: bool = False,
    note: str = "",
) -> Ban:
    """The person cannot speak in this session, `minutes` long or to its end; officers may say: in none.

    Who bans twice gets the ban that already lasts as long. The crew and officers are never banned.
    """
    side = _must_keep_order(session, by)
    reason = _reason(reason)
    if everywhere and side != Side.OFFICER:
        raise Refused("只有主管部门能在全部直播里禁言。")
    if user.role in STAFF_ROLES or is_crew(session=session, user=user):
        raise Refused("这是直播的工作人员，不能禁言。")
    if minutes is not None and not 1 <= minutes <= LONGEST_BAN:
        raise Refused("禁言最短 1 分钟，最长一年。", field="minutes")
    locked_one(Room.objects.all(), pk=session.pk)  # nothing that he is saying slips past
    now = timezone.now()
    until = now + timedelta(minutes=minutes) if minutes else None
    scope = None if everywhere else session
    for present in bans_in_force(session=session, now=now).filter(user=user, session=scope):
        if _lasts(present.until, until):
            return present
    return Ban.objects.create(
        user=user,
        session=scope,
        message=message if message is not None and message.author_id == user.pk else None,
        reason=reason,
        note=clean(note)[:LONGEST_NOTE],
        by=by,
        at=now,
        until=until,
    )


@patient
def unban(*, ban: Ban, by: Any) -> Ban:
    """He may speak again; the row stays. What officers laid on all sessions, officers lift."""
    if ban.session is None:
        if by.role not in STAFF_ROLES:
            raise Refused("这是主管部门在全部直播里禁的，场控不能解除。")
    else:
        _must_keep_order(ban.session, by)
    ban = locked_one(Ban.objects.all(), pk=ban.pk)
    if ban.lifted_at is None:
        ban.lifted_at, ban.lifted_by = timezone.now(), by
        ban.save(update_fields=["lifted_at", "lifted_by"])
    return ban


@patient
def announce(*, session: LiveSession, by: Any, text: str) -> Room:
    """The line above the room's words; empty takes it away. The same once more changes nothing."""
    _must_be_crew(session, by)
    text = clean(text)
    if len(text) > LONGEST_ANNOUNCEMENT:
        raise Refused(f"公告最多 {LONGEST_ANNOUNCEMENT} 个字，现在有 {len(text)} 个字。", field="text")
    if wrong := crew_must_not(text, matcher()):
        raise Refused(wrong, field="text")
    room = locked_one(Room.objects.all(), pk=session.pk)
    _must_be_open(LiveSession.objects.get(pk=session.pk))
    if room.announcement == text:
        return room
    room.announcement = text
    room.save(update_fields=["announcement"])
    entries.add(session_id=session.pk, kind=EntryKind.ANNOUNCED, data={"text": text, "by": by.pk})
    return room


@patient
def slow(*, session: LiveSession, by: Any, seconds: int) -> LiveSession:
    """So many seconds lie between two lines of one viewer; 0 lets all speak as they like."""
    _must_be_crew(session, by)
    if not 0 <= seconds <= MOST_SECONDS:
        raise Refused(f"间隔填 0 到 {MOST_SECONDS} 秒。", field="seconds")
    session = locked_one(LiveSession.objects.all(), pk=session.pk)
    _must_be_open(session)
    if session.slow_seconds == seconds:
        return session
    session.slow_seconds = seconds
    session.save(update_fields=["slow_seconds", "updated_at"])
    entries.add(session_id=session.pk, kind=EntryKind.SLOWED, data={"seconds": seconds, "by": by.pk})
    return session


def _must_be_crew(session: LiveSession, by: Any) -> None:
    if not is_crew(session=session, user=by):
        raise Refused(NOT_YOURS)


def _must_keep_order(session: LiveSession, by: Any) -> Side:
    """The crew, and officers whoever hosts."""
    side = side_of(session=session, user=by)
    if side not in (Side.CREW, Side.OFFICER):
        raise Refused(NOT_YOURS)
    return side


def _must_be_open(session: LiveSession) -> None:
    if session.state not in (State.ANNOUNCED, State.LIVE):
        raise Refused("这场直播现在没有人在房间里，不用改。")


def _reason(reason: str) -> str:
    if reason not in HideReason.values:
        raise Refused(NO_REASON, field="reason")
    return reason


def _locked(message: Message) -> Message:
    """The message as it is now, with its room locked as whoever speaks locks it."""
    locked_one(Room.objects.all(), pk=message.session_id)
    return Message.objects.get(pk=message.pk)


def _judge(message: Message, state: MessageState, by: Any, *, reason: str = "") -> None:
    message.state, message.hide_reason = state, reason
    message.moderated_by, message.moderated_at = by, timezone.now()
    message.save(update_fields=["state", "hide_reason", "moderated_by", "moderated_at"])


def _hide_answer(message: Message, by: Any) -> None:
    """A question that had to go leaves the posting's page too."""
    if message.card is None or message.answered_at is None:
        return
    for kept in PostingAnswer.objects.shown().filter(posting=message.card.posting_id, question=message.text):
        kept.hidden_at, kept.hidden_by = timezone.now(), by
        kept.hidden_why = f"直播里隐藏了这个问题：{message.get_hide_reason_display()}"
        kept.save(update_fields=["hidden_at", "hidden_by", "hidden_why"])


def _lasts(present: datetime | None, wanted: datetime | None) -> bool:
    """Whether a ban that ends at `present` lasts at least until `wanted`; None is for ever."""
    return present is None or (wanted is not None and present >= wanted)
