"""Private files: what is kept comes back, and nothing else does."""

import base64
import io
import os
import random
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile

from jinba.core import encrypted_files
from jinba.core.encrypted_files import HEAD, PIECE, TAG, private_files
from jinba.core.encryption import CannotDecrypt

SECRET = "330784199001011234 吕某某".encode()


def stored(name: str) -> Path:
    return Path(private_files.path(name))


def read(name: str) -> bytes:
    with encrypted_files.open(name) as file:
        return file.read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17])
def test_what_was_saved_is_read(size: int) -> None:
    content = random.Random(size).randbytes(size)
    name = encrypted_files.save(content, folder="tests")
    assert read(name) == content
    assert private_files.size(name) == size
    assert encrypted_files.save(io.BytesIO(content), folder="tests") != name


def test_nothing_of_it_can_be_read_on_the_disk() -> None:
    name = encrypted_files.save(SECRET * 5000, folder="tests")
    raw = stored(name).read_bytes()
    assert SECRET[:18] not in raw and SECRET[19:] not in raw
    assert stat.S_IMODE(stored(name).stat().st_mode) == 0o600
    assert [path.name for path in stored(name).parent.iterdir()] == [stored(name).name]  # no draft is left beside it


def test_a_workbook_is_read_in_place() -> None:
    """openpyxl and zipfile seek to and fro."""
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        for number in range(5):
            archive.writestr(f"sheet{number}.xml", random.Random(number).randbytes(50_000))
    book.seek(0)
    name = encrypted_files.save(book, folder="tests")
    with encrypted_files.open(name) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.read("sheet3.xml") == random.Random(3).randbytes(50_000)


def test_seeking_reads_what_stands_there() -> None:
    content = random.Random(7).randbytes(3 * PIECE + 100)
    name = encrypted_files.save(content, folder="tests")
    with encrypted_files.open(name) as file:
        for start, length in ((PIECE - 5, 10), (0, 3), (2 * PIECE, PIECE), (3 * PIECE + 90, 50), (len(content), 5)):
            file.seek(start)
            assert file.read(length) == content[start : start + length]
        file.seek(-4, io.SEEK_END)
        assert file.read() == content[-4:]


def damaged(raw: bytes, how: str) -> bytes:
    one, two = slice(HEAD, HEAD + PIECE + TAG), slice(HEAD + PIECE + TAG, HEAD + 2 * (PIECE + TAG))
    return {
        "a bit": raw[:-30] + bytes([raw[-30] ^ 1]) + raw[-29:],
        "the mark": b"XXXX" + raw[4:],
        "the key id": raw[:4] + b"\xff" + raw[5:],
        "the salt": raw[:6] + bytes([raw[6] ^ 1]) + raw[7:],
        "cut off after a piece": raw[: two.stop],
        "cut off in a piece": raw[:-40],
        "cut off before any": raw[:HEAD],
        "swapped pieces": raw[: one.start] + raw[two] + raw[one] + raw[two.stop :],
        "more of it": raw + b"x",
        "nothing": b"",
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        *("a bit", "the mark", "the key id", "the salt", "cut off after a piece", "cut off in a piece"),
        *("cut off before any", "swapped pieces", "more of it", "nothing"),
    ],
)
def test_what_was_changed_is_not_read(how: str) -> None:
    name = encrypted_files.save(os.urandom(2 * PIECE + 500), folder="tests")
    stored(name).write_bytes(damaged(stored(name).read_bytes(), how))
    with pytest.raises(CannotDecrypt):
        read(name)


def test_a_file_in_anothers_place_is_not_read() -> None:
    mine, other = encrypted_files.save(SECRET, folder="tests"), encrypted_files.save(b"x", folder="tests")
    stored(mine).replace(stored(other))
    with pytest.raises(CannotDecrypt):
        read(other)


def test_a_new_key_takes_over(settings: Any) -> None:
    name = encrypted_files.save(SECRET, folder="tests")
    assert not private_files.renew(name)
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [f"77:{base64.b64encode(os.urandom(32)).decode()}", *old]
    assert read(name) == SECRET
    assert private_files.renew(name) and not private_files.renew(name)
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert read(name) == SECRET
    settings.FIELD_KEYS = old
    with pytest.raises(CannotDecrypt):
        read(name)


def test_files_go_and_are_listed() -> None:
    names = {encrypted_files.save(b"x", folder="listed/deep") for _ in range(3)}
    assert set(private_files.names("listed")) == names
    gone = names.pop()
    encrypted_files.delete(gone)
    encrypted_files.delete(gone)
    assert set(private_files.names("listed")) == names
    assert list(private_files.names("nothing here")) == []


def test_there_is_no_address_and_no_way_out() -> None:
    name = private_files.save("tests/a.bin", ContentFile(b"x"))
    with pytest.raises(ValueError, match="no address"):
        private_files.url(name)
    with pytest.raises(ValueError, match="only read"):
        private_files.open(name, "wb")
    with pytest.raises(SuspiciousFileOperation):
        private_files.save("../outside.bin", ContentFile(b"x"))
