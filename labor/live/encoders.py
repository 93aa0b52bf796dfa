"""What the crew needs to send pictures by a streaming program (推流软件) such as OBS."""

from typing import Any

from django.conf import settings

from labor.live.actions.keys import IN_ADDRESS
from labor.live.models import LiveSession, StreamKey


def panel(*, session: LiveSession, name: str = "") -> dict[str, Any]:
    """What `studio/_key.html` shows; `name` is a key that was made just now and is shown this once."""
    key = StreamKey.objects.filter(session=session, ended_at__isnull=True).first()
    return {
        "server": settings.LIVE_RTMP_URL,
        "name": name and typed(session=session, name=name),
        "made_at": key and key.made_at,
        "used_at": key and key.used_at,
    }


def typed(*, session: LiveSession, name: str) -> str:
    """The key as it is typed into the program.

    An SRS server names the stream by what stands before the question mark, and players see that.
    """
    return f"{session.stream}{IN_ADDRESS}{name}" if settings.LIVE_ENGINE == "srs" else name
