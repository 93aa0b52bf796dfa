"""What kind of stream its first bytes announce, so that ffmpeg is told and never guesses.

ffmpeg left to guess would take a playlist for a stream and fetch whatever addresses stand in it.
"""

from dataclasses import dataclass

LONGEST_HEAD = 64 * 1024  # bytes within which a stream has to name its codecs

UNUSABLE = "收到的不是能播的画面。请换一个浏览器，或者用推流软件。"
NO_PICTURE = "只有声音，没有画面。请打开摄像头再试。"


class Unusable(Exception):
    """The stream cannot be shown. The message is a sentence for the host."""


@dataclass(frozen=True)
class Format:
    """`demuxer` is ffmpeg's name; `is_h264` pictures are passed on as they are; without `has_sound` comes silence."""

    demuxer: str
    is_h264: bool
    has_sound: bool


H264 = {"matroska": (b"V_MPEG4/ISO/AVC",), "mov": (b"avc1", b"avc3")}
OTHERS = {"matroska": (b"V_VP8", b"V_VP9", b"V_AV1"), "mov": (b"vp08", b"vp09", b"av01")}
SOUND = {"matroska": (b"A_OPUS", b"A_AAC", b"A_VORBIS", b"A_PCM"), "mov": (b"mp4a", b"Opus")}
# What ends the announcement: afterwards nothing is named any more.
CONTENT = {"matroska": b"\x1f\x43\xb6\x75", "mov": b"moof"}


def look(head: bytes) -> Format | None:
    """The format, or None while more has to be read; Unusable when nothing more will help."""
    if len(head) < 12:
        return None
    if head.startswith(b"FLV"):
        # The flags of a live stream may lie; ffmpeg looks at the first tags, and Feed at what it found.
        return Format("live_flv", is_h264=True, has_sound=bool(head[4] & 4))
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        demuxer = "matroska"
    elif head[4:8] == b"ftyp":
        demuxer = "mov"
    else:
        raise Unusable(UNUSABLE)
    announced, mark, _ = head.partition(CONTENT[demuxer])
    if not mark and len(head) < LONGEST_HEAD:
        return None
    is_h264 = _names(announced, H264[demuxer])
    has_sound = _names(announced, SOUND[demuxer])
    if not is_h264 and not _names(announced, OTHERS[demuxer]):
        raise Unusable(NO_PICTURE if has_sound else UNUSABLE)
    return Format(demuxer, is_h264, has_sound)


def _names(announced: bytes, names: tuple[bytes, ...]) -> bool:
    return any(name in announced for name in names)
