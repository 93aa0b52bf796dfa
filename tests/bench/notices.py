"""5,000 notices and 1,000 rolled-back ones while 100 workers and 20 Redis are killed, through vendors of whom one text
in five is refused and one in twenty never answered for. Goal: each sent and shown, fewer than 0.5 % twice.

script/bench notices [--blind]   with --blind no vendor can say afterwards whether he sent a text
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCRATCH = "bench_notices"


@contextmanager
def scratch_database() -> Iterator[None]:
    """A database of our own, gone when we are."""
    from django.core.management import call_command
    from django.db import connection

    original = connection.settings_dict["NAME"]

    def instead(name: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name

    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {SCRATCH} TEMPLATE template0")
    instead(SCRATCH)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        instead(original)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
    django.setup()
    from tests.concurrency.notice_storm import storm

    folder = Path("/tmp") / f"jinba-storm-{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        with scratch_database():
            report = storm(
                folder, count=5_000, vain=1_000, worker_kills=100, redis_kills=20, seconds=60, patience=1_800,
                knows="--blind" not in sys.argv,
            )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    killed = f"killed {report.worker_kills} workers, {report.redis_kills} Redis"
    print(f"told {report.told}, rolled back {report.vain}; {killed}")
    print(f"{report.seconds:.0f} s; deliveries {report.states}")
    print(f"texts {sum(report.texts.values())}, of them doubles {report.doubles} ({report.double_share:.2%})")
    print(f"never texted {report.never_texted}; texts of what was rolled back {report.vain_texts}")
    shown = sorted(set(report.shown.values()))
    print(f"shown {len(report.shown)} notices, each {' or '.join(str(times) for times in shown)} time(s)")


if __name__ == "__main__":
    main()
