"""One port in front of the page server and the socket server: the right way for each, and nobody lies about himself."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jinba.embedded import splitter
from jinba.embedded.places import CHECKOUT
from jinba.embedded.programs import page_server, socket_server
from tests.platform.machine import free_port, until

LIES = (
    "X-Forwarded-For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
    "SCRIPT_NAME: /lie\r\nPATH_INFO: /lie\r\n"
)
HANDSHAKE = "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"


class Port:
    def __init__(self, number: int) -> None:
        self.number = number

    def say(self, words: str | bytes) -> bytes:
        """Send the bytes, read until the server closes or the answer's body is whole."""
        with socket.create_connection(("127.0.0.1", self.number), timeout=15) as line:
            line.sendall(words if isinstance(words, bytes) else words.encode())
            answer = b""
            while data := line.recv(65536):
                answer += data
                if b"}\n\n" in answer:
                    break  # a WebSocket message: what follows are closing frames
            return answer

    def facts(self, words: str) -> dict[str, str]:
        return dict(json.loads(self.say(words).rpartition(b"\r\n\r\n")[2]))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    """The real command lines of both servers and the splitter, with an application that tells what it was told."""
    folder = Path("/tmp") / tmp_path_factory.mktemp("splitter").name
    folder.mkdir(exist_ok=True)
    pages, sockets, number = str(folder / "p.sock"), str(folder / "s.sock"), free_port()
    with socket.create_server(("127.0.0.1", number)) as door:
        lines = [
            [word.replace("jinba.wsgi:application", "tests.platform.teller:pages") for word in page_server(pages, 1)],
            [
                word.replace("jinba.asgi:application", "tests.platform.teller:sockets")
                for word in socket_server(sockets)
            ],
            [
                *(sys.executable, "-m", "jinba.embedded.splitter", f"--fd={door.fileno()}"),
                *(f"--pages={pages}", f"--sockets={sockets}"),
            ],
        ]
        started = [subprocess.Popen(line, cwd=CHECKOUT, pass_fds=(door.fileno(),)) for line in lines]
    until(lambda: Path(pages).exists() and Path(sockets).exists())
    yield Port(number)
    for child in started:
        child.terminate()
    for child in started:
        child.wait(30)


def request(path: str, more: str = "", method: str = "GET") -> str:
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n"


def test_pages_go_to_the_page_server_with_the_visitors_address(port: Port) -> None:
    assert port.facts(request("/postings/")) == {
        "server": "pages", "address": "127.0.0.1", "scheme": "http", "script": "", "path": "/postings/",
    }  # fmt: skip


def test_a_page_visitor_cannot_lie_about_his_address_scheme_or_path(port: Port) -> None:
    honest = port.facts(request("/postings/"))
    assert port.facts(request("/postings/", LIES)) == honest


def test_a_proxy_line_of_the_visitors_own_is_refused(port: Port) -> None:
    answer = port.say("PROXY TCP4 6.6.6.6 6.6.6.6 1 2\r\n" + request("/postings/"))
    assert answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("path", ["/ws/room/1/", "http://localhost/ws/room/1/"])
def test_sockets_go_to_the_socket_server_with_the_visitors_address(port: Port, path: str) -> None:
    answer = port.say(request(path, HANDSHAKE).replace("Connection: close", "Connection: Upgrade"))
    assert answer.startswith(b"HTTP/1.1 101")
    assert b'"address": "127.0.0.1"' in answer


def test_a_socket_visitor_cannot_lie_about_his_address(port: Port) -> None:
    answer = port.say(request("/ws/", HANDSHAKE + LIES).replace("Connection: close", "Connection: Upgrade"))
    assert b'"address": "127.0.0.1"' in answer
    assert b'"scheme": "ws"' in answer


def test_a_second_request_cannot_be_smuggled_behind_a_handshake(port: Port) -> None:
    inner = request("/ws/", HANDSHAKE + "X-Forwarded-For: 6.6.6.6\r\n")
    answer = port.say(request("/ws/refused/", HANDSHAKE + f"Content-Length: {len(inner)}\r\n") + inner)
    assert b"6.6.6.6" not in answer


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_plain_requests_to_the_sockets_folder_are_refused(port: Port, method: str) -> None:
    more = HANDSHAKE if method == "POST" else ""
    assert port.say(request("/ws/", more, method)).startswith(b"HTTP/1.1 426")


def test_large_bodies_pass_both_ways(port: Port) -> None:
    body = b"x" * 3_000_000
    head = request("/echo", f"Content-Length: {len(body)}\r\n", "POST").encode()
    answer = port.say(head + body)
    assert answer.partition(b"\r\n\r\n")[2] == body


def test_a_head_without_end_is_refused(port: Port) -> None:
    assert port.say(b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 70_000).startswith(b"HTTP/1.1 431")


def test_a_server_that_is_away_is_waited_for_and_then_excused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(splitter, "UPSTREAM_SECONDS", 0.0)
    with pytest.raises(splitter.BadRequest, match="503"):
        asyncio.run(splitter.connect(str(tmp_path / "nobody.sock")))


@pytest.mark.parametrize(
    ("address", "plain"),
    [("::ffff:10.0.0.9", "10.0.0.9"), ("fe80::1%eth0", "fe80::1"), ("192.0.2.1", "192.0.2.1")],
)
def test_addresses_are_written_plainly(address: str, plain: str) -> None:
    assert splitter.plain(address) == plain
