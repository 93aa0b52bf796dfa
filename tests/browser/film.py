"""Pictures for viewers without a host: real MPEG-TS segments by ffmpeg, one more in the live playlist each second."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from imageio_ffmpeg import get_ffmpeg_exe

from labor.live.actions import entries
from labor.live.choices import EntryKind
from labor.live.models import LiveSession, Room

WINDOW = 8  # segments in the playlist


def shoot(folder: Path, *, seconds: int = 6, size: str = "320x180") -> list[str]:
    """Segments of one second with a moving test picture and a tone; their names in order."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y",
            "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=15", "-f", "lavfi", "-i", "sine=frequency=440",
            "-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "15",
            "-sc_threshold", "0", "-c:a", "aac", "-b:a", "32k", "-f", "segment", "-segment_time", "1",
            "-segment_format", "mpegts", str(folder / "%05d.ts"),
        ],
        check=True,
    )  # fmt: skip
    return sorted(path.name for path in folder.glob("*.ts"))


class Film:
    """The live stream of a session: the same seconds over and over, each time as a new part."""

    def __init__(self, session: LiveSession, **shot: Any) -> None:
        self.session = session
        self.folder = Path(settings.STREAMS_ROOT) / session.stream
        self.names = shoot(self.folder / "p1", **shot)
        self.end = WINDOW
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self) -> Film:
        self.write()
        self.air(True)
        self.thread.start()
        return self

    def run(self) -> None:
        while not self.over.wait(1):
            self.end += 1
            self.write()

    def stop(self) -> None:
        """No more pictures; the playlist stays as it is."""
        self.over.set()
        if self.thread.is_alive():
            self.thread.join(5)

    def air(self, is_on: bool) -> None:
        Room.objects.filter(pk=self.session.pk).update(is_on_air=is_on)
        entries.add(session_id=self.session.pk, kind=EntryKind.ON_AIR if is_on else EntryKind.OFF_AIR)

    def write(self) -> None:
        first = self.end - WINDOW
        gaps = sum(1 for number in range(1, first + 1) if number % len(self.names) == 0)
        lines = [
            "#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{gaps}",
        ]  # fmt: skip
        for number in range(first, self.end):
            if number % len(self.names) == 0 and number > first:
                lines.append("#EXT-X-DISCONTINUITY")
            lines += ["#EXTINF:1.000,", f"p1/{self.names[number % len(self.names)]}"]
        fresh = self.folder / "index.new"
        fresh.write_text("\n".join(lines) + "\n")
        fresh.replace(self.folder / "index.m3u8")
