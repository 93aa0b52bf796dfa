"""Many workers at once: a roster is sent, checked, decided on, confirmed, and registered all or nothing."""

from labor.workers.actions.batches.checking import check
from labor.workers.actions.batches.keeping import call_hands, forget
from labor.workers.actions.batches.registering import register_people
from labor.workers.actions.batches.reporting import report
from labor.workers.actions.batches.sending import choose, confirm, consented_text, drop, upload

__all__ = [
    "call_hands",
    "check",
    "choose",
    "confirm",
    "consented_text",
    "drop",
    "forget",
    "register_people",
    "report",
    "upload",
]
