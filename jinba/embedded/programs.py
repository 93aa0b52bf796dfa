"""The programs of one server, as command lines. docker-compose.yml has the same ones for production."""

from __future__ import annotations

import os
import sys

from jinba.embedded.places import Places
from jinba.embedded.supervisor import Program

PYTHON = [sys.executable, "-m"]

# Celery would lecture on each start as root; its reason, pickle, is switched off here.
QUIET_ROOT = ["-W", "ignore:You're running the worker with superuser privileges"]
CELERY = [sys.executable, *QUIET_ROOT, "-m", "celery", "--quiet", "-A", "jinba"]


def programs(places: Places, environment: dict[str, str], doors: list[int]) -> list[Program]:
    """Everything that has to run beside PostgreSQL and Redis."""
    pages, sockets = str(places.web_sockets / "pages.sock"), str(places.web_sockets / "sockets.sock")
    cores = os.cpu_count() or 1
    port = [f"--pages={pages}", f"--sockets={sockets}", *(f"--fd={number}" for number in doors)]
    return [
        Program("web", page_server(pages, int(environment.get("WEB_CONCURRENCY") or 2))),
        Program("sockets", socket_server(sockets)),
        # Notices must not wait behind a match run, so each kind of work has its own worker.
        Program("worker", worker("worker", "celery", max(2, cores // 2))),
        Program("matcher", worker("matcher", "match", max(1, cores - 1))),
        Program("beat", [*CELERY, "beat", "--pidfile=", f"--schedule={places.var / 'beat-schedule'}", *words()]),
        Program("port", [*PYTHON, "jinba.embedded.splitter", *port], tuple(doors)),
    ]


def page_server(path: str, workers: int) -> list[str]:
    return [
        *(*PYTHON, "gunicorn", "jinba.wsgi:application", f"--bind=unix:{path}"),
        *("--worker-class=gthread", "--preload", f"--workers={workers}", "--threads=4"),
        *("--keep-alive=15", "--graceful-timeout=10", "--no-control-socket", "--log-level=warning"),
        # The visitor's address comes in the splitter's PROXY line; nothing that his headers say is believed.
        *("--proxy-protocol=v1", "--forwarder-headers=", "--config=python:jinba.embedded.pages"),
    ]


def socket_server(path: str) -> list[str]:
    return [
        *(*PYTHON, "uvicorn", "jinba.asgi:application", f"--uds={path}", "--lifespan=off", "--backlog=4096"),
        *("--proxy-headers", "--forwarded-allow-ips=*"),
        # Compressing for each viewer anew would cost more than all the rest of a live room, and 30 kB of each.
        "--ws-per-message-deflate=false",
        *("--ws-ping-interval=60", "--ws-ping-timeout=60", "--ws-max-size=65536", "--timeout-graceful-shutdown=5"),
        *("--no-access-log", "--log-level=warning"),
    ]


def worker(name: str, queue: str, processes: int) -> list[str]:
    return [
        *(*CELERY, "worker", f"--hostname={name}@%h", f"--queues={queue}", f"--concurrency={processes}"),
        *("--optimization=fair", "--prefetch-multiplier=1", "--without-gossip", "--without-mingle", *words()),
    ]


def words() -> list[str]:
    return ["--loglevel=WARNING"]
