"""Celery's side of `jinba.core.pulse`: the worker's own heartbeat and beat's loop leave signs of life."""

from __future__ import annotations

import contextlib
import time
from typing import Any

from celery import current_app
from celery.beat import PersistentScheduler
from celery.signals import heartbeat_sent, worker_shutting_down
from redis.exceptions import RedisError

from jinba.core import pulse


class Throttle:
    """True at most once in every `pulse.EVERY` seconds."""

    def __init__(self) -> None:
        self.last = float("-inf")

    def due(self) -> bool:
        now = time.monotonic()
        if now - self.last < pulse.EVERY:
            return False
        self.last = now
        return True


worker_throttle = Throttle()


def served_queues() -> list[str]:
    return [pulse.queue(name) for name in current_app.amqp.queues.consume_from]


@heartbeat_sent.connect
def worker_lives(**_: Any) -> None:
    """Celery sends this from the worker's main loop, however busy its pool is, and only while it has its broker."""
    if worker_throttle.due():
        with contextlib.suppress(RedisError):
            pulse.mark(*served_queues())


@worker_shutting_down.connect
def worker_ends(**_: Any) -> None:
    worker_throttle.last = float("inf")  # no sign of life any more, even if the last tasks take long
    with contextlib.suppress(RedisError):
        pulse.forget(*served_queues())


class Scheduler(PersistentScheduler):
    """Celery's scheduler; each turn of its loop is a sign of life."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.throttle = Throttle()
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if self.throttle.due():
            with contextlib.suppress(RedisError):
                pulse.mark(pulse.BEAT)
        return min(super().tick(*args, **kwargs), pulse.EVERY)
