"""Files that nobody should be able to harm us with, made on the spot: name → (file name, bytes, what becomes of it)."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from PIL import Image, ImageDraw, PngImagePlugin

PAYLOAD = b"JINBA-PAYLOAD"  # stands in for whatever must not get through
SCRIPT = b"<script>alert('JINBA-PAYLOAD')</script>"
PHP = b"<?php system($_GET['c']); /* JINBA-PAYLOAD */ ?>"


def picture(mode: str = "RGB", size: tuple[int, int] = (320, 240), kind: str = "JPEG", **options: Any) -> bytes:
    image = Image.new(mode, size)
    if mode in ("RGB", "L", "RGBA"):
        ImageDraw.Draw(image).ellipse((40, 40, 200, 200), fill="white")
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# JPEG ----------------------------------------------------------------------------------------------------------------


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg_with(*segments: bytes, behind: bytes = b"") -> bytes:
    plain = picture()
    return plain[:2] + b"".join(segments) + plain[2:] + behind


def exif(**tags: Any) -> bytes:
    data = Image.Exif()
    data[0x010F] = PAYLOAD.decode()  # the maker
    gps = data.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (28.0, 53.0, 21.0), "E", (120.0, 2.0, 9.0)
    for tag, value in tags.items():
        data[int(tag.removeprefix("t"), 16)] = value
    return data.tobytes()


def sideways() -> bytes:
    return picture(size=(400, 300), exif=exif(t0112=6))


# PNG, WebP -----------------------------------------------------------------------------------------------------------


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, rows: bytes, *more: bytes, bits: int = 8, colour: int = 0) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    body = b"".join(more) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body


def grey(side: int = 256) -> bytes:
    return (b"\x00" + b"\x80" * side) * side


def texts(*pairs: tuple[str, str], zipped: bool = False) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for key, value in pairs:
        info.add_text(key, value, zip=zipped)
    return info


def frames(kind: str) -> bytes:
    images = [Image.new("RGB", (320, 240), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    images[0].save(out, kind, save_all=True, append_images=images[1:], duration=100, loop=0)
    return out.getvalue()


# PDF -----------------------------------------------------------------------------------------------------------------


def pdf(*objects: bytes, catalog: bytes = b"", pages: int = 1, page: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF from its first objects up; the further ones are numbered from 10."""
    kids = b" ".join(b"%d 0 R" % (1000 + number) for number in range(pages))
    content = b"0 0 1 rg 50 50 100 100 re f"
    rows = {
        1: b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        2: b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        3: b"<< /Length %d >> stream\n" % len(content) + content + b"\nendstream",
        **{
            1000 + number: b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R "
            + (page or b"/MediaBox [0 0 300 400]")
            + b" >>"
            for number in range(pages)
        },
        **dict(enumerate(objects, 10)),
    }
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in rows.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer << /Size 3000 /Root 1 0 R " + trailer + b" >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d " % len(content) + entries + b" >> stream\n" + content + b"\nendstream"


def scanned(pages: int, kind: str = "RGB") -> bytes:
    images = [Image.new(kind, (300, 400), number) for number in range(pages)]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:])
    return out.getvalue()


def picture_bomb() -> bytes:
    """A page with a picture of 144 million pixels that is less than 200 kilobytes long: drawn line by line."""
    packer = zlib.compressobj(9)
    row = bytes(12_000)
    rows = b"".join(packer.compress(row) for _ in range(12_000)) + packer.flush()
    entries = b"/Type /XObject /Subtype /Image /Width 12000 /Height 12000 /ColorSpace /DeviceGray /BitsPerComponent 8"
    draw = b"q 300 0 0 400 0 0 cm /Im Do Q"
    return pdf(
        stream(rows, entries + b" /Filter /FlateDecode"),
        stream(draw),
        page=b"/MediaBox [0 0 300 400] /Resources << /XObject << /Im 10 0 R >> >> /Contents 11 0 R",
    )


def nested_forms(depth: int) -> bytes:
    """Each form draws the next one ten times: ten to the power of `depth` drawings."""
    objects = []
    for number in range(depth):
        inner = b"/F Do " * 10 if number < depth - 1 else b"0 0 10 10 re f " * 10
        entries = b"/Type /XObject /Subtype /Form /BBox [0 0 300 400] /Resources << /XObject << /F %d 0 R >> >>"
        objects.append(stream(inner, entries % (11 + number)))
    return pdf(
        *objects,
        stream(b"/F Do"),
        page=b"/MediaBox [0 0 300 400] /Resources << /XObject << /F 10 0 R >> >> /Contents %d 0 R" % (10 + depth),
    )


