"""What the crew does in the room from its console: cards, questions, order."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from jinba.core.errors import Refused
from jinba.core.json_doors import UNREADABLE, Body, is_true, number_of, text_of
from labor.live.actions import answering, moderating, pinning
from labor.live.desk import desk as desk_of
from labor.live.models import Ban, Card, LiveSession, Message
from labor.live.views.doors import studio_door


@studio_door("GET", "HEAD")
def desk(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    return desk_of(session)


@studio_door("POST")
def pin(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{card} → {pinned, since}."""
    made = pinning.pin(card=_card(session, body), by=request.user)
    return {"pinned": made.card_id, "since": made.from_at.isoformat()}


@studio_door("POST")
def unpin(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    pinning.unpin(session=session, by=request.user)
    return {"pinned": None}


@studio_door("POST")
def announce(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{text} → {announcement}; an empty text takes it away."""
    room = moderating.announce(session=session, by=request.user, text=text_of(body, "text"))
    return {"announcement": room.announcement}


@studio_door("POST")
def slow(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{seconds} → {slow}."""
    seconds = number_of(body, "seconds")
    if seconds is None:
        raise Refused(UNREADABLE, field="seconds")
    changed = moderating.slow(session=session, by=request.user, seconds=seconds)
    return {"slow": changed.slow_seconds}


@studio_door("POST")
def answer(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{message, text} or {message, voice: true}, and {keep: bool, card: id} → {message, kept: bool}.

    An empty card says that it is about no posting: then it is kept at none, whatever was asked at first.
    """
    is_general = "card" in body and not body["card"]
    kept = answering.answer(
        message=_message(session, body),
        by=request.user,
        text=text_of(body, "text"),
        by_voice=is_true(body, "voice"),
        keep_as_faq=is_true(body, "keep") and not is_general,
        card=_card(session, body) if body.get("card") else None,
    )
    return {"message": number_of(body, "message"), "kept": kept is not None}


@studio_door("POST")
def hide(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{message, reason} → {message, state}."""
    message = moderating.hide(message=_message(session, body), by=request.user, reason=text_of(body, "reason"))
    return {"message": message.pk, "state": message.state}


@studio_door("POST")
def show(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{message} → {message, state}."""
    message = moderating.show(message=_message(session, body), by=request.user)
    return {"message": message.pk, "state": message.state}


@studio_door("POST")
def ban(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{message, reason, minutes?, everywhere?, note?} → {ban}: the author of a line; without minutes to the end."""
    message = _message(session, body)
    made = moderating.ban(
        session=session,
        user=message.author,
        by=request.user,
        reason=text_of(body, "reason"),
        minutes=number_of(body, "minutes", 0) or None,
        message=message,
        everywhere=is_true(body, "everywhere"),
        note=text_of(body, "note"),
    )
    return {"ban": made.pk, "until": made.until.isoformat() if made.until else None}


@studio_door("POST")
def unban(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{ban} → {ban}."""
    rows = Ban.objects.filter(Q(session=session) | Q(session__isnull=True)).select_related("session")
    lifted = moderating.unban(ban=get_object_or_404(rows, pk=number_of(body, "ban", 0)), by=request.user)
    return {"ban": lifted.pk}


def _card(session: LiveSession, body: Body) -> Card:
    return get_object_or_404(Card, session=session, pk=number_of(body, "card", 0))


def _message(session: LiveSession, body: Body) -> Message:
    rows = Message.objects.select_related("session", "author")
    return get_object_or_404(rows, session=session, pk=number_of(body, "message", 0))
