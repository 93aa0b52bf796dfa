"""When in a session somebody tapped: signed when the sheet opens, so that the time of signing in does not count."""

from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.utils import timezone

from labor.live.chapters import chapters
from labor.live.choices import State
from labor.live.models import Card, LiveSession, Replay

SALT = "labor.live.moments"
LONGEST = timedelta(hours=1)  # a sheet that stood open longer tells the moment of applying


def stamp() -> str:
    """Now, to be handed back."""
    return signing.dumps(timezone.now().timestamp(), salt=SALT)


def moment(token: str) -> datetime:
    """The moment of a stamp; now for one that is old or not ours."""
    now = timezone.now()
    try:
        at = datetime.fromtimestamp(
            signing.loads(token, salt=SALT, max_age=LONGEST), tz=timezone.get_current_timezone()
        )
    except (signing.BadSignature, TypeError, ValueError, OverflowError):
        return now
    return min(at, now)


def second_live(session: LiveSession, at: datetime) -> int:
    """Whole seconds from the start to `at`, never after the end; 0 before the start."""
    if session.live_at is None:
        return 0
    if session.ended_at is not None:
        at = min(at, session.ended_at)
    return max(0, int((at - session.live_at).total_seconds()))


def position_of(text: str, *, seconds: float) -> float:
    """The position that a page sent, within the replay."""
    try:
        position = float(text)
    except ValueError:
        return 0.0
    return min(position, seconds) if position >= 0 else 0.0  # nor what is no number


def of_tap(session: LiveSession, card: Card, at: datetime, position: str) -> dict[str, Any]:
    """What an application is remembered with that somebody tapped for at `at`.

    Of the broadcast by our clock, of the replay by the page's word within its length. Who tapped while it was on air
    comes out of the broadcast, though the replay is there by now.
    """
    if session.state == State.REPLAY and (session.ended_at is None or at > session.ended_at):
        return of_replay(session, card, position)
    return {"second": second_live(session, at), "is_replay": False}


def of_replay(session: LiveSession, card: Card, text: str) -> dict[str, Any]:
    """What an application out of the replay is remembered with: the second, and whether the card was shown then."""
    replay = Replay.objects.filter(session=session).first()
    if replay is None:
        return {"second": 0, "is_replay": True, "is_pinned": False}
    at = position_of(text, seconds=replay.seconds)
    is_pinned = any(one.card == card.pk and one.at <= at < one.until for one in chapters(replay))
    return {"second": int(at), "is_replay": True, "is_pinned": is_pinned}
