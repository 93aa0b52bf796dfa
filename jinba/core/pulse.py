"""Signs of life of the processes behind the pages, kept in Redis; /healthz/ready reads them.

A worker's main process and beat's loop mark themselves every few seconds, so that neither a long task nor an empty
queue looks like a death. Redis may be lost at any moment: the marks are back within seconds.
"""

from __future__ import annotations

import time

from django.core.cache import cache

EVERY = 5.0  # seconds between two marks
LIFETIME = 30  # seconds until a silent process counts as dead

BEAT = "beat"


def queue(name: str) -> str:
    """The sign of life of some worker that takes this queue's tasks."""
    return f"queue:{name}"


def mark(*names: str) -> None:
    """Each of these is alive now."""
    cache.set_many({f"pulse:{name}": time.time() for name in names}, LIFETIME)


def silent(*names: str) -> list[str]:
    """Those of whom nothing was heard for LIFETIME seconds."""
    heard = cache.get_many([f"pulse:{name}" for name in names])
    return [name for name in names if f"pulse:{name}" not in heard]


def forget(*names: str) -> None:
    """A process that ends in good order says so."""
    cache.delete_many([f"pulse:{name}" for name in names])
