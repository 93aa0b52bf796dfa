"""Messages, which RTMP cuts into chunks so that a large picture does not hold up the sound.

Adobe's "RTMP specification 1.0", section 5.3. Nothing here waits or sends: bytes go in, whole messages come out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from labor.live.rtmp.malformed import Malformed

SET_CHUNK_SIZE, ABORT = 1, 2
FULL = 0xFFFFFF  # in the three bytes of a time: the whole of it follows in four
FIRST_CHUNK_SIZE = 128
MOST_STREAMS = 32  # of chunks; programs use four or five
CLOCK = 2**32  # of milliseconds, after which time begins anew


@dataclass(frozen=True, slots=True)
class Message:
    """`at` in milliseconds by the sender's clock."""

    kind: int
    stream: int
    at: int
    body: bytes


@dataclass(slots=True)
class _Lane:
    """What the next chunk of one chunk stream may leave out, because it is as before."""

    at: int = 0
    step: int = 0  # as the three or four bytes said it
    length: int = 0
    kind: int = 0
    stream: int = 0
    is_long: bool = False  # the time took four bytes more
    body: bytearray = field(default_factory=bytearray)


class Reader:
    """Of one connection. `largest` is how many bytes a message may have; raise it once you know who speaks."""

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.size = FIRST_CHUNK_SIZE
        self.rest = b""
        self.lanes: dict[int, _Lane] = {}
        self.chunks = 0  # that came so far; each costs the same, however little it brings

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are whole with these bytes. Take all of them before you come with more; Malformed."""
        data = self.rest + data if self.rest else data
        at = 0
        while True:
            after = self._chunk(data, at)
            if after is None:
                break
            at, lane = after
            self.chunks += 1
            if len(lane.body) == lane.length:
                message = Message(lane.kind, lane.stream, lane.at, bytes(lane.body))
                lane.body.clear()
                self._obey(message)
                yield message
        self.rest = data[at:]

    def _chunk(self, data: bytes, at: int) -> tuple[int, _Lane] | None:
        """Read the chunk that begins at `at`: where the next one begins, and whose it was; None until all is here."""
        have = len(data)
        if at >= have:
            return None
        shape, number = data[at] >> 6, data[at] & 63
        at += 1
        if number < 2:
            after = at + number + 1
            if after > have:
                return None
            number, at = 64 + int.from_bytes(data[at:after], "little"), after
        head = (11, 7, 3, 0)[shape]
        if at + head > have:
            return None
        lane = self.lanes.get(number)
        if lane is None:
            if shape not in (0, 1) or len(self.lanes) >= MOST_STREAMS:
                raise Malformed("a chunk of a stream that never began")
            lane = _Lane()
        is_new = not lane.body
        if not is_new and shape != 3:
            raise Malformed("a message within a message")
        step, length, kind, stream, is_long = lane.step, lane.length, lane.kind, lane.stream, lane.is_long
        if shape < 3:
            step = int.from_bytes(data[at : at + 3], "big")
            is_long = step == FULL
        if shape < 2:
            length = int.from_bytes(data[at + 3 : at + 6], "big")
            kind = data[at + 6]
        if shape == 0:
            stream = int.from_bytes(data[at + 7 : at + 11], "little")
        at += head
        if length > self.largest:
            raise Malformed("a message too large")
        if is_long:
            if at + 4 > have:
                return None
            long = int.from_bytes(data[at : at + 4], "big")
            if shape < 3:
                step, at = long, at + 4
            elif long == lane.step:  # some programs repeat it in each chunk, others do not
                at += 4
        piece = min(self.size, length - len(lane.body))
        if at + piece > have:
            return None
        if is_new:
            lane.at = step if shape == 0 else (lane.at + step) % CLOCK
            lane.step, lane.length, lane.kind, lane.stream, lane.is_long = step, length, kind, stream, is_long
            self.lanes[number] = lane
        lane.body += data[at : at + piece]
        return at + piece, lane

    def _obey(self, message: Message) -> None:
        if message.kind == SET_CHUNK_SIZE:
            size = int.from_bytes(message.body[:4], "big")
            if not 1 <= size <= 0xFFFFFF:
                raise Malformed("an impossible size of chunks")
            self.size = size
        elif message.kind == ABORT:
            lane = self.lanes.get(int.from_bytes(message.body[:4], "big"))
            if lane is not None:
                lane.body.clear()


def written(message: Message, *, lane: int, size: int = FIRST_CHUNK_SIZE) -> bytes:
    """The message in chunks of `size`; `lane` is 2 for what is about the connection, 3 for commands."""
    if not 2 <= lane < 64 or message.at >= FULL:
        raise ValueError("our own messages are short and early")
    head = bytes([lane]) + message.at.to_bytes(3, "big") + len(message.body).to_bytes(3, "big")
    head += bytes([message.kind]) + message.stream.to_bytes(4, "little")
    pieces = [message.body[at : at + size] for at in range(0, len(message.body), size)] or [b""]
    return head + bytes([0xC0 | lane]).join(pieces)
