"""A real coturn with our configuration, for the tests that ask it and for the calls that go by it."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from jinba.embedded.account import service_account
from jinba.embedded.test_tools import RELAY_LACK
from jinba.embedded.turn import ADDRESS, Relay, find_turnserver, free_block
from tests.platform.machine import until
from tests.platform.stun import Client, credentials

SECRET = "a secret of this test"


@dataclass
class Door:
    """A coturn that answers on `port` of this machine and knows SECRET."""

    port: int
    log: Path
    start: Callable[[], subprocess.Popen[bytes]]

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.child = self.start()
        until(lambda: self.child.poll() is not None or answers(self.port), 60)
        assert self.child.poll() is None, self.log.read_text()
        self.process = psutil.Process(self.child.pid)

    def close(self) -> None:
        self.child.kill()
        self.child.wait(10)

    def restart(self) -> None:
        self.close()
        self.open()

    def client(self, username: str, password: str, by: str = "udp", port: int = 0) -> Client:
        return Client((ADDRESS, port or self.port), username, password, by)

    def somebody(self, name: str = "7", by: str = "udp") -> Client:
        return self.client(*credentials(SECRET, name), by)


def required_turnserver() -> str:
    """Its path; without it the test is skipped, under CI=true it fails."""
    found = find_turnserver(dict(os.environ))
    if not found:
        pytest.fail(RELAY_LACK) if os.environ.get("CI") == "true" else pytest.skip(RELAY_LACK)
    return found


@contextmanager
def embedded_relay(binary: str, folder: Path) -> Iterator[tuple[Door, Relay]]:
    """The relay as script/server starts it, but that it tells of every line: who, when, how much."""
    account = service_account()
    port = free_block(os.getpid())
    assert port
    relay = Relay(binary, folder / "turn", port, SECRET)
    relay.write(account)
    program = relay.program(account)
    with running(
        [*program.command, "--verbose"], program.environment or {}, program.become, folder / "log", port
    ) as door:
        yield door, relay


@contextmanager
def running(
    command: Sequence[str],
    environment: dict[str, str],
    become: Callable[[], None] | None,
    log: Path,
    port: int,
) -> Iterator[Door]:
    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as words:
            return subprocess.Popen(
                command, env=environment, stdout=words, stderr=subprocess.STDOUT, preexec_fn=become
            )  # fmt: skip

    door = Door(port, log, start)
    try:
        yield door
    finally:
        door.close()


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((ADDRESS, port), 5):
        return True
    return False
