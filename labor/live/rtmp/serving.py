"""The door's process: listens until it is told to stop."""

import asyncio
import signal
import socket

from labor.live.rtmp.door import READ, Door

BACKLOG = 64
LAST_WORDS = 8.0  # seconds for parts to end


async def serve(listening: list[socket.socket]) -> None:
    """Until SIGTERM or Ctrl-C; then every part gets its end."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    door = Door()
    servers = [await asyncio.start_server(door.visited, sock=one, limit=READ, backlog=BACKLOG) for one in listening]
    await stop.wait()
    for server in servers:
        server.close()
    async with asyncio.timeout(LAST_WORDS):
        await door.close()


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets on every address of the host; OSError where none can be had."""
    found = []
    for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
        one = socket.socket(family, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        found.append(one)
    return found
