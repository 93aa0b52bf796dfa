"""One door for pages and sockets, behind which the consumers run in a server of their own, as in production."""

import asyncio
import contextlib
import threading
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from channels.layers import channel_layers

from tests.platform.machine import free_port, until


class Server:
    """One door for pages and sockets, as the splitter's in production; it can be shut and opened again."""

    def __init__(self, pages: str) -> None:
        from jinba.asgi import application  # here: it looks for the folder of static files, which a fixture makes

        self.pages, self.sockets, self.port = urlsplit(pages).port, free_port(), free_port()
        config = uvicorn.Config(application, "localhost", self.sockets, lifespan="off", log_level="critical")
        self.server = uvicorn.Server(config)
        self.loop = asyncio.new_event_loop()
        self.open: set[asyncio.StreamWriter] = set()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        self.serving = asyncio.run_coroutine_threadsafe(self.server.serve(), self.loop)
        until(lambda: self.server.started)
        self.start()

    def run(self) -> None:
        self.loop.run_forever()
        self.loop.close()

    def ask(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(20)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        self.door = self.ask(asyncio.start_server(self.enter, "localhost", self.port))

    def stop(self) -> None:
        async def shut() -> None:
            self.door.close()
            for line in list(self.open):
                line.close()

        self.ask(shut())

    def end(self) -> None:
        self.stop()
        # What the consumers do when a page is gone needs their loop.
        until(lambda: not self.server.server_state.tasks, 20)
        self.server.should_exit = self.server.force_exit = True
        self.serving.result(20)
        self.ask(channel_layers["default"].flush())
        self.ask(self.forget())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(20)

    async def forget(self) -> None:
        """Nothing that still waits outlives the loop."""
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        # A line that is closed is gone a turn later.
        await asyncio.sleep(0)

    async def enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Browsers open lines that they have no question for yet.
        self.open.add(writer)
        try:
            if head := await reader.readline():
                await self.pass_on(head, reader, writer)
        finally:
            self.open.discard(writer)
            writer.close()

    async def pass_on(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside, outside = await asyncio.open_connection("localhost", self.sockets if b" /ws/" in head else self.pages)
        self.open.add(outside)
        try:
            outside.write(head)
            await asyncio.gather(pour(reader, outside), pour(inside, writer))
        finally:
            self.open.discard(outside)
            outside.close()


async def pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
    target.close()
