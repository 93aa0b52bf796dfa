"""The program that decodes what a stranger sent. It may be killed by it; the web worker that waits for it may not.

Reads the file from stdin, writes one line of JSON and then the cleaned file to stdout. It is started with an empty
environment (no key, no password), takes its own limits before it loads any decoder, and imports nothing of ours.

Pictures are decoded, turned upright, put on white, made smaller and drawn anew as JPEG: EXIF, ICC, text, further frames
and whatever was glued behind them stay away. PDF pages are drawn as pictures and bound into a new PDF: scripts, links,
forms and enclosed files stay away.
"""

import io
import json
import math
import resource
import sys
import time
from typing import Any, NoReturn

QUALITY = 85
DPI = 200
MEBIBYTE = 1024 * 1024


def take_limits(*, memory: int, seconds: int, output: int) -> None:
    for what, limit in (
        (resource.RLIMIT_AS, memory * MEBIBYTE),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, output * MEBIBYTE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (limit, limit))


def refuse(code: str) -> NoReturn:
    sys.stdout.write(json.dumps({"refused": code}) + "\n")
    sys.stdout.flush()
    raise SystemExit(0)


def answer(content: bytes, *, pages: int) -> None:
    sys.stdout.buffer.write(json.dumps({"pages": pages}).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


def clean_picture(stream: Any, kind: str, limits: dict[str, int]) -> None:
    from PIL import Image, ImageFile, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # ours is stricter and says so before anything is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(stream, formats=[kind]) as image:
        width, height = image.size
        if width * height > limits["pixels"]:
            refuse("pixels")
        if min(width, height) < limits["least_side"]:
            refuse("small")
        side = limits["side"]
        image.draft("RGB", (side, side))  # a JPEG is decoded at the size that is wanted
        image.load()
        orientation = image.getexif().get(0x0112)
        plain: Image.Image = image if image.mode in ("RGB", "RGBA", "L") else _convertible(image)
    plain.info.clear()
    plain.thumbnail((side, side), reducing_gap=2.0)
    if plain.mode == "RGBA":
        white = Image.new("RGB", plain.size, "white")
        white.paste(plain, mask=plain.getchannel("A"))
        plain = white
    plain = plain.convert("RGB")
    plain.getexif()[0x0112] = orientation or 1
    plain = ImageOps.exif_transpose(plain)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, exif=b"", icc_profile=None)
    answer(out.getvalue(), pages=1)


def _convertible(image: Any) -> Any:
    """An image of any mode as RGB or RGBA."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.point(lambda value: value / 256).convert("L")
    is_clear = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if is_clear else "RGB")


def clean_pdf(stream: Any, limits: dict[str, int]) -> None:
    import pypdfium2
    from PIL import Image
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as error:
        refuse("password" if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD else "broken")
    if not len(document):
        refuse("broken")
    if len(document) > limits["pages"]:
        refuse("pages")
    document.init_forms()  # what was typed into a form is drawn too; scripts do not run, there is no engine for them
    drawn: list[Image.Image] = []
    for page in document:
        width, height = page.get_size()
        longest = max(width, height)
        if not math.isfinite(longest) or min(width, height) <= 0:
            refuse("broken")
        scale = min(DPI / 72, limits["page_side"] / longest)
        drawn.append(page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB"))
        page.close()
    pages = len(drawn)
    out = io.BytesIO()
    never = time.gmtime(0)  # the same pages make the same file: a second tap is known by it
    drawn[0].save(
        out, "PDF", save_all=True, append_images=drawn[1:], quality=QUALITY, resolution=DPI, title="",
        creationDate=never, modDate=never,
    )  # fmt: skip
    answer(out.getvalue(), pages=pages)


def main() -> None:
    kind, limits = sys.argv[1], json.loads(sys.argv[2])
    take_limits(memory=limits["memory"], seconds=limits["seconds"], output=limits["output"])
    try:
        if kind == "PDF":
            clean_pdf(sys.stdin.buffer.read(), limits)
        else:
            clean_picture(io.BytesIO(sys.stdin.buffer.read()), kind, limits)
    except MemoryError:
        refuse("heavy")
    except Exception:  # whatever a decoder thinks of: the file is at fault
        refuse("broken")


if __name__ == "__main__":
    main()
