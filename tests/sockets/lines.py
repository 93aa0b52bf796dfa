"""A page's socket to a room, seen from outside, and stories of several of them."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.db import connections
from django.test import Client

from labor.interviews import consumers

PATIENCE = 30  # seconds for what has to come: a busy machine takes its time


class Line:
    """One page in one room: opens its socket, says hello, hears what it is told."""

    def __init__(self, client: Client, interview_id: int, *, conn: str = "", origin: str = "http://localhost") -> None:
        from jinba.asgi import application  # here: it looks for the folder of static files, which a fixture makes

        jar = {name: morsel.value for name, morsel in client.cookies.items()}
        cookie = SimpleCookie(jar).output(header="", sep=";").strip().encode()
        headers = [(b"host", b"localhost"), (b"origin", origin.encode()), (b"cookie", cookie)]
        scope = {
            "type": "websocket", "path": f"/ws/interviews/{interview_id}/", "headers": headers, "query_string": b"",
            "subprotocols": [],
        }  # fmt: skip
        self.line = ApplicationCommunicator(application, scope)
        self.conn = conn or str(uuid.uuid4())
        self.seat = 0
        self.room: dict[str, Any] = {}

    async def knock(self) -> dict[str, Any]:
        """Ask for the socket; what comes first."""
        await self.line.send_input({"type": "websocket.connect"})
        return await self.line.receive_output(timeout=PATIENCE)

    async def enter(self) -> dict[str, Any]:
        """Open it, say hello, and hear what the room is like."""
        assert (await self.knock())["type"] == "websocket.accept"
        await self.say({"t": "hello", "conn": self.conn})
        room = await self.hear()
        assert room["t"] == "room", room
        self.seat = room["you"]["seat"]
        return room

    async def say(self, frame: Any) -> None:
        await self.say_raw(frame if isinstance(frame, str) else json.dumps(frame))

    async def say_raw(self, text: str | None = None, data: bytes | None = None) -> None:
        await self.line.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def hear(self) -> dict[str, Any]:
        """The next frame; a close as {"closed": code}."""
        answer = await self.line.receive_output(timeout=PATIENCE)
        if answer["type"] == "websocket.close":
            return {"closed": answer.get("code")}
        frame: dict[str, Any] = json.loads(answer["text"])
        if frame["t"] == "room":
            self.room = frame
        return frame

    async def until(self, is_it: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The first frame of which it is true; what comes before is passed over."""
        for _ in range(200):
            frame = await self.hear()
            if is_it(frame):
                return frame
        raise AssertionError("it never came")

    async def closed(self) -> int:
        """The code with which it is closed; frames before that are passed over."""
        return int((await self.until(lambda frame: "closed" in frame))["closed"])

    async def pong(self) -> list[dict[str, Any]]:
        """Ask for a sign of life; what came before the answer."""
        await self.say({"t": "ping"})
        before: list[dict[str, Any]] = []
        while (frame := await self.hear()) != {"t": "pong"}:
            before.append(frame)
            assert "closed" not in frame, frame
        return before

    async def signal(self, other: "Line", d: dict[str, Any]) -> None:
        await self.say({"t": "signal", "to": other.seat, "conn": other.conn, "d": d})

    async def leave(self, code: int = 1000) -> None:
        await self.line.send_input({"type": "websocket.disconnect", "code": code})
        await self.line.wait(PATIENCE)


def tell(story: Callable[[], Awaitable[Any]]) -> Any:
    """Tell a story of sockets; its connections to the database and to Redis end with it."""

    async def told() -> Any:
        try:
            return await story()
        finally:
            await sync_to_async(connections.close_all)()
            await channel_layers["default"].flush()

    consumers._open.clear()
    result = asyncio.run(told())
    assert not consumers._open
    return result
