"""The account that PostgreSQL and Redis run under. PostgreSQL refuses to run as root, so root steps down for both."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """A user to run a program as."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def give(self, folder: Path) -> None:
        """The folder exists, is this account's and closed to all others."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if not self.is_ours and folder.stat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid)
        if folder.stat().st_mode & 0o777 != 0o700:
            folder.chmod(0o700)

    def become(self, *needed: Path) -> Callable[[], None] | None:
        """What a forked child calls to turn into this account; None where nothing has to change.

        A checkout under a closed folder (/root has mode 700) is out of an unprivileged account's reach. The child then
        keeps one single capability, the one to pass through closed folders, and nothing else of root's power.
        """
        if self.is_ours:
            return None
        passes = all(reaches(path, self) for path in needed)
        capability = None if passes else passing_capability()
        return lambda: self._become(capability)

    def _become(self, capability: int | None) -> None:
        os.setgroups([])
        os.setresgid(self.gid, self.gid, self.gid)
        if capability is not None and libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) != 0:
            # Without this bit, access(2), by which initdb looks for its neighbours, would ignore capabilities.
            os._exit(126)
        os.setresuid(self.uid, self.uid, self.uid)
        if capability is not None:
            keep_only(capability)
        os.umask(0o077)


def service_account(*data: Path) -> Account:
    """Ourselves; for root the owner of the data, else nobody, else the first other user."""
    if os.geteuid() != 0:
        for folder in data:
            if folder.exists() and folder.stat().st_uid != os.geteuid():
                raise SystemExit(f"{folder} belongs to another user (was it made as root?); choose another VAR_DIR.")
        return Account(os.geteuid(), os.getegid())
    for folder in data:
        if folder.exists() and folder.stat().st_uid != 0:
            return Account(folder.stat().st_uid, folder.stat().st_gid)
    try:
        user = pwd.getpwnam("nobody")
    except KeyError:
        user = next(user for user in pwd.getpwall() if user.pw_uid != 0)
    if not is_mapped(user.pw_uid):
        raise SystemExit(
            "PostgreSQL refuses to run as root, and this container knows no other user. "
            "Run as an ordinary user, or set DATABASE_URL and REDIS_URL."
        )
    return Account(user.pw_uid, user.pw_gid)


def is_mapped(uid: int) -> bool:
    """False in a container whose only user is root."""
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        first, _, count = map(int, line.split())
        if first <= uid < first + count:
            return True
    return False


def reaches(path: Path, account: Account) -> bool:
    """True when the account may pass every folder above the path and read the path itself."""
    for index, place in enumerate([path, *path.parents]):
        state = place.stat()
        needed = 0o5 if index == 0 else 0o1
        shift = 6 if state.st_uid == account.uid else 3 if state.st_gid == account.gid else 0
        if (state.st_mode >> shift) & needed != needed:
            return False
    return True


def passing_capability() -> int:
    """The weakest capability of this process that opens closed folders (containers often lack the weaker one)."""
    status = Path("/proc/self/status").read_text()
    permitted = int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapPrm")), 16)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if permitted >> capability & 1:
            return capability
    raise SystemExit(
        "PostgreSQL's account cannot reach this checkout. Move it out of closed folders such as /root, "
        "or set DATABASE_URL and REDIS_URL."
    )


def keep_only(capability: int) -> None:
    """Drop every capability but this one, which also survives an exec."""
    bit = 1 << capability
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if libc.capset(header, data) != 0 or libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0:
        os._exit(126)


def die_with_parent() -> None:
    """The calling child gets SIGTERM when the thread that started it ends, however it ends."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
