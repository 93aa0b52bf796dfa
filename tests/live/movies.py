"""Short films as browsers and streaming programs send them, and a look at what became of them. By ffmpeg itself."""

import re
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from labor.live.ingest.command import ffmpeg

RATE = 20  # pictures a second
CONTAINERS = {"webm": "matroska", "mkv": "matroska", "mp4": "mp4", "flv": "flv"}
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", str(RATE))
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", str(RATE))
LIVE = {"mp4": ("-movflags", "+frag_keyframe+empty_moov+default_base_moof")}


@cache
def movie(
    kind: str = "mkv", *, seconds: int = 4, size: str = "320x180", codec: str = "h264", sound: str = "opus",
    picture: bool = True,
) -> bytes:  # fmt: skip
    """A film of that container; `sound` "" for none."""
    source = [*("-f", "lavfi", "-i", f"testsrc2=s={size}:r={RATE}"), *("-f", "lavfi", "-i", "sine=f=440:r=48000")]
    what = [*("-map", "0:v", *(H264 if codec == "h264" else VP8))] if picture else []
    if sound:
        what += ["-map", "1:a", "-c:a", {"opus": "libopus", "aac": "aac"}[sound], "-ar", "48000"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        call(*source, "-t", str(seconds), *what, *LIVE.get(kind, ()), "-f", CONTAINERS[kind], str(path))
        return path.read_bytes()


def pieces(film: bytes, size: int = 16_000) -> list[bytes]:
    """As a recorder gives it, piece by piece."""
    return [film[start : start + size] for start in range(0, len(film), size)]


def decoded(playlist: Path) -> int:
    """How many pictures a player gets out of what is in the playlist now."""
    ended = playlist.with_name("ended.m3u8")
    ended.write_text(playlist.read_text().replace("#EXT-X-ENDLIST\n", "") + "#EXT-X-ENDLIST\n")
    said = call("-i", str(ended), "-map", "0:v", "-f", "null", "-", level="info")
    return int(re.findall(r"frame=\s*(\d+)", said)[-1])


def call(*words: str, level: str = "error") -> str:
    done = subprocess.run(
        [ffmpeg(), "-hide_banner", "-nostdin", "-y", "-loglevel", level, *words], capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr
