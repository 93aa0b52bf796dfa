"""The door for streaming programs (OBS and its like) on this machine, on a port that nobody else has."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass

from jinba.embedded.places import CHECKOUT
from jinba.embedded.supervisor import Program

USUAL = 1935  # what programs try where no port is named
# Above the blocks of the relay for calls, below the ports that the kernel gives away.
FIRST, MOST, TRIES = 30_000, 2_000, 50
EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True)
class RtmpDoor:
    """A port that we have; what comes to it waits until the program listens, and while it starts again."""

    listening: socket.socket
    host: str

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    @property
    def url(self) -> str:
        """What is typed into the program."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"rtmp://{host}{'' if self.port == USUAL else f':{self.port}'}/live"

    @property
    def settings(self) -> dict[str, str]:
        """What the site has to know of it."""
        return {"LIVE_RTMP_URL": self.url}

    @property
    def program(self) -> Program:
        number = self.listening.fileno()
        return Program("rtmp", [sys.executable, str(CHECKOUT / "manage.py"), "rtmp", f"--fd={number}"], (number,))


def own_door(environment: dict[str, str], port: int) -> tuple[RtmpDoor | None, str]:
    """The door that a server on `port` opens, and a sentence about it; none where the environment names another."""
    if environment.get("LIVE_RTMP_URL") or environment.get("LIVE_ENGINE", "folder") != "folder":
        return None, "Streaming programs (OBS) go to the server that the environment names"
    host = environment.get("HOST") or "localhost"
    for number in wanted(environment, port):
        if listening := bound(host, number):
            door = RtmpDoor(listening, "localhost" if host in EVERYWHERE else host)
            return door, f"Streaming programs (OBS) send to {door.url}"
    return None, "No door for streaming programs (OBS): its port is taken; choose another by RTMP_PORT"


def wanted(environment: dict[str, str], port: int) -> list[int]:
    """The port that was asked for and no other; else the usual one, else one of ours."""
    text = environment.get("RTMP_PORT")
    if not text:
        return [USUAL, *(FIRST + (port + step) % MOST for step in range(TRIES))]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise SystemExit(f"RTMP_PORT={text} is no port number.")
    return [int(text)]


def bound(host: str, port: int) -> socket.socket | None:
    """IPv4 first: the library in OBS knows nothing else."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    for family, _, _, _, address in sorted(found, key=lambda one: one[0] != socket.AF_INET):
        door = socket.socket(family, socket.SOCK_STREAM)
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
            door.listen(64)
        except OSError:
            door.close()
        else:
            return door
    return None
