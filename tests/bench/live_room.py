"""script/bench live_room [VIEWERS] [SERVERS]: a live room's chat to thousands of sockets, all on one machine.

VIEWERS (5,000) sockets over SERVERS (2) socket servers as the product starts them; 10 lines a second for 40 s are said
by 200 people through the room's own action. One page in twenty reads 512 bytes a second. Goals: 95 % of deliveries
within one second of being written, none lost.

script/bench live_room storm: 10 senders × 1,000 entries while lines are cut 200 times and servers and Redis are killed.
Goal: each viewer has 1..n.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")

from jinba.embedded.places import CHECKOUT
from tests.sockets.wire import Wire

VIEWERS, SERVERS = 5_000, 2
SECONDS, A_SECOND, AUTHORS = 40, 10, 200
SLOW = 20  # one page in so many
AT_A_TIME = 50  # pages that come in together
GOAL = 1.0  # seconds, at 95 %
WORDS = "老乡们好，我想问一下这个厂的长白班还招不招人，夫妻房有没有，食堂一个月大概吃多少钱，班车到不到镇上，" * 3
Texts = dict[bytes, tuple[int, ...]]


# Pages, in processes of their own ------------------------------------------------------------------------------------


class Page(Wire):
    """Writes down when each frame came; equal frames are read once for all pages."""

    read: Texts = {}
    fetches = 0

    def __init__(self, session_id: int, *, is_slow: bool) -> None:
        super().__init__(session_id, **({"bite": 512, "rest": 1.0} if is_slow else {}))
        self.is_slow = is_slow
        self.came: list[tuple[float, tuple[int, ...]]] = []

    def heard(self, text: bytes) -> None:
        if text.startswith(b'{"t":"entries"'):
            if (seqs := self.read.get(text)) is None:
                seqs = self.read[text] = tuple(entry["seq"] for entry in json.loads(text)["list"])
            self.came.append((time.monotonic(), seqs))
        elif text.startswith(b'{"t":"resync"'):
            self.fetches += 1


async def crowd(session_id: int, place: Path, count: int) -> None:
    """COUNT pages on one server: says when all are in, then waits for what was sent and says what came of it."""
    pages = [Page(session_id, is_slow=number % SLOW == 0) for number in range(count)]
    for start in range(0, count, AT_A_TIME):
        some = pages[start : start + AT_A_TIME]
        await asyncio.gather(*(page.open(place) for page in some))
        for page in some:
            page.hello(0)
    _write({"in": count})
    line = await asyncio.to_thread(sys.stdin.readline)
    sent = {seq: (began, done) for seq, began, done in json.loads(line)}
    deadline = time.monotonic() + 20
    good = [page for page in pages if not page.is_slow]
    while time.monotonic() < deadline and any(sum(len(seqs) for _, seqs in page.came) < len(sent) for page in good):
        await asyncio.sleep(0.2)
    whole = sorted(sent)
    since_tap, since_commit = Counter[int](), Counter[int]()  # deliveries by milliseconds
    report = {"good": len(good), "frames": 0, "missed": 0, "repeated": 0, "lost": 0, "fetches": 0, "behind": 0}
    for page in pages:
        seen = [seq for _, seqs in page.came for seq in seqs]
        report["frames"] += len(page.came)
        report["lost"] += page.gone.done()
        if page.is_slow:
            report["behind"] += len(seen) < len(sent)
            continue
        report["fetches"] += page.fetches
        report["missed"] += len(set(whole) - set(seen))
        report["repeated"] += len(seen) - len(set(seen))
        for at, seqs in page.came:
            for seq in seqs:
                began, done = sent[seq]
                since_tap[int((at - began) * 1000)] += 1
                since_commit[max(0, int((at - done) * 1000))] += 1
    _write({"total": report, "since_tap": since_tap, "since_commit": since_commit})
    for page in pages:
        page.transport.abort()


def _write(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


# Who speaks ----------------------------------------------------------------------------------------------------------


def speak(session_id: int, authors: list[int], seconds: int) -> None:
    """10 lines a second by the room's own action, from a few threads as on a page server; writes when each began."""
    import django

    django.setup()
    from django.db import connections

    from jinba.accounts.models import User
    from labor.live.actions.saying import say
    from labor.live.choices import MessageKind
    from labor.live.models import LiveSession

    session = LiveSession.objects.get(pk=session_id)
    people = [User.objects.get(pk=pk) for pk in authors]
    sent: list[tuple[int, float, float]] = []
    turns, door = iter(range(seconds * A_SECOND)), threading.Lock()
    began = time.monotonic()

    def work() -> None:
        while True:
            with door:
                turn = next(turns, None)
            if turn is None:
                break
            time.sleep(max(0.0, began + turn / A_SECOND - time.monotonic()))
            at = time.monotonic()
            text = f"{WORDS}{turn}号"
            message = say(
                session=session, by=people[turn % len(people)], text=text, kind=MessageKind.CHAT, client_id=uuid.uuid4()
            )
            entry = message.entries.first()
            assert entry, message.held_for
            sent.append((entry.seq, at, time.monotonic()))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _write(sent)


