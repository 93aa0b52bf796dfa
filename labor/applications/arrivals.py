"""By which way somebody came to a posting, as apps above know it: written down in the transaction that applies.

Applications do not know these apps. Each marks a function in `<app>/arrivals.py`, where it is found by itself.

    @tells
    def from_a_room(request, posting_id): return what writes it down for an application, or None
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Note = Callable[[Any], None]
Tells = Callable[[HttpRequest, int], Note | None]

_tells: dict[str, Tells] = {}


def tells(ask: Tells) -> Tells:
    """Mark a function that knows by which way somebody came."""
    _tells[f"{ask.__module__}.{ask.__qualname__}"] = ask
    return ask


def note_of(request: HttpRequest, posting_id: int) -> Note | None:
    """What `applications.apply` is to write down of the way by which this visitor came; None when nobody knows one."""
    notes = [note for name in sorted(_tells) if (note := _tells[name](request, posting_id)) is not None]
    if not notes:
        return None

    def write(application: Any) -> None:
        for note in notes:
            note(application)

    return write
