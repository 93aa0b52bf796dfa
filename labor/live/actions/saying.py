"""Speaking in the room. Who reads may be anybody; who speaks has shown that a telephone is his."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from employers.actions import lexicon
from employers.lexicon import Matcher
from employers.models import Member
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from jinba.core.memory import Memory
from jinba.core.spoken import when
from jinba.notices.actions import tell_all
from labor.live.actions import entries
from labor.live.choices import EntryKind, MessageKind, MessageState, State
from labor.live.crew import is_crew
from labor.live.models import Ban, Card, CrewMember, LiveSession, Message, Room
from labor.live.names import shown_name
from labor.live.speaking_rules import AGAIN, LONGEST, clean, crew_must_not, plain_key, why_held

BEFORE_START = timedelta(minutes=30)
AFTER_END = timedelta(hours=1)  # the replay is being made, and questions still find somebody
A_MINUTE = 10
MINUTE = timedelta(minutes=1)
REPEATED_WITHIN = timedelta(minutes=10)
LAST_LOOKED_AT = 20
HELD_WORDS = "已发送，主播看过后显示。"
NO_PHONE = "用手机号登录以后才能说话。"
OTHER_CARD = "这个岗位不在这场直播里，请刷新再试。"
# The phrases that count; built from the database once in a while, not for each line.
lexicon_kept = Memory(size=1, seconds=60)


class TooFast(Refused):
    """The same would be taken in `retry` seconds."""

    def __init__(self, message: str, *, retry: int) -> None:
        super().__init__(message)
        self.retry = retry


def matcher() -> Matcher:
    found: Matcher = lexicon_kept.get_or_make("current", lexicon.current)
    return found


def say(*, session: LiveSession, by: Any, text: str, kind: str, client_id: UUID, card: Card | None = None) -> Message:
    """A line for all in the room, or a question; held lines are only seen by the crew. Sent twice it is one.

    Refused with TooFast when it comes too soon after the last, with the seconds that are left.
    """
    text = clean(text)
    if not text:
        raise Refused("请先写点什么。", field="text")
    if len(text) > LONGEST:
        raise Refused(f"一次最多写 {LONGEST} 个字，现在有 {len(text)} 个字。", field="text")
    crew = is_crew(session=session, user=by)
    if not crew and not by.phone_index:
        raise Refused(NO_PHONE)
    if crew and (wrong := crew_must_not(text, matcher())):
        raise Refused(wrong, field="text")
    held_for = "" if crew else why_held(text, matcher())
    return _write(session.pk, by, text, MessageKind(kind), client_id, card, crew, held_for)


@patient
def _write(
    session_id: int, by: Any, text: str, kind: MessageKind, client_id: UUID, card: Card | None, crew: bool,
    held_for: str,
) -> Message:  # fmt: skip
    # With the room's row lines come one after the other: no ban, no end of the session slips in between.
    locked_one(Room.objects.all(), pk=session_id)
    session = LiveSession.objects.get(pk=session_id)
    mine = Message.objects.filter(session=session, author=by)
    if (said := mine.filter(client_id=client_id).first()) is not None:
        return said
    now = timezone.now()
    may_speak(session=session, kind=kind, now=now)
    if card is not None and (card.session_id != session.pk or card.removed_at is not None):
        raise Refused(OTHER_CARD, field="card")
    if not crew:
        _must_not_be_banned(session, by, now)
        _must_not_hurry(session, mine, now)
        held_for = held_for or _said_again(mine, text, now)
    message = Message.objects.create(
        session=session,
        author=by,
        shown_name=shown_name(session=session, user=by, is_crew=crew),
        is_crew=crew,
        kind=kind,
        text=text,
        card=card,
        state=MessageState.HELD if held_for else MessageState.SHOWN,
        held_for=held_for,
        client_id=client_id,
        at=now,
    )
    if not held_for:
        publish(message=message)
    if kind == MessageKind.QUESTION and not crew and session.state != State.LIVE:
        _tell(message, session, now)
    return message


def _tell(message: Message, session: LiveSession, now: Any) -> None:
    """Nobody is on air to hear it: the crew and the firm that is asked get word, once a day for a session."""
    readers = set(CrewMember.objects.filter(session=session).values_list("user_id", flat=True))
    firm = message.card.posting.employer_id if message.card is not None else session.host_id
    readers |= set(Member.objects.filter(employer=firm).values_list("user_id", flat=True))
    tell_all(
        recipient_ids=sorted(readers),
        kind="live.asked",
        dedupe_key=f"live:{session.pk}:asked:{timezone.localdate(now):%Y%m%d}",
        title=f"直播有人提问：{session.title}",
        body="看回放的人也在问，答复以后他们会收到消息。",
        url="/studio/questions/",
    )


def publish(*, message: Message, **data: Any) -> None:
    """The room learns of a line; part of an action that has the room's row."""
    kind = EntryKind.ASKED if message.kind == MessageKind.QUESTION else EntryKind.SAID
    entries.add(session_id=message.session_id, kind=kind, message=message, data=data)


