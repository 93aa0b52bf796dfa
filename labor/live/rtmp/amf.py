"""AMF 0, in which RTMP's commands are written: numbers, booleans, texts, objects and nothing.

Adobe's "Action Message Format -- AMF 0", 2006. What no command needs (references, dates, XML, AMF 3) is malformed here.
"""

import struct
from collections.abc import Sequence
from typing import Any

from labor.live.rtmp.malformed import Malformed

NUMBER, BOOLEAN, STRING, OBJECT, NULL, UNDEFINED, ECMA, END, STRICT, LONG = 0, 1, 2, 3, 5, 6, 8, 9, 10, 12
DEEPEST, MOST_VALUES = 8, 512


def decode(data: bytes) -> list[Any]:
    """All values in `data`; objects and arrays of names are dicts, nothing is None."""
    return _Reading(data).all()


def encode(*values: Any) -> bytes:
    return b"".join(map(_encoded, values))


class _Reading:
    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.values = data, 0, 0

    def all(self) -> list[Any]:
        found = []
        while self.at < len(self.data):
            found.append(self.value(0))
        return found

    def value(self, depth: int) -> Any:
        self.values += 1
        if depth > DEEPEST or self.values > MOST_VALUES:
            raise Malformed("an object too large")
        kind = self.take(1)[0]
        if kind == NUMBER:
            return struct.unpack(">d", self.take(8))[0]
        if kind == BOOLEAN:
            return self.take(1) != b"\0"
        if kind == STRING:
            return self.text(2)
        if kind == LONG:
            return self.text(4)
        if kind in (NULL, UNDEFINED):
            return None
        if kind == STRICT:
            return [self.value(depth + 1) for _ in range(self.number(4))]
        if kind == ECMA:
            self.take(4)  # how many; some programs say 0
        elif kind != OBJECT:
            raise Malformed("a value of an unknown kind")
        return self.pairs(depth)

    def pairs(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            name = self.text(2)
            if self.data[self.at : self.at + 1] == bytes([END]):
                self.at += 1
                return found
            found[name] = self.value(depth + 1)

    def text(self, width: int) -> str:
        return self.take(self.number(width)).decode("utf-8", errors="replace")

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def take(self, count: int) -> bytes:
        found = self.data[self.at : self.at + count]
        if len(found) < count:
            raise Malformed("a value that ends early")
        self.at += count
        return found


def _encoded(value: Any) -> bytes:
    if value is None:
        return bytes([NULL])
    if isinstance(value, bool):
        return bytes([BOOLEAN, value])
    if isinstance(value, int | float):
        return bytes([NUMBER]) + struct.pack(">d", value)
    if isinstance(value, str):
        return bytes([STRING]) + _text(value)
    if isinstance(value, dict):
        pairs = b"".join(_text(name) + _encoded(one) for name, one in value.items())
        return bytes([OBJECT]) + pairs + b"\0\0" + bytes([END])
    if isinstance(value, Sequence):
        return bytes([STRICT]) + len(value).to_bytes(4, "big") + b"".join(map(_encoded, value))
    raise TypeError(f"no AMF for {type(value).__name__}")


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data
