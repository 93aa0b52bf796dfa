"""RTMP as its bytes have it: what programs write is understood, what is none is refused, whatever it is."""

import random
import struct
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labor.live.rtmp import amf
from labor.live.rtmp.chunks import CLOCK, Message, Reader, written
from labor.live.rtmp.flv import Writer, header, tag
from labor.live.rtmp.malformed import Malformed
from labor.live.rtmp.talk import HELLO, About, Media, Over, Publish, Talk

LARGE = 10_000_000


# Words ---------------------------------------------------------------------------------------------------------------


def test_words_come_back_as_they_were() -> None:
    values = ["connect", 1.0, {"app": "live", "on": True, "deep": {"a": [1.0, "二"]}}, None, False]
    assert amf.decode(amf.encode(*values)) == values


def test_the_words_of_other_programs_are_read() -> None:
    assert amf.decode(b"\x08\0\0\0\0\0\x08duration\0" + struct.pack(">d", 2.5) + b"\0\0\x09") == [{"duration": 2.5}]
    assert amf.decode(b"\x0c\0\0\0\x02hi\x06") == ["hi", None]
    assert amf.decode(b"\x02\0\x01\xff") == ["\ufffd"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\0\0",
        b"\x02\0\x05ab",
        b"\x03\0\x01a",
        b"\x0d",
        b"\x11\x01",
        b"\x0a\xff\xff\xff\xff\x05",
        b"\x0a\0\0\0\x01" * 20 + b"\x05",
        b"\x05" * 1000,
    ],
)
def test_words_that_are_none_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        amf.decode(data)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_words(data: bytes) -> None:
    with suppress(Malformed):
        amf.decode(data)


# Chunks --------------------------------------------------------------------------------------------------------------


def heard(*data: bytes, size: int = 128, largest: int = LARGE) -> list[Message]:
    reader = Reader(largest)
    reader.size = size
    return [message for piece in data for message in reader.feed(piece)]


def full(at: int, kind: int, body: bytes, *, lane: int = 4, size: int = 128) -> bytes:
    return written(Message(kind, 1, at, body), lane=lane, size=size)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 4096])
@pytest.mark.parametrize("size", [1, 128, 5000])
def test_a_message_is_whole_however_it_was_cut(length: int, size: int) -> None:
    message = Message(9, 1, 40, bytes(number % 251 for number in range(length)))
    data = written(message, lane=4, size=size)
    assert heard(data, size=size) == [message]
    assert heard(*(data[at : at + 1] for at in range(len(data))), size=size) == [message]


def test_sound_and_picture_may_come_interleaved() -> None:
    picture, sound = full(0, 9, b"p" * 200, lane=6), full(5, 8, b"s" * 200, lane=4)
    cut = 12 + 128
    assert heard(picture[:cut] + sound[:cut] + picture[cut:] + sound[cut:]) == [
        Message(9, 1, 0, b"p" * 200),
        Message(8, 1, 5, b"s" * 200),
    ]


def test_shorter_heads_mean_as_before() -> None:
    data = full(100, 8, b"ab")
    data += b"\x44" + b"\0\0\x17" + b"\0\0\x03" + b"\x08" + b"cde"  # a step, a length, a kind
    data += b"\x84" + b"\0\0\x15" + b"fgh"  # a step
    data += b"\xc4" + b"ijk"  # nothing: the same step again, as silent sound has it
    assert [(one.at, one.body) for one in heard(data)] == [(100, b"ab"), (123, b"cde"), (144, b"fgh"), (165, b"ijk")]


@pytest.mark.parametrize("repeats", [True, False])
def test_times_beyond_three_bytes_stand_in_four(repeats: bool) -> None:
    late = 20_000_000
    head = b"\x04\xff\xff\xff" + (200).to_bytes(3, "big") + b"\x09" + (1).to_bytes(4, "little")
    again = b"\xc4" + (late.to_bytes(4, "big") if repeats else b"")
    data = head + late.to_bytes(4, "big") + b"p" * 128 + again + b"p" * 72
    assert heard(data) == [Message(9, 1, late, b"p" * 200)]


