"""Every socket × person × page that opens it, from one table; a socket without a line fails."""

import asyncio
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.db import connections
from django.test import Client

from jinba.accounts.choices import Role
from jinba.notices import consumers
from jinba.routing import websocket_urlpatterns
from tests.factories.accounts import user_in

pytestmark = pytest.mark.django_db(transaction=True)

# One line a socket and origin, one column a person: anonymous, then the roles in their order (seeker employer broker
# park officer admin). `open`, or the code by which it is closed before it opens (0: without one).
TABLE = """
/ws/notices/  here       4401 open open open open open open
/ws/notices/  elsewhere  0    0    0    0    0    0    0
/ws/nothing/  here       4404 4404 4404 4404 4404 4404 4404
/ws/nothing/  elsewhere  0    0    0    0    0    0    0
"""
ORIGINS = {"here": b"http://localhost", "elsewhere": b"http://evil.example"}
PEOPLE = ("", *Role.values)


def table() -> Iterator[tuple[str, str, list[str]]]:
    for line in TABLE.strip().splitlines():
        path, origin, *answers = line.split()
        yield path, origin, answers


async def knock(client: Client, path: str, origin: str) -> str:
    """What becomes of the socket that this person's browser asks for."""
    from jinba.asgi import application  # here: it looks for the folder of static files, which a fixture makes

    jar = {name: morsel.value for name, morsel in client.cookies.items()}
    cookie = SimpleCookie(jar).output(header="", sep=";").strip().encode()
    headers = [(b"host", b"localhost"), (b"origin", ORIGINS[origin]), (b"cookie", cookie)]
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": path,
        "headers": headers,
        "query_string": b"",
        "subprotocols": [],
    }
    line = ApplicationCommunicator(application, scope)
    await line.send_input({"type": "websocket.connect"})
    answer = await line.receive_output(timeout=5)
    if answer["type"] != "websocket.accept":
        return str(answer.get("code", 0))
    await line.send_input({"type": "websocket.disconnect", "code": 1000})
    await line.wait()
    return "open"


def test_every_socket_has_its_lines() -> None:
    paths = {f"/{pattern.pattern}" for pattern in websocket_urlpatterns if str(pattern.pattern)}
    lines = [(path, origin) for path, origin, _ in table()]
    assert paths <= {path for path, _ in lines}
    assert {(path, origin) for path in {*paths, "/ws/nothing/"} for origin in ORIGINS} == set(lines)
    assert all(len(answers) == len(PEOPLE) for _, _, answers in table())


def test_everybody_gets_what_the_table_says() -> None:
    clients = []
    for role in PEOPLE:
        client = Client()
        if role:
            client.force_login(user_in(role), backend="django.contrib.auth.backends.ModelBackend")
        clients.append(client)

    async def all_knock() -> list[str]:
        wrong = []
        try:
            for path, origin, answers in table():
                for role, client, expected in zip(PEOPLE, clients, answers, strict=True):
                    got = await knock(client, path, origin)
                    if got != expected:
                        wrong.append(f"{path} {origin} {role or 'anonymous'}: {got}, not {expected}")
        finally:
            await sync_to_async(connections.close_all)()
            await channel_layers["default"].flush()
        return wrong

    consumers._open.clear()
    assert asyncio.run(all_knock()) == []
