"""A page's ear: it hears that something is new, never what. The page then asks `notices:fresh`, as any page may.

The socket carries the session of the page; where it comes from is checked in `jinba.asgi`.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from jinba.accounts.models import User
from jinba.core.sessions import SessionStore

logger = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two questions whether the session still holds
LONGEST_FRAME = 64  # characters; pages say nothing here but "?"
FRAMES, WITHIN = 20, 10.0  # at most so many in so many seconds
MOST_SOCKETS = 20  # of one user in one process
PATIENCE = 5.0  # seconds for Redis

NOT_SIGNED_IN, TOO_MANY, TOO_LOUD, AWAY = 4401, 4429, 4408, 1013

_open: Counter[int] = Counter()


class NoticesConsumer(AsyncWebsocketConsumer):
    """Sends "new" when the user has a new notice; answers "?" by "!". Closes when the user is signed out."""

    user_id: int | None = None
    group = ""
    check: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        user, session = self.scope["user"], self.scope["session"]
        self.heard: list[float] = []
        self.session_key = session.session_key or ""
        if not user.is_authenticated or not await signed_in(self.session_key, user.pk):
            await self.close(NOT_SIGNED_IN)
            return
        if _open[user.pk] >= MOST_SOCKETS:
            await self.close(TOO_MANY)
            return
        self.user_id = user.pk
        _open[user.pk] += 1
        self.group = f"notices.{user.pk}"
        try:
            await asyncio.wait_for(self.channel_layer.group_add(self.group, self.channel_name), PATIENCE)
        except Exception as error:
            logger.warning("notices: nobody can listen now (%s)", type(error).__name__)
            await self.close(AWAY)
            return
        await self.accept()
        self.check = asyncio.create_task(self._ask_again())

    async def disconnect(self, code: int) -> None:
        if self.check:
            self.check.cancel()
        if self.user_id is None:
            return
        _open[self.user_id] -= 1
        if not _open[self.user_id]:
            del _open[self.user_id]
        try:
            await asyncio.wait_for(self.channel_layer.group_discard(self.group, self.channel_name), PATIENCE)
        except Exception as error:
            logger.warning("notices: a listener could not leave (%s)", type(error).__name__)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        now = time.monotonic()
        self.heard = [at for at in self.heard if at > now - WITHIN] + [now]
        if text_data is None or len(text_data) > LONGEST_FRAME or len(self.heard) > FRAMES:
            await self.close(TOO_LOUD)
        elif text_data == "?":
            await self.send(text_data="!")

    async def notices_fresh(self, event: dict[str, Any]) -> None:
        await self.send(text_data="new")

    async def _ask_again(self) -> None:
        while True:
            await asyncio.sleep(EVERY * random.uniform(0.9, 1.1))
            try:
                holds = await signed_in(self.session_key, self.user_id or 0)
            except Exception:
                logger.exception("notices: nobody could say whether a session holds")
                holds = False
            if not holds:
                await self.close(NOT_SIGNED_IN)
                return


@database_sync_to_async
def signed_in(session_key: str, user_id: int) -> bool:
    """Whether the session is still there, still the user's, and the user may still come in."""
    session = SessionStore(session_key)
    if session.get(SESSION_KEY) != str(user_id):
        return False
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user is not None and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
