"""Sockets of all apps, each under /ws/."""

from typing import Any

from django.urls import re_path

from jinba.notices.routing import websocket_urlpatterns as notices
from labor.interviews.routing import websocket_urlpatterns as interviews
from labor.live.routing import open_urlpatterns as live_rooms
from labor.live.routing import websocket_urlpatterns as live

NO_SUCH_SOCKET = 4404


async def nowhere(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An address without a socket is closed before it opens, like a 404."""
    await receive()
    await send({"type": "websocket.close", "code": NO_SUCH_SOCKET})


# For these nobody's session is read.
open_urlpatterns: list[Any] = [*live_rooms]
websocket_urlpatterns: list[Any] = [
    *notices,
    *interviews,
    *live,
    re_path(r"", nowhere),  # type: ignore[arg-type]  # Channels routes ASGI applications as if they were views
]
