"""Who shows the pictures: files that a web server hands out, or a media server. LIVE_ENGINE says which."""

from typing import Protocol

from django.conf import settings

from labor.live.engines import folder
from labor.live.models import LiveSession, Part


class Engine(Protocol):
    """`serves_files`: our own playlist is what viewers play; else ffmpeg passes the stream on to somebody else."""

    serves_files: bool

    def output(self, part: Part) -> list[str]:
        """What ffmpeg shall do with the part's pictures, in a folder of its own: arguments after its inputs.

        Segments that it leaves there, and tells on stdout (`ingest.command.SEGMENTS`), become the replay; an engine
        without files adds `-progress pipe:1`, so that it is known how far the stream is.
        """
        ...

    def playlist_url(self, session: LiveSession) -> str:
        """Where viewers' players fetch the live stream."""
        ...

    def whep_url(self, session: LiveSession) -> str:
        """Where a viewer gets the live stream by WebRTC while there is room for one more; empty: by playlist only."""
        ...


def engine() -> Engine:
    if settings.LIVE_ENGINE == "srs":
        from labor.live.engines import srs

        return srs.Srs()
    return folder.Folder()
