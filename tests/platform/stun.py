"""A client that tells what a TURN server answers: the few messages of RFC 8489 and RFC 8656 that tests ask about."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import os
import socket
import ssl
import struct
import time
from typing import Any

COOKIE = 0x2112A442
ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND = 0x003, 0x004, 0x008, 0x009
USERNAME, MESSAGE_INTEGRITY, ERROR_CODE, CHANNEL_NUMBER, LIFETIME = 0x0006, 0x0008, 0x0009, 0x000C, 0x000D
XOR_PEER_ADDRESS, REALM, NONCE, REQUESTED_ADDRESS_FAMILY, REQUESTED_TRANSPORT = 0x0012, 0x0014, 0x0015, 0x0017, 0x0019
MISMATCH = 437
TRANSPORTS = {"udp": 17, "tcp": 6}

Attributes = dict[int, bytes]


def credentials(secret: str, name: str = "7", seconds: int = 60) -> tuple[str, str]:
    """What the site hands out for `seconds` from now; negative: it ran out."""
    username = f"{int(time.time()) + seconds}:{name}"
    return username, base64.b64encode(hmac.digest(secret.encode(), username.encode(), "sha1")).decode()


class Client:
    """One line to the server, by UDP, TCP or TLS; at most one allocation."""

    def __init__(self, address: tuple[str, int], username: str, password: str, by: str = "udp") -> None:
        self.username, self.password, self.by = username, password, by
        self.address = address
        self.call()

    def call(self) -> None:
        """From a port of our own that the system picks."""
        self.realm = self.nonce = b""
        family = socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM if self.by == "udp" else socket.SOCK_STREAM)
        self.socket.settimeout(5)
        self.socket.connect(self.address)
        if self.by == "tls":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: Any, problem: Any, at: Any) -> None:
        if self.realm:
            self.send(REFRESH, {LIFETIME: struct.pack("!I", 0)})
        self.socket.close()

    def allocate(self, family: int = 4, transport: str = "udp") -> int:
        """0, or the code of the refusal. The first question is refused by 401, which brings realm and nonce."""
        asked = {REQUESTED_TRANSPORT: bytes([TRANSPORTS[transport], 0, 0, 0])}
        if family == 6:
            asked[REQUESTED_ADDRESS_FAMILY] = bytes([2, 0, 0, 0])
        while True:
            code, told = self.send(ALLOCATE, asked)
            if code == 401:  # nothing is given without credentials
                self.realm, self.nonce = told[REALM], told[NONCE]
                code, _ = self.send(ALLOCATE, asked)
            if code != MISMATCH:
                return code
            # Somebody before us had this port and his line is not forgotten yet: another one (RFC 8656, 7.4).
            self.socket.close()
            self.call()

    def permit(self, peer: str) -> int:
        return self.send(CREATE_PERMISSION, {XOR_PEER_ADDRESS: self.hidden(peer, 0)})[0]

    def bind(self, peer: str, port: int = 5000) -> int:
        channel = {CHANNEL_NUMBER: struct.pack("!HH", 0x4000, 0)}
        return self.send(CHANNEL_BIND, channel | {XOR_PEER_ADDRESS: self.hidden(peer, port)})[0]

    def send(self, method: int, attributes: Attributes) -> tuple[int, Attributes]:
        """The code of an error, or 0, and what the answer says."""
        self.transaction = os.urandom(12)
        body = dict(attributes)
        if self.realm:
            body |= {USERNAME: self.username.encode(), REALM: self.realm, NONCE: self.nonce}
        if XOR_PEER_ADDRESS in body:
            body[XOR_PEER_ADDRESS] = self.hide(body[XOR_PEER_ADDRESS])
        words = b"".join(attribute(kind, value) for kind, value in body.items())
        if self.realm:
            # The length in the header already counts the seal that is not there yet.
            key = hashlib.md5(b":".join([self.username.encode(), self.realm, self.password.encode()])).digest()
            seal = hmac.digest(key, self.header(method, len(words) + 24) + words, "sha1")
            words += attribute(MESSAGE_INTEGRITY, seal)
        self.socket.sendall(self.header(method, len(words)) + words)
        while True:
            kind, told = self.read()
            if kind & 0x0110 in (0x0100, 0x0110):
                error = told.get(ERROR_CODE)
                return (error[2] * 100 + error[3] if error else 0), told

    def header(self, method: int, length: int) -> bytes:
        # The bits of the class stand between those of the method, which are all below 16 here.
        return struct.pack("!HHI", method, length, COOKIE) + self.transaction

    def read(self) -> tuple[int, Attributes]:
        head = self.socket.recv(2048) if self.by == "udp" else self.exactly(20)
        assert len(head) >= 20, head
        kind, length = struct.unpack("!HH", head[:4])
        words = head[20:] if self.by == "udp" else self.exactly(length)
        assert head[8:20] == self.transaction or not kind & 0x0100
        found: Attributes = {}
        while words:
            name, size = struct.unpack("!HH", words[:4])
            found[name] = words[4 : 4 + size]
            words = words[4 + (size + 3) // 4 * 4 :]
        return kind, found

    def exactly(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            piece = self.socket.recv(count - len(got))
            assert piece, "the server hung up"
            got += piece
        return got

    @staticmethod
    def hidden(peer: str, port: int) -> bytes:
        address = ipaddress.ip_address(peer)
        return struct.pack("!BBH", 0, 1 if address.version == 4 else 2, port) + address.packed

    def hide(self, plain: bytes) -> bytes:
        """Addresses travel masked with cookie and transaction, so that no router "mends" them."""
        mask = struct.pack("!I", COOKIE)
        return plain[:2] + xor(plain[2:4], mask[:2]) + xor(plain[4:], mask + self.transaction)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
