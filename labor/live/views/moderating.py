"""What the crew does in the room from its console: cards, questions, order."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from jinba.core.json_doors import Body, number_of
from labor.live.actions import pinning
from labor.live.models import Card, LiveSession
from labor.live.views.doors import studio_door


@require_POST
@studio_door
def pin(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{card} → {pinned, since}."""
    card = get_object_or_404(Card, session=session, pk=number_of(body, "card", 0))
    made = pinning.pin(card=card, by=request.user)
    return {"pinned": made.card_id, "since": made.from_at.isoformat()}


@require_POST
@studio_door
def unpin(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    pinning.unpin(session=session, by=request.user)
    return {"pinned": None}
