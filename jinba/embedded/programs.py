"""The programs of one server, as command lines. docker-compose.yml has the same ones for production."""

from __future__ import annotations

import os
import sys

from jinba.embedded.places import Places
from jinba.embedded.supervisor import Program

# Celery would lecture on each start as root; its reason, pickle, is switched off here.
QUIET_ROOT = "-W", "ignore:You're running the worker with superuser privileges"


def programs(places: Places, environment: dict[str, str], doors: list[int]) -> list[Program]:
    pages, sockets = str(places.web_sockets / "pages.sock"), str(places.web_sockets / "sockets.sock")
    python = sys.executable
    celery = [python, *QUIET_ROOT, "-m", "celery", "--quiet", "-A", "jinba"]
    worker = [*celery, "worker", "--optimization=fair", "--prefetch-multiplier=1", "--without-gossip", "--without-mingle"]
    cores = os.cpu_count() or 1
    return [
        Program(
            "web",
            [
                python, "-m", "gunicorn", "jinba.wsgi:application", f"--bind=unix:{pages}", "--worker-class=gthread", "--preload",
                f"--workers={environment.get('WEB_CONCURRENCY') or 2}", "--threads=4", "--keep-alive=15", "--graceful-timeout=10",
                # The visitor's address comes in the splitter's PROXY line; nothing a visitor's header says is believed.
                "--proxy-protocol=v1", "--forwarder-headers=", "--config=python:jinba.embedded.pages",
                "--no-control-socket", "--log-level=warning",
            ],
        ),
        Program(
            "sockets",
            [
                python, "-m", "uvicorn", "jinba.asgi:application", f"--uds={sockets}", "--proxy-headers",
                "--forwarded-allow-ips=*", "--lifespan=off", "--backlog=4096", "--ws-ping-interval=60", "--ws-ping-timeout=60",
                "--timeout-graceful-shutdown=5", "--no-access-log", "--log-level=warning",
            ],
        ),
        Program("worker", [*worker, "--queues=celery", f"--concurrency={max(2, cores // 2)}", "--hostname=worker@%h", "--loglevel=WARNING"]),
        Program("matcher", [*worker, "--queues=match", f"--concurrency={max(1, cores - 1)}", "--hostname=matcher@%h", "--loglevel=WARNING"]),
        Program("beat", [*celery, "beat", "--pidfile=", f"--schedule={places.var / 'beat-schedule'}", "--loglevel=WARNING"]),
        Program(
            "port",
            [
                python, "-m", "jinba.embedded.splitter", f"--pages={pages}", f"--sockets={sockets}",
                *(f"--fd={number}" for number in doors),
            ],
            tuple(doors),
        ),
    ]  # fmt: skip
