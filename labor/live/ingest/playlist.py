"""The live playlist: the last segments, numbered on over all parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

WINDOW = 8  # segments
SHORTEST_TARGET = 2  # seconds


@dataclass(frozen=True)
class Segment:
    """One file. `at` is when its first picture was taken, in seconds since 1970."""

    part: int
    index: int
    seconds: float
    bytes: int
    at: float

    @property
    def path(self) -> str:
        """Below the stream's folder."""
        return f"p{self.part}/{self.index:05d}.ts"


def target(segments: Sequence[Segment]) -> int:
    """What the longest one asks for; it may grow in a session, and never shrinks."""
    return max([SHORTEST_TARGET, *(ceil(segment.seconds) for segment in segments)])


def render(
    segments: Sequence[Segment], *, sequence: int, breaks: int, longest: int, before: int | None, is_over: bool = False
) -> str:
    """The playlist of these segments, of which the first has number `sequence` of the session.

    `breaks` is how often the picture broke off before the window; `before` is the part of the segment right before it.
    """
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        f"#EXT-X-TARGETDURATION:{longest}",
        f"#EXT-X-MEDIA-SEQUENCE:{sequence}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{breaks}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    for segment in segments:
        if before is not None and segment.part != before:
            lines.append("#EXT-X-DISCONTINUITY")
        before = segment.part
        at = datetime.fromtimestamp(segment.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines += [f"#EXT-X-PROGRAM-DATE-TIME:{at}", f"#EXTINF:{segment.seconds:.3f},", segment.path]
    if is_over:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join([*lines, ""])
