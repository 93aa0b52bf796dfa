"""What a page may say on the room's socket. Whatever is not exactly this is refused; what is relayed is built anew."""

import json
import uuid
from dataclasses import dataclass
from typing import Any, NoReturn

from labor.interviews.models.rooms import SEATS

LONGEST_FRAME = 16 * 1024  # bytes
LONGEST_SDP = 15 * 1024
MOST_CANDIDATES = 40
MOST_OFFERS = 10_000  # of one page
LONGEST_CANDIDATE, LONGEST_NAME = 600, 256
NETS = ("good", "fair", "poor", "audio")


class Malformed(Exception):
    """No page of ours says this."""


@dataclass(frozen=True)
class Hello:
    conn: str


@dataclass(frozen=True)
class Signal:
    to: int
    conn: str
    d: dict[str, Any]


@dataclass(frozen=True)
class Me:
    mic: bool
    cam: bool
    net: str

    def as_dict(self) -> dict[str, Any]:
        return {"mic": self.mic, "cam": self.cam, "net": self.net}


@dataclass(frozen=True)
class Ping:
    pass


Frame = Hello | Signal | Me | Ping


def read(text: str) -> Frame:
    """The frame that this text is; Malformed when it is none."""
    if len(text) > LONGEST_FRAME or len(text.encode(errors="surrogatepass")) > LONGEST_FRAME:
        raise Malformed("too large")
    try:
        frame = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error
    kind = frame.get("t") if isinstance(frame, dict) else None
    if kind == "ping":
        _only(frame, "t")
        return Ping()
    if kind == "hello":
        _only(frame, "t", "conn")
        return Hello(conn=_uuid(frame["conn"]))
    if kind == "signal":
        _only(frame, "t", "to", "conn", "d")
        return Signal(to=_number(frame["to"], 1, SEATS), conn=_uuid(frame["conn"]), d=_description(frame["d"]))
    if kind == "me":
        _only(frame, "t", "mic", "cam", "net")
        if frame["net"] not in NETS:
            raise Malformed("net")
        return Me(mic=_bool(frame["mic"]), cam=_bool(frame["cam"]), net=frame["net"])
    raise Malformed("t")


def signal(*, sender: int, conn: str, d: dict[str, Any]) -> str:
    """What the other page hears of a signal."""
    return _written({"t": "signal", "from": sender, "conn": conn, "d": d})


def room(snapshot: dict[str, Any]) -> str:
    return _written(snapshot)


def _written(frame: dict[str, Any]) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def _description(d: Any) -> dict[str, Any]:
    kind = d.get("type") if isinstance(d, dict) else None
    if kind in ("offer", "answer"):
        _only({name: value for name, value in d.items() if name != "n"}, "type", "sdp")
        # Which offer of this page it is, or answers: an answer that comes late belongs to none any more.
        number = {"n": _number(d["n"], 1, MOST_OFFERS)} if "n" in d else {}
        return {"type": kind, "sdp": _text(d["sdp"], LONGEST_SDP), **number}
    if kind == "candidates":
        _only(d, "type", "list")
        rows = d["list"]
        if not isinstance(rows, list) or len(rows) > MOST_CANDIDATES:
            raise Malformed("list")
        return {"type": kind, "list": [_candidate(row) for row in rows]}
    if kind in ("restart", "bye"):
        _only(d, "type")
        return {"type": kind}
    raise Malformed("type")


def _candidate(row: Any) -> dict[str, Any]:
    """As `RTCIceCandidate.toJSON()` writes it."""
    if not isinstance(row, dict) or "candidate" not in row:
        raise Malformed("candidate")
    if set(row) - {"candidate", "sdpMid", "sdpMLineIndex", "usernameFragment"}:
        raise Malformed("candidate")
    index = row.get("sdpMLineIndex")
    return {
        "candidate": _text(row["candidate"], LONGEST_CANDIDATE),
        "sdpMid": _text_or_none(row.get("sdpMid")),
        "sdpMLineIndex": None if index is None else _number(index, 0, 255),
        "usernameFragment": _text_or_none(row.get("usernameFragment")),
    }


def _only(frame: dict[str, Any], *names: str) -> None:
    if frame.keys() != set(names):
        raise Malformed("names")


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise Malformed("text")
    try:
        value.encode()  # half of a surrogate pair could not be sent on
    except UnicodeEncodeError as error:
        raise Malformed("text") from error
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value, LONGEST_NAME)


def _number(value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Malformed("number")
    return value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Malformed("bool")
    return value


def _uuid(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 36:
        raise Malformed("uuid")
    try:
        return str(uuid.UUID(value))
    except ValueError as error:
        raise Malformed("uuid") from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