def test_long_numbers_of_lanes_are_read() -> None:
    head = b"\0\0\x05\0\0\x01\x08\x01\0\0\0"
    assert [one.body for one in heard(b"\x00\x01" + head + b"a" + b"\x01\x01\x01" + head + b"b")] == [b"a", b"b"]


def test_the_clock_goes_round() -> None:
    head = b"\x04\xff\xff\xff\0\0\x01\x08\x01\0\0\0" + (CLOCK - 10).to_bytes(4, "big") + b"a"
    assert [one.at for one in heard(head + b"\x84\0\0\x1e" + b"b")] == [CLOCK - 10, 20]


def test_chunks_grow_when_the_sender_says_so_and_a_broken_off_message_is_forgotten() -> None:
    grow = full(0, 1, (1000).to_bytes(4, "big"), lane=2)
    assert heard(grow + full(0, 9, b"p" * 900, size=1000))[-1].body == b"p" * 900
    begun = full(0, 9, b"p" * 200)[: 12 + 128]
    give_up = full(0, 2, (4).to_bytes(4, "big"), lane=2)
    assert heard(begun + give_up + full(7, 9, b"q"))[-1] == Message(9, 1, 7, b"q")


@pytest.mark.parametrize(
    "data",
    [
        b"\xc4abc",  # as before, and there is no before
        b"\x84\0\0\x01abc",
        full(0, 9, b"p" * 1001, size=2000),  # larger than it may
        full(0, 1, bytes(4), lane=2),  # chunks of nothing
        full(0, 1, b"\xff\xff\xff\xff", lane=2),
        full(0, 9, b"p" * 200)[: 12 + 128] + full(0, 9, b"q"),  # a message within a message
        b"".join(full(0, 8, b"s", lane=lane) for lane in range(2, 60)),  # more lanes than anybody needs
    ],
)
def test_what_breaks_the_rules_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        heard(data, largest=1000)


def test_no_bytes_break_the_reading_of_chunks() -> None:
    chance = random.Random(5)
    for _ in range(300):
        reader = Reader(1000)
        with suppress(Malformed):
            for _ in range(20):
                list(reader.feed(chance.randbytes(chance.randrange(60))))
        assert sum(len(lane.body) for lane in reader.lanes.values()) <= 32_000


# The conversation ----------------------------------------------------------------------------------------------------


def command(*values: Any, stream: int = 0) -> bytes:
    return written(Message(20, stream, 0, amf.encode(*values)), lane=3)


def greeting() -> bytes:
    return bytes([3]) + bytes(HELLO) + bytes(HELLO)


def answers(talk: Talk) -> list[Any]:
    """The commands that it says, after the handshake."""
    said = [message for message in heard(talk.answer()) if message.kind == 20]
    return [amf.decode(message.body) for message in said]


def connected() -> Talk:
    talk = Talk()
    talk.hear(greeting())
    assert len(talk.answer()) == 1 + 2 * HELLO
    return talk


def test_the_handshake_may_come_byte_by_byte_and_repeats_what_the_other_said() -> None:
    talk, theirs = Talk(), random.Random(1).randbytes(HELLO)
    for byte in bytes([3]) + theirs:
        assert talk.hear(bytes([byte])) == []
    said = talk.answer()
    assert (said[0], said[1 + HELLO :]) == (3, theirs)
    for byte in bytes(HELLO):
        talk.hear(bytes([byte]))
    talk.hear(command("connect", 1.0, {"app": "live"}))
    assert b"NetConnection.Connect.Success" in talk.answer()


def test_who_speaks_no_rtmp_is_not_listened_to() -> None:
    for first in (b"GET / HTTP/1.1\r\n", b"\x16\x03\x01", b"\x06"):
        with pytest.raises(Malformed):
            Talk().hear(first)


