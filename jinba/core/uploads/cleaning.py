"""From what somebody sent to what is kept."""

import hashlib
import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from jinba.core.errors import Refused
from jinba.core.uploads.kinds import HEAD_BYTES, PDF, WANTED, kind_of

CHILD = Path(__file__).with_name("child.py")
MEGABYTE = 1_000_000
LIMITS = {
    "pixels": 40_000_000,  # of what is sent
    "least_side": 200,  # less cannot be read by anybody
    "side": 2560,  # of what is kept
    "page_side": 2200,
    "pages": 20,
    "memory": 768,  # MiB of address space
    "seconds": 10,  # of CPU
    "output": 40,  # MiB
}
WALL_SECONDS = 30
# Decoding takes memory: so many at once in each web process, others wait their turn for a while.
AT_ONCE = 2
_turns = threading.BoundedSemaphore(AT_ONCE)

SENTENCES = {
    "pixels": "图片太大了（超过 4000 万像素）。请把手机相机调到普通清晰度再拍，或者上传截图。",
    "small": "图片太小，看不清上面的字。请重新拍一张清楚的。",
    "pages": f"PDF 页数太多（最多 {LIMITS['pages']} 页）。请只留需要的几页。",
    "password": "这个 PDF 加了密码，审核人员打不开。请去掉密码再上传，或者打印后拍照。",
    "broken": "这个文件坏了或者没有传完整，打不开。请重新拍照或者重新导出再上传。",
    "heavy": "这个文件太复杂，处理不了。请打印后拍照上传。",
}
BUSY = "现在上传的人多，请过一会儿再试。"


@dataclass(frozen=True)
class Clean:
    """A file that holds nothing but pictures."""

    content: bytes
    content_type: str
    pages: int
    sha256: str

    @property
    def size(self) -> int:
        return len(self.content)


def cleaned(file: Any, *, megabytes: int | None = None, field: str = "file") -> Clean:
    """The picture(s) in an uploaded file as a fresh JPEG or PDF; Refused, beside `field`, with a sentence why not."""
    try:
        return _cleaned(file, megabytes or settings.DOCUMENT_MEGABYTES)
    except Refused as refusal:
        raise Refused(refusal.message, field=field) from refusal


def _cleaned(file: Any, megabytes: int) -> Clean:
    if file.size > megabytes * MEGABYTE:
        raise Refused(f"文件太大了，最多 {megabytes} MB。{WANTED}")
    file.seek(0)
    head = file.read(HEAD_BYTES)
    kind = kind_of(head)
    if not _turns.acquire(timeout=WALL_SECONDS):
        raise Refused(BUSY)
    try:
        content, pages = _decoded(file, kind)
    finally:
        _turns.release()
    return Clean(
        content=content,
        content_type="application/pdf" if kind == PDF else "image/jpeg",
        pages=pages,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _decoded(file: Any, kind: str) -> tuple[bytes, int]:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        file.seek(0)
        while chunk := file.read(256 * 1024):
            given.write(chunk)
        given.seek(0)
        command = [sys.executable, "-I", str(CHILD), kind, json.dumps(LIMITS)]
        try:
            done = subprocess.run(
                command, stdin=given, stdout=made, stderr=subprocess.DEVNULL, env={}, timeout=WALL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Refused(SENTENCES["heavy"]) from error
        made.seek(0)
        said = made.readline()
        if done.returncode or not said.endswith(b"\n"):
            raise Refused(SENTENCES["heavy"])  # it died of its limits, or of the file
        report = json.loads(said)
        if "refused" in report:
            raise Refused(SENTENCES[report["refused"]])
        return made.read(), report["pages"]
