"""A relay for video calls on this machine: coturn under the server's supervisor, when somebody installed it.

Two browsers on one machine reach each other without it. It is here so that a call by relay, which strict networks need,
is one that developers and tests have seen.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from jinba.embedded.account import Account
from jinba.embedded.places import CHECKOUT, Places
from jinba.embedded.supervisor import Program

RULES = CHECKOUT / "deploy" / "turnserver.conf"
ADDRESS = "127.0.0.1"
OWN_NAMES = ("", "localhost", "127.0.0.1", "::1")

# Below the ports that the kernel gives away (32768 and up) each clone has a block: its first port is the relay's door,
# the others are for the lines of calls.
FIRST, BLOCK, BLOCKS = 10_000, 200, 100


@dataclass(frozen=True)
class Relay:
    """One coturn, not started yet: `write` its configuration, then run its `program`."""

    binary: str
    folder: Path
    port: int
    secret: str

    @property
    def settings(self) -> dict[str, str]:
        """What the site has to know of it."""
        door = f"{ADDRESS}:{self.port}"
        return {
            "STUN_URLS": f"stun:{door}",
            "TURN_URLS": f"turn:{door}?transport=udp,turn:{door}?transport=tcp",
            "TURN_SECRET": self.secret,
        }

    @property
    def configuration(self) -> str:
        own = {
            "static-auth-secret": self.secret,
            "listening-ip": ADDRESS,
            "relay-ip": ADDRESS,
            "listening-port": self.port,
            "min-port": self.port + 1,
            "max-port": self.port + BLOCK - 1,
            "pidfile": self.folder / "pid",
            "userdb": self.folder / "db",
        }
        lines = [f"{name}={value}" for name, value in own.items()]
        # Only here: both ends of a call live on this machine, so they are peers of each other on its loopback. Whoever
        # may use this relay sits at this machine anyway; in production the rules above deny such peers.
        lines += ["allow-loopback-peers", f"allowed-peer-ip={ADDRESS}", "no-tls", "no-dtls"]
        return RULES.read_text(encoding="utf-8") + "\n# Of this machine\n" + "\n".join(lines) + "\n"

    def write(self, account: Account) -> None:
        """Afterwards the account, and nobody else, can read the configuration."""
        account.give(self.folder)
        path = self.folder / "turnserver.conf"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            if not account.is_ours:
                os.fchown(file.fileno(), account.uid, account.gid)
            file.write(self.configuration)

    def program(self, account: Account) -> Program:
        return Program(
            "turn",
            [self.binary, "-c", str(self.folder / "turnserver.conf")],
            become=account.become(self.folder),
            # It knows its own secret; the site's keys are none of its business.
            environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            is_quiet=True,
        )


def find_turnserver(environment: dict[str, str]) -> str | None:
    """The path of coturn's server; TURNSERVER wins."""
    named = environment.get("TURNSERVER")
    if named:
        return named if os.access(named, os.X_OK) else None
    return shutil.which("turnserver", path=f"{environment.get('PATH') or os.defpath}:/usr/sbin:/usr/local/sbin")


def own_relay(environment: dict[str, str], places: Places, port: int) -> tuple[Relay | None, str]:
    """The relay that a server on `port` starts, and a sentence about it; none where the environment names one."""
    if environment.get("TURN_URLS"):
        return None, "Video calls use the relay of TURN_URLS"
    if (environment.get("HOST") or "localhost") not in OWN_NAMES:
        # Browsers on other machines cannot reach our loopback, and a relay that they can reach needs an address, a
        # certificate and a firewall that somebody decided on.
        return None, 'No relay for video calls: HOST lets other machines in (docs/operations.md, "Video")'
    binary = find_turnserver(environment)
    if not binary:
        return None, "No relay for video calls: coturn (turnserver) is not installed; browsers connect directly"
    door = free_block(port)
    if door is None:
        return None, "No relay for video calls: no free ports for it; browsers connect directly"
    secret = environment.get("TURN_SECRET") or secrets.token_urlsafe(32)
    return Relay(binary, places.var / "turn", door, secret), f"Relay for video calls on port {door}"


def free_block(port: int) -> int | None:
    """The first port of the block that belongs to a server on `port`, or of the next one whose door nobody has."""
    for step in range(BLOCKS):
        door = FIRST + (port + step) % BLOCKS * BLOCK
        if is_free(door):
            return door
    return None


def is_free(port: int) -> bool:
    """Asked without the options for reuse that coturn sets: two of them would share a port, and get half each."""
    with ExitStack() as stack:
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                stack.enter_context(socket.socket(socket.AF_INET, kind)).bind((ADDRESS, port))
        except OSError:
            return False
    return True