def test_a_program_connects_publishes_and_stops() -> None:
    talk = connected()
    assert talk.hear(command("connect", 1.0, {"app": "live"})) == []
    assert talk.hear(command("releaseStream", 2.0, None, "k") + command("createStream", 4.0, None)) == []
    reader = Reader(LARGE)
    said = [amf.decode(one.body) for one in reader.feed(talk.answer()) if one.kind == 20]
    assert [values[:2] for values in said] == [["_result", 1.0], ["_result", 2.0], ["_result", 4.0]]
    assert said[2][3] == 1.0
    assert talk.hear(command("publish", 5.0, None, "7-secret", "live", stream=1)) == [Publish("7-secret")]
    talk.accept()
    assert b"NetStream.Publish.Start" in talk.answer()
    assert talk.hear(full(10, 9, b"\x17picture", lane=6)) == [Media(9, 10, b"\x17picture")]
    assert talk.hear(command("FCUnpublish", 6.0, None, "7-secret")) == [Over()]


def test_before_its_key_was_found_right_no_picture_is_taken_and_no_large_word() -> None:
    talk = connected()
    talk.hear(command("connect", 1.0, {"app": "live"}))
    assert talk.hear(full(10, 9, b"\x17picture", lane=6)) == []
    with pytest.raises(Malformed):
        talk.hear(full(10, 9, b"p" * 20_000, lane=6))


def test_before_its_key_was_found_right_it_says_only_so_much_in_however_small_pieces() -> None:
    nothing = b"\x04\0\0\0\0\0\0\x08\x01\0\0\0" + b"\xc4" * 5_000  # messages of one byte each, and of no content
    talk = connected()
    talk.hear(nothing)
    with pytest.raises(Malformed):
        for _ in range(4):
            talk.hear(nothing)
    accepted = connected()
    accepted.accept()
    for _ in range(5):
        accepted.hear(nothing[12:] if accepted.reader.chunks else nothing)
    assert accepted.reader.chunks == 25_001


@pytest.mark.parametrize("words", [("play", 1.0, None, "7-x"), ("publish", 1.0, None), ("publish", 1.0, None, 7.0)])
def test_whoever_wants_to_watch_or_says_no_name_is_sent_away(words: tuple[Any, ...]) -> None:
    talk = connected()
    with pytest.raises(Malformed):
        talk.hear(command(*words))


def test_it_is_acknowledged_what_came() -> None:
    talk = connected()
    talk.accept()
    talk.answer()
    talk.hear(full(0, 1, (100_000).to_bytes(4, "big"), lane=2))
    for at in range(12):
        talk.hear(full(at, 9, b"p" * 99_000, lane=6, size=100_000))
    assert 3 in [message.kind for message in heard(talk.answer())]


def test_it_is_noted_whether_there_is_sound() -> None:
    talk = connected()

    def about(**facts: Any) -> bytes:
        return written(Message(18, 1, 0, amf.encode("@setDataFrame", "onMetaData", facts)), lane=4)

    assert talk.hear(about(videocodecid=7.0, audiocodecid=10.0)) == [About(has_sound=True)]
    assert talk.hear(about(videocodecid=7.0)) == [About(has_sound=False)]
    assert talk.hear(about(title="x")) == [About(has_sound=True)]


# FLV -----------------------------------------------------------------------------------------------------------------


def test_a_stream_begins_with_its_header_at_0() -> None:
    flv = Writer()
    assert flv.write(9, 5000, b"ab") == header(has_sound=True) + tag(9, 0, b"ab")
    assert flv.write(8, 5040, b"c") == tag(8, 40, b"c")
    assert flv.write(8, 4990, b"d") == tag(8, 0, b"d")
    late = flv.write(9, 5000 + 0x1234567, b"e")
    assert late[4:8] == bytes([0x23, 0x45, 0x67, 0x01])
    assert late[-4:] == (12).to_bytes(4, "big")


def test_a_stream_without_sound_says_so() -> None:
    flv = Writer()
    flv.has_sound = False
    assert flv.write(9, 0, b"a")[:5] == b"FLV\x01\x01"
