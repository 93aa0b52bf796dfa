"""Workbooks as brokers send them, good and bad."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from jinba.core.resident_id import check_digit
from labor.workers.actions import batches
from labor.workers.models import RegistrationBatch

HEADINGS = (
    "姓名", "手机号", "家庭所在县区", "乡镇", "村", "身份证号", "出生日期", "学历", "想干的工种", "想去的地方",
    "每月最少工资", "结伴编号", "结伴关系", "备注",
)  # fmt: skip
FAMILY, GIVEN = "苟屈谯鲜蹇景向罗何李", "建国秀英志强桂芳德明玉兰永贵春梅大勇小平"


def identity(number: int, born: str = "19900506") -> str:
    """A valid identity number that belongs to nobody: its area was never given."""
    first = f"519999{born}{number % 1000:03d}"
    return first + check_digit(first)


def person(number: int, **cells: Any) -> dict[str, Any]:
    """One row by heading; the same number is the same person."""
    name = FAMILY[number % 10] + GIVEN[number // 10 % 20] + GIVEN[number // 200 % 20]
    return {"姓名": name, "手机号": f"137{number % 10**8:08d}", "家庭所在县区": "通江县"} | cells


def workbook(rows: Iterable[dict[str, Any]], *, headings: Sequence[str] = HEADINGS, above: Sequence[Any] = ()) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    for line in above:
        sheet.append([line])
    sheet.append(list(headings))
    for row in rows:
        sheet.append([row.get(heading) for heading in headings])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_part(content: bytes, name: str, text: bytes | None) -> bytes:
    """The workbook with one part replaced, added, or (None) left out."""
    buffer = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        if text is not None:
            new.writestr(name, text)
    return buffer.getvalue()


def part(content: bytes, name: str) -> bytes:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read(name)


def sent(content: bytes, *, by: Any, name: str = "名册.xlsx") -> RegistrationBatch:
    """Uploaded, not yet checked."""
    return batches.upload(stream=BytesIO(content), size=len(content), name=name, by=by)


def checked(rows: Iterable[dict[str, Any]], *, by: Any) -> RegistrationBatch:
    batch = sent(workbook(rows), by=by)
    batches.check(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def registered(rows: Iterable[dict[str, Any]], *, by: Any) -> RegistrationBatch:
    batch = checked(rows, by=by)
    batches.confirm(batch=batch, by=by, is_signed=True, months=12)
    batches.register_people(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch
