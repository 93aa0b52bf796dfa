"""Each of many hostile or odd files is refused in a sentence, or what is kept of it is a plain picture."""

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from jinba.core.errors import Refused
from jinba.core.uploads import cleaned, cleaning, page_of, plain_name
from jinba.core.uploads.cleaning import CHILD, LIMITS
from tests.core.hostile_files import CORPUS, JPEG, PAYLOAD, PDF, exif, pdf, picture, scanned, sideways

LEFT_BEHIND = (
    *(PAYLOAD, b"<?php", b"<script", b"Exif", b"GPS", b"ICC_PROFILE", b"ns.adobe.com", b"Photoshop"),
    *(b"/JavaScript", b"/JS", b"/EmbeddedFile", b"/URI", b"/Launch", b"/AcroForm", b"/XFA", b"/Annot", b"/OpenAction"),
    *(b"/Encrypt", b"/Author"),
)


def file(content: bytes, name: str = "a.jpg") -> ContentFile:
    return ContentFile(content, name=name)


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 60


@pytest.mark.parametrize("case", CORPUS)
def test_a_hostile_file_is_refused_or_cleaned(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "seconds", 2)
    name, make, outcome = CORPUS[case]
    if outcome not in (JPEG, PDF):
        with pytest.raises(Refused) as refusal:
            cleaned(file(make(), "x"))
        assert outcome in refusal.value.message and refusal.value.field == "file"
        assert refusal.value.message.endswith("。")
        return
    clean = cleaned(file(make(), "x"))
    assert clean.content_type == outcome
    assert not [mark for mark in LEFT_BEHIND if mark in clean.content]
    if outcome == JPEG:
        with Image.open(io.BytesIO(clean.content), formats=["JPEG"]) as image:
            image.load()
            assert not image.getexif() and set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert image.mode == "RGB" and max(image.size) <= LIMITS["side"]
        assert clean.content.endswith(b"\xff\xd9")
    else:
        document = pypdfium2.PdfDocument(clean.content)
        assert len(document) == clean.pages
        for page in document:
            assert [found.type for found in page.get_objects()] == [pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
        document.close()
    shown = plain_name(name)
    assert len(shown) <= 120 and "/" not in shown and "\\" not in shown and shown.isprintable()


def test_a_picture_stands_upright_and_the_place_is_forgotten() -> None:
    clean = cleaned(file(sideways()))
    with Image.open(io.BytesIO(clean.content)) as image:
        assert image.size == (300, 400)
    assert b"GPS" not in clean.content and "28" in str(
        Image.open(io.BytesIO(picture(exif=exif()))).getexif().get_ifd(0x8825)
    )


@pytest.mark.parametrize(("mode", "colour"), [("I;16", 65535), ("1", 1), ("LA", (255, 255)), ("RGBA", (9, 9, 9, 0))])
def test_white_stays_white(mode: str, colour: Any) -> None:
    out = io.BytesIO()
    Image.new(mode, (300, 300), colour).save(out, "PNG")
    with Image.open(io.BytesIO(cleaned(file(out.getvalue())).content)) as image:
        assert image.getpixel((150, 150)) == (255, 255, 255)


def test_what_is_drawn_on_a_pdf_is_still_there() -> None:
    clean = cleaned(file(pdf()))
    first = page_of(clean.content, 1)
    assert first is not None
    with Image.open(io.BytesIO(first), formats=["JPEG"]) as image:
        across, down = image.size
        red, _, blue = image.getpixel((across // 3, down * 3 // 4))  # type: ignore[misc]
        assert blue > 200 and red < 60
        assert image.getpixel((across - 5, 5)) == (255, 255, 255)


def test_the_pages_of_what_was_cleaned_are_pictures() -> None:
    clean = cleaned(file(scanned(3)))
    assert clean.pages == 3
    assert [bool(page_of(clean.content, number)) for number in (0, 1, 3, 4)] == [False, True, True, False]


def test_a_file_may_be_as_large_as_it_says_and_no_larger(settings: Any) -> None:
    settings.DOCUMENT_MEGABYTES = 1
    fits = picture() + bytes(1_000_000 - len(picture()))
    assert cleaned(file(fits)).pages == 1
    with pytest.raises(Refused, match="最多 1 MB"):
        cleaned(file(fits + b"x"))


# The child -----------------------------------------------------------------------------------------------------------


def decoded_by(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What somebody is told whose file makes the decoder do what `program` does."""
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(cleaning, "CHILD", child)
    with pytest.raises(Refused) as refusal:
        cleaned(file(picture()))
    return refusal.value.message


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.kill(os.getpid(), 9)",
        "import os; os.kill(os.getpid(), 11)",
        "import os; os._exit(3)",
        "print('{\"pages\": 1}', end='')",
        "",
        "import sys; print('{\"pages\": 1}'); sys.exit(1)",
    ],
)
def test_a_decoder_that_dies_is_the_files_fault(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "太复杂" in decoded_by(program, tmp_path, monkeypatch)


def test_a_decoder_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "WALL_SECONDS", 0.3)
    started = time.monotonic()
    assert "太复杂" in decoded_by("while True: pass", tmp_path, monkeypatch)
    assert time.monotonic() - started < 10


def test_the_child_knows_no_secret_and_has_its_limits() -> None:
    """It is started with an empty environment, and takes its limits before it loads a decoder."""
    ask = (
        "import sys, os, resource, json; sys.path.insert(0, sys.argv[1]); import child;"
        "child.take_limits(memory=512, seconds=7, output=3);"
        "print(json.dumps([dict(os.environ), resource.getrlimit(resource.RLIMIT_AS)[1], 'PIL' in sys.modules,"
        "resource.getrlimit(resource.RLIMIT_CPU)[1], resource.getrlimit(resource.RLIMIT_FSIZE)[1]]))"
    )
    said = subprocess.run([sys.executable, "-I", "-c", ask, str(CHILD.parent)], capture_output=True, env={}, check=True)
    surroundings, memory, has_pillow, seconds, output = json.loads(said.stdout)
    assert set(surroundings) <= {"LC_CTYPE"} and not has_pillow
    assert (memory, seconds, output) == (512 << 20, 7, 3 << 20)
    assert os.environ.get("SECRET_KEY")  # which the web worker itself does have


def test_only_so_many_are_decoded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "WALL_SECONDS", 0.05)
    for _ in range(cleaning.AT_ONCE):
        cleaning._turns.acquire()
    try:
        with pytest.raises(Refused, match="过一会儿"):
            cleaned(file(picture()))
    finally:
        for _ in range(cleaning.AT_ONCE):
            cleaning._turns.release()


# The door ------------------------------------------------------------------------------------------------------------


def test_nginx_and_django_agree_how_much_may_be_sent() -> None:
    said = re.search(r"client_max_body_size (\d+)m;", (settings.BASE_DIR / "deploy" / "nginx.conf").read_text())
    assert said and int(said[1]) == settings.UPLOAD_MEGABYTES
    assert settings.DOCUMENT_MEGABYTES < settings.UPLOAD_MEGABYTES


@pytest.mark.django_db
def test_a_request_without_end_is_refused_before_it_is_read(client: Client, settings: Any) -> None:
    settings.UPLOAD_MEGABYTES = 1
    for length, status in ((2**20, 422), (2**20 + 1, 413)):
        response = client.generic("POST", "/accounts/sign-in/", bytes(length), content_type="text/plain")
        assert response.status_code == status
    assert "文件太大" in response.content.decode()


def test_no_path_leads_to_private_files() -> None:
    media = str(settings.VAR_DIR / "media")
    assert not settings.MEDIA_URL.strip("/")
    nginx = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
    served = {path.split("$")[0] for path in re.findall(r"(?:alias|root) ([^;]+);", nginx)}
    public = (settings.STATIC_ROOT, settings.STREAMS_ROOT)
    ours = {"/var/lib/jinba/static/", "/var/lib/jinba/streams/", "/var/lib/jinba/srs/live/"}
    assert served == {*ours, "/etc/nginx/sorry/"}  # the last has three pages of words
    assert not any(media.startswith(str(folder)) or str(folder).startswith(media) for folder in public)
