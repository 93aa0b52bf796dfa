"""Pictures by an SRS server: our ffmpeg pushes to it, streaming programs send to it, players fetch its segments.

It asks and tells us by hooks (`labor.live.actions.srs`), and we end a sender by its API, which nobody else may reach.
"""

import hmac
import json
import logging
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from django.conf import settings

from labor.live import viewers
from labor.live.models import LiveSession, Part

logger = logging.getLogger(__name__)

APP = "live"  # the name before each stream's, in all addresses of the server
TOKEN = "token"  # in the address that our own ffmpeg pushes to
PATIENCE = 2.0  # seconds for an answer of its API
MOST_STREAMS = 1000


class Srs:
    serves_files = False

    def output(self, part: Part) -> list[str]:
        address = f"{settings.SRS_PUSH_URL.rstrip('/')}/{part.session.stream}?{TOKEN}={token_of(part)}"
        return ["-progress", "pipe:1", "-f", "flv", "-flvflags", "no_duration_filesize", address]

    def playlist_url(self, session: LiveSession) -> str:
        return f"{settings.SRS_PLAY_URL.rstrip('/')}/{session.stream}.m3u8"

    def whep_url(self, session: LiveSession) -> str:
        # Each viewer by WebRTC costs the server itself; the many get files. Who began keeps his place when more come.
        if not settings.SRS_WHEP_URL or viewers.now_of(session.pk) >= settings.LIVE_WHEP_VIEWERS:
            return ""
        return f"{settings.SRS_WHEP_URL}?{urlencode({'app': APP, 'stream': session.stream})}"


def token_of(part: Part) -> str:
    """By which the server's hook knows that a push is ours; it holds for this part."""
    words = f"{part.pk}:{part.holder}".encode()
    return f"{part.pk}-{hmac.new(settings.SRS_HOOK_SECRET.encode(), words, sha256).hexdigest()}"


def part_of_token(token: str) -> Part | None:
    """The open part that we push by this token."""
    number = token.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    part = Part.objects.select_related("session").filter(pk=int(number), ended_at__isnull=True).first()
    return part if part is not None and hmac.compare_digest(token_of(part).encode(), token.encode()) else None


def folder() -> Path:
    """Where the server writes segments and playlists; both sides see the same files."""
    return Path(settings.VAR_DIR) / "srs" / "live"


def drop_sender(stream: str) -> None:
    """Whoever sends this stream now is cut off; without an answer of the server he may go on a moment."""
    found = _ask("GET", f"/api/v1/streams/?count={MOST_STREAMS}")
    for one in found.get("streams") or []:
        publish = one.get("publish") or {}
        if one.get("name") == stream and publish.get("active") and publish.get("cid"):
            drop(str(publish["cid"]))


def drop(client: str) -> None:
    """Cut this connection off."""
    _ask("DELETE", f"/api/v1/clients/{quote(client, safe='')}")


def _ask(method: str, path: str) -> dict[str, Any]:
    if not settings.SRS_API_URL:
        return {}
    try:
        with urlopen(Request(settings.SRS_API_URL.rstrip("/") + path, method=method), timeout=PATIENCE) as answer:
            found = json.loads(answer.read())
    except (OSError, ValueError) as error:
        logger.warning("srs: %s %s was not answered (%s)", method, path.partition("?")[0], type(error).__name__)
        return {}
    return found if isinstance(found, dict) else {}
