"""The socket that tells a page that something is new: whom it hears, when it ends, what it bears."""

import asyncio
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.db import connections
from django.test import Client

from jinba.notices import consumers
from jinba.notices.consumers import AWAY, MOST_SOCKETS, NOT_SIGNED_IN, TOO_LOUD, TOO_MANY
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Ear:
    """A page's socket, seen from outside."""

    def __init__(self, client: Client) -> None:
        from jinba.asgi import application  # here: it looks for the folder of static files, which a fixture makes

        cookie = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()}).output(
            header="", sep=";"
        )
        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", cookie.strip().encode())]
        scope = {
            "type": "websocket", "path": "/ws/notices/", "headers": headers, "query_string": b"", "subprotocols": [],
        }  # fmt: skip
        self.line = ApplicationCommunicator(application, scope)

    async def open(self) -> dict[str, Any]:
        await self.line.send_input({"type": "websocket.connect"})
        return await self.hear()

    async def hear(self) -> dict[str, Any]:
        return await self.line.receive_output(timeout=5)

    async def say(self, **what: Any) -> None:
        await self.line.send_input({"type": "websocket.receive", **what})

    async def leave(self) -> None:
        await self.line.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.line.wait()


@pytest.fixture
def reader() -> Any:
    return UserFactory()


@pytest.fixture
def client(reader: Any) -> Client:
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    return client


def run(story: Callable[[], Awaitable[None]]) -> None:
    """Tell a story of sockets; its connections to the database and to Redis end with it."""

    async def tell() -> None:
        try:
            await story()
        finally:
            await sync_to_async(connections.close_all)()
            await channel_layers["default"].flush()

    consumers._open.clear()
    asyncio.run(tell())
    assert not consumers._open


async def nudge(reader: Any) -> None:
    await channel_layers["default"].group_send(f"notices.{reader.pk}", {"type": "notices.fresh"})


ACCEPTED = {"type": "websocket.accept", "subprotocol": None, "headers": []}


def sent(text: str) -> dict[str, Any]:
    return {"type": "websocket.send", "text": text}


def closed(code: int) -> dict[str, Any]:
    return {"type": "websocket.close", "code": code}


def short(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("type", "text", "code") if answer.get(name) is not None}


def test_the_reader_hears_that_something_is_new_and_nothing_else(reader: Any, client: Client) -> None:
    async def story() -> None:
        ear = Ear(client)
        assert (await ear.open())["type"] == "websocket.accept"
        await nudge(await sync_to_async(UserFactory)())
        await nudge(reader)
        assert short(await ear.hear()) == sent("new")
        await ear.say(text="?")
        assert short(await ear.hear()) == sent("!")
        await ear.leave()

    run(story)


def test_nobody_listens_who_is_not_signed_in(reader: Any, client: Client) -> None:
    async def story() -> None:
        assert short(await Ear(Client()).open()) == closed(NOT_SIGNED_IN)
        signed_out = Ear(client)
        await sync_to_async(client.session.flush)()
        assert short(await signed_out.open()) == closed(NOT_SIGNED_IN)

    run(story)


@pytest.mark.parametrize("end", ["signed out", "disabled", "signed out everywhere"])
def test_whoever_may_no_longer_come_in_is_no_longer_told(
    reader: Any, client: Client, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(consumers, "EVERY", 0.05)

    def ends() -> None:
        if end == "signed out":
            client.logout()
        elif end == "disabled":
            type(reader).objects.update(is_active=False)
        else:
            reader.set_unusable_password()
            reader.save(update_fields=["password"])

    async def story() -> None:
        ear = Ear(client)
        await ear.open()
        assert await ear.line.receive_nothing(timeout=0.2)
        await sync_to_async(ends)()
        assert short(await ear.hear()) == closed(NOT_SIGNED_IN)
        await ear.leave()

    run(story)


@pytest.mark.parametrize("frame", [{"bytes": b"\x00"}, {"text": "x" * 65}])
def test_a_page_that_says_what_no_page_says_is_closed(client: Client, frame: dict[str, Any]) -> None:
    async def story() -> None:
        ear = Ear(client)
        await ear.open()
        await ear.say(**frame)
        assert short(await ear.hear()) == closed(TOO_LOUD)
        await ear.leave()

    run(story)


def test_a_page_that_asks_without_end_is_closed(client: Client) -> None:
    async def story() -> None:
        ear = Ear(client)
        await ear.open()
        for _ in range(consumers.FRAMES + 1):
            await ear.say(text="?")
        heard = [short(await ear.hear()) for _ in range(consumers.FRAMES + 1)]
        assert heard == [sent("!")] * consumers.FRAMES + [closed(TOO_LOUD)]
        await ear.leave()

    run(story)


def test_one_reader_has_only_so_many_sockets(client: Client) -> None:
    async def story() -> None:
        ears = [Ear(client) for _ in range(MOST_SOCKETS)]
        for ear in ears:
            assert (await ear.open())["type"] == "websocket.accept"
        assert short(await Ear(client).open()) == closed(TOO_MANY)
        await ears[0].leave()
        another = Ear(client)
        assert (await another.open())["type"] == "websocket.accept"
        for ear in [*ears[1:], another]:
            await ear.leave()

    run(story)


def test_without_redis_the_page_is_asked_to_come_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*args: Any) -> None:
        raise ConnectionError("Redis is away")

    async def story() -> None:
        layer = channel_layers["default"]._get_layer()
        monkeypatch.setattr(layer, "group_add", away)
        ear = Ear(client)
        assert short(await ear.open()) == closed(AWAY)
        await ear.leave()

    run(story)
