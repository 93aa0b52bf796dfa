"""What the console asks every two seconds: figures, cards, what waits for an answer or a decision. Few queries."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from labor.live import viewers
from labor.live.actions import pictures
from labor.live.actions.saying import bans_in_force
from labor.live.cards import card_json, cards_of
from labor.live.choices import MessageKind, MessageState, State
from labor.live.models import Ban, LiveApplication, LiveSession, Message, Pin, Room
from labor.live.names import shown_name
from labor.live.page import playlist_of

MOST = 100  # of each list; `open_questions` and `held_lines` say how many there are


def desk(session: LiveSession) -> dict[str, Any]:
    now = timezone.now()
    # The number first: what comes meanwhile comes again as an entry.
    room = Room.objects.get(pk=session.pk)
    pinned = Pin.objects.filter(session=session, to_at__isnull=True).values_list("card_id", "from_at").first()
    questions, open_questions = _lines(open_of(session))
    held, held_lines = _lines(Message.objects.filter(session=session, state=MessageState.HELD))
    return {
        "state": session.state,
        "is_on_air": room.is_on_air,
        "video": playlist_of(session),
        "is_arriving": session.state == State.ANNOUNCED and pictures.program_sends(session=session),
        "live_at": _iso(session.live_at),
        "viewers": viewers.now_of(session.pk),
        "likes": room.likes,
        "applications": LiveApplication.objects.filter(session=session).count(),
        "pinned": pinned[0] if pinned else None,
        "pinned_at": _iso(pinned[1]) if pinned else None,
        "cards": [{**card_json(card), "order": card.order, "note": card.note} for card in cards_of(session)],
        "questions": [_line(message) for message in questions],
        "open_questions": open_questions,
        "held": [{**_line(message), "kind": message.kind, "why": message.held_for} for message in held],
        "held_lines": held_lines,
        "bans": [_ban(ban, session) for ban in _bans(session, now)],
        "last": room.last_seq,
        "announcement": room.announcement,
        "slow": session.slow_seconds,
    }


def open_of(session: LiveSession) -> Any:
    """The questions of a session that nobody has answered."""
    return Message.objects.filter(
        session=session, kind=MessageKind.QUESTION, state=MessageState.SHOWN, answered_at__isnull=True
    )


def _lines(rows: Any) -> tuple[list[Message], int]:
    """The oldest, who wait longest; and how many there are. Counted only when they are not all there."""
    found = list(rows.order_by("pk")[: MOST + 1])
    return found[:MOST], rows.count() if len(found) > MOST else len(found)


def _line(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "name": message.shown_name,
        "text": message.text,
        "card": message.card_id,
        "at": message.at.isoformat(),
    }


def _bans(session: LiveSession, now: datetime) -> list[Ban]:
    here = Q(session=session) | Q(user__in=Message.objects.filter(session=session).values("author"))
    rows = bans_in_force(session=session, now=now).filter(here)
    return list(rows.select_related("user", "message").order_by("-pk")[:MOST])


def _ban(ban: Ban, session: LiveSession) -> dict[str, Any]:
    # What was said in another room is that room's: of a ban in all rooms the others learn the reason.
    said = ban.message if ban.message is not None and ban.message.session_id == session.pk else None
    return {
        "id": ban.pk,
        "name": said.shown_name if said else shown_name(session=session, user=ban.user, is_crew=False),
        "text": said.text if said else "",
        "reason": ban.get_reason_display(),
        "until": _iso(ban.until),
        "everywhere": ban.session_id is None,
        "at": ban.at.isoformat(),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
