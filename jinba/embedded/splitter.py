"""One public port for two servers: requests below /ws/ go to the socket server, everything else to the page server.

nginx does this in production. Both servers listen on unix sockets that only we can open, so what they hear about the
visitor's address comes from here alone: as a PROXY line in front of a page connection, as the only X-Forwarded-For of a
socket request.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import signal
import socket
import time

LONGEST_HEAD = 64 * 1024
HEAD_SECONDS = 30.0
UPSTREAM_SECONDS = 10.0  # a server that is being restarted is waited for
CHUNK = 64 * 1024

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

# A visitor must not say these of himself; the last four would let a second request or a body follow the handshake.
REWRITTEN = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip", b"forwarded"}
REWRITTEN |= {b"connection", b"upgrade", b"content-length", b"transfer-encoding"}


class BadRequest(Exception):
    """Carries the status line to answer with."""


async def split(visitor: Streams, pages: str, sockets: str) -> None:
    """Serve one connection of a visitor."""
    reader, writer = visitor
    upstream: asyncio.StreamWriter | None = None
    try:
        address = writer.get_extra_info("peername")
        head = await read_head(reader)
        if is_socket_request(head):
            target, opening = sockets, socket_opening(head, address[0])
        else:
            target, opening = pages, proxy_line(address, writer.get_extra_info("sockname")) + head
        server = await connect(target)
        upstream = server[1]
        upstream.write(opening)
        await relay(visitor, server)
    except BadRequest as refusal:
        writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.write_eof()
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        pass  # either side went away
    finally:
        for end in (upstream, writer):
            if end is not None:
                end.close()


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """The bytes up to and including the empty line. A visitor who dawdles never reaches a server's thread."""
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            return await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise BadRequest("431 Request Header Fields Too Large") from None


def is_socket_request(head: bytes) -> bool:
    parts = head.split(b"\r\n", 1)[0].split(b" ")
    if len(parts) != 3:
        return False  # the page server refuses it properly
    target = parts[1]
    if target.startswith((b"http://", b"https://")):
        target = b"/" + target.split(b"/", 3)[-1]
    return target.startswith(b"/ws/")


def socket_opening(head: bytes, address: str) -> bytes:
    """The same handshake with our own word on the visitor's address and nothing that could smuggle a second request."""
    first, *lines = head[:-4].split(b"\r\n")
    names = [line.partition(b":")[0].strip().lower() for line in lines]
    values = {name: line.partition(b":")[2].strip().lower() for name, line in zip(names, lines, strict=True)}
    if values.get(b"upgrade") != b"websocket" or not first.startswith(b"GET "):
        raise BadRequest("426 Upgrade Required\r\nUpgrade: websocket")
    if any(line[:1] in b" \t" for line in lines):
        raise BadRequest("400 Bad Request")
    kept = [line for name, line in zip(names, lines, strict=True) if name not in REWRITTEN]
    ours = [b"Connection: Upgrade", b"Upgrade: websocket", b"X-Forwarded-For: " + plain(address).encode()]
    return b"\r\n".join([first, *kept, *ours, b"", b""])


def proxy_line(visitor: tuple, here: tuple) -> bytes:
    """PROXY protocol, version 1."""
    source, target = plain(visitor[0]), plain(here[0])
    family = "TCP6" if ":" in source else "TCP4"
    return f"PROXY {family} {source} {target} {visitor[1]} {here[1]}\r\n".encode()


def plain(address: str) -> str:
    """Without an interface's name, and IPv4 written as IPv4."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return str(getattr(found, "ipv4_mapped", None) or found)


async def connect(path: str) -> Streams:
    deadline = time.monotonic() + UPSTREAM_SECONDS
    while True:
        try:
            return await asyncio.open_unix_connection(path)
        except OSError:
            if time.monotonic() > deadline:
                raise BadRequest("503 Service Unavailable\r\nRetry-After: 2") from None
            await asyncio.sleep(0.1)


async def relay(visitor: Streams, server: Streams) -> None:
    """Both directions until the server has said all; it decides how long a connection is kept."""
    asking = asyncio.create_task(pump(visitor[0], server[1]))
    try:
        await pump(server[0], visitor[1])
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def serve(listening: list[socket.socket], pages: str, sockets: str) -> None:
    """Serve until SIGTERM."""

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Python 3.11 reports a cancelled connection as an error: Ctrl-C would print a traceback for every open page.
        with contextlib.suppress(asyncio.CancelledError):
            await split((reader, writer), pages, sockets)

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    for door in listening:
        await asyncio.start_server(visited, sock=door, limit=LONGEST_HEAD, backlog=1024)
    await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, action="append", required=True, help="a bound TCP socket")
    parser.add_argument("--pages", required=True, help="unix socket of the page server")
    parser.add_argument("--sockets", required=True, help="unix socket of the socket server")
    arguments = parser.parse_args()
    listening = [socket.socket(fileno=number) for number in arguments.fd]
    asyncio.run(serve(listening, arguments.pages, arguments.sockets))


if __name__ == "__main__":
    main()
