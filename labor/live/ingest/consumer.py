"""The socket on which a host's page sends its pictures, `/ws/live/<session>/publish/`.

    page    {"t":"hello","holder":"<uuid of this page>","type":"video/webm;codecs=h264,opus","back":true}    within 10 s
    server  {"t":"go","part":3,"live":true}
    page    binary frames: what MediaRecorder gave, in order, each ≤ 60,000 bytes (slice larger ones: `blob.slice`)
    server  {"t":"ok","seconds":12.0,"segments":12,"bytes":1830000,"live":true}                     every second
    page    {"t":"stop"}                                                                            or just closes

Open the socket, wait for `go`, and only then start the recorder: a stream has to begin with its beginning. A new socket
wants a new recorder, with the same `holder`; so does another size of the picture (a phone that was turned).

`back` is said by whoever comes back by himself after a cut: if another device has sent since, he is told so (4409).
Without it the one who sends now is displaced; somebody has to have asked for that.

`seconds`, `segments` and `bytes` are what became whole segments. As long as the session is not live, `live` is false:
everything runs, nothing is kept or shown, and the moment somebody goes live the same connection is on air with its next
segment.

Before closing for a reason that the host should read, the server says {"t":"error","text":"一句话。"}. The codes: 4401
not signed in, 4403 not of the crew or not now, 4404 no such session, 4408 malformed or too fast, 4409 another
connection took over, 4410 the session is over, 4415 the stream cannot be used, 1013 try again in a moment (also when
the connection stood still). After 4401, 4403, 4404, 4409, 4410 and 4415 a page does not come again by itself.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from contextlib import suppress
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.core.locks import Busy
from jinba.core.sessions import SessionStore
from labor.live.actions.pictures import Standing, Superseded
from labor.live.choices import COMING, Source
from labor.live.crew import is_crew
from labor.live.ingest.sending import NotNow, Sending
from labor.live.models import LiveSession

logger = logging.getLogger(__name__)

HELLO_WITHIN = 10.0  # seconds
EVERY = 1.0  # seconds between two words on how far we are
MAY_EVERY = 15.0  # seconds between two looks whether the session still leads to this user, and he is still of the crew
MOST_FRAME = 65_536  # bytes; uvicorn has the same limit (--ws-max-size)
MOST_TEXT = 500  # characters
A_SECOND, AT_ONCE = 750_000, 8_000_000  # bytes: 2.7 GB an hour, with what a bad connection sends late
MOST_SENDINGS = 20  # in one process
PATIENCE = 5.0  # seconds for a page to take a frame

NOT_SIGNED_IN, NOT_ALLOWED, NOWHERE, TOO_LOUD, TAKEN_OVER, OVER, UNUSABLE, AWAY = (
    4401, 4403, 4404, 4408, 4409, 4410, 4415, 1013,
)  # fmt: skip
CODES = {
    Standing.TAKEN: TAKEN_OVER,
    Standing.OVER: OVER,
    Standing.CLOSED: AWAY,
    Standing.UNUSABLE: UNUSABLE,
    Standing.AWAY: AWAY,
}
TOO_FAST = "画面送得太快。请把清晰度调低再试。"

_open: Counter[int] = Counter()  # session → sockets that send


class PublishConsumer(AsyncWebsocketConsumer):
    """One page that sends pictures."""

    sending: Sending | None = None
    ending: "asyncio.Task[None] | None" = None
    is_shut = is_counted = is_clean = False

    async def connect(self) -> None:
        self.session_id = int(self.scope["url_route"]["kwargs"]["session_id"])
        self.session_key = self.scope["session"].session_key or ""
        self.user_id = 0
        self.tasks: list[asyncio.Task[None]] = []
        self.room, self.room_at = float(AT_ONCE), time.monotonic()
        self.greeted = False
        code, self.user_id = await may(self.session_key, self.session_id)
        # Accepted even when refused: a browser does not tell its page the code of a socket that never opened.
        await self.accept()
        if not code and sum(_open.values()) >= MOST_SENDINGS:
            code = AWAY
        if code:
            await self._end(code)
            return
        self.is_counted = True
        _open[self.session_id] += 1
        self.tasks.append(asyncio.create_task(self._expect()))

    async def disconnect(self, code: int) -> None:
        self.is_shut = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.is_counted:
            self.is_counted = False
            _open[self.session_id] -= 1
            if not _open[self.session_id]:
                del _open[self.session_id]
        await self._finish()
        if self.ending:
            await self.ending

    # From the page ---------------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.is_shut:
            return
        try:
            if bytes_data is not None:
                await self._take(bytes_data)
            else:
                await self._hear(text_data or "")
        except Exception as error:
            logger.warning("ingest: a frame was not dealt with (%s)", type(error).__name__)
            await self._end(AWAY)

    async def _take(self, data: bytes) -> None:
        if self.sending is None or len(data) > MOST_FRAME:
            await self._end(TOO_LOUD)
            return
        now = time.monotonic()
        self.room = min(AT_ONCE, self.room + (now - self.room_at) * A_SECOND) - len(data)
        self.room_at = now
        if self.room < 0:
            await self._end(TOO_LOUD, TOO_FAST)
            return
        self.sending.put(data)

    async def _hear(self, text: str) -> None:
        try:
            frame = json.loads(text) if len(text) <= MOST_TEXT else None
        except ValueError:
            frame = None
        match frame:
            case {"t": "stop"} if self.sending:
                self.is_clean = True
                await self._end(1000)
            case {"t": "hello", "holder": str(holder), **more} if not self.greeted:
                try:
                    await self._begin(UUID(holder), is_return=more.get("back") is True)
                except ValueError:
                    await self._end(TOO_LOUD)
            case _:
                await self._end(TOO_LOUD)

    async def _begin(self, holder: UUID, *, is_return: bool) -> None:
        self.greeted = True
        try:
            self.sending = await Sending.begin(
                session_id=self.session_id, holder=holder, source=Source.BROWSER, user_id=self.user_id,
                is_return=is_return,
            )  # fmt: skip
        except Superseded as refusal:
            await self._end(TAKEN_OVER, refusal.message)
            return
        except (Busy, NotNow) as refusal:
            await self._end(AWAY, refusal.message)
            return
        except Refused as refusal:
            code, _ = await may(self.session_key, self.session_id)
            await self._end(code or NOT_ALLOWED, refusal.message)
            return
        await self._say({"t": "go", "part": self.sending.part.number, "live": self.sending.is_live})
        self.tasks += [asyncio.create_task(self._report()), asyncio.create_task(self._ask_again())]

    # To the page -----------------------------------------------------------------------------------------------------

    async def _expect(self) -> None:
        await asyncio.sleep(HELLO_WITHIN)
        if not self.greeted:
            await self._end(TOO_LOUD)

    async def _report(self) -> None:
        """Say how far we are, until there is a reason to stop."""
        sending = self.sending
        assert sending is not None
        while not self.is_shut:
            with suppress(TimeoutError):
                await asyncio.wait_for(sending.over.wait(), EVERY)
            if sending.verdict:
                text = sending.verdict.text
                if sending.verdict.standing == Standing.TAKEN:
                    text = Superseded().message
                await self._end(CODES[sending.verdict.standing], text)
                return
            await self._say({
                "t": "ok", "seconds": round(sending.seconds, 3), "segments": sending.segments, "bytes": sending.bytes,
                "live": sending.is_live,
            })  # fmt: skip

    async def _ask_again(self) -> None:
        while True:
            await asyncio.sleep(MAY_EVERY)
            try:
                code, user_id = await may(self.session_key, self.session_id)
            except Exception as error:
                logger.warning("ingest: nobody could say who sends (%s)", type(error).__name__)
                continue
            if code or user_id != self.user_id:
                await self._end(code or NOT_SIGNED_IN)
                return

    async def _say(self, frame: dict[str, Any]) -> None:
        if self.is_shut:
            return
        try:
            await asyncio.wait_for(self.send(text_data=json.dumps(frame, ensure_ascii=False)), PATIENCE)
        except Exception as error:
            logger.info("ingest: a page does not take its frames (%s)", type(error).__name__)
            await self._end(AWAY)

    async def _end(self, code: int, text: str = "") -> None:
        if self.is_shut:
            return
        if text:
            await self._say({"t": "error", "text": text})
        self.is_shut = True
        # At once: a page that is gone answers no close.
        self.ending = asyncio.create_task(self._finish())
        with suppress(Exception):  # it may be gone already
            await self.close(code)

    async def _finish(self) -> None:
        sending, self.sending = self.sending, None
        if sending:
            await sending.end(is_clean=self.is_clean)


@database_sync_to_async
def may(session_key: str, session_id: int) -> tuple[int, int]:
    """The code that keeps this browser from sending (0: none), and whose browser it is."""
    session = SessionStore(session_key or None)
    user = User.objects.filter(pk=session.get(SESSION_KEY) or 0, is_active=True).first()
    if user is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return NOT_SIGNED_IN, 0
    live = LiveSession.objects.seen_by(user).filter(pk=session_id).first()
    if live is None:
        return NOWHERE, 0
    if not is_crew(session=live, user=user):
        return NOT_ALLOWED, 0
    return (0 if live.state in COMING else OVER), user.pk