# Archives ------------------------------------------------------------------------------------------------------------


def archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content in files:
            packed.writestr(name, content)
    return out.getvalue()


# The corpus ----------------------------------------------------------------------------------------------------------

JPEG, PDF = "image/jpeg", "application/pdf"
BROKEN, HEAVY, BIG = "坏了或者没有传完整", "太复杂", "像素"
Case = tuple[str, Callable[[], bytes], str]

# What becomes of each: a content type when a clean picture remains, otherwise words of the sentence that refuses it.
CORPUS: dict[str, Case] = {
    # pictures that carry more than a picture
    "plain jpeg": ("证.jpg", picture, JPEG),
    "php behind a jpeg": ("shell.php.jpg", lambda: picture() + PHP, JPEG),
    "php in a jpeg comment": ("a.jpg", lambda: jpeg_with(segment(0xFE, PHP)), JPEG),
    "script in a jpeg comment": ("a.jpg", lambda: jpeg_with(segment(0xFE, SCRIPT)), JPEG),
    "exif with gps": ("a.jpg", lambda: picture(exif=exif()), JPEG),
    "exif sideways": ("a.jpg", sideways, JPEG),
    "exif of nonsense": ("a.jpg", lambda: jpeg_with(segment(0xE1, b"Exif\0\0" + PAYLOAD * 50)), JPEG),
    "exif whose offsets go round": (
        "a.jpg",
        lambda: jpeg_with(segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\0\0\0\0")),
        JPEG,
    ),
    "xmp": ("a.jpg", lambda: jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SCRIPT)), JPEG),
    "iptc": ("a.jpg", lambda: jpeg_with(segment(0xED, b"Photoshop 3.0\x008BIM" + PAYLOAD)), JPEG),
    "huge icc profile": ("a.jpg", lambda: picture(icc_profile=PAYLOAD * 60_000), JPEG),
    "a thousand comments": ("a.jpg", lambda: jpeg_with(*[segment(0xFE, PAYLOAD * 90)] * 1000), JPEG),
    "zip behind a jpeg": ("a.jpg", lambda: picture() + archive([("a.php", PHP)]), JPEG),
    "pdf behind a jpeg": ("a.jpg", lambda: picture() + pdf(), JPEG),
    "second jpeg behind the first": ("a.jpg", lambda: picture() + picture(exif=exif()), JPEG),
    "jpeg called pdf": ("a.pdf", picture, JPEG),
    "jpeg called exe": ("照片.exe", picture, JPEG),
    "cmyk jpeg": ("a.jpg", lambda: picture("CMYK"), JPEG),
    "grey jpeg": ("a.jpg", lambda: picture("L"), JPEG),
    "progressive jpeg": ("a.jpg", lambda: picture(progressive=True), JPEG),
    "png with clear parts": ("a.png", lambda: picture("RGBA", kind="PNG"), JPEG),
    "png with a palette": ("a.png", lambda: picture("P", kind="PNG", transparency=0), JPEG),
    "png of one bit": ("a.png", lambda: picture("1", kind="PNG"), JPEG),
    "png of 16 bits": ("a.png", lambda: picture("I;16", kind="PNG"), JPEG),
    "png of grey and clear": ("a.png", lambda: picture("LA", kind="PNG"), JPEG),
    "php in png text": ("a.png", lambda: picture(kind="PNG", pnginfo=texts(("Comment", PHP.decode()))), JPEG),
    "php in png palette": ("a.png", lambda: picture(kind="PNG") + PHP, JPEG),
    "chunk of its own in a png": ("a.png", lambda: png(256, 256, grey(), chunk(b"heLo", PAYLOAD * 9)), JPEG),
    "png text that unpacks without end": (
        "a.png",
        lambda: picture(kind="PNG", pnginfo=texts(("a", "A" * 9_000_000), zipped=True)),
        BROKEN,
    ),
    "png icc that unpacks without end": (
        "a.png",
        lambda: png(256, 256, grey(), chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(90_000_000), 9))),
        BROKEN,
    ),
    "apng": ("a.png", lambda: frames("PNG"), JPEG),
    "moving webp": ("a.webp", lambda: frames("WEBP"), JPEG),
    "webp with exif": ("a.webp", lambda: picture(kind="WEBP", exif=exif()), JPEG),
    "php behind a webp": ("a.webp", lambda: picture(kind="WEBP") + PHP, JPEG),
    # bombs and wrecks
    "30k x 30k png": ("a.png", lambda: png(30_000, 30_000, b"\0" * 1000, bits=1), BIG),
    "png as long as a road": ("a.png", lambda: png(2_000_000_000, 1, b"\0"), BIG),
    "png of one line": ("a.png", lambda: png(39_000_000, 1, b"\0"), "太小"),
    "png that lies about its size": ("a.png", lambda: png(6000, 6000, b"\0" * 100), BROKEN),
    "png with no rows": ("a.png", lambda: png(0, 0, b""), BROKEN),
    "png with a wrong sum": ("a.png", lambda: png(256, 256, grey()).replace(b"IDAT", b"IDAT\0", 1), BROKEN),
    "jpeg of 65k x 65k": (
        "a.jpg",
        lambda: picture().replace(struct.pack(">HH", 240, 320), struct.pack(">HH", 65_000, 65_000), 1),
        BIG,
    ),
    "jpeg of a thumbnail": ("a.jpg", lambda: picture(size=(64, 64)), "太小"),
    "half a jpeg": ("a.jpg", lambda: picture(size=(800, 800))[:4000], BROKEN),
    "half a png": ("a.png", lambda: png(256, 256, random.Random(1).randbytes(257 * 256))[:20_000], BROKEN),
    "half a webp": ("a.webp", lambda: picture(kind="WEBP", size=(900, 900))[:300], BROKEN),
    "head of a jpeg": ("a.jpg", lambda: b"\xff\xd8\xff\xe0", BROKEN),
    "jpeg of noise": ("a.jpg", lambda: b"\xff\xd8\xff\xe0" + random.Random(2).randbytes(50_000), BROKEN),
    "png of noise": ("a.png", lambda: b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(50_000), BROKEN),
    "gif89a called webp in riff": ("a.webp", lambda: b"RIFF\x10\0\0\0WEBPGIF89a" + SCRIPT, BROKEN),
    # what is no picture
    "nothing": ("a.jpg", lambda: b"", "是空的"),
    "zeros": ("a.jpg", lambda: bytes(5000), "认不出"),
    "text": ("a.jpg", lambda: b"hello " + PAYLOAD, "认不出"),
    "svg with a script": ("a.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>", "网页"),
    "svg called jpg": ("a.jpg", lambda: b"<?xml version='1.0'?><svg onload='alert(1)'/>", "网页"),
    "html called jpg": ("a.jpg", lambda: b"\xef\xbb\xbf <!DOCTYPE html>" + SCRIPT, "网页"),
    "php called jpg": ("a.jpg", lambda: PHP, "程序"),
    "shell script": ("a.jpg", lambda: b"#!/bin/sh\nrm -rf /", "程序"),
    "windows program": ("a.jpg", lambda: b"MZ" + bytes(500), "程序"),
    "linux program": ("a.pdf", lambda: b"\x7fELF" + bytes(500), "程序"),
    "zip bomb": ("a.zip", lambda: archive([("0", bytes(9_000_000))]), "压缩文件"),
    "docx with macros": ("a.docx", lambda: archive([("word/vbaProject.bin", PAYLOAD)]), "Word"),
    "xlsx bomb": ("a.xlsx", lambda: archive([("xl/sharedStrings.xml", b"<a>" * 900_000)]), "Excel"),
    "zip that climbs": ("a.jpg", lambda: archive([("../../etc/passwd", PAYLOAD)]), "压缩文件"),
    "old word": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Word"),
    "rtf": ("a.doc", lambda: b"{\\rtf1 " + PAYLOAD + b"}", "Word"),
    "gif": ("a.gif", lambda: picture("P", kind="GIF"), "图片格式"),
    "gif with a script": ("a.gif", lambda: b"GIF89a/*" + SCRIPT, "图片格式"),
    "bmp": ("a.bmp", lambda: picture(kind="BMP"), "图片格式"),
    "tiff": ("a.tif", lambda: picture(kind="TIFF"), "图片格式"),
    "postscript": ("a.jpg", lambda: b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file", "图片格式"),
    "heic": ("IMG_0001.HEIC", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200), "兼容性最佳"),
    "avif": ("a.avif", lambda: b"\0\0\0\x1cftypavif" + bytes(200), "兼容性最佳"),
    "film": ("a.mp4", lambda: b"\0\0\0\x18ftypmp42" + bytes(200), "视频"),
    "sound": ("a.wav", lambda: b"RIFF\x10\0\0\0WAVEfmt ", "视频"),
    # papers
    "plain pdf": ("a.pdf", pdf, PDF),
    "scanned pdf": ("a.pdf", lambda: scanned(3), PDF),
    "pdf called jpg": ("a.jpg", pdf, PDF),
    "pdf with javascript": (
        "a.pdf",
        lambda: pdf(
            b"<< /S /JavaScript /JS (app.alert\\('JINBA-PAYLOAD'\\)) >>",
            catalog=b"/OpenAction 10 0 R /Names << /JavaScript << /Names [(a) 10 0 R] >> >>",
        ),
        PDF,
    ),
    "pdf that starts a program": (
        "a.pdf",
        lambda: pdf(b"<< /S /Launch /F (cmd.exe JINBA-PAYLOAD) >>", catalog=b"/OpenAction 10 0 R"),
        PDF,
    ),
    "pdf with a file inside": (
        "a.pdf",
        lambda: pdf(
            stream(b"MZ" + PAYLOAD, b"/Type /EmbeddedFile"),
            b"<< /Type /Filespec /F (a.exe) /EF << /F 10 0 R >> >>",
            catalog=b"/Names << /EmbeddedFiles << /Names [(a.exe) 11 0 R] >> >>",
        ),
        PDF,
    ),
    "pdf that calls home": (
        "a.pdf",
        lambda: pdf(
            b"<< /Type /Annot /Subtype /Link /Rect [0 0 300 400] /A << /S /URI /URI (http://x/JINBA-PAYLOAD) >> >>",
            page=b"/MediaBox [0 0 300 400] /Annots [10 0 R] /AA << /O << /S /URI /URI (http://x/JINBA-PAYLOAD) >> >>",
        ),
        PDF,
    ),
    "pdf with a form that submits": (
        "a.pdf",
        lambda: pdf(
            b"<< /T (JINBA-PAYLOAD) /FT /Tx /Subtype /Widget /Rect [9 9 90 90] /A << /S /SubmitForm /F (x) >> >>",
            catalog=b"/AcroForm << /Fields [10 0 R] >>",
            page=b"/MediaBox [0 0 300 400] /Annots [10 0 R]",
        ),
        PDF,
    ),
    "pdf with xfa": (
        "a.pdf",
        lambda: pdf(stream(b"<xdp>" + SCRIPT + b"</xdp>"), catalog=b"/AcroForm << /XFA 10 0 R /Fields [] >>"),
        PDF,
    ),
    "pdf with names and dates": (
        "a.pdf",
        lambda: pdf(b"<< /Author (JINBA-PAYLOAD) /Title (JINBA-PAYLOAD) >>", trailer=b"/Info 10 0 R"),
        PDF,
    ),
    "html behind a pdf": ("a.pdf", lambda: pdf() + SCRIPT, PDF),
    "zip behind a pdf": ("a.pdf", lambda: pdf() + archive([("a.php", PHP)]), PDF),
    "pdf without a table": ("a.pdf", lambda: pdf().partition(b"xref\n")[0] + b"trailer << /Root 1 0 R >>", PDF),
    "pdf as wide as a field": ("a.pdf", lambda: pdf(page=b"/MediaBox [0 0 1400000 1400000]"), PDF),
    "pdf with password": (
        "a.pdf",
        lambda: pdf(
            b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>",
            trailer=b"/Encrypt 10 0 R /ID [<00> <00>]",
        ),
        "密码",
    ),
    "pdf of 1,000 pages": ("a.pdf", lambda: pdf(pages=1000), "页数太多"),
    "pdf of 21 pages": ("a.pdf", lambda: pdf(pages=21), "页数太多"),
    "pdf without pages": ("a.pdf", lambda: pdf(pages=0), BROKEN),
    "pdf whose pages go round": ("a.pdf", lambda: pdf().replace(b"/Kids [1000 0 R]", b"/Kids [2 0 R   ]"), BROKEN),
    "pdf of noise": ("a.pdf", lambda: b"%PDF-1.7\n" + random.Random(4).randbytes(50_000), BROKEN),
    "half a pdf": ("a.pdf", lambda: scanned(2)[:700], BROKEN),
    "pdf with a picture bomb": ("a.pdf", picture_bomb, PDF),
    "pdf that draws without end": ("a.pdf", lambda: nested_forms(12), HEAVY),
    "pdf behind something else": ("a.pdf", lambda: b"GIF89a" + pdf(), "图片格式"),
    # names
    "name that climbs": ("../../etc/passwd.jpg", picture, JPEG),
    "name that climbs on Windows": ("..\\..\\boot.ini.jpg", picture, JPEG),
    "name that reads backwards": ("photo\u202egpj.exe", picture, JPEG),
    "name with NUL": ("a.php\x00.jpg", picture, JPEG),
    "name with lines": ("a\r\nContent-Type: text/html\r\n\r\n.jpg", picture, JPEG),
    "name with tags": ("<img src=x onerror=alert(1)>.jpg", picture, JPEG),
    "name without end": ("好" * 5000 + ".jpg", picture, JPEG),
    "no name": ("\u200b", picture, JPEG),
}
