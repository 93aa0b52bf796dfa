"""Find, start and end processes that outlive us or that somebody killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def carrier(package: str) -> Path:
    """The folder of an installed package, without importing it (its own manager must not run)."""
    from importlib.util import find_spec

    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed; run script/bootstrap.")
    return Path(spec.origin).parent


def start(
    command: Sequence[str | Path],
    folder: Path,
    log: Path,
    environment: dict[str, str],
    become: Callable[[], None] | None,
) -> subprocess.Popen[bytes]:
    """Start a service in its own session, with its words going to the log."""
    with log.open("ab") as words:
        return subprocess.Popen(
            [os.fspath(part) for part in command],
            cwd=folder if become is None else "/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=become,
        )


def living(pid_file: Path, folder: Path) -> int | None:
    """The process that a pid file names, when it is alive and really works in that folder (numbers are used again)."""
    try:
        pid = int(pid_file.read_text().split(maxsplit=1)[0])
        home = os.readlink(f"/proc/{pid}/cwd")
    except (OSError, ValueError, IndexError):
        return None
    return pid if os.path.realpath(folder) == home else None


def working_in(folder: Path) -> list[int]:
    """Every process that works in the folder: what a killed server may have left behind."""
    home = os.path.realpath(folder)
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if os.readlink(f"/proc/{entry.name}/cwd") == home:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def end(pid: int, steps: Sequence[tuple[int, float]]) -> None:
    """Send each signal in turn, waiting its seconds for the process to go."""
    for number, seconds in steps:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_until(lambda: not alive(pid), seconds):
            return


def alive(pid: int) -> bool:
    """False for one that is gone or only waits to be collected."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end_group(group: int, seconds: float) -> None:
    """Ask a whole process group to stop, then make it."""
    for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 2.0)):
        try:
            os.killpg(group, number)
        except (ProcessLookupError, PermissionError):
            return
        if wait_until(lambda: not group_alive(group), patience):
            return


def group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(ready: Callable[[], bool], seconds: float, pause: float = 0.03) -> bool:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def last_words(log: Path, lines: int = 12) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
