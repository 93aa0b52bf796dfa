"""Every socket × person × page that opens it, from one table; a socket without a line fails."""

import asyncio
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.db import connections
from django.test import Client
from django.urls import reverse

from jinba.accounts.choices import Role
from jinba.notices import consumers
from jinba.routing import open_urlpatterns, websocket_urlpatterns
from labor.interviews.choices import SeatKind
from labor.interviews.models import Interview
from labor.interviews.screen import last_four
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory
from tests.factories.live import LiveSessionFactory
from tests.factories.rooms import room, seat, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

# One line a socket and origin, one column a person: anonymous, then the roles in their order (seeker employer broker
# park officer admin), then `seated`: the worker of interview 7, `recruiter`, who interviews him, and the screen of a
# booth, while nobody sits before it and with that worker. `open`, or the code by which it is closed before or as soon
# as it opens (0: without one).
TABLE = """
/ws/notices/        here       4401 open open open open open open open open 4401 4401
/ws/notices/        elsewhere  0    0    0    0    0    0    0    0    0    0    0
/ws/interviews/7/   here       4401 4401 4401 4401 4401 4401 4401 open open 4401 open
/ws/interviews/7/   elsewhere  0    0    0    0    0    0    0    0    0    0    0
/ws/interviews/8/   here       4404 4404 4404 4404 4404 4404 4404 4404 4404 4401 4401
/ws/interviews/8/   elsewhere  0    0    0    0    0    0    0    0    0    0    0
/ws/live/7/         here       open open open open open open open open open open open
/ws/live/7/         elsewhere  0    0    0    0    0    0    0    0    0    0    0
/ws/live/8/         here       4404 4404 4404 4404 4404 4404 4404 4404 4404 4404 4404
/ws/live/8/         elsewhere  0    0    0    0    0    0    0    0    0    0    0
/ws/live/7/publish/ here       4401 4404 4404 4404 open 4403 4403 4404 4404 4401 4401
/ws/live/7/publish/ elsewhere  0    0    0    0    0    0    0    0    0    0    0
/ws/live/8/publish/ here       4401 4404 4404 4404 4404 4404 4404 4404 4404 4401 4401
/ws/live/8/publish/ elsewhere  0    0    0    0    0    0    0    0    0    0    0
/ws/nothing/        here       4404 4404 4404 4404 4404 4404 4404 4404 4404 4401 4401
/ws/nothing/        elsewhere  0    0    0    0    0    0    0    0    0    0    0
"""
NOWHERE = ("/ws/interviews/8/", "/ws/live/8/", "/ws/live/8/publish/", "/ws/nothing/")
ORIGINS = {"here": b"http://localhost", "elsewhere": b"http://evil.example"}
SEATED = ("seated", "recruiter")
SCREENS = ("screen", "screen with him")
PEOPLE = ("", *Role.values, *SEATED, *SCREENS)


def table() -> Iterator[tuple[str, str, list[str]]]:
    for line in TABLE.strip().splitlines():
        path, origin, *answers = line.split()
        yield path, origin, answers


async def knock(client: Client, path: str, origin: str, expected: str) -> str:
    """What becomes of the socket that this person's browser asks for; who is to be closed may take his time."""
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
    if answer["type"] == "websocket.accept" and not await line.receive_nothing(
        timeout=0.05 if expected == "open" else 5
    ):
        answer = await line.receive_output(timeout=5)
    if answer["type"] != "websocket.accept":
        return str(answer.get("code", 0))
    await line.send_input({"type": "websocket.disconnect", "code": 1000})
    await line.wait()
    return "open"


def screen_of(interview: Interview, *, lets_in: bool) -> Client:
    client = signed_in(user_in("park"))
    client.post(reverse("booths:kiosk", args=[interview.booth_id]))
    if lets_in:
        asked = reverse("booths:let_in", args=[interview.booth_id, interview.pk])
        assert client.post(asked, {"said": last_four(interview)}).status_code == 302
    return client


def test_every_socket_has_its_lines() -> None:
    patterns = [str(pattern.pattern) for pattern in (*open_urlpatterns, *websocket_urlpatterns)]
    paths = {"/" + re.sub(r"<int:\w+>", "7", pattern) for pattern in patterns if pattern}
    lines = [(path, origin) for path, origin, _ in table()]
    assert paths <= {path for path, _ in lines}
    assert {(path, origin) for path in {*paths, *NOWHERE} for origin in ORIGINS} == set(lines)
    assert all(len(answers) == len(PEOPLE) for _, _, answers in table())


def test_everybody_gets_what_the_table_says() -> None:
    interview = room(pk=7, booth=BoothFactory())
    LiveSessionFactory(live=True, pk=7)
    clients = []
    for role in PEOPLE:
        client = Client()
        if role in SEATED:
            kind = SeatKind.RECRUITER if role == "recruiter" else SeatKind.WORKER
            client = signed_in(seat(interview, kind).user)
        elif role in SCREENS:
            client = screen_of(interview, lets_in=role == "screen with him")
        elif role:
            client.force_login(user_in(role), backend="django.contrib.auth.backends.ModelBackend")
        clients.append(client)

    async def all_knock() -> list[str]:
        wrong = []
        try:
            for path, origin, answers in table():
                for role, client, expected in zip(PEOPLE, clients, answers, strict=True):
                    got = await knock(client, path, origin, expected)
                    if got != expected:
                        wrong.append(f"{path} {origin} {role or 'anonymous'}: {got}, not {expected}")
        finally:
            await sync_to_async(connections.close_all)()
            await channel_layers["default"].flush()
        return wrong

    consumers._open.clear()
    assert asyncio.run(all_knock()) == []
