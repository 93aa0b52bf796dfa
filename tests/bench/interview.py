"""script/bench interview [CALLS] [CUTS]: calls by video through the real pages of a real server, all on one machine.

CALLS (20) calls of two, one after the other, straight and then by the relay alone: time from the recruiter's tap on
请进 to the first frame that each of the two sees (goal: 3 s at the 95th percentile); what sockets, relay and browsers
spend meanwhile; and how long CUTS (5) of them take to show pictures again after eight seconds without any line (goal:
10 s). Pages, browsers, encoders and servers share this machine's cores: what it prints of their work are upper bounds.
"""

from __future__ import annotations

import json
import math
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import psutil
from playwright.sync_api import Browser, BrowserContext, Page

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from jinba.embedded.turn import find_turnserver  # noqa: E402
from labor.interviews.actions import seating  # noqa: E402
from labor.interviews.choices import SeatKind  # noqa: E402
from labor.interviews.models import Seat  # noqa: E402
from tests.browser.chromium import CHINESE, DESK, PHONE, chromium  # noqa: E402
from tests.browser.lines import heal  # noqa: E402
from tests.factories.interviews import InterviewFactory  # noqa: E402
from tests.platform.machine import Machine, free_port, until  # noqa: E402

CALLS, CUTS = 20, 5
CUT, TALK = 8.0, 8.0  # seconds
GOAL, GOAL_AFTER_CUT = 3.0, 10.0
ALLOWED = ["camera", "microphone"]

# When the first frame of somebody else was shown, and when the recruiter tapped: by the clock that both pages share.
WATCH = """
addEventListener("click", (event) => {
  if (event.target.closest && event.target.closest("[data-deed=admit]")) window.tapped = Date.now();
}, true);
setInterval(() => {
  const shown = [...document.querySelectorAll("[data-seat] video")];
  if (!window.seen && shown.some((video) => video.getVideoPlaybackQuality().totalVideoFrames > 0)) {
    window.seen = Date.now();
  }
}, 20);
"""


def seed(count: int) -> None:
    """Inside the server's database: interviews whose rooms are open, and how to come in. Prints JSON."""
    made = []
    for _ in range(count):
        interview = InterviewFactory(confirmed=True)
        seating.seat_all(interview=interview)
        client = Client()
        client.force_login(interview.recruiter, backend="django.contrib.auth.backends.ModelBackend")
        links = {
            str(kind): seating.link_path(Seat.objects.valid().get(interview=interview, kind=kind))
            for kind in (SeatKind.WORKER, SeatKind.RECRUITER)
        }
        cookie = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        }
        made.append({"pk": interview.pk, "links": links, "cookie": cookie})
    print(json.dumps(made))


class Work:
    """CPU seconds and memory of a set of processes with all their children."""

    def __init__(self, *roots: psutil.Process | None) -> None:
        self.roots = [root for root in roots if root]
        self.began, self.at = self.seconds(), time.monotonic()

    def all(self) -> list[psutil.Process]:
        return [one for root in self.roots for one in (root, *root.children(recursive=True))]

    def seconds(self) -> float:
        spent = 0.0
        for one in self.all():
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            spent += times.user + times.system
        return spent

    def share(self) -> float:
        """Of one core, since it was made."""
        return (self.seconds() - self.began) / (time.monotonic() - self.at)

    def megabytes(self) -> float:
        """Memory that is theirs alone: shared pages are counted once, in nobody."""
        return sum(one.memory_full_info().uss for one in self.all()) / 1e6


class Call:
    """Two people in one interview."""

    def __init__(self, browser: Browser, address: str, facts: dict[str, Any]) -> None:
        self.contexts: list[BrowserContext] = []
        self.pages: dict[str, Page] = {}
        for kind, device in (("recruiter", DESK), ("worker", PHONE)):
            context = browser.new_context(**{**device, **CHINESE, "base_url": address})
            context.set_default_timeout(60_000)
            context.grant_permissions(ALLOWED, origin=address)
            context.add_init_script(WATCH)
            if kind == "recruiter":
                context.add_cookies([{**facts["cookie"], "url": address}])
            page = context.new_page()
            page.goto(facts["links"][kind])
            page.get_by_role("button", name="进入面试室").click()
            page.wait_for_url(f"**/rooms/{facts['pk']}/")
            self.contexts.append(context)
            self.pages[kind] = page

    def admit(self) -> dict[str, float]:
        """Seconds from the tap to the first frame, for each of the two."""
        desk = self.pages["recruiter"]
        desk.locator("[data-waiters] [data-deed=admit]").wait_for()
        # Devices are open before, as they are when somebody waited.
        until(lambda: all(page.evaluate("Boolean(window.interview)") for page in self.pages.values()))
        desk.wait_for_timeout(500)
        desk.locator("[data-waiters] [data-deed=admit]").click()
        until(lambda: all(page.evaluate("window.seen || 0") for page in self.pages.values()), 90)
        tapped = desk.evaluate("window.tapped")
        return {kind: (page.evaluate("window.seen") - tapped) / 1000 for kind, page in self.pages.items()}

    def facts(self) -> list[dict[str, Any]]:
        return [page.evaluate("window.interview.snapshot().peers[0]") for page in self.pages.values()]

    def is_relayed(self) -> bool:
        until(lambda: all(facts["seconds"] for facts in self.facts()))
        return all(facts["isRelayed"] for facts in self.facts())

    def end(self) -> None:
        for context in self.contexts:
            context.close()


