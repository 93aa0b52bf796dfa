"""The door for streaming programs that script/server opens: on a port that nobody else has."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from jinba.embedded import rtmp
from tests.platform.machine import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine that somebody else has."""
    with ExitStack() as stack:
        yield stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]


@pytest.fixture(autouse=True)
def _usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtmp, "USUAL", free_port())


def opened(environment: dict[str, str], port: int = 8203) -> rtmp.RtmpDoor:
    door, words = rtmp.own_door(environment, port)
    assert door is not None
    assert door.url in words
    return door


def test_the_usual_port_needs_no_number() -> None:
    door = opened({})
    with door.listening:
        assert door.settings == {"LIVE_RTMP_URL": "rtmp://localhost/live"}
        assert door.program.descriptors == (door.listening.fileno(),)
        socket.create_connection(("127.0.0.1", rtmp.USUAL), 2).close()  # it listens before the program does


def test_a_taken_port_is_left_to_who_has_it(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtmp, "USUAL", taken)
    door = opened({})
    with door.listening:
        assert rtmp.FIRST <= door.port < rtmp.FIRST + rtmp.MOST
        assert door.url == f"rtmp://localhost:{door.port}/live"


def test_who_asks_for_a_port_gets_that_one_or_none(taken: int) -> None:
    port = free_port()
    door = opened({"RTMP_PORT": str(port)})
    with door.listening:
        assert door.port == port
    door_or_none, words = rtmp.own_door({"RTMP_PORT": str(taken)}, 8203)
    assert door_or_none is None
    assert "RTMP_PORT" in words


@pytest.mark.parametrize("text", ["x", "0", "65536", "１"])
def test_what_is_no_port_stops_the_start(text: str) -> None:
    with pytest.raises(SystemExit, match="RTMP_PORT"):
        rtmp.own_door({"RTMP_PORT": text}, 8203)


@pytest.mark.parametrize("named", [{"LIVE_RTMP_URL": "rtmp://live.example.cn/live"}, {"LIVE_ENGINE": "srs"}])
def test_another_server_that_is_named_is_the_door(named: dict[str, str]) -> None:
    assert rtmp.own_door(named, 8203)[0] is None


def test_other_machines_come_in_where_the_site_lets_them() -> None:
    door = opened({"HOST": "0.0.0.0"})
    with door.listening:
        assert door.listening.getsockname()[0] == "0.0.0.0"
        assert door.url == "rtmp://localhost/live"
