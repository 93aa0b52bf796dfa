"""Everything that happens to an application. Use: `from labor.applications import actions as applications`."""

from labor.applications.actions.applying import apply
from labor.applications.actions.closing import close_what_is_left, posting_closed
from labor.applications.actions.consents import withdraw_consent
from labor.applications.actions.inviting import decline_invitation, invite
from labor.applications.actions.merging import merge
from labor.applications.actions.moving import (
    MoveResult,
    accept,
    decline,
    move,
    move_many,
    retract,
    withdraw,
)
from labor.applications.actions.revealing import reveal_contact
from labor.applications.actions.silence import close_silent, days_left, remind
from labor.applications.actions.together import apply_together, go_along, room_words, seats_warning, stay

__all__ = [
    "MoveResult",
    "accept",
    "apply",
    "apply_together",
    "close_silent",
    "close_what_is_left",
    "days_left",
    "decline",
    "decline_invitation",
    "go_along",
    "invite",
    "merge",
    "move",
    "move_many",
    "posting_closed",
    "remind",
    "retract",
    "reveal_contact",
    "room_words",
    "seats_warning",
    "stay",
    "withdraw",
    "withdraw_consent",
]
