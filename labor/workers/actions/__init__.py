"""What workers do, and what is done for them. Use: `from labor.workers import actions as workers`."""

from labor.workers.actions import consents, delegations
from labor.workers.actions.coming import claim, register, unlock_claim
from labor.workers.actions.grouping import GROUP_ALPHABET, join_group, leave_group, make_group, start_group
from labor.workers.actions.identity import set_resident_id
from labor.workers.actions.revealing import reveal
from labor.workers.actions.telling import answer, set_personalised

__all__ = [
    "GROUP_ALPHABET",
    "answer",
    "claim",
    "consents",
    "delegations",
    "join_group",
    "leave_group",
    "make_group",
    "register",
    "reveal",
    "set_personalised",
    "set_resident_id",
    "start_group",
    "unlock_claim",
]
