"""Sockets of all apps, each under /ws/."""

websocket_urlpatterns: list = []
