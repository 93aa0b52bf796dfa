"""Pictures as files below STREAMS_ROOT, handed out by nginx or a CDN that fetches them from there."""

from django.conf import settings

from labor.live.ingest.command import SEGMENTS
from labor.live.models import LiveSession, Part


class Folder:
    serves_files = True

    def output(self, part: Part) -> list[str]:
        return SEGMENTS

    def playlist_url(self, session: LiveSession) -> str:
        return f"{settings.LIVE_CDN.rstrip('/')}{settings.STREAMS_URL}{session.stream}/index.m3u8"

    def whep_url(self, session: LiveSession) -> str:
        return ""
