"""The room's one list: whatever viewers must learn is an entry with the next number."""

from typing import Any

from django.db.models import F
from django.utils import timezone

from jinba.core.push import push
from labor.live.models import Entry, Message, Room

GROUP = "live"  # each socket server listens to this one; the kind of a nudge names the room


def add(*, session_id: int, kind: str, message: Message | None = None, data: dict[str, Any] | None = None) -> Entry:
    """The next entry of the room; part of an action's transaction.

    The room's row stays locked until commit. So numbers become visible in order: who has seen n will never find
    something at or before n that he had not.
    """
    now = timezone.now()
    if not Room.objects.filter(pk=session_id).update(last_seq=F("last_seq") + 1, changed_at=now):
        raise Room.DoesNotExist(f"live session {session_id} has no room")
    seq = Room.objects.values_list("last_seq", flat=True).get(pk=session_id)
    entry = Entry.objects.create(session_id=session_id, seq=seq, kind=kind, message=message, data=data or {}, at=now)
    push(GROUP, f"room.{session_id}")
    return entry
