"""A room that many write to while its viewers' lines break and its servers die: what each viewer saw."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client

from jinba.embedded.places import CHECKOUT
from jinba.embedded.programs import socket_server
from tests.concurrency.notice_storm import Redis, environment_of
from tests.sockets.wire import Wire

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Sockets:
    """One socket server, as the product starts it, that may die."""

    def __init__(self, folder: Path, number: int, environment: dict[str, str]) -> None:
        self.place, self.environment = folder / f"s{number}", environment
        self.start()

    def start(self) -> None:
        self.place.unlink(missing_ok=True)
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            socket_server(str(self.place)), cwd=CHECKOUT, env=self.environment, **QUIET
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)

    async def ready(self) -> None:
        async with asyncio.timeout(60):
            while True:
                try:
                    _, writer = await asyncio.open_unix_connection(str(self.place))
                except OSError:
                    await asyncio.sleep(0.1)
                else:
                    writer.close()
                    return


def environment_here() -> dict[str, str]:
    """For processes beside this one: its database, its Redis."""
    place, _, options = os.environ["DATABASE_URL"].partition("?")
    return os.environ | {"DATABASE_URL": f"{place.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}?{options}"}


@dataclass
class Report:
    """What was written, what broke, and what was seen."""

    sent: int = 0
    reconnects: int = 0
    server_kills: int = 0
    redis_kills: int = 0
    missed: int = 0  # numbers that a viewer never got
    repeated: int = 0  # numbers that the server sent to a viewer who had them
    fetched: int = 0  # times that a viewer had to fetch by HTTP
    wrong: int = 0  # viewers whose list is not 1..n
    seconds: float = 0.0
    delays: list[float] = field(default_factory=list)  # from the writing to each viewer's screen

    def delay(self, part: float) -> float:
        return sorted(self.delays)[min(int(len(self.delays) * part), len(self.delays) - 1)]


class Page(Wire):
    """A line that belongs to a viewer."""

    def __init__(self, session_id: int, news: asyncio.Queue[bytes | None]) -> None:
        super().__init__(session_id)
        self.news = news

    def heard(self, text: bytes) -> None:
        self.news.put_nowait(text)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.news.put_nowait(None)


class Viewer:
    """Comes back whenever his line breaks, as the page does, and writes down every number that he is sent."""

    def __init__(self, session_id: int, servers: list[Sockets], chance: random.Random, report: Report) -> None:
        self.session_id, self.servers, self.chance, self.report = session_id, servers, chance, report
        self.seen: list[int] = []
        self.at: dict[int, float] = {}
        self.page: Page | None = None
        self.client = Client()

    @property
    def last(self) -> int:
        return self.seen[-1] if self.seen else 0

    async def watch(self) -> None:
        while True:
            news: asyncio.Queue[bytes | None] = asyncio.Queue()
            page = Page(self.session_id, news)
            try:
                await page.open(self.chance.choice(self.servers).place)
                page.hello(self.last)
                self.page = page
                while (text := await news.get()) is not None:
                    await self._take(json.loads(text))
            except (OSError, TimeoutError):
                await asyncio.sleep(0.1)
            finally:
                self.page = None
                if hasattr(page, "transport"):
                    page.transport.abort()

    async def _take(self, frame: dict[str, Any]) -> None:
        if frame["t"] == "entries":
            self._note(frame["list"])
        elif frame["t"] == "resync":
            self.report.fetched += 1
            last = self.last
            while last < frame["last"]:
                last = await self._fetch(last)

    async def _fetch(self, since: int) -> int:
        answer = await sync_to_async(self.client.get)(f"/live/{self.session_id}/entries/?since={since}")
        found = [entry for entry in answer.json()["list"] if entry["seq"] > self.last]
        self._note(found)
        return self.last

    def _note(self, list_: list[dict[str, Any]]) -> None:
        now = time.monotonic()
        for entry in list_:
            self.report.repeated += entry["seq"] <= self.last
            self.seen.append(entry["seq"])
            self.at.setdefault(entry["seq"], now)

    def cut(self) -> None:
        if self.page is not None:
            self.page.transport.abort()
            self.report.reconnects += 1


async def storm(
    folder: Path, session_id: int, *, senders: int, each: int, viewers: int, reconnects: int, server_kills: int = 0,
    redis_kills: int = 0, pause: float = 0.02, is_locked: bool = True, patience: float = 120.0,
) -> Report:  # fmt: skip
    """`senders` × `each` entries while viewers' lines are cut `reconnects` times, and servers and Redis are killed."""
    report, chance = Report(), random.Random(11)
    redis = Redis(folder)
    environment = environment_of(redis.socket, folder / "vendor.log", knows=True)
    servers = [Sockets(folder, number, environment) for number in range(2)]
    people = [Viewer(session_id, servers, random.Random(number), report) for number in range(viewers)]
    tasks: list[asyncio.Task[None]] = []
    sender: asyncio.subprocess.Process | None = None
    began = time.monotonic()
    try:
        for server in servers:
            await server.ready()
        tasks = [asyncio.create_task(one.watch()) for one in people]
        words = [str(session_id), str(senders), str(each), str(pause), *([] if is_locked else ["--unlocked"])]
        sender = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore", "-m", "tests.concurrency.live_sender", *words,
            cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE,
        )  # fmt: skip
        told = asyncio.create_task(sender.communicate())
        total, done = senders * each, 0
        while time.monotonic() - began < patience:
            done = max(one.last for one in people)
            if told.done() and min(one.last for one in people) >= total:
                break
            if report.reconnects < reconnects and done >= total * (report.reconnects + 1) // (reconnects + 1):
                chance.choice(people).cut()
            if report.server_kills < server_kills and done >= total * (report.server_kills + 1) // (server_kills + 1):
                victim = servers[report.server_kills % len(servers)]
                await asyncio.to_thread(victim.kill)
                victim.start()
                report.server_kills += 1
            if report.redis_kills < redis_kills and done >= total * (2 * report.redis_kills + 1) // (2 * redis_kills):
                redis.kill()
                await asyncio.sleep(1.0)  # viewers have nothing but the reader's own looks meanwhile
                redis.start()
                report.redis_kills += 1
            await asyncio.sleep(0.01)
        sent = dict(json.loads((await told)[0]))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if sender is not None and sender.returncode is None:
            sender.kill()
            await sender.wait()
        for server in servers:
            server.end()
        redis.kill()
    report.seconds, report.sent = time.monotonic() - began, len(sent)
    whole = sorted(sent)
    for one in people:
        report.wrong += one.seen != whole
        report.missed += len(set(whole) - set(one.seen))
        report.delays += [one.at[seq] - at for seq, at in sent.items() if seq in one.at]
    return report
