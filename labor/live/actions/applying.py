"""Applying in the room: an application as any other, and where in the session it came from."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from jinba.core.errors import Refused
from jinba.core.locks import patient
from labor.applications import actions as applications
from labor.applications.actions.history import live_one
from labor.applications.models import Application
from labor.live.cards import REMOVED
from labor.live.choices import OPEN_ROOM
from labor.live.models import Card, LiveApplication, LiveSession, Pin
from labor.workers.models import Worker

SHUT = "这场直播不收报名了，请到岗位页面看看。"
LONGEST = 2**31 - 1


@patient
def apply(
    *,
    session: LiveSession,
    card: Card,
    worker: Worker,
    by: Any,
    second: int,
    is_replay: bool,
    is_pinned: bool | None = None,
    link_code: str = "",
) -> Application:
    """Apply to the card's posting and remember the session, the card and the second.

    Who has applied before is not asked again and keeps what his application came from: a second tap changes nothing.
    `is_pinned` is read from the pins of a live session; of a replay the caller knows what was shown.
    """
    if card.session_id != session.pk or card.removed_at is not None:
        raise Refused(REMOVED)
    if session.state not in OPEN_ROOM:
        raise Refused(SHUT)
    running = live_one(worker_id=worker.pk, posting_id=card.posting_id)
    if running:
        return running
    application = applications.apply(worker=worker, posting=card.posting, by=by, link_code=link_code)
    remember(
        application=application, session=session, card=card, second=second, is_replay=is_replay, is_pinned=is_pinned
    )
    return application


def remember(
    *,
    application: Application,
    session: LiveSession,
    card: Card,
    second: int,
    is_replay: bool,
    is_pinned: bool | None = None,
    tapped_at: datetime | None = None,
) -> None:
    """Write down which session, card and second a new application came from; part of the action that applies.

    Two taps at once are one application: the first of them has said where it came from. A way out of the room
    (`tapped_at`) counts once for each worker: who withdraws and applies again does not come out of the room again.
    """
    if tapped_at is not None:
        before = LiveApplication.objects.filter(card=card, application__worker=application.worker_id)
        if before.filter(application__created_at__gte=tapped_at).exists():
            return
    second = max(0, min(second, LONGEST))
    if is_pinned is None:
        is_pinned = was_pinned(session=session, card=card, second=second)
    LiveApplication.objects.get_or_create(
        application=application,
        defaults={
            "session": session,
            "card": card,
            "second": second,
            "is_replay": is_replay,
            "is_pinned": is_pinned,
        },
    )


def was_pinned(*, session: LiveSession, card: Card, second: int) -> bool:
    """Whether the card was being spoken of at that second since the start."""
    if session.live_at is None:
        return False
    at = session.live_at + timedelta(seconds=second)
    # Seconds are whole: a card that was pinned within this one counts.
    during = Q(from_at__lt=at + timedelta(seconds=1)) & (Q(to_at__isnull=True) | Q(to_at__gt=at))
    return Pin.objects.filter(during, session=session, card=card).exists()
