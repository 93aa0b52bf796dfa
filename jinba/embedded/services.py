"""The services of one checkout, shared by all its commands: the first one starts them, the last one out stops them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from jinba.embedded.account import service_account
from jinba.embedded.places import Places
from jinba.embedded.postgres import Postgres
from jinba.embedded.redis import Redis


class Services:
    """Counts its users by file locks, which the kernel gives back even after a kill -9.

    Everyone who needs the services holds `services.lock` shared. Starting and stopping happen behind `services.gate`.
    Who leaves and can have the lock for himself alone was the last one.
    """

    def __init__(self, places: Places, environment: dict[str, str]) -> None:
        self.places = places
        self.urls: dict[str, str] = {}
        self.own: list[Postgres | Redis] = []
        account = service_account(places.var / "postgres", places.var / "redis")
        self.account = account
        for name, kind in (("DATABASE_URL", Postgres), ("REDIS_URL", Redis)):
            if environment.get(name):
                self.urls[name] = environment[name]
            else:
                service = kind(places, account)
                self.own.append(service)
                self.urls[name] = service.url
        self.lock = os.open(places.var / "services.lock", os.O_RDWR | os.O_CREAT, 0o600)

    @contextmanager
    def gate(self) -> Iterator[int]:
        gate = os.open(self.places.var / "services.gate", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(gate, fcntl.LOCK_EX)
        try:
            yield gate
        finally:
            # Explicitly: a copy that a forked keeper has not closed yet would hold it.
            fcntl.flock(gate, fcntl.LOCK_UN)
            os.close(gate)

    def join(self) -> None:
        """Call behind the gate, before ensure()."""
        fcntl.flock(self.lock, fcntl.LOCK_SH)

    def ensure(self) -> None:
        """Call behind the gate: every service of our own answers afterwards."""
        if self.own:
            self.account.give(self.places.service_sockets)
        for service in self.own:
            service.ensure()

    def repair(self) -> None:
        """Start again what no longer answers, unless everyone left meanwhile."""
        if all(service.answers() for service in self.own):
            return
        with self.gate():
            self.ensure()

    def leave(self) -> None:
        """Give up our share; stop the servers when nobody else has one."""
        with self.gate():
            fcntl.flock(self.lock, fcntl.LOCK_UN)
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            for service in reversed(self.own):
                service.stop()
            fcntl.flock(self.lock, fcntl.LOCK_UN)
