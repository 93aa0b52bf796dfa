"""Sending without a task: nearly always a socket takes its frame at once, and a task each would cost more than it."""

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any


def begin(deed: Coroutine[Any, Any, None]) -> "asyncio.Task[None] | None":
    """Do the deed as far as it goes without waiting; None when that was all of it, else the task that does the rest.

    As Python 3.12 does for tasks with `eager_start`.
    """
    try:
        waits_for = deed.send(None)
    except StopIteration:
        return None
    return asyncio.create_task(_finish(deed, waits_for))


async def _finish(deed: Coroutine[Any, Any, None], waits_for: Any) -> None:
    await _rest(deed, waits_for)


@coroutine
def _rest(deed: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """Hand on what the deed waits for to the loop, and to the deed what comes of it."""
    while True:
        try:
            got = yield waits_for
        except BaseException as error:
            go_on = partial(deed.throw, error)
        else:
            go_on = partial(deed.send, got)
        try:
            waits_for = go_on()
        except StopIteration:
            return
