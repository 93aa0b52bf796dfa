"""Private files, encrypted piece by piece (AES-256-GCM) as they are written: a stolen disk or backup shows nothing.

Stored: 4 bytes mark, 1 byte key id, 16 bytes salt, then pieces of PIECE plain bytes, each with its 16-byte tag. A file
has a key of its own, derived from one of `FIELD_KEYS`; the nonce of a piece is its number and whether it is the last,
and the additional data is the file's name: pieces can be neither reordered, cut off, nor moved to another file.
Reading and writing need memory for two pieces, however large the file is. No address serves these files.
"""

import base64
import io
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from jinba.core.encryption import CannotDecrypt

MARK = b"JBF1"
SALT, TAG = 16, 16
HEAD = len(MARK) + 1 + SALT
PIECE = 64 * 1024
NO_ADDRESS = "private files have no address"


@deconstructible
class PrivateFiles(FileSystemStorage):
    """Files under MEDIA_ROOT that only the code reads; for a FileField: `storage=private_files`."""

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, name, content.chunks())
        return name

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("a private file is only read; to change it, save another")
        return File(io.BufferedReader(Decrypted(Path(self.path(name)), name), PIECE), name)

    def size(self, name: str) -> int:
        """How many bytes were saved."""
        return _plain_size(Path(self.path(name)).stat().st_size)

    def url(self, name: str | None) -> str:
        raise ValueError(NO_ADDRESS)

    def names(self, folder: str) -> Iterator[str]:
        """All that is kept in a folder and below it."""
        root = Path(self.path(folder))
        for path in sorted(root.rglob("*.bin")):
            yield str(path.relative_to(self.base_location))

    def key_of(self, name: str) -> int:
        """The id of the key that a file has."""
        with Path(self.path(name)).open("rb") as stored:
            return stored.read(HEAD)[len(MARK)]

    def renew(self, name: str) -> bool:
        """Encrypt a file anew with the first of FIELD_KEYS; False when it already was. May be broken off any time."""
        path = Path(self.path(name))
        with path.open("rb") as stored:
            if stored.read(HEAD)[len(MARK)] == _newest():
                return False
        with self._open(name) as plain:
            _write(path, name, plain.chunks(PIECE))
        return True


private_files = PrivateFiles()


def save(content: bytes | IO[bytes], *, folder: str) -> str:
    """Keep the content under a new name of our own, which is returned; it is whole on the disk by then."""
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    return private_files.save(f"{folder}/{uuid.uuid4().hex}.bin", File(stream))


def open(name: str) -> IO[bytes]:
    """The content to read and to seek in; CannotDecrypt, while reading, when anything was changed."""
    return private_files.open(name)


def delete(name: str) -> None:
    """Gone; also when it was gone before."""
    private_files.delete(name)


class Decrypted(io.RawIOBase):
    """The plain bytes of a stored file. One piece is in memory at a time."""

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        self._at = 0
        self._loaded: tuple[int, bytes] = (-1, b"")
        self._stored = path.open("rb")
        head = self._stored.read(HEAD)
        stored = os.fstat(self._stored.fileno()).st_size
        try:
            if len(head) < HEAD or not head.startswith(MARK) or stored < HEAD + TAG:
                raise CannotDecrypt(name)
            self._cipher = _cipher(head[len(MARK)], head[len(MARK) + 1 :])
        except CannotDecrypt:
            self._stored.close()
            raise
        self._size = _plain_size(stored)
        self._last = (stored - HEAD - 1) // (PIECE + TAG)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        number, offset = divmod(self._at, PIECE)
        if number > self._last:
            return 0
        piece = self._piece(number)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._stored.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._loaded[0] != number:
            self._stored.seek(HEAD + number * (PIECE + TAG))
            sealed = self._stored.read(PIECE + TAG)
            try:
                plain = self._cipher.decrypt(_nonce(number, number == self._last), sealed, self._name.encode())
            except InvalidTag as error:
                raise CannotDecrypt(self._name) from error
            self._loaded = (number, plain)
        return self._loaded[1]


# Inside --------------------------------------------------------------------------------------------------------------


def _write(path: Path, name: str, content: Iterable[bytes]) -> None:
    """Write beside the name and rename: what bears the name is always whole."""
    draft = path.with_suffix(f".{uuid.uuid4().hex}.part")
    salt = os.urandom(SALT)
    cipher = _cipher(_newest(), salt)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stored:
            stored.write(MARK + bytes([_newest()]) + salt)
            for number, piece, is_last in _pieces(content):
                stored.write(cipher.encrypt(_nonce(number, is_last), piece, name.encode()))
            stored.flush()
            os.fsync(stored.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _pieces(content: Iterable[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """Number, bytes and whether it is the last one; every piece but the last is full, and there is always a last."""
    held, number = bytearray(), 0
    for chunk in content:
        held += chunk
        while len(held) > PIECE:
            yield number, bytes(held[:PIECE]), False
            del held[:PIECE]
            number += 1
    yield number, bytes(held), True


def _plain_size(stored: int) -> int:
    body = stored - HEAD
    return body - TAG * -(-body // (PIECE + TAG))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _newest() -> int:
    return int(str(settings.FIELD_KEYS[0]).partition(":")[0])


def _cipher(key_id: int, salt: bytes) -> AESGCM:
    keys = {int(number): key for number, _, key in (str(entry).partition(":") for entry in settings.FIELD_KEYS)}
    if key_id not in keys:
        raise CannotDecrypt(f"key {key_id} is not among FIELD_KEYS")
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"jinba private file")
    return AESGCM(derive.derive(base64.b64decode(keys[key_id])))
