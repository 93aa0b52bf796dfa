"""Sessions are rows; Redis only spares their reading. With Redis away everybody stays signed in, a little slower."""

import logging
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.core.cache import caches
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class _Spare:
    """A cache that may be away: nothing is found in it then, and nothing kept."""

    def __init__(self, cache: Any) -> None:
        self.cache = cache

    def _asked(self, deed: str, *args: Any, otherwise: Any = None) -> Any:
        try:
            return getattr(self.cache, deed)(*args)
        except (RedisError, OSError) as error:
            logger.warning("sessions: the cache is away (%s)", type(error).__name__)
            return otherwise

    def get(self, key: str) -> Any:
        return self._asked("get", key)

    def set(self, key: str, value: Any, timeout: int) -> None:
        self._asked("set", key, value, timeout)

    def delete(self, key: str) -> None:
        self._asked("delete", key)

    def __contains__(self, key: str) -> bool:
        return bool(self._asked("has_key", key, otherwise=False))


class SessionStore(CachedStore):
    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache: Any = _Spare(caches[settings.SESSION_CACHE_ALIAS])