def may_speak(*, session: LiveSession, kind: str, now: Any) -> None:
    """Refused with the reason when nobody can speak now: before its time, or afterwards other than to ask."""
    if session.state == State.LIVE:
        return
    if session.state == State.ANNOUNCED:
        if now >= session.starts_at - BEFORE_START:
            return
        raise Refused("开播前半小时起可以说话。可以先预约，开播前我们提醒您。")
    can_ask = session.state == State.REPLAY or (
        session.state == State.ENDED and session.ended_at is not None and now < session.ended_at + AFTER_END
    )
    if not can_ask:
        raise Refused("这场直播已经结束，不能再说话了。" if session.live_at else "这场直播现在不能说话。")
    if kind != MessageKind.QUESTION:
        raise Refused("直播已经结束。想问什么可以提问，用人单位会来答复。")


def bans_in_force(*, session: LiveSession, now: Any) -> Any:
    """Of this session and of all sessions."""
    open_end = Q(until__isnull=True) | Q(until__gt=now)
    return Ban.objects.filter(open_end, Q(session=session) | Q(session__isnull=True), lifted_at__isnull=True)


def _must_not_be_banned(session: LiveSession, by: Any, now: Any) -> None:
    found = list(bans_in_force(session=session, now=now).filter(user=by))
    if not found:
        return
    longest = next((ban for ban in found if ban.until is None), None) or max(found, key=lambda ban: ban.until)
    where = "这场直播里" if longest.session_id else "直播里"
    until = f"，到{when(longest.until)}为止" if longest.until else ""
    raise Refused(f"您在{where}不能说话{until}。原因：{longest.get_reason_display()}。还可以看、可以报名。")


def _must_not_hurry(session: LiveSession, mine: Any, now: Any) -> None:
    lately = list(mine.filter(at__gt=now - MINUTE).order_by("-at").values_list("at", flat=True)[:A_MINUTE])
    if not lately:
        return
    left = session.slow_seconds - (now - lately[0]).total_seconds()
    if left > 0:
        seconds = -int(-left // 1)
        raise TooFast(f"说得有点快，请等 {seconds} 秒再发。", retry=seconds)
    if len(lately) >= A_MINUTE:
        seconds = max(1, -int(-(lately[-1] + MINUTE - now).total_seconds() // 1))
        raise TooFast(f"一分钟最多说 {A_MINUTE} 句，请等 {seconds} 秒再发。", retry=seconds)


def _said_again(mine: Any, text: str, now: Any) -> str:
    recent = mine.filter(at__gt=now - REPEATED_WITHIN).order_by("-at").values_list("text", flat=True)
    key = plain_key(text)
    return AGAIN if any(plain_key(said) == key for said in recent[:LAST_LOOKED_AT]) else ""
