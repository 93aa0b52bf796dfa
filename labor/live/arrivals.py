"""From the room to a posting's own page and on to the application: when he left the room, signed, on his own device.

The mark is made by the link's own door (`live:posting`), so nobody gives himself another session, card or second; it
survives signing in on the way, and is no more after two hours.
"""

import time
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from labor.applications.arrivals import Note, tells
from labor.live.actions import applying
from labor.live.models import Card

COOKIE = "from_room"
SALT = "labor.live.arrivals"
SECONDS = 2 * 3600
MOST = 5  # postings that somebody has open beside each other


@dataclass(frozen=True, slots=True)
class Mark:
    """He left the room by this card; `second` as `LiveApplication` keeps it, `at` by our clock."""

    card_id: int
    session_id: int
    second: int
    is_replay: bool
    is_pinned: bool
    at: int


def leave(request: HttpRequest, response: HttpResponse, card: Card, moment: dict[str, Any]) -> None:
    """Let his browser keep where he left; it says nothing about him."""
    moment = {"is_pinned": None, **moment}
    if moment["is_pinned"] is None:
        moment["is_pinned"] = applying.was_pinned(session=card.session, card=card, second=moment["second"])
    mark = Mark(card_id=card.pk, session_id=card.session_id, at=int(time.time()), **moment)
    kept = [one for one in _marks(request) if one.card_id != card.pk][: MOST - 1]
    response.set_cookie(
        COOKIE,
        signing.dumps([astuple(one) for one in (mark, *kept)], salt=SALT),
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@tells
def from_a_room(request: HttpRequest, posting_id: int) -> Note | None:
    """The newest mark that leads to this posting."""
    marks = {one.card_id: one for one in reversed(_marks(request))}
    if not marks:
        return None
    cards = Card.objects.filter(pk__in=marks, posting=posting_id).select_related("session")
    found = [(marks[card.pk], card) for card in cards if card.session_id == marks[card.pk].session_id]
    if not found:
        return None
    mark, card = max(found, key=lambda one: one[0].at)

    def write(application: Any) -> None:
        applying.remember(
            application=application, session=card.session, card=card, second=mark.second, is_replay=mark.is_replay,
            is_pinned=mark.is_pinned, tapped_at=datetime.fromtimestamp(mark.at, UTC),
        )  # fmt: skip

    return write


def _marks(request: HttpRequest) -> list[Mark]:
    """The newest first; none when somebody made them up, and none that are too old."""
    try:
        rows = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
        marks = [Mark(*row) for row in rows]
    except (signing.BadSignature, ValueError, TypeError):
        return []
    return [one for one in marks if one.at > time.time() - SECONDS]
