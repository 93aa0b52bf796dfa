"""How often one caller may ask, so that none takes the others' share. Not a lock: codes and passwords have their own.

A window of a minute is counted in Redis. With Redis away nothing is counted and everybody passes.
"""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from jinba.core.client import client_address

logger = logging.getLogger(__name__)
WINDOW = 60
PAUSE = 5.0  # seconds for which a Redis that did not answer is not asked again


class _Away:
    """Until when Redis is left alone in this process."""

    until = 0.0


class Fair(BaseThrottle):
    """Each token, else each user, else each address has its own count."""

    def __init__(self) -> None:
        self.left = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        who, most = self._who(request)
        now = time.time()
        if most <= 0 or now < _Away.until:
            return True
        window, into = divmod(now, WINDOW)
        self.left = WINDOW - into
        key = f"api:{who}:{int(window)}"
        try:
            if cache.add(key, 1, timeout=2 * WINDOW):
                return True
            return cache.incr(key) <= most
        except ValueError:  # the key went between the two
            return True
        except (RedisError, OSError) as error:
            _Away.until = now + PAUSE
            logger.warning("throttles: the cache is away (%s), nobody is held back", type(error).__name__)
            return True

    def wait(self) -> float:
        return self.left

    @staticmethod
    def _who(request: Request) -> tuple[str, int]:
        if token := getattr(request.auth, "pk", None):
            return f"token:{token}", settings.API_USER_PER_MINUTE
        if request.user.is_authenticated:
            return f"user:{request.user.pk}", settings.API_USER_PER_MINUTE
        return f"address:{client_address(request._request)}", settings.API_ANONYMOUS_PER_MINUTE
