"""How many watch now, over all server processes: for pages, the console and the hub itself."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from labor.live.models import Presence

FRESH = timedelta(seconds=8)  # each process writes its count every two seconds; who fell silent does not count


def now_in(session_ids: Iterable[int]) -> dict[int, int]:
    """Viewers of each of these sessions, those without any left out."""
    rows = Presence.objects.filter(session__in=list(session_ids), at__gt=timezone.now() - FRESH, viewers__gt=0)
    counted = rows.order_by().values_list("session").annotate(sum=Sum("viewers"))
    return {session_id: total for session_id, total in counted}


def now_of(session_id: int) -> int:
    """Viewers of this session."""
    return now_in([session_id]).get(session_id, 0)
