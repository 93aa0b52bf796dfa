"""script/bench admin: how long officers wait for the list of 1.1 million workers; then how fast a roster comes in.

In process, DEBUG off, over the test client and its whole middleware, in a scratch database of its own. The first
request of each kind is counted too: an officer does not warm a cache for himself. “Works” is the time on a processor
of this process and of its database process, without parallel helpers; “waits” is the clock, which the machine's other
load lengthens. Verdict: p95 of the work of every kind ≤ 300 ms.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from jinba.accounts.models import User  # noqa: E402
from jinba.core.progress import Progress  # noqa: E402
from labor.demo import seeding  # noqa: E402
from labor.workers.models import Worker  # noqa: E402
from tests.bench.web import drop_scratch_database, running_ns, say  # noqa: E402

SCRATCH = "bench_admin"
MOST_MS, ROUNDS = 300.0, 12
LIST = reverse("admin:workers_worker_changelist")


def kinds() -> dict[str, list[str]]:
    """Addresses by kind; each is asked ROUNDS times over its list."""
    some = list(Worker.objects.order_by("?").values("name", "village", "home_id", "phone")[:ROUNDS])
    counties = sorted({row["home_id"][:6] for row in some})
    families = ["王", "李", "何", "苟", "张"]
    return {
        "first page": [LIST],
        "page 2 to 5": [f"{LIST}?p={page}" for page in range(2, 6)],
        "page 200, the last that is counted": [f"{LIST}?p=200"],
        "oldest first": [f"{LIST}?o=0"],
        "county": [f"{LIST}?county={code}" for code in counties],
        "job status": [f"{LIST}?job_status__exact={value}" for value in ("looking", "working", "not_now")],
        "way of registration": [
            f"{LIST}?registered_via__exact={value}" for value in ("self", "broker", "import", "demo")
        ],
        "going together": [f"{LIST}?together=yes"],
        "no longer": [f"{LIST}?over=yes"],
        "county, status and way": [
            f"{LIST}?county={code}&job_status__exact=looking&registered_via__exact=demo" for code in counties
        ],
        "county and together": [f"{LIST}?county={code}&together=yes" for code in counties],
        "family name": [f"{LIST}?q={name}" for name in families],
        "whole name": [f"{LIST}?q={row['name']}" for row in some],
        "whole phone": [f"{LIST}?q={row['phone']}" for row in some if row["phone"]],
        "village": [f"{LIST}?q={row['village'] or '王家'}" for row in some],
        "resident ID": [f"{LIST}?q=51192119900307{number:04d}" for number in range(4)],
        "nobody": [f"{LIST}?q=没有这个人"],
        "family name in a county": [f"{LIST}?q={name}&county={counties[0]}" for name in families],
        "a worker's own page": [
            reverse("admin:workers_worker_change", args=[pk])
            for pk in Worker.objects.order_by("?").values_list("pk", flat=True)[:ROUNDS]
        ],
        "the desk": [reverse("admin:index")],
    }


def asked(client: Client, address: str, backend: int) -> tuple[float, float]:
    """Milliseconds by the clock, and milliseconds on a processor."""
    clock, own, theirs = time.perf_counter(), time.process_time(), running_ns(backend)
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status_code}")
    waited = (time.perf_counter() - clock) * 1000
    return waited, (time.process_time() - own) * 1000 + (running_ns(backend) - theirs) / 1_000_000


def seed(workers: int) -> None:
    with Progress("劳动者", workers) as bar:
        made = seeding.seed(workers=workers, postings=2_000, seed=1, tell_workers=bar.at)
    say("seeded", f"{made.workers:,} workers in {made.worker_seconds:.0f} s")
    # Some that are over, as merging leaves them.
    over = Worker.objects.order_by("pk").values_list("pk", flat=True)[: workers // 500]
    Worker.objects.filter(pk__in=list(over)).update(is_active=False)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def bench_lists() -> bool:
    officer: Any = User.objects.get(username="demo-officer")
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    client.get(reverse("admin:employers_employer_changelist"))  # the process has answered before, this list has not
    fine, every = True, []
    for kind, addresses in kinds().items():
        figures = [asked(client, addresses[number % len(addresses)], backend) for number in range(ROUNDS)]
        waited, worked = zip(*figures, strict=True)
        with CaptureQueriesContext(connection) as queries:
            client.get(addresses[0])
        every += figures
        is_fine = p95(worked) <= MOST_MS
        fine = fine and is_fine
        say(kind, f"works {spread(worked)}; waits {spread(waited)}; {len(queries)} queries", is_fine)
    waited, worked = zip(*every, strict=True)
    say("all", f"works {spread(worked)}; waits {spread(waited)}", fine)
    return fine


def p95(figures: Sequence[float]) -> float:
    return statistics.quantiles(figures, n=20)[-1]


def spread(figures: Sequence[float]) -> str:
    return f"p50 {statistics.median(figures):.0f}, p95 {p95(figures):.0f} ms"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=1_100_000)
    parser.add_argument("--no-intake", action="store_true", help="the lists alone")
    parser.add_argument("--keep", action="store_true", help="leave the scratch database, and use it when it is there")
    options = parser.parse_args()
    settings.DEBUG = False
    settings.SECURE_SSL_REDIRECT = settings.STAFF_TOTP = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("collectstatic", verbosity=0, interactive=False)
    original = connection.settings_dict["NAME"]
    fresh = open_scratch_database(keep=options.keep)
    try:
        if fresh:
            seed(options.workers)
        say(f"lists, {Worker.objects.count():,} workers, {ROUNDS} requests of each kind", "")
        fine = [bench_lists()]
    finally:
        if not options.keep:
            drop_scratch_database(original, SCRATCH)
    if not options.no_intake:
        from tests.bench import intake

        fine.append(intake.main() == 0)
    return 0 if all(fine) else 1


def open_scratch_database(*, keep: bool) -> bool:
    """Whether it has to be seeded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [SCRATCH])
        there = cursor.fetchone() is not None
        if there and not keep:
            cursor.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)")
        if not (there and keep):
            cursor.execute(f"CREATE DATABASE {SCRATCH} TEMPLATE template0")
    connection.close()
    connection.settings_dict["NAME"] = SCRATCH
    call_command("migrate", verbosity=0)
    return not Worker.objects.exists()


if __name__ == "__main__":
    sys.exit(main())
