"""Credentials of the relay: made from its secret, for one seat, ending by themselves (coturn's `use-auth-secret`)."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.conf import settings

from labor.interviews.choices import SeatKind
from labor.interviews.models import Seat


def may_call(*, seat: Seat, now: datetime) -> bool:
    """Whether this seat may be told the relay: the recruiter, and whoever was let in, while the interview is on."""
    is_in = seat.kind == SeatKind.RECRUITER or seat.is_admitted
    return is_in and seat.revoked_at is None and seat.interview.is_on(now)


def credentials(*, seat: Seat, now: datetime) -> tuple[str, str]:
    """User name and password for TURN_SECONDS from `now`."""
    username = f"{int(now.timestamp()) + settings.TURN_SECONDS}:{seat.pk}"
    digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


def ice(*, seat: Seat, now: datetime) -> dict[str, Any]:
    """What the browser's RTCPeerConnection needs to know. Ask `may_call` first."""
    servers: list[dict[str, Any]] = []
    if settings.STUN_URLS:
        servers.append({"urls": list(settings.STUN_URLS)})
    if settings.TURN_URLS and settings.TURN_SECRET:
        username, credential = credentials(seat=seat, now=now)
        servers.append({"urls": list(settings.TURN_URLS), "username": username, "credential": credential})
    policy = "relay" if settings.RELAY_ONLY else "all"
    return {"iceServers": servers, "iceTransportPolicy": policy, "ttl": settings.TURN_SECONDS}
