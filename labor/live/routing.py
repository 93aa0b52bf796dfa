"""Sockets of live sessions. The room is served by the hub, which speaks ASGI itself: consumers would be too dear."""

from typing import Any

from django.urls import path

from labor.live import hub
from labor.live.ingest.consumer import PublishConsumer

websocket_urlpatterns: list[Any] = [
    path("ws/live/<int:session_id>/publish/", PublishConsumer.as_asgi()),
]
# These never ask who is signed in, and are spared the reading of a session for each of thousands of sockets.
open_urlpatterns: list[Any] = [
    path("ws/live/<int:session_id>/", hub.room),  # type: ignore[arg-type]  # Channels routes ASGI applications
]
