"""Keeps a set of programs running until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinba.embedded.account import die_with_parent
from jinba.embedded.keeper import Keeper

SETTLED = 30.0  # seconds after which a child counts as well again
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
PATIENCE = 20.0  # seconds for a child to finish what it does
LARGEST_LOG = 10_000_000


@dataclass(frozen=True)
class Program:
    """One program to keep running."""

    name: str
    command: Sequence[str]
    descriptors: tuple[int, ...] = ()
    become: Callable[[], None] | None = None  # turns the child into another account
    environment: dict[str, str] | None = None  # instead of the server's
    is_quiet: bool = False  # its words go to its log and not to the terminal

    def settle(self) -> None:
        """What the child does before it turns into the program. A new account forgets whose death it follows."""
        if self.become:
            self.become()
        die_with_parent()


class Supervisor:
    """Starts programs, starts them again when they die, passes their words on, ends them together."""

    def __init__(self, keeper: Keeper, environment: dict[str, str], folder: Path, logs: Path) -> None:
        self.keeper = keeper
        self.environment = environment
        self.folder = folder
        self.logs = logs
        self.stopping = asyncio.Event()
        self.children: dict[str, asyncio.subprocess.Process] = {}
        self.tasks: list[asyncio.Task[None]] = []

    def start(self, program: Program) -> None:
        self.tasks.append(asyncio.create_task(self.keep_running(program)))

    async def keep_running(self, program: Program) -> None:
        pause = SHORTEST_PAUSE
        while not self.stopping.is_set():
            started = time.monotonic()
            code = await self.run_once(program)
            if self.stopping.is_set():
                return
            if time.monotonic() - started > SETTLED:
                pause = SHORTEST_PAUSE
            self.say("server", f"{program.name} ended ({ending(code)}); starting it again in {pause:g} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def run_once(self, program: Program) -> int:
        child = await asyncio.create_subprocess_exec(
            *program.command,
            cwd=self.folder,
            env=self.environment if program.environment is None else program.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=program.descriptors,
            start_new_session=True,
            preexec_fn=program.settle,
            limit=1 << 20,
        )
        self.children[program.name] = child
        self.keeper.watch(child.pid)
        assert child.stdout
        speech = asyncio.create_task(self.pass_on(program, child.stdout))
        code = await child.wait()
        # What a dead parent leaves behind must not meet its successor.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        self.keeper.forget(child.pid)
        await asyncio.wait({speech}, timeout=2)
        return code

    async def pass_on(self, program: Program, words: asyncio.StreamReader) -> None:
        path = self.logs / f"{program.name}.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        with path.open("a", encoding="utf-8") as log:
            while True:
                try:
                    line = await words.readline()
                except ValueError:
                    continue  # a line without end is dropped
                if not line:
                    return
                text = line.decode(errors="replace").rstrip()
                log.write(f"{text}\n")
                log.flush()
                if not program.is_quiet:
                    self.say(program.name, text)

    async def stop(self) -> None:
        """Ask all at once, wait, then make them; stopping may take as long as the longest piece of work.

        The signal goes to the programs themselves, not to their groups: Celery's pool must live until its work is done.
        """
        self.stopping.set()
        for child in self.running():
            child.terminate()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=PATIENCE)
        self.kill()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def kill(self) -> None:
        for child in self.running():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)

    def running(self) -> list[asyncio.subprocess.Process]:
        return [child for child in self.children.values() if child.returncode is None]

    @staticmethod
    def say(name: str, text: str) -> None:
        with contextlib.suppress(OSError):  # a closed terminal is no reason to fall over
            print(f"{name:<9}| {text}", file=sys.stdout, flush=True)


def ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
