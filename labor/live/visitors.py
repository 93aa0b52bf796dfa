"""Whom the figures count: a browser that this server gave a number, kept on its own device, for one session alone.

Numbers that nobody gave do not count, so nobody raises a session's figures by making some up. The number says nothing
about the person, goes to no other page than the session's, and is forgotten after a week.
"""

import ipaddress
import logging
import secrets
import time

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from jinba.core.client import client_address
from labor.live.models import LiveSession

logger = logging.getLogger(__name__)

COOKIE = "viewer"
SALT = "labor.live.visitors"
SECONDS = 7 * 24 * 3600
MOST_NEW, WITHIN = 1_000, 3600  # browsers of one network in so many seconds: a carrier may have thousands behind it
NETWORKS = {4: 24, 6: 48}  # bits of an address that say whose it is
PAUSE = 5.0  # seconds for which a cache that did not answer is not asked again: the page is not held up by it


class _Away:
    """Until when the cache is left alone in this process."""

    until = 0.0


def known(request: HttpRequest, session: LiveSession) -> str:
    """The number that this browser was given for this session; empty when there is none that counts."""
    try:
        session_id, number = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(number)[:32] if session_id == session.pk else ""


def new(request: HttpRequest, session: LiveSession) -> str:
    """Another number; empty when too many new ones came from the same network of late."""
    return secrets.token_hex(8) if _is_fair(client_address(request), session) else ""


def keep(response: HttpResponse, session: LiveSession, number: str) -> None:
    """Let the browser keep its number, and say it to this session's pages only."""
    response.set_cookie(
        COOKIE,
        signing.dumps([session.pk, number], salt=SALT),
        max_age=SECONDS,
        path=session.get_absolute_url(),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def network_of(address: str) -> str:
    """The network that an address is of, as far as whoever holds one can choose within it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, NETWORKS[found.version]), strict=False))


def _is_fair(address: str, session: LiveSession) -> bool:
    if time.time() < _Away.until:
        return True
    # No address is kept, not even for the hour.
    network = salted_hmac(SALT, network_of(address), algorithm="sha256").hexdigest()[:16]
    key = f"live:new:{session.pk}:{network}:{int(time.time() // WITHIN)}"
    try:
        cache.add(key, 0, timeout=WITHIN)
        return int(cache.incr(key)) <= MOST_NEW
    except ValueError:  # the key went between the two
        return True
    except (RedisError, OSError) as error:
        _Away.until = time.time() + PAUSE
        logger.warning("live: the cache is away (%s), every new browser counts", type(error).__name__)
        return True
