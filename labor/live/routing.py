"""Sockets of live sessions. The room is served by the hub, which speaks ASGI itself: consumers would be too dear."""

from typing import Any

websocket_urlpatterns: list[Any] = []
