"""Questions that wait for an answer after the broadcast: whose they are, and who is told of them."""

from typing import Any

from django.db.models import Q

from employers.models import Member
from jinba.accounts.choices import STAFF_ROLES, Role
from labor.live.choices import OPEN_ROOM, MessageKind, MessageState
from labor.live.models import LiveSession, Message


def waiting_for(user: Any) -> Any:
    """Unanswered questions that the user may answer, the oldest first: of sessions he runs, of his firm's postings."""
    rows = Message.objects.filter(
        kind=MessageKind.QUESTION,
        state=MessageState.SHOWN,
        answered_at__isnull=True,
        session__state__in=OPEN_ROOM,
    ).exclude(text="")
    mine = Q(session__in=LiveSession.objects.seen_by(user).values("pk"))
    if user.role == Role.EMPLOYER:
        mine |= Q(card__posting__employer__in=Member.objects.filter(user=user).values("employer"))
    if user.role in STAFF_ROLES:
        mine = Q()
    return rows.filter(mine).select_related("session", "card__posting__employer").order_by("pk")
