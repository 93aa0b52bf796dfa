"""A small process that cleans up after a command, however the command ends.

It listens on a pipe whose other end only the command holds. When the pipe breaks, by a normal end or by a kill -9, the
keeper ends the process groups that the command had told it about and leaves the services. There is no other way to
stop, so this one is always used.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from jinba.embedded import process
from jinba.embedded.services import Services

PATIENCE = 25.0  # seconds for a child to finish its work: more than Celery's soft shutdown


class Keeper:
    """The command's side of the pipe."""

    def __init__(self, pipe: int) -> None:
        self.pipe = pipe

    def watch(self, group: int) -> None:
        os.write(self.pipe, f"+{group}\n".encode())

    def forget(self, group: int) -> None:
        os.write(self.pipe, f"-{group}\n".encode())


@contextmanager
def kept(services: Services) -> Iterator[Keeper]:
    """The services are up inside; afterwards they are left, and stopped if we were the last."""
    with services.gate() as gate:
        services.join()
        listening, speaking = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(gate)
            os.close(speaking)
            keep(listening, services)
        os.close(listening)
        try:
            services.ensure()
        except BaseException:
            os.close(speaking)
            raise
    try:
        yield Keeper(speaking)
    finally:
        os.close(speaking)
        os.waitpid(pid, 0)


def keep(listening: int, services: Services) -> None:
    """The keeper's whole life. Never returns."""
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        nothing = os.open(os.devnull, os.O_RDWR)
        log = os.open(services.places.logs / "keeper.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.dup2(log, 2)
        groups: set[int] = set()
        with os.fdopen(listening) as lines:
            for line in lines:
                groups.add(int(line[1:])) if line[0] == "+" else groups.discard(int(line[1:]))
        end_all(groups)
        services.leave()
    except BaseException as problem:
        print(f"keeper: {problem!r}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def gone(group: int) -> bool:
    return not process.group_alive(group)


def end_all(groups: set[int]) -> None:
    """Ask the leader of each, so that Celery's pool finishes its work; then make the whole groups."""
    for group in groups:
        with suppress(ProcessLookupError):
            os.kill(group, signal.SIGTERM)
    for group in groups:
        process.wait_until(partial(gone, group), PATIENCE)
        process.end_group(group, 0)
