"""/ws/live/<pk>/: anybody may come in and listen; who speaks does it by HTTP. Plain ASGI: a consumer each is too dear.

Where a page comes from is checked in `jinba.asgi`; who is signed in does not matter here.
"""

import asyncio
import logging
from typing import Any

from labor.live import tickets
from labor.live.actions import watching
from labor.live.hub import frames, process
from labor.live.hub.frames import Hello, Like, Malformed, Ping
from labor.live.hub.process import NOWHERE, Hub
from labor.live.hub.rooms import OpenRoom, Visit
from labor.live.hub.sockets import Send, Socket

logger = logging.getLogger(__name__)

HELLO_WITHIN = 10.0  # seconds
TOO_LOUD, AWAY = 4408, 1013


async def room(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """One page's socket, from its knock until it is gone."""
    if (await receive())["type"] != "websocket.connect":
        return
    address = (scope.get("client") or ("",))[0]
    hub = process.here()
    is_full = not hub.has_place(address)
    hub.enter(address)
    try:
        # Accepted even when refused: a browser does not tell its page the code of a socket that never opened.
        if is_full:
            await _turn_away(send, AWAY)
        else:
            await _come_in(hub, int(scope["url_route"]["kwargs"]["session_id"]), receive, send)
    except OSError:  # it is gone already
        pass
    finally:
        await hub.leave(address)


async def _turn_away(send: Send, code: int) -> None:
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": code})


async def _come_in(hub: Hub, pk: int, receive: Any, send: Send) -> None:
    try:
        open_room = await hub.open(pk)
    except Exception as error:
        logger.warning("live: nobody can come in now (%s)", type(error).__name__)
        await _turn_away(send, AWAY)
        return
    if open_room is None:
        await _turn_away(send, NOWHERE)
        return
    try:
        await send({"type": "websocket.accept"})
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                hello = await _hello(receive)
        except (TimeoutError, Malformed):
            await send({"type": "websocket.close", "code": TOO_LOUD})
            return
        if hello is not None:
            socket = Socket(open_room, send)
            socket.seen = await hub.place_of(open_room, hello.since)
            await _stay(open_room, socket, _visit(open_room, hello), receive)
    finally:
        open_room.guests -= 1


async def _hello(receive: Any) -> Hello | None:
    """What a page says first; None when it is gone."""
    message = await receive()
    if message["type"] == "websocket.disconnect":
        return None
    frame = frames.read(message.get("text"))
    if not isinstance(frame, Hello):
        raise Malformed("no hello")
    return frame


def _visit(open_room: OpenRoom, hello: Hello) -> Visit:
    ticket = tickets.read(hello.ticket, open_room.pk)
    if not ticket.visitor:
        return Visit("", ticket.is_replay)  # may watch, and is nobody
    digest = watching.visitor_digest(session_id=open_room.pk, visitor=ticket.visitor)
    visit = open_room.visit(digest, is_replay=ticket.is_replay or open_room.is_over)
    visit.user_id = ticket.user_id or visit.user_id
    visit.region_code = ticket.region_code or visit.region_code
    visit.link_code = visit.link_code or ticket.link_code
    return visit


async def _stay(open_room: OpenRoom, socket: Socket, visit: Visit, receive: Any) -> None:
    open_room.come(socket, visit)
    try:
        socket.wake()
        while (message := await receive())["type"] != "websocket.disconnect":
            if not socket.code:
                _hear(socket, message.get("text"))
    except asyncio.CancelledError:
        if not socket.is_cut or socket.page is None:
            raise
        socket.page.uncancel()
    finally:
        socket.end()
        open_room.go(socket, visit)


def _hear(socket: Socket, text: str | None) -> None:
    try:
        frame = frames.read(text)
        if socket.is_too_loud() or isinstance(frame, Hello):
            raise Malformed("too loud")
    except Malformed:
        socket.shut(TOO_LOUD)
        return
    if isinstance(frame, Ping):
        socket.pong()
    elif isinstance(frame, Like):
        socket.like(frame.n)
