"""What is said on one connection: handshake, connect, publish, then pictures and sound. No socket, no clock, no key.

Adobe's "RTMP specification 1.0", sections 5.2, 5.4 and 7, as far as sending a stream goes; who wants to watch is told
that this is not the place.
"""

import os
from dataclasses import dataclass
from typing import Any

from labor.live.rtmp import amf
from labor.live.rtmp.chunks import Message, Reader, written
from labor.live.rtmp.malformed import Malformed

VERSION, HELLO = 3, 1536  # bytes of each of the handshake's blocks
ACKNOWLEDGEMENT, USER_CONTROL, WINDOW, BANDWIDTH, SET_CHUNK_SIZE = 3, 4, 5, 6, 1
SOUND, PICTURE, DATA_3, COMMAND_3, DATA, COMMAND = 8, 9, 15, 17, 18, 20
STREAM_BEGINS, PING, PONG = 0, 6, 7  # kinds of user control
CONNECTION, COMMANDS = 2, 3  # chunk streams
OUR_STREAM = 1
OUR_CHUNK_SIZE = 4096
OUR_WINDOW = 2_500_000
ACKNOWLEDGE_EVERY = 1_000_000  # bytes
MOST_BEFORE = 20_000  # bytes until the key was found right; handshake and commands take four or five thousand
LARGEST_WORD, LARGEST_PICTURE = 16 * 1024, 4_000_000  # bytes of a message before, and after, the key was found right
CAPABILITIES = {"fmsVer": "FMS/3,0,1,123", "capabilities": 31.0}


@dataclass(frozen=True, slots=True)
class Publish:
    """The other side wants to send; answer with `accept` or `refuse`."""

    name: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a piece of sound, as FLV has it. `at` in milliseconds by the sender's clock."""

    kind: int
    at: int
    body: bytes


@dataclass(frozen=True, slots=True)
class About:
    """What the sender says of its stream."""

    has_sound: bool


@dataclass(frozen=True, slots=True)
class Over:
    """The sender stopped of his own accord."""


Event = Publish | Media | About | Over


class Talk:
    """`hear` what came in, do what the events say, send what `answer` gives."""

    def __init__(self) -> None:
        self.reader = Reader(LARGEST_WORD)
        self.is_accepted = False
        self._greeting = b""
        self._stage = 0  # of the handshake: 0 nothing yet, 1 we have answered, 2 it is done
        self._out = bytearray()
        self._heard = self._told = 0
        self._size = 128  # of our chunks

    def hear(self, data: bytes) -> list[Event]:
        """What these bytes amount to; Malformed when it is nothing of ours."""
        self._heard += len(data)
        if not self.is_accepted and self._heard > MOST_BEFORE:
            raise Malformed("many words and no key")
        if self._stage < 2:
            data = self._greet(data)
            if self._stage < 2:
                return []
        found = []
        for message in self.reader.feed(data):
            event = self._understand(message)
            if event is not None:
                found.append(event)
        if self._heard - self._told > ACKNOWLEDGE_EVERY:
            self._told = self._heard
            self._say(ACKNOWLEDGEMENT, (self._heard % 2**32).to_bytes(4, "big"))
        return found

    def answer(self) -> bytes:
        """What has to be sent now."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def accept(self) -> None:
        """The key is right: pictures may come."""
        self.is_accepted = True
        self.reader.largest = LARGEST_PICTURE
        self._say(USER_CONTROL, STREAM_BEGINS.to_bytes(2, "big") + OUR_STREAM.to_bytes(4, "big"))
        self._status("status", "NetStream.Publish.Start", "Started.")

    def refuse(self, why: str) -> None:
        """No, or no longer. Programs show their users that it is the key, few show the sentence."""
        self._status("error", "NetStream.Publish.BadName", why)

    # Handshake -------------------------------------------------------------------------------------------------------

    def _greet(self, data: bytes) -> bytes:
        """The plain handshake; what follows it is given back."""
        self._greeting += data
        if self._stage == 0:
            if self._greeting[:1] not in (b"", bytes([VERSION])):
                raise Malformed("no RTMP")
            if len(self._greeting) <= HELLO:
                return b""
            theirs, self._greeting = self._greeting[1 : HELLO + 1], self._greeting[HELLO + 1 :]
            # Zeros where Flash had its version: the other side then asks for no signature.
            self._out += bytes([VERSION]) + bytes(8) + os.urandom(HELLO - 8) + theirs
            self._stage = 1
        if len(self._greeting) < HELLO:
            return b""
        self._stage = 2
        return self._greeting[HELLO:]

    # Messages --------------------------------------------------------------------------------------------------------

    def _understand(self, message: Message) -> Event | None:
        if message.kind in (SOUND, PICTURE):
            return Media(message.kind, message.at, message.body) if self.is_accepted and message.body else None
        if message.kind in (COMMAND, COMMAND_3):
            return self._obey(_values(message, COMMAND_3))
        if message.kind in (DATA, DATA_3):
            return _about(_values(message, DATA_3))
        if message.kind == USER_CONTROL and message.body[:2] == PING.to_bytes(2, "big"):
            self._say(USER_CONTROL, PONG.to_bytes(2, "big") + message.body[2:6])
        return None

    def _obey(self, values: list[Any]) -> Event | None:
        name, number = (values[0], values[1]) if len(values) > 1 else ("", 0.0)
        match name:
            case "connect":
                self._welcome(number)
            case "createStream":
                self._command("_result", number, None, float(OUR_STREAM))
            case "publish":
                wanted = values[3] if len(values) > 3 else None
                if not isinstance(wanted, str) or self.is_accepted:
                    raise Malformed("nothing to publish")
                return Publish(wanted)
            case "play" | "play2":
                raise Malformed("nobody watches here")
            case "FCUnpublish" | "deleteStream" | "closeStream":
                return Over()
            case "releaseStream" | "FCPublish" | "getStreamLength" | "_checkbw":
                self._command("_result", number, None, None)
        return None

    def _welcome(self, number: Any) -> None:
        self._say(WINDOW, OUR_WINDOW.to_bytes(4, "big"))
        self._say(BANDWIDTH, OUR_WINDOW.to_bytes(4, "big") + b"\x02")
        self._say(SET_CHUNK_SIZE, OUR_CHUNK_SIZE.to_bytes(4, "big"))
        self._size = OUR_CHUNK_SIZE
        told = {
            "level": "status",
            "code": "NetConnection.Connect.Success",
            "description": "Connected.",
            "objectEncoding": 0.0,
        }
        self._command("_result", number, CAPABILITIES, told)

    def _status(self, level: str, code: str, description: str) -> None:
        told = {"level": level, "code": code, "description": description}
        self._command("onStatus", 0.0, None, told, stream=OUR_STREAM)

    def _command(self, *values: Any, stream: int = 0) -> None:
        body = amf.encode(*values)
        self._out += written(Message(COMMAND, stream, 0, body), lane=COMMANDS, size=self._size)

    def _say(self, kind: int, body: bytes) -> None:
        self._out += written(Message(kind, 0, 0, body), lane=CONNECTION, size=self._size)


def _values(message: Message, in_amf_3: int) -> list[Any]:
    """Flash's later messages begin with a byte more, and then are the same."""
    return amf.decode(message.body[1:] if message.kind == in_amf_3 else message.body)


def _about(values: list[Any]) -> About | None:
    facts = next((value for value in values if isinstance(value, dict)), None)
    if "onMetaData" not in values or facts is None:
        return None
    return About(has_sound="audiocodecid" in facts or "videocodecid" not in facts)
