"""The demo's licence and its employers' papers. Each says of itself that it is none."""

import hashlib
import io
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from employers import document_rules
from employers.choices import DocumentState, EmployerState, LicenceKind, Origin
from employers.models import Employer, EmployerDocument, EmployerDocumentEvent, Licence, today

# So many of those that wait have papers for an officer to judge.
TO_JUDGE = 3


def make_licence() -> None:
    """What the demo recruits under, unless there is a real one."""
    if not Licence.objects.of_platform().valid().to_place().exists():
        year = today().year
        Licence.objects.create(
            kind=LicenceKind.PLACEMENT, holder="金巴就业（演示）", number="（演示）人服证字〔0000〕第 0000000 号",
            scope="职业中介、网络招聘、用工信息服务（演示）", issuer="演示数据，不是真的许可证",
            valid_from=today().replace(year=year - 1, month=1, day=1),
            valid_to=today().replace(year=year + 3, month=12, day=31), supervision_phone="12333",
        )  # fmt: skip


def make_papers(*, employer: Employer, users: dict[str, Any]) -> None:
    """Approved papers for the employer whose desk is open to visitors, and some to judge."""
    owner, officer = users["demo-owner"], users["demo-officer"]
    _write(employer, owner, officer, DocumentState.APPROVED)
    waiting = Employer.objects.filter(origin=Origin.DEMO, state=EmployerState.SUBMITTED).order_by("id")
    for other in waiting[:TO_JUDGE]:
        _write(other, owner, None, DocumentState.SUBMITTED)


def _write(employer: Employer, owner: Any, officer: Any, state: DocumentState) -> None:
    if employer.documents.exists():
        return
    for number, kind in enumerate(document_rules.required_kinds(employer)):
        content = _drawn(number)
        paper = EmployerDocument.objects.create(
            employer=employer, kind=kind, file=ContentFile(content, name="demo.jpg"), content_type="image/jpeg",
            size=len(content), sha256=hashlib.sha256(content).hexdigest(), original_name=f"{kind.label}（演示）.jpg",
            state=state, uploaded_by=owner, reviewed_by=officer, reviewed_at=timezone.now() if officer else None,
        )  # fmt: skip
        EmployerDocumentEvent.objects.create(document=paper, to_state=DocumentState.SUBMITTED, by=owner)
        if state != DocumentState.SUBMITTED:
            EmployerDocumentEvent.objects.create(
                document=paper, from_state=DocumentState.SUBMITTED, to_state=state, by=officer, reason="演示"
            )


def _drawn(number: int) -> bytes:
    """A sheet with a frame, a seal and lines; no letters of any real paper."""
    tall = number != 2
    size = (900, 1200) if tall else (1100, 700)
    sheet = Image.new("RGB", size, "#fffdf5")
    draw = ImageDraw.Draw(sheet)
    width, height = size
    draw.rectangle((30, 30, width - 30, height - 30), outline="#b8860b", width=6)
    draw.text((width // 2, 110), "DEMO", fill="#9a1b1b", font_size=90, anchor="mm")
    draw.text((width // 2, 190), "NOT A REAL DOCUMENT", fill="#9a1b1b", font_size=36, anchor="mm")
    for line in range(270, height - 300 + 100 * (not tall), 56):
        draw.rectangle((90, line, width - 90 - (line * 37 + number * 90) % 300, line + 14), fill="#c9c4b4")
    draw.ellipse((width - 300, height - 270, width - 110, height - 80), outline="#c0392b", width=8)
    draw.text((width - 205, height - 175), "DEMO", fill="#c0392b", font_size=44, anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=80)
    return out.getvalue()
