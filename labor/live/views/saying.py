"""Where viewers speak and ask."""

from typing import Any

from django.http import HttpRequest

from jinba.core.errors import Refused
from jinba.core.json_doors import Body, number_of, text_of, uuid_of
from labor.live.actions import saying
from labor.live.choices import MessageKind, MessageState
from labor.live.models import Card, LiveSession
from labor.live.views.doors import room_door

SIGN_IN = "登录以后就能说话，登录完回到这里。"


@room_door("POST")
def say(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{text, kind: chat|question, client_id, card?} → {id, state: shown|held, name, text, detail}."""
    if not request.user.is_authenticated:
        raise Refused(SIGN_IN)
    kind = text_of(body, "kind") or MessageKind.CHAT
    if kind not in MessageKind.values:
        raise Refused("请刷新再试。", field="kind")
    message = saying.say(
        session=session,
        by=request.user,
        text=text_of(body, "text"),
        kind=kind,
        client_id=uuid_of(body, "client_id"),
        card=_card(session, body),
    )
    is_held = message.state != MessageState.SHOWN
    return {
        "id": message.pk,
        # Hidden since: a repetition that comes late is told no more than at first.
        "state": MessageState.HELD if is_held else MessageState.SHOWN,
        "kind": message.kind,
        "name": message.shown_name,
        "text": message.text,
        "why": message.held_for if is_held else "",
        "detail": saying.HELD_WORDS if is_held else "",
    }


def _card(session: LiveSession, body: Body) -> Card | None:
    pk = number_of(body, "card")
    if not pk:
        return None
    found = Card.objects.filter(session=session, pk=pk).first()
    if found is None:
        raise Refused(saying.OTHER_CARD, field="card")
    return found
