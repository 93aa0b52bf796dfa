"""Work for a Celery worker, posted after commit."""

import logging
import os
import threading
import time
from queue import Full, Queue

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

PATIENCE = 1.5  # seconds that a request waits for its letter to be taken
REST = 10.0  # seconds without another try when that was in vain


def later(task: str, **kwargs: object) -> None:
    """Post `task` by name once the transaction is committed; nothing is posted when it is rolled back.

    Arguments are ids and other small JSON values: each letter names a row that records its own state. When Redis is
    away or says nothing, the letter is dropped with a line in the log, because the sweep of that task finds the row
    again; nobody waits longer than PATIENCE for it, and once in REST seconds.
    """
    transaction.on_commit(lambda: _post(task, kwargs))


class Letter:
    def __init__(self, task: str, kwargs: dict[str, object]) -> None:
        self.task, self.kwargs = task, kwargs
        self.is_handled = threading.Event()

    def post(self) -> None:
        try:
            current_app.send_task(self.task, kwargs=self.kwargs, retry=False)
        except (OperationalError, OSError) as error:
            logger.warning("later: %s not posted (%s); its sweep will", self.task, type(error).__name__)
        except Exception:
            logger.exception("later: %s not posted; its sweep will", self.task)
        finally:
            self.is_handled.set()


class Postman:
    """A thread that posts letters: the broker's client waits up to half a minute for a Redis that says nothing."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.rests_until = float("-inf")
        self.letters: Queue[Letter] = Queue(maxsize=1_000)
        threading.Thread(target=self._walk, name="postman", daemon=True).start()

    def _walk(self) -> None:
        while True:
            self.letters.get().post()

    def take(self, letter: Letter) -> bool:
        """Whether the letter was handled in time."""
        if time.monotonic() < self.rests_until:
            return False
        try:
            self.letters.put_nowait(letter)
        except Full:
            return False
        if letter.is_handled.wait(PATIENCE):
            return True
        self.rests_until = time.monotonic() + REST
        return False


_postman: Postman | None = None


def _post(task: str, kwargs: dict[str, object]) -> None:
    global _postman
    if _postman is None or _postman.process != os.getpid():  # threads do not survive a fork
        _postman = Postman()
    if not _postman.take(Letter(task, kwargs)):
        logger.warning("later: %s not posted in time; its sweep will", task)
