"""Moving a session: the state and its event in one transaction."""

from typing import Any

from django.utils import timezone

from jinba.core.errors import Refused
from labor.live.choices import Side, State
from labor.live.models import LiveSession, SessionEvent
from labor.live.moves import MOVES


def must_move(*, session: LiveSession, to: State, side: Side) -> None:
    """Refused unless that side may make this move now."""
    if side not in MOVES.get((State(session.state), to), ()):
        raise Refused(f"这场直播现在是“{session.get_state_display()}”，不能改成“{to.label}”。")


def shift(*, session: LiveSession, to: State, side: Side, by: Any, reason: str = "", **fields: Any) -> SessionEvent:
    """Write the move of a locked session with its event; `fields` change in the same update. Part of other actions."""
    must_move(session=session, to=to, side=side)
    now, was = timezone.now(), session.state
    session.state, session.state_reason = to, reason
    for name, value in fields.items():
        setattr(session, name, value)
    session.save(update_fields=["state", "state_reason", *fields, "updated_at"])
    return SessionEvent.objects.create(
        session=session, from_state=was, to_state=to, side=side, by=by, reason=reason, at=now
    )
