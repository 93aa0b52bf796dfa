"""FLV, in which pictures and sound go on to ffmpeg: a header, then each message as a tag."""

from labor.live.rtmp.chunks import CLOCK

SOUND, PICTURE = 8, 9
HEADER, NO_TAG_BEFORE = b"FLV\x01", b"\0\0\0\0"


def header(*, has_sound: bool) -> bytes:
    return HEADER + bytes([5 if has_sound else 1, 0, 0, 0, 9]) + NO_TAG_BEFORE


def tag(kind: int, at: int, body: bytes) -> bytes:
    """`at` in milliseconds from the first one."""
    head = bytes([kind]) + len(body).to_bytes(3, "big")
    head += (at & 0xFFFFFF).to_bytes(3, "big") + bytes([at >> 24 & 0xFF, 0, 0, 0])
    return head + body + (len(head) + len(body)).to_bytes(4, "big")


class Writer:
    """Messages of one stream as FLV that begins at 0."""

    def __init__(self) -> None:
        self.has_sound = True
        self.first: int | None = None

    def write(self, kind: int, at: int, body: bytes) -> bytes:
        """The tag, and before the first one the header."""
        if self.first is None:
            self.first = at
            return header(has_sound=self.has_sound or kind == SOUND) + tag(kind, 0, body)
        since = (at - self.first) % CLOCK
        # A sender's clock may start a little after its first sound.
        return tag(kind, since if since < CLOCK // 2 else 0, body)
