"""A viewer's page in a live room, seen from outside, and stories of several of them."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.db import connections

from labor.live import tickets
from labor.live.hub import process

PATIENCE = 30


class Viewer:
    """Opens the room's socket, says hello, and keeps the list of entries as a page does."""

    def __init__(
        self,
        session_id: int,
        *,
        since: int = 0,
        ticket: str = "",
        visitor: str = "",
        origin: str = "http://localhost",
        address: str = "",
    ) -> None:
        from jinba.asgi import application  # here: it looks for the folder of static files, which a fixture makes

        headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
        scope = {
            "type": "websocket", "path": f"/ws/live/{session_id}/", "headers": headers, "query_string": b"",
            "subprotocols": [], "client": (address, 0),
        }  # fmt: skip
        self.line = ApplicationCommunicator(application, scope)
        self.since, self.visitor = since, visitor or uuid.uuid4().hex
        self.ticket = ticket or tickets.make(SimpleNamespace(pk=session_id), visitor=self.visitor)
        self.seen: list[dict[str, Any]] = []
        self.resyncs: list[int] = []
        self.now: dict[str, Any] = {}

    async def knock(self) -> dict[str, Any]:
        """Ask for the socket; what comes first."""
        await self.line.send_input({"type": "websocket.connect"})
        return await self.line.receive_output(timeout=PATIENCE)

    async def enter(self) -> "Viewer":
        assert (await self.knock())["type"] == "websocket.accept"
        await self.say({"t": "hello", "since": self.since, "ticket": self.ticket})
        return self

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
        if frame["t"] == "entries":
            self.seen += frame["list"]
        elif frame["t"] == "resync":
            self.resyncs.append(frame["last"])
        elif frame["t"] == "now":
            self.now = frame
        return frame

    async def until(self, is_it: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The first frame of which it is true; what comes before is passed over."""
        for _ in range(1_000):
            frame = await self.hear()
            if is_it(frame):
                return frame
            assert "closed" not in frame, frame
        raise AssertionError("it never came")

    async def up_to(self, seq: int) -> list[int]:
        """The numbers seen, once `seq` is among them."""
        while not self.seen or self.seen[-1]["seq"] < seq:
            await self.until(lambda frame: frame["t"] == "entries")
        return self.numbers

    @property
    def numbers(self) -> list[int]:
        return [entry["seq"] for entry in self.seen]

    async def closed(self) -> int:
        """The code with which it is closed; frames before that are passed over."""
        while "closed" not in (frame := await self.hear()):
            pass
        return int(frame["closed"])

    async def pong(self) -> list[dict[str, Any]]:
        """Ask for a sign of life; what came before the answer."""
        await self.say({"t": "ping"})
        before: list[dict[str, Any]] = []
        while (frame := await self.hear()) != {"t": "pong"}:
            before.append(frame)
            assert "closed" not in frame, frame
        return before

    async def leave(self, code: int = 1000) -> None:
        await self.line.send_input({"type": "websocket.disconnect", "code": code})
        await self.line.wait(timeout=PATIENCE)


def tell(story: Callable[[], Awaitable[Any]]) -> Any:
    """Tell a story of viewers; its connections to the database and to Redis end with it, and no hub is left."""

    async def told() -> Any:
        try:
            result = await story()
            assert not process._hubs
            return result
        finally:
            await sync_to_async(connections.close_all)()
            await channel_layers["default"].flush()

    return asyncio.run(told())
