"""The one line that ffmpeg is started with. No shell sees it, and nothing in it comes from outside."""

import os
import sys
from functools import cache
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from labor.live.ingest.formats import Format

LEASH = Path(__file__).with_name("leash.py")
SEGMENT_SECONDS = 1

INPUT = [
    *("-hide_banner", "-nostats", "-loglevel", "level+info"),
    # Pictures wait for nothing, but are not thrown away either: `nobuffer` would lose the first second.
    *("-fflags", "+genpts", "-probesize", "65536", "-analyzeduration", "300000", "-thread_queue_size", "512"),
    # A stream may not name files or addresses, nor make a decoder run that no browser or streaming program needs.
    *("-protocol_whitelist", "pipe"),
    *("-codec_whitelist", "h264,vp8,vp9,av1,libdav1d,libvpx,libvpx-vp9,opus,libopus,aac,aac_fixed,vorbis,mp3,mp3float,"
      "pcm_f32le,pcm_s16le"),
    *("-threads", "2"),
]  # fmt: skip
SILENCE = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono"]
FITTING = "scale=w='min(1280,iw)':h='min(1280,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"
ENCODE = [
    *("-vf", FITTING, "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"),
    *("-threads", "2", "-b:v", "1200k", "-maxrate", "1500k", "-bufsize", "1500k"),
    *("-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"),
]
SOUND = ["-c:a", "aac", "-b:a", "64k", "-ar", "48000", "-ac", "1", "-af", "aresample=async=1:first_pts=0"]

# A little less than a second: the muxer counts from the beginning, and would join two where a key frame comes early.
# Each segment is told on stdout as soon as it is whole: name,start,end.
SEGMENTS = [
    *("-muxdelay", "0", "-muxpreload", "0", "-f", "ssegment", "-segment_format", "mpegts"),
    *("-segment_time", str(SEGMENT_SECONDS * 0.9), "-segment_list", "pipe:1", "-segment_list_type", "csv", "%05d.ts"),
]


@cache
def ffmpeg() -> str:
    return get_ffmpeg_exe()


def line(form: Format, output: list[str]) -> list[str]:
    """The command for a stream of that format; `output` are the engine's arguments. Run it in the folder to write."""
    source = ["-f", form.demuxer, "-i", "pipe:0"]
    if form.has_sound:
        picked = ["-map", "0:v:0", "-map", "0:a:0?"]
    else:
        # Players stumble over a stream that has sound in one part and none in the next.
        source, picked = [*source, *SILENCE], ["-map", "0:v:0", "-map", "1:a:0", "-shortest"]
    pictures = ["-c:v", "copy"] if form.is_h264 else ENCODE
    return [
        *(sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), ffmpeg()),
        *INPUT, *source, *picked, *pictures, *SOUND, "-max_interleave_delta", "2000000", *output,
    ]  # fmt: skip
