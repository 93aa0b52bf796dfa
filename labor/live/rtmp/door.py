"""The sockets of streaming programs. Until its key was found right a connection gets ten seconds and keeps nothing.

One process serves them all; it holds no state that matters. When it ends, programs connect again by themselves, and
what they send then is the session's next part.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from contextlib import suppress
from ipaddress import IPv4Address, ip_address, ip_network
from uuid import uuid4

from channels.db import database_sync_to_async

from jinba.core.errors import Refused
from labor.live.actions import keys
from labor.live.choices import Source
from labor.live.ingest.sending import Sending
from labor.live.models import StreamKey
from labor.live.rtmp.flv import Writer
from labor.live.rtmp.malformed import Malformed
from labor.live.rtmp.talk import About, Event, Media, Over, Publish, Talk

logger = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds until a connection has shown its key
GOODBYE = 2.0  # seconds for the other side to read why
MOST_OPEN, MOST_OPEN_OF_ONE = 200, 20  # connections: in all, from one address
MOST_WRONG, WITHIN = 10, 60.0  # keys, or what is no RTMP, from one address, in seconds; then it is not listened to
HOLDS_EVERY = 15.0  # seconds between two looks whether the key still holds
READ = 64 * 1024
MOST_BYTES, OVER_SECONDS = 20_000_000, 10.0  # 16 Mbit/s: more than any phone plays
MOST_CHUNKS = 200_000  # in as many seconds: that many bytes in the smallest chunks that programs make

NO_KEY = "推流码不对，或者已经换了，或者还没到时间。请在直播控制台重新获取。"
TOO_MUCH = "码率太高。请在推流软件里改到 4000 kbps 以下。"
NOT_NOW = "服务器现在接不了，请稍等再试。"
STOPPED = "直播的画面停了。"


class Door:
    """All connections of this process."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self.wrong: dict[str, deque[float]] = {}
        self.serving: set[asyncio.Task[None]] = set()

    async def visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends; what goes wrong here concerns nobody else."""
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        address = home(writer.get_extra_info("peername")[0])
        self.open[address] += 1
        try:
            if self._is_welcome(address):
                await Visit(self, address, reader, writer).serve()
        except (Malformed, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            logger.info("rtmp: a connection from %s ended (%s)", address, error or type(error).__name__)
            if isinstance(error, Malformed):
                self.was_wrong(address)
        except asyncio.CancelledError:
            pass  # the whole door closes
        except Exception:
            logger.exception("rtmp: a connection broke off")
        finally:
            self.open -= Counter([address])
            self.serving.discard(task)
            writer.close()

    async def close(self) -> None:
        """Let nobody go on; each part gets its last segment and its end."""
        for task in self.serving:
            task.cancel()
        await asyncio.gather(*self.serving, return_exceptions=True)

    def _is_welcome(self, address: str) -> bool:
        return (
            self.open.total() <= MOST_OPEN
            and self.open[address] <= MOST_OPEN_OF_ONE
            and len(self._recent(address)) < MOST_WRONG
        )

    def was_wrong(self, address: str) -> None:
        self.wrong.setdefault(address, deque(maxlen=MOST_WRONG)).append(time.monotonic())
        for other in [one for one in self.wrong if not self._recent(one)]:
            del self.wrong[other]

    def _recent(self, address: str) -> deque[float]:
        times = self.wrong.get(address, deque())
        while times and times[0] < time.monotonic() - WITHIN:
            times.popleft()
        return times


def home(address: str) -> str:
    """Where somebody counts as the same: his address, or the IPv6 network of his house."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


class Visit:
    """One connection."""

    def __init__(self, door: Door, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.door, self.address, self.reader, self.writer = door, address, reader, writer
        self.talk = Talk()
        self.flv = Writer()
        self.is_over = False

    async def serve(self) -> None:
        async with asyncio.timeout(PATIENCE):
            name = await self._listen()
            key = None if name is None else await _check(name)
        if name is None:
            return
        if key is None:
            self.door.was_wrong(self.address)
            logger.info("rtmp: a key from %s was refused", self.address)
            return await self._refuse(NO_KEY)
        try:
            sending = await Sending.begin(session_id=key.session_id, holder=uuid4(), source=Source.ENCODER)
        except Refused as refusal:
            return await self._refuse(refusal.message)
        try:
            # Whoever took another key meanwhile ended the part that was there then, and this one was not.
            if not await _still_holds(key):
                return await self._refuse(NO_KEY)
            self.talk.accept()
            await self._send()
            logger.info("rtmp: session %s is sent by a streaming program", key.session_id)
            await self._pass_on(sending, key)
        finally:
            await asyncio.shield(sending.end(is_clean=self.is_over))

    async def _listen(self) -> str | None:
        """The name that it wants to publish; None when it leaves before."""
        while data := await self.reader.read(READ):
            events = self.talk.hear(data)
            await self._send()
            for event in events:
                self._note(event)
                if isinstance(event, Publish):
                    return event.name
        return None

    async def _pass_on(self, sending: Sending, key: StreamKey) -> None:
        """Until the sender stops, or has to."""
        reading = asyncio.create_task(self._read(sending))
        over = asyncio.create_task(sending.over.wait())
        lost = asyncio.create_task(self._until_lost(key))
        try:
            await asyncio.wait({reading, over, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                text = sending.verdict.text if sending.verdict else NO_KEY if lost.done() else ""
                await self._refuse(text or STOPPED)
        finally:
            for task in (over, lost, reading):
                task.cancel()
            await asyncio.gather(over, lost, reading, return_exceptions=True)
        if not reading.cancelled() and (error := reading.exception()):
            raise error

    async def _until_lost(self, key: StreamKey) -> None:
        """Until who took the key is not of the crew any more."""
        while True:
            await asyncio.sleep(HOLDS_EVERY)
            try:
                if not await database_sync_to_async(keys.still_holds)(key=key):
                    return
            except Exception as error:
                logger.warning("rtmp: nobody could say whose key it is (%s)", type(error).__name__)

    async def _read(self, sending: Sending) -> None:
        since, size, chunks = time.monotonic(), 0, self.talk.reader.chunks
        while not self.is_over and (data := await self.reader.read(READ)):
            size += len(data)
            if time.monotonic() - since > OVER_SECONDS:
                since, size, chunks = time.monotonic(), 0, self.talk.reader.chunks
            elif size > MOST_BYTES or self.talk.reader.chunks - chunks > MOST_CHUNKS:
                return await self._refuse(TOO_MUCH)
            for event in self.talk.hear(data):
                self._note(event)
                if isinstance(event, Media):
                    sending.put(self.flv.write(event.kind, event.at, event.body))
            await self._send()

    def _note(self, event: Event) -> None:
        if isinstance(event, About):
            self.flv.has_sound = event.has_sound
        elif isinstance(event, Over):
            self.is_over = True

    async def _refuse(self, why: str) -> None:
        self.talk.refuse(why)
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(GOODBYE):
                await self._send()
                # A connection that is closed with bytes unread is reset, and the other side would not read why.
                self.writer.write_eof()
                while await self.reader.read(READ):
                    pass

    async def _send(self) -> None:
        if words := self.talk.answer():
            self.writer.write(words)
            await self.writer.drain()


@database_sync_to_async
def _check(name: str) -> StreamKey | None:
    return keys.check(name=name)


@database_sync_to_async
def _still_holds(key: StreamKey) -> bool:
    if not keys.still_holds(key=key):
        return False
    keys.use(key=key)
    return True