class House(Machine):
    """The product as `script/server` runs it, in a folder of its own."""

    rows: Sequence[dict[str, Any]] = ()  # interviews that nobody used yet

    def open(self, **more: str) -> str:
        self.port = str(free_port())
        server = self.start("server", PORT=self.port, **more)
        assert server.stdout
        said = ""
        for line in server.stdout:
            if line == "Ready\n":
                return f"http://localhost:{self.port}"
            said += line
        raise SystemExit(said)

    def interviews(self, count: int) -> list[dict[str, Any]]:
        told = self.run(
            sys.executable, "-W", "ignore", "-m", "tests.bench.interview", "seed", str(count)
        )  # fmt: skip
        if told.returncode:
            raise SystemExit(told.stderr)
        rows: list[dict[str, Any]] = json.loads(told.stdout.splitlines()[-1])
        return rows

    @contextmanager
    def silent(self) -> Iterator[None]:
        """No packet passes to the site or by the relay, and none is refused: as when a lift's doors close."""
        stopped = [self.process("splitter"), self.process("turnserver")]
        for one in stopped:
            if one:
                one.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for one in stopped:
                if one:
                    one.send_signal(signal.SIGCONT)


def bench(house: House, browser: Browser, count: int, cuts: int, is_by_relay: bool) -> bool:
    name = "by the relay alone" if is_by_relay else "straight"
    address = house.open(RELAY_ONLY=str(is_by_relay).lower())
    if not house.rows:
        house.rows = house.interviews(count * 2)  # at once: the factories number what they make from 1
    rows, house.rows = house.rows[:count], house.rows[count:]
    sockets, relay = house.process("uvicorn"), house.process("turnserver")
    browsers = psutil.Process(os.getpid())
    first: list[float] = []
    shares: dict[str, list[float]] = {"sockets": [], "relay": [], "browsers": []}
    browser_memory: list[float] = []
    healed: list[float] = []
    spent = Work(sockets)
    before = spent.megabytes()
    for number, facts in enumerate(rows):
        call = Call(browser, address, facts)
        first += call.admit().values()
        if call.is_relayed() != is_by_relay:
            raise SystemExit(f"call {number} did not go {name}")
        if number < cuts:
            work = {"sockets": Work(sockets), "relay": Work(relay), "browsers": Work(browsers)}
            call.pages["worker"].wait_for_timeout(TALK * 1000)
            for what, one in work.items():
                shares[what].append(one.share())
            browser_memory.append(work["browsers"].megabytes())
            if is_by_relay:
                healed.append(cut(house, call))
        call.end()
    p50, p95 = statistics.median(first), percentile(first, 0.95)
    print(f"\n{count} calls {name}, {len(first)} times from 请进 to the first frame (load {os.getloadavg()[0]:.1f}):")
    say("p50 / p95 / max", f"{p50:.2f} / {p95:.2f} / {max(first):.2f} s", p95 <= GOAL)
    each = (spent.seconds() - spent.began) / count
    say("socket server, for a whole call", f"{each * 1000:.0f} ms of CPU")
    say("socket server, while two talk", f"{statistics.mean(shares['sockets']):.2%} of a core")
    say("socket server, memory", f"{before:.0f} MB before, {spent.megabytes():.0f} MB after {count} calls")
    say("browsers of both, while they talk", f"{statistics.mean(shares['browsers']):.0%} of a core")
    say("browsers of both, memory", f"{statistics.mean(browser_memory):.0f} MB")
    if is_by_relay and relay:
        say("relay, while two talk", f"{statistics.mean(shares['relay']):.2%} of a core")
        say("relay, memory", f"{relay.memory_info().rss / 1e6:.0f} MB")
        times = " ".join(f"{seconds:.1f}" for seconds in healed)
        say(f"pictures again after {CUT:g} s of silence", f"{times} s", max(healed) <= GOAL_AFTER_CUT)
    house.end()
    return p95 <= GOAL and all(seconds <= GOAL_AFTER_CUT for seconds in healed)


def cut(house: House, call: Call) -> float:
    """Seconds from the line's return until both see each other again, and go on doing so."""
    with house.silent():
        call.pages["worker"].wait_for_timeout(CUT * 1000)
    return max(heal(call.pages, 60, shown).values())


def shown(page: Page) -> int:
    """Frames of others that the page has drawn."""
    total: int = page.evaluate(
        "[...document.querySelectorAll('[data-seat] video')]"
        ".reduce((sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames, 0)"
    )
    return total


def percentile(values: list[float], part: float) -> float:
    """The smallest value that so large a part of them does not exceed."""
    return sorted(values)[math.ceil(part * len(values)) - 1]


def say(what: str, value: str, is_met: bool | None = None) -> None:
    print(f"  {what:<42}{value}{'' if is_met is None else '   goal met' if is_met else '   GOAL MISSED'}", flush=True)


def main() -> int:
    if sys.argv[1:2] == ["seed"]:
        seed(int(sys.argv[2]))
        return 0
    given = [int(text) for text in sys.argv[1:3]]
    count, cuts = [*given, *(CALLS, CUTS)[len(given) :]]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before it began")
    ways = [False, True] if find_turnserver(dict(os.environ)) else [False]
    if len(ways) == 1:
        print("No coturn: nothing by the relay, and no cuts.")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        house = House(Path(folder) / "var")
        try:
            met = [bench(house, browser, count, min(cuts, count), is_by_relay) for is_by_relay in ways]
        finally:
            house.end()
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
