"""Nudges to open sockets, sent after commit. A nudge says that something is new, never what: the page asks for that."""

import asyncio
import logging
import os
import threading

from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds for one nudge
REST = 1.0  # seconds after one that failed
MOST_WAITING = 5_000


def push(group: str, kind: str) -> None:
    """Send `{"type": kind}` to the sockets of `group` once the transaction is committed.

    Never raises and never waits: a thread of this process does the sending. What cannot be sent is lost, because every
    page that listens also asks from time to time.
    """
    transaction.on_commit(lambda: _pusher().put(group, kind))


class Pusher:
    """A thread with a loop of its own, so that one connection to Redis serves all nudges of this process."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.waiting: dict[tuple[str, str], None] = {}  # equal nudges that wait are one
        self.is_called = threading.Event()
        self.layer = get_channel_layer()
        threading.Thread(target=self._start, name="pusher", daemon=True).start()

    def put(self, group: str, kind: str) -> None:
        if len(self.waiting) < MOST_WAITING:
            self.waiting[group, kind] = None
            self.is_called.set()

    def _start(self) -> None:
        loop = asyncio.new_event_loop()
        while True:
            self.is_called.wait()
            self.is_called.clear()
            loop.run_until_complete(self._send_all())

    async def _send_all(self) -> None:
        while self.waiting:
            group, kind = next(iter(self.waiting))
            del self.waiting[group, kind]
            try:
                await asyncio.wait_for(self.layer.group_send(group, {"type": kind}), PATIENCE)  # type: ignore[union-attr]
            except Exception as error:
                logger.warning("push: %s not nudged (%s)", group, type(error).__name__)
                await asyncio.sleep(REST)


_running: Pusher | None = None


def _pusher() -> Pusher:
    global _running
    if _running is None or _running.process != os.getpid():  # threads do not survive a fork
        _running = Pusher()
    return _running
