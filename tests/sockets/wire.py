"""A WebSocket on a bare unix socket, cheap enough for thousands of them in one process."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from labor.live import tickets

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Wire(asyncio.BufferedProtocol):
    """One page's line: `heard` is called with each text, `lost` when the line is gone.

    A slow page takes `bite` bytes and then rests for `rest` seconds; with `rest` None it never reads at all.
    """

    def __init__(self, session_id: int, *, bite: int = 65_536, rest: float | None = 0.0) -> None:
        self.session_id, self.path = session_id, f"/ws/live/{session_id}/"
        self.bite, self.rest = bite, rest
        self.space = memoryview(bytearray(min(bite, 65_536)))
        self.rest_of_data = b""
        self.transport: asyncio.Transport
        self.is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.gone: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.code = 1006

    def heard(self, text: bytes) -> None:
        """A text frame came."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def get_buffer(self, hint: int) -> memoryview:
        return self.space

    def buffer_updated(self, size: int) -> None:
        data = self.rest_of_data + bytes(self.space[:size])
        if not self.is_open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self.rest_of_data = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.transport.abort()
                return
            self.is_open = True
            if not self.opened.done():
                self.opened.set_result(None)
        self.rest_of_data = self._frames(data)
        if self.rest != 0.0 and not self.transport.is_closing():
            self.transport.pause_reading()
            if self.rest:
                asyncio.get_running_loop().call_later(self.rest, self.transport.resume_reading)

    def _frames(self, data: bytes) -> bytes:
        """Deal with whole frames; what is left over."""
        while len(data) >= 2:
            size, start = data[1] & 127, 2
            if size == 126:
                if len(data) < 4:
                    break
                size, start = struct.unpack_from("!H", data, 2)[0], 4
            elif size == 127:
                if len(data) < 10:
                    break
                size, start = struct.unpack_from("!Q", data, 2)[0], 10
            if len(data) < start + size:
                break
            payload, kind, data = data[start : start + size], data[0] & 15, data[start + size :]
            if kind == TEXT:
                self.heard(payload)
            elif kind == PING:
                self._send(PONG, payload)
            elif kind == CLOSE:
                self.code = struct.unpack_from("!H", payload)[0] if len(payload) >= 2 else 1005
                self.transport.close()
        return data

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("not let in"))
            self.opened.exception()
        if not self.gone.done():
            self.gone.set_result(self.code)

    def say(self, frame: dict[str, Any]) -> None:
        self._send(TEXT, json.dumps(frame).encode())

    def hello(self, since: int) -> None:
        """As somebody whose browser was given a number."""
        ticket = tickets.make(SimpleNamespace(pk=self.session_id), visitor=secrets.token_hex(8))
        self.say({"t": "hello", "since": since, "ticket": ticket})

    def _send(self, kind: int, payload: bytes) -> None:
        if self.transport.is_closing():
            return
        head = bytes([128 | kind, 128 | len(payload)]) if len(payload) < 126 else struct.pack(
            "!BBH", 128 | kind, 254, len(payload)
        )  # fmt: skip
        self.transport.write(head + b"\0\0\0\0" + payload)  # masked by zeros, as the standard allows

    async def open(self, place: Path) -> None:
        """Connect to the server that listens there; ConnectionError when it does not let us in."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self, str(place))
        async with asyncio.timeout(60):
            await self.opened

    async def close(self) -> None:
        self._send(CLOSE, struct.pack("!H", 1000))
        self.transport.close()
        await self.gone
