"""The secret address of a user's calendar feed. Only its digest is kept: who loses it makes a new one."""

import hashlib
import secrets
from typing import Any

from django.utils import timezone

from jinba.core.locks import patient
from labor.interviews.models import CalendarFeed


def _digest_of(secret: str) -> str:
    """What is kept of a secret: 256 random bits need neither salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@patient
def renew(*, by: Any) -> str:
    """A new secret for `by`'s own feed, never seen again; the one before stops working at once."""
    secret = secrets.token_urlsafe(32)
    made = {"digest": _digest_of(secret), "made_at": timezone.now()}
    CalendarFeed.objects.update_or_create(user=by, defaults=made)
    return secret


@patient
def end(*, by: Any) -> None:
    """`by`'s feed stops working at once."""
    CalendarFeed.objects.filter(user=by).delete()


def owner_of(*, secret: str) -> CalendarFeed | None:
    """Whose feed it is; None when it is nobody's, or its owner may not sign in any more."""
    return CalendarFeed.objects.select_related("user").filter(digest=_digest_of(secret), user__is_active=True).first()
