"""A copy of Jinba of a test's own: its folder, its commands, its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from socket import create_server
from typing import Any

import psutil

from jinba.embedded.places import CHECKOUT

GIVEN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "PORT", "HOST", "PYTEST_XDIST_WORKER")


class Machine:
    """Commands of jinba.embedded with a VAR_DIR of their own."""

    def __init__(self, var: Path, **more: str) -> None:
        self.var = var
        self.more = {"DEMO": "false"} | more
        self.started: list[subprocess.Popen[str]] = []

    @property
    def environment(self) -> dict[str, str]:
        outside = {name: value for name, value in os.environ.items() if name not in GIVEN}
        return outside | {"VAR_DIR": str(self.var)} | self.more

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "jinba.embedded", *words],
            cwd=CHECKOUT,
            env=self.environment | more,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(child)
        return child

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A command with the services up."""
        return subprocess.run(
            [sys.executable, "-m", "jinba.embedded", "run", "--", *command],
            cwd=CHECKOUT,
            env=self.environment | more,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def sql(self, statement: str) -> str:
        """The first value that the statement gives, in a run of its own."""
        code = "import os, sys, psycopg; url, words = os.environ['DATABASE_URL'], sys.argv[1]"
        code += "; c = psycopg.connect(url, autocommit=True).execute(words)"
        done = self.run(
            sys.executable, "-W", "ignore", "-c", f"{code}; print(c.fetchone()[0] if c.description else '')", statement
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def processes(self, *words: str) -> list[psutil.Process]:
        """Everything alive that belongs to this copy, told by command line, folder or environment.

        With words, only those that have all of them in their command line; the oldest first.
        """
        ours = []
        for process in psutil.process_iter():
            try:
                line = " ".join(process.cmdline())
                told = f"{line} {process.cwd()} {process.environ().get('VAR_DIR')}"
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
            if str(self.var) in told and process.pid != os.getpid() and all(word in line for word in words):
                ours.append(process)
        return sorted(ours, key=lambda process: process.create_time())

    def process(self, *words: str) -> psutil.Process | None:
        return next(iter(self.processes(*words)), None)

    def end(self) -> None:
        for child in self.started:
            if child.poll() is None:
                child.terminate()
        for child in self.started:
            child.communicate(timeout=60)
        until(lambda: not self.processes(), 60)
        for process in self.processes():
            process.send_signal(signal.SIGKILL)


def until(true: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The first true value; an assertion fails when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)
    return value


def free_port() -> int:
    with closing(create_server(("127.0.0.1", 0))) as door:
        return int(door.getsockname()[1])
