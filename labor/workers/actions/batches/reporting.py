"""The sender's own rows with a column that says what is wrong, made from the encrypted workbook when he asks."""

from collections import defaultdict
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from jinba.core import encrypted_files
from jinba.core.encryption import CannotDecrypt
from jinba.core.errors import Refused
from jinba.privacy.choices import ExportState
from jinba.privacy.models import ExportRecord
from labor.workers.actions.batches.checking import known_codes
from labor.workers.choices import BatchState
from labor.workers.intake.roster import Roster, read_person
from labor.workers.intake.template import write_report
from labor.workers.intake.workbook import UnusableFile
from labor.workers.models import RegistrationBatch

MOST_ROWS = 5_000
GONE = "名册文件已经删除了，请重新上传。"


@transaction.atomic
def report(*, batch: RegistrationBatch, by: Any) -> bytes:
    """An .xlsx of the rows that have something wrong, written down as an export; for the sender alone."""
    if batch.by_id != by.pk:
        raise Refused("只有上传的人能下载。")
    if batch.state not in (BatchState.REFUSED, BatchState.CHECKED) or not batch.file:
        raise Refused(GONE)
    beside = defaultdict(list)
    for row, column, text in batch.found.values_list("row", "column", "text"):
        beside[row].append(f"{column}：{text}" if column else text)
    known, rows = known_codes(), []
    try:
        with encrypted_files.open(batch.file) as stream, Roster(stream) as roster:
            for row, values in roster.raw_rows():
                own = [f"{one.column}：{one.words}" for one in read_person(row, values, known).findings]
                words = list(dict.fromkeys([*own, *beside[row]]))
                if words:
                    rows.append((row, values, "；".join(words)))
                if len(rows) == MOST_ROWS:
                    break
    except (UnusableFile, CannotDecrypt, FileNotFoundError):
        raise Refused(GONE) from None
    now = timezone.now()
    ExportRecord.objects.create(
        by=by, what="批量登记的问题", format="xlsx", filters=f"名册 {batch.pk}", reason="改正自己上传的名册",
        is_masked=False, state=ExportState.DONE, rows=len(rows), at=now, finished_at=now,
    )  # fmt: skip
    buffer = BytesIO()
    write_report(buffer, rows)
    return buffer.getvalue()
