"""Workers killed in the middle of a roster's check and of its registration: all or nobody, and the sweep goes on."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from jinba.accounts.choices import Role
from jinba.core import encrypted_files
from jinba.embedded.places import CHECKOUT
from labor.workers.actions import batches
from labor.workers.choices import BatchState
from labor.workers.models import BatchPart, Consent, Delegation, RegistrationBatch, Worker, WorkerAct
from tests.concurrency.notice_storm import Redis
from tests.factories.accounts import user_in
from tests.factories.reference import region
from tests.factories.rosters import person, sent, workbook

PEOPLE = 3_000
PATIENCE = 20.0


class Hands:
    """A Celery worker of one process, on the test's database and its files."""

    def __init__(self, socket: Path) -> None:
        place, _, options = os.environ["DATABASE_URL"].partition("?")
        place = f"{place.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
        self.environment = os.environ | {
            "DATABASE_URL": f"{place}?{options}",
            "REDIS_URL": f"unix://{socket}?db=0",
            "VAR_DIR": str(settings.MEDIA_ROOT.parent),
        }
        self.socket, self.kills = socket, 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "jinba", "worker", "-Q", "celery"]
        options = ["-c", "1", "-O", "fair", "--without-gossip", "--without-mingle", "--loglevel=CRITICAL"]
        self.process = subprocess.Popen(
            [*command, *options], cwd=CHECKOUT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        """kill -9 of the process that does the work."""
        (child,) = psutil.Process(self.process.pid).children()
        os.kill(child.pid, signal.SIGKILL)
        self.kills += 1

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def hands() -> Iterator[Hands]:
    folder = Path("/tmp") / f"jinba-roster-{os.getpid()}"  # short enough for a socket's address
    folder.mkdir(mode=0o700)
    redis = Redis(folder)
    hands = Hands(redis.socket)
    try:
        yield hands
    finally:
        hands.end()
        redis.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def _sweeps(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    """What actions post goes to the workers of this test."""
    post = Celery(broker=f"redis+socket://{hands.socket}?virtual_host=2", set_as_current=False)
    monkeypatch.setattr("jinba.core.later.current_app.send_task", post.send_task)


def until(what: Callable[[], Any], *, sweeps: bool = False) -> None:
    """Wait for something; with `sweeps` do what beat does meanwhile, without its pauses."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        if sweeps:
            RegistrationBatch.objects.at_work().update(next_try_at="2026-01-01T00:00:00Z")
            batches.call_hands()
        time.sleep(0.2 if sweeps else 0.002)


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Worker, Delegation, WorkerAct, Consent))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_sweeps")
def test_a_roster_whose_workers_are_killed_is_registered_whole_or_not_at_all_and_in_the_end_whole(hands: Hands) -> None:
    region("511921")
    broker = user_in(Role.BROKER)
    batch = sent(workbook(person(number) for number in range(PEOPLE)), by=broker)

    def now() -> RegistrationBatch:
        return RegistrationBatch.objects.get(pk=batch.pk)

    until(lambda: 0 < now().done < PEOPLE)
    hands.kill()
    kept = now()
    assert kept.state == BatchState.CHECKING and 0 < kept.done < PEOPLE
    assert kept.parts.exists() and everything() == (0, 0, 0, 0)
    until(lambda: now().state == BatchState.CHECKED, sweeps=True)
    assert (now().rows, now().problems, now().duplicates) == (PEOPLE, 0, 0)
    assert sum(part.last_row - part.first_row + 1 for part in batch.parts.all()) == PEOPLE  # each part once

    batches.confirm(batch=now(), by=broker, is_signed=True, months=12)
    until(lambda: now().done and now().state == BatchState.IMPORTING)
    hands.kill()
    assert everything() == (0, 0, 0, 0) and now().state == BatchState.IMPORTING
    until(lambda: now().state == BatchState.DONE, sweeps=True)
    assert everything() == (PEOPLE,) * 4 and hands.kills == 2
    assert Worker.objects.values("name", "phone_index").distinct().count() == PEOPLE
    assert (now().registered, now().skipped) == (PEOPLE, 0)
    assert not BatchPart.objects.exists()
    until(lambda: not now().file)
    with pytest.raises(FileNotFoundError), encrypted_files.open(batch.file):
        pass
