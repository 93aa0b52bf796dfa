"""What a viewer's page may say, and what it hears beside the entries."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

LONGEST = 2048  # bytes
LONGEST_TICKET = 400  # characters
MOST_LIKES = 20  # in one frame
LARGEST = 2**31 - 1


class Malformed(Exception):
    """No page of ours says this."""


@dataclass(frozen=True, slots=True)
class Hello:
    since: int
    ticket: str


@dataclass(frozen=True, slots=True)
class Like:
    n: int


@dataclass(frozen=True, slots=True)
class Ping:
    pass


Frame = Hello | Like | Ping
PING = Ping()


def read(text: str | None) -> Frame:
    """The frame that this text is; Malformed when it is none."""
    if text is None or len(text) > LONGEST or len(text.encode(errors="surrogatepass")) > LONGEST:
        raise Malformed("too large, or no text")
    try:
        frame = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error
    kind = frame.get("t") if isinstance(frame, dict) else None
    if kind == "ping":
        _only(frame, "t")
        return PING
    if kind == "like":
        _only(frame, "t", "n")
        return Like(n=_number(frame["n"], 1, MOST_LIKES))
    if kind == "hello":
        _only(frame, "t", "since", "ticket")
        ticket = frame["ticket"]
        if not isinstance(ticket, str) or len(ticket) > LONGEST_TICKET:
            raise Malformed("ticket")
        return Hello(since=_number(frame["since"], 0, LARGEST), ticket=ticket)
    raise Malformed("t")


def to_send(text: str) -> dict[str, Any]:
    """As ASGI wants it; one of these serves all sockets."""
    return {"type": "websocket.send", "text": text}


def entries(texts: list[str]) -> dict[str, Any]:
    return to_send(f'{{"t":"entries","list":[{",".join(texts)}]}}')


def now(viewers: int, likes: int) -> dict[str, Any]:
    return to_send(f'{{"t":"now","viewers":{viewers},"likes":{likes}}}')


def resync(last: int) -> dict[str, Any]:
    """The page has to fetch what lies before: the ring does not reach back so far."""
    return to_send(f'{{"t":"resync","last":{last}}}')


PONG = to_send('{"t":"pong"}')


def _only(frame: dict[str, Any], *names: str) -> None:
    if frame.keys() != set(names):
        raise Malformed("names")


def _number(value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Malformed("number")
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
