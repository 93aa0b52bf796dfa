"""Nudges to open sockets, sent after commit. A nudge says that something is new, never what: the page asks for that."""

import asyncio
import atexit
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
        self.is_over = False
        self.thread = threading.Thread(target=self._start, name="pusher", daemon=True)
        self.thread.start()
        atexit.register(self.end)

    def put(self, group: str, kind: str) -> None:
        if len(self.waiting) < MOST_WAITING:
            self.waiting[group, kind] = None
            self.is_called.set()

    def end(self) -> None:
        """Leave no connection behind; what is still waiting is lost."""
        self.is_over = True
        self.is_called.set()
        if self.process == os.getpid():
            self.thread.join(PATIENCE)

    def _start(self) -> None:
        loop = asyncio.new_event_loop()
        while not self.is_over:
            self.is_called.wait()
            self.is_called.clear()
            loop.run_until_complete(self._send_all())
        loop.close()  # with the layer's connection

    async def _send_all(self) -> None:
        while self.waiting and not self.is_over:
            group, kind = next(iter(self.waiting))
            del self.waiting[group, kind]
            try:
                await asyncio.wait_for(self.layer.group_send(group, {"type": kind}), PATIENCE)
            except Exception as error:
                logger.warning("push: %s not nudged (%s)", group, type(error).__name__)
                await asyncio.sleep(REST)


_running: Pusher | None = None


def _pusher() -> Pusher:
    global _running
    if _running is None or _running.process != os.getpid():  # threads do not survive a fork
        _running = Pusher()
    return _running
