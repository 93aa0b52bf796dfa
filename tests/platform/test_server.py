"""script/server as a visitor and as an operator sees it: one port, every part watched, nothing left behind."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Any

import psutil
import pytest

from jinba.embedded.environment import read_file
from jinba.embedded.test_tools import RELAY_LACK
from jinba.embedded.turn import find_turnserver
from tests.platform.machine import Machine, free_port, until

pytestmark = pytest.mark.slow


class Server(Machine):
    """A copy with a server that can be started again."""

    def serve(self) -> None:
        self.port = free_port()
        self.child = self.start("server", PORT=str(self.port))
        assert self.child.stdout
        self.said = ""
        for line in self.child.stdout:
            self.said += line
            if line == "Ready\n":
                return
        raise AssertionError(self.said)

    def get(self, path: str) -> tuple[int, Any]:
        connection = HTTPConnection("localhost", self.port, timeout=15)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def is_ready(self) -> bool:
        with suppress(OSError, HTTPException):
            return self.get("/healthz/ready")[0] == 200
        return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server") / "my jinba" / "var")
    server.serve()
    yield server
    server.end()


@pytest.fixture(autouse=True)
def up(server: Server) -> None:
    """Every test starts with a server that is ready, whatever the one before did to it."""
    if server.child.poll() is not None:
        server.serve()
    until(server.is_ready)


def test_it_says_its_address_and_that_it_is_ready(server: Server) -> None:
    assert f"http://localhost:{server.port}/" in server.said
    assert server.get("/healthz/ready") == (200, {"ready": True, "missing": {}})
    assert server.get("/healthz/live") == (200, {"live": True})


def test_killed_programs_are_started_again_and_leave_no_old_workers(server: Server) -> None:
    programs = ["gunicorn", "uvicorn", "worker@", "matcher@", " beat ", "splitter"]
    victims = {name: server.process(name) for name in programs}
    assert all(victims.values())
    crews = [child for victim in victims.values() if victim for child in victim.children(recursive=True)]
    for victim in victims.values():
        victim.kill()  # type: ignore[union-attr]
    for name, victim in victims.items():
        until(lambda name=name, victim=victim: (now := server.process(name)) and now != victim)
    until(lambda: not any(alive(process) for process in crews))
    until(server.is_ready)


def test_killed_databases_come_back(server: Server) -> None:
    for name in ("postgres/postmaster.pid", "redis/redis.pid"):
        psutil.Process(int((server.var / name).read_text().split()[0])).kill()
    until(lambda: not server.is_ready())
    until(server.is_ready)


def test_a_second_server_of_the_same_checkout_is_refused(server: Server) -> None:
    second = server.start("server", PORT=str(free_port()))
    words, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert "runs already" in words
    assert server.is_ready()


@pytest.mark.parametrize("text", ["abc", "0", "70000"])
def test_what_is_no_port_is_said_in_words(machine: Machine, text: str) -> None:
    words, _ = machine.start("server", PORT=text).communicate(timeout=30)
    assert f"PORT={text}" in words and "Traceback" not in words


def test_a_port_that_is_taken_is_refused_at_once(server: Server, machine: Machine) -> None:
    other = machine.start("server", PORT=str(server.port))
    words, _ = other.communicate(timeout=30)
    assert other.returncode == 1
    assert f"Port {server.port}" in words
    assert not (machine.var / "postgres").exists()


def test_a_stop_leaves_nothing_behind(server: Server) -> None:
    assert len(server.processes()) > 10
    server.child.send_signal(signal.SIGTERM)
    server.child.communicate(timeout=60)
    until(lambda: not server.processes(), 60)


def test_the_next_server_waits_until_all_is_cleaned_after_a_kill_9(server: Server) -> None:
    old = server.process(" beat ")
    server.child.kill()
    server.serve()
    assert old and not alive(old)
    assert server.is_ready()


def test_the_relay_belongs_to_the_server(server: Server) -> None:
    """Started unprivileged, known to the programs, started again when killed, and gone with its server at once."""
    if not find_turnserver(dict(os.environ)):
        pytest.fail(RELAY_LACK) if os.environ.get("CI") == "true" else pytest.skip(RELAY_LACK)
    relay = until(lambda: server.process("turnserver"))
    assert relay.uids().effective != 0
    configuration = read_file(server.var / "turn" / "turnserver.conf")
    told = server.process("uvicorn").environ()  # type: ignore[union-attr]
    assert told["TURN_SECRET"] == configuration["static-auth-secret"]
    assert f"127.0.0.1:{configuration['listening-port']}?transport=udp" in told["TURN_URLS"]
    relay.kill()
    again = until(lambda: (now := server.process("turnserver")) and now != relay and now)
    server.child.kill()
    until(lambda: not alive(again))


def alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def test_logs_are_kept_by_program(server: Server) -> None:
    assert {"postgres.log", "redis.log", "web.log", "worker.log"} <= {
        path.name for path in (server.var / "log").iterdir()
    }
