"""script/bench intake: a roster of 100,000 people from the workbook to their profiles, in memory that stays bounded.

Runs in a scratch database of its own with all reference data, each step in a process of its own, as a worker would.
Rates are told by the clock and by the CPU seconds of the process and its PostgreSQL backend together, which is what the
clock would say of a machine that had nothing else to do; the promise is about the latter.
`PEOPLE=20000 script/bench intake` for fewer.
"""

import multiprocessing
import os
import resource
import tempfile
import time
from pathlib import Path

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

SCRATCH = "bench_intake"
PEOPLE = int(os.environ.get("PEOPLE", "100000"))
LEAST_ROWS, MOST_MEGABYTES, MOST_SECONDS = 2_000, 300, 240


def _step(name: str, pipe: object, *args: int) -> None:
    """In a process of its own: what it takes is told back through the pipe."""
    from labor.workers.actions import batches

    connections.close_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    before, began, used = _peak(), time.monotonic(), _cpu(backend)
    getattr(batches, name)(batch_id=args[0])
    pipe.send((time.monotonic() - began, _cpu(backend) - used, before, _peak()))  # type: ignore[attr-defined]


def _cpu(backend: psutil.Process) -> float:
    times = backend.cpu_times()
    return time.process_time() + times.user + times.system


def _peak() -> float:
    """Megabytes, the most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _alone(name: str, batch_id: int) -> tuple[float, float, float, float]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_step, args=(name, theirs, batch_id))
    connections.close_all()
    process.start()
    told = ours.recv() if ours.poll(900) else None
    process.join(10)
    assert told, f"{name} said nothing"
    return told


def _roster() -> bytes:
    from tests.factories.rosters import identity, person, workbook

    counties, trades = ("通江县", "南江县", "平昌县", "巴州区"), ("缝纫工", "普工、包装工", "电焊")
    places, educations = ("义乌", "金华、永康", "巴中"), ("小学", "初中", "高中")

    def row(number: int) -> dict[str, object]:
        born = f"19{60 + number // 1000 % 40:02d}{1 + number // 40_000 % 12:02d}{1 + number % 28:02d}"
        return person(
            number, 家庭所在县区=counties[number % 4], 村=f"{number % 900}村{number % 9}组",
            身份证号=identity(number, born) if number % 3 == 0 else None, 学历=educations[number % 3],
            想干的工种=trades[number % 3], 想去的地方=places[number % 3], 每月最少工资=4000 + number % 30 * 100,
            结伴编号=number // 2 if number % 10 < 2 else None,
        )  # fmt: skip

    return workbook(row(number) for number in range(PEOPLE))


def main() -> None:
    """Print rows per second and the most memory of each step; AssertionError when a promise is not kept."""
    original = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {SCRATCH} TEMPLATE template0")
    connection.close()
    connection.settings_dict["NAME"] = SCRATCH
    media = settings.MEDIA_ROOT
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings.MEDIA_ROOT = Path(folder)
            _measure()
    finally:
        settings.MEDIA_ROOT = media
        connections.close_all()
        connection.settings_dict["NAME"] = original
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")


def _measure() -> None:
    from jinba.accounts.choices import Role
    from jinba.accounts.models import User
    from labor.workers.actions import batches
    from labor.workers.choices import BatchState
    from labor.workers.models import Worker
    from tests.factories.rosters import sent

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    broker = User.objects.create_user(phone="13600000000", name="苟老师", role=Role.BROKER)
    content = _roster()
    print(f"roster of {PEOPLE:,} people: {len(content) / 1e6:.1f} MB")
    batch = sent(content, by=broker)
    del content

    def step(name: str, after: str) -> float:
        seconds = cpu = peak = 0.0
        for _ in range(10):
            took, used, before, most = _alone(name, batch.pk)
            seconds, cpu, peak = seconds + took, cpu + used, max(peak, most)
            batch.refresh_from_db()
            assert took < MOST_SECONDS, f"{name}: one letter took {took:.0f} s"
            if batch.state == after:
                break
        assert batch.state == after, f"{name}: {batch.state} {batch.message} {list(batch.found.all()[:5].values())}"
        rate = batch.rows / cpu
        print(
            f"{name}: {seconds:.1f} s, {batch.rows / seconds:,.0f} rows/s by the clock; {cpu:.1f} CPU s, "
            f"{rate:,.0f} rows/s by CPU; at most {peak:.0f} MB (before: {before:.0f} MB)"
        )
        assert peak < MOST_MEGABYTES, f"{name}: {peak:.0f} MB"
        return rate

    step("check", BatchState.CHECKED)
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    rate = step("register_people", BatchState.DONE)
    assert Worker.objects.count() == batch.registered == PEOPLE, batch.registered
    assert rate >= LEAST_ROWS, f"register_people: {rate:.0f} rows/s by CPU"


if __name__ == "__main__":
    main()