# The bench -----------------------------------------------------------------------------------------------------------


def run(viewers: int = VIEWERS, servers: int = SERVERS) -> bool:
    """Whether the goals were met; needs the services up, and prints its figures."""
    import django

    django.setup()
    from tests.bench.notices import scratch_database

    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="room-", dir="/tmp") as folder, scratch_database():
        try:
            return _run(Path(folder), viewers, servers)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))


def _run(folder: Path, viewers: int, number: int) -> bool:
    from tests.concurrency.live_storm import Sockets, environment_here
    from tests.factories.accounts import UserFactory
    from tests.factories.live import LiveSessionFactory

    environment = environment_here()
    session = LiveSessionFactory(live=True)
    authors = [str(UserFactory().pk) for _ in range(AUTHORS)]
    servers = [Sockets(folder, each, environment) for each in range(number)]
    children: list[subprocess.Popen[str]] = []

    def child(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "ignore", "-m", "tests.bench.live_room", *words]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        children.append(subprocess.Popen(command, cwd=CHECKOUT, env=environment, text=True, **pipes))  # type: ignore[call-overload]
        return children[-1]

    try:
        asyncio.run(_ready(servers, session.pk))
        before = [_megabytes(server) for server in servers]
        came = time.monotonic()
        shares = [viewers // number + (each < viewers % number) for each in range(number)]
        crowds = [
            child("crowd", str(session.pk), str(server.place), str(share))
            for server, share in zip(servers, shares, strict=True)
        ]
        for one in crowds:
            _answer(one)
        came = time.monotonic() - came
        after = [_megabytes(server) for server in servers]
        spent, began = [_cpu(server) for server in servers], time.monotonic()
        said = _answer(child("speak", str(session.pk), ",".join(authors), str(SECONDS)))
        took = time.monotonic() - began
        spent = [_cpu(server) - was for server, was in zip(servers, spent, strict=True)]
        for one in crowds:
            assert one.stdin
            one.stdin.write(json.dumps(said) + "\n")
            one.stdin.flush()
        reports = [_answer(one) for one in crowds]
        last = [_megabytes(server) for server in servers]
    finally:
        for one in children:
            one.kill()
            one.communicate()
        for server in servers:
            server.end()
    saying = sorted(done - began for _, began, done in said)
    _say(f"\n{viewers} viewers on {number} servers, {len(said)} lines in {took:.0f} s (load {os.getloadavg()[0]:.1f}):")
    _say_of("saying one p50 / p95", f"{saying[len(saying) // 2]:.2f} / {saying[int(len(saying) * 0.95)]:.2f} s")
    return _told(viewers, len(said), reports, came, took, spent, (before, after, last))


def _told(
    viewers: int, sent: int, reports: list[dict[str, Any]], came: float, took: float, spent: list[float],
    memory: tuple[list[float], list[float], list[float]],
) -> bool:  # fmt: skip
    total = {name: sum(report["total"][name] for report in reports) for name in reports[0]["total"]}
    before, after, _ = memory
    since_tap, since_commit = (_together(reports, name) for name in ("since_tap", "since_commit"))
    p95 = percentile(since_commit, 0.95)
    expected = total["good"] * sent
    dropped = total["missed"] + total["lost"]
    _say_of("written to screen p50 / p95 / max", _three(since_commit), p95 < GOAL)
    _say_of("tap to screen p50 / p95 / max", _three(since_tap))
    _say_of("deliveries", f"{sum(since_tap.values()):,} of {expected:,}")
    _say_of(
        "dropped / repeated / lines lost", f"{total['missed']} / {total['repeated']} / {total['lost']}", not dropped
    )
    _say_of("told to fetch (who reads well)", str(total["fetches"]), not total["fetches"])
    _say_of("slow pages that were behind at the end", f"{total['behind']} of {viewers - total['good']}")
    _say_of("memory a viewer", f"{(sum(after) - sum(before)) * 1000 / viewers:.1f} kB")
    _say_of("memory a server", " ".join(f"{a:.0f}→{b:.0f}→{c:.0f}" for a, b, c in zip(*memory, strict=True)) + " MB")
    _say_of("coming in", f"{viewers / came:.0f} a second")
    _say_of("a server's work", ", ".join(f"{seconds / took:.0%} of a core" for seconds in spent))
    _say_of("CPU a frame sent", f"{sum(spent) / max(total['frames'], 1) * 1e6:.0f} µs")
    return p95 < GOAL and not dropped and not total["repeated"] and not total["fetches"]


async def _ready(servers: list[Any], session_id: int) -> None:
    """All answer, and one page each was in and out, so that all is loaded that a viewer needs."""
    for server in servers:
        await server.ready()
        page = Page(session_id, is_slow=False)
        await page.open(server.place)
        page.hello(0)
        await asyncio.sleep(1)
        await page.close()


def _answer(child: subprocess.Popen[str]) -> Any:
    assert child.stdout
    line = child.stdout.readline()
    if not line:
        raise SystemExit("a process of the bench died")
    return json.loads(line)


def _megabytes(server: Any) -> float:
    return float(psutil.Process(server.process.pid).memory_full_info().uss / 1e6)


def _cpu(server: Any) -> float:
    times = psutil.Process(server.process.pid).cpu_times()
    return float(times.user + times.system)


def _together(reports: list[dict[str, Any]], name: str) -> Counter[int]:
    steps = Counter[int]()
    for report in reports:
        steps.update({int(step): times for step, times in report[name].items()})
    return steps


def _three(steps: Counter[int]) -> str:
    return " / ".join(f"{percentile(steps, part):.2f}" for part in (0.5, 0.95, 1.0)) + " s"


def percentile(steps: Counter[int], part: float) -> float:
    """Seconds that so large a part of the deliveries did not exceed."""
    rank, passed = math.ceil(sum(steps.values()) * part), 0
    for step in sorted(steps):
        passed += steps[step]
        if passed >= rank:
            return (step + 1) / 1000
    return math.inf


def storm() -> bool:
    import django

    django.setup()
    from tests.bench.notices import scratch_database
    from tests.concurrency.live_storm import storm as weather
    from tests.factories.live import LiveSessionFactory

    with tempfile.TemporaryDirectory(prefix="room-", dir="/tmp") as folder, scratch_database():
        session = LiveSessionFactory(live=True)
        how = {"senders": 10, "each": 1_000, "viewers": 20, "reconnects": 200, "server_kills": 6, "redis_kills": 3}
        report = asyncio.run(weather(Path(folder), session.pk, pause=0.05, patience=600, **how))
    _say(f"\n{report.sent} entries to 20 viewers in {report.seconds:.0f} s (load {os.getloadavg()[0]:.1f}):")
    killed = f"{report.reconnects} / {report.server_kills} / {report.redis_kills}"
    _say_of("lines cut / servers killed / Redis killed", killed)
    is_whole = not (report.wrong or report.missed or report.repeated)
    found = f"{report.wrong} / {report.missed} / {report.repeated}"
    _say_of("viewers without 1..n / missed / repeated", found, is_whole)
    _say_of("times that somebody fetched by HTTP", str(report.fetched))
    _say_of("delay p50 / p95 / max", f"{report.delay(0.5):.2f} / {report.delay(0.95):.2f} / {report.delay(1.0):.2f} s")
    return is_whole


def _say(text: str) -> None:
    print(text, flush=True)


def _say_of(what: str, value: str, is_met: bool | None = None) -> None:
    _say(f"  {what:<42}{value}{'' if is_met is None else '   goal met' if is_met else '   GOAL MISSED'}")


def main(words: list[str]) -> int:
    match words:
        case ["crowd", session_id, place, count]:
            resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
            asyncio.run(crowd(int(session_id), Path(place), int(count)))
            return 0
        case ["speak", session_id, authors, seconds]:
            speak(int(session_id), [int(pk) for pk in authors.split(",")], int(seconds))
            return 0
        case ["storm"]:
            return 0 if storm() else 1
        case _:
            given = [int(word) for word in words[:2]]
            return 0 if run(*given) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
