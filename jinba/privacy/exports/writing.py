"""Exports as work: a few rows at once, many in parts by a Celery worker, each part in one transaction.

The row of the export is the truth: a worker that is killed leaves `last_id` where the last whole part ended, the sweep
posts its letter again, and a file that no row names is deleted at night.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from jinba.core import encrypted_files
from jinba.core.encrypted_files import private_files
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.masking import masked_text
from jinba.privacy import actions as privacy
from jinba.privacy.choices import ExportState, Purpose
from jinba.privacy.exports import sheets
from jinba.privacy.exports.resource import DeskResource
from jinba.privacy.models import ExportRecord

logger = logging.getLogger(__name__)

FORMATS = ("xlsx", "csv")
AT_ONCE = 5_000  # rows that the officer waits for
PART_ROWS = 20_000
MOST_CLEAR = 100  # people whose numbers leave the house in clear at once
KEPT = timedelta(days=7)
PATIENCE = timedelta(minutes=5)  # after which a part is taken for lost and written by another worker
MOST_TRIES = 5
FOLDER = "exports"
Select = Callable[[ExportRecord], tuple[DeskResource, Any]]


@transaction.atomic
def start(
    *, by: Any, what: str, resource: DeskResource, rows: Any, query: str, filters: str, format: str, reason: str
) -> ExportRecord:
    """Write the export down, and the file too when it is short; a long one is left to the workers.

    `rows` are the chosen records, `query` says how to choose them again, `filters` says it to people. In clear at most
    MOST_CLEAR people are taken out, each with a row of who saw what.
    """
    if format not in FORMATS:
        raise Refused("请选一种格式。", field="format")
    reason = masked_text(" ".join(reason.split()))
    if not reason:
        raise Refused("请写一句为什么要导出。", field="reason")
    if not by.has_perm("privacy.add_exportrecord"):
        raise Refused("您没有导出的权限。")
    selection = resource.selection(rows)
    few = list(selection.values_list("pk", flat=True)[: AT_ONCE + 1])
    if not few:
        raise Refused("这些条件下一行也没有，没有导出。")
    record = ExportRecord(
        by=by, what=what, title=resource.title, format=format, filters=masked_text(filters)[:400], query=query,
        reason=reason[:200], is_masked=not resource.clear, planned=len(few),
    )  # fmt: skip
    if resource.clear:
        _check_clear(by, resource, few)
        for pk in few:
            privacy.look(
                by=by, subject=resource.subject, subject_id=pk, fields=resource.clear_fields, purpose=Purpose.EXPORT,
                reason=reason,
            )  # fmt: skip
    if len(few) > AT_ONCE:
        record.state, record.planned = ExportState.WAITING, 0
        record.save()
        later("jinba.privacy.tasks.write_export", id=record.pk)
        return record
    record.save()
    _write(record, resource, selection.filter(pk__in=few))
    _finish(record)
    return record


def _check_clear(by: Any, resource: DeskResource, few: list[int]) -> None:
    if not by.has_perm("privacy.export_unmasked"):
        raise Refused("您没有导出完整号码的权限。", field="clear")
    if not resource.clear_fields:
        raise Refused("这里没有打码的号码。", field="clear")
    if len(few) > MOST_CLEAR:
        raise Refused(f"完整号码一次最多导出 {MOST_CLEAR} 人，请先筛选。", field="clear")


@transaction.atomic
def write_part(*, record_id: int, select: Select) -> bool:
    """Write the next part; whether there is more to do. Nobody else writes the same export at the same time."""
    claimed = ExportRecord.objects.select_for_update(skip_locked=True, no_key=True).filter(
        pk=record_id, state__in=(ExportState.WAITING, ExportState.RUNNING)
    )
    record = claimed.select_related(None).first()
    if record is None:
        return False
    try:
        with transaction.atomic():
            resource, rows = select(record)
            if record.state == ExportState.WAITING:
                record.state, record.planned = ExportState.RUNNING, rows.order_by().count()
            selection = resource.selection(rows).filter(pk__gt=record.last_id)[:PART_ROWS]
            written = _write(record, resource, selection)
    except (Refused, LookupError) as refusal:
        record.state, record.finished_at = ExportState.FAILED, timezone.now()
        record.failure = str(refusal)[:200]
        record.save()
        return False
    if written < PART_ROWS:
        _finish(record)
        return False
    record.next_try_at = timezone.now() + PATIENCE
    record.save()
    return True


def _write(record: ExportRecord, resource: DeskResource, rows: Any) -> int:
    """One file with these rows; how many they were. An export without rows has one file with the headers alone."""
    count, last = 0, record.last_id

    def lines() -> Any:
        nonlocal count, last
        for pk, cells in resource.lines(rows.iterator(chunk_size=1_000)):
            count, last = count + 1, pk
            yield cells

    content = sheets.written(record.format, resource.headers(), lines())
    if count or not record.files:
        record.files = [*record.files, encrypted_files.save(content, folder=FOLDER)]
    record.rows, record.last_id = record.rows + count, last
    return count


def _finish(record: ExportRecord) -> None:
    record.state, record.finished_at = ExportState.DONE, timezone.now()
    record.planned = record.rows
    record.save()
    logger.info(
        "exports: user %s took out %s rows of %s, %s (export %s)",
        record.by_id, record.rows, record.what, "masked" if record.is_masked else "IN CLEAR", record.pk,
    )  # fmt: skip


def stumbled(*, record_id: int, error: str) -> None:
    """A part broke for no reason that we know: tried again later, and given up after MOST_TRIES."""
    wait = timezone.now() + PATIENCE
    ExportRecord.objects.filter(pk=record_id).update(tries=F("tries") + 1, next_try_at=wait)
    given_up = ExportRecord.objects.filter(pk=record_id, tries__gte=MOST_TRIES)
    given_up.update(state=ExportState.FAILED, failure=f"没有写成（{error}）"[:200], finished_at=timezone.now())


def due() -> list[int]:
    """Claim the exports whose letter may be lost, each for one sweep alone."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE privacy_exportrecord SET next_try_at = %s WHERE id IN (SELECT id FROM privacy_exportrecord"
            " WHERE state IN ('waiting', 'running') AND next_try_at <= %s ORDER BY next_try_at LIMIT 20"
            " FOR NO KEY UPDATE SKIP LOCKED) RETURNING id",
            [now + PATIENCE, now],
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def download(*, record: ExportRecord, part: int, by: Any) -> str:
    """The name of the file of one part, for who took it out, within KEPT; counted and logged."""
    if record.by_id != by.pk:
        raise Refused("只有导出的人自己能下载。")
    if record.state == ExportState.GONE or (record.finished_at and timezone.now() - record.finished_at > KEPT):
        raise Refused(f"文件只保留 {KEPT.days} 天，已经删除，请重新导出。")
    if not 0 <= part < len(record.files) or record.is_under_way:
        raise Refused("文件还没有写好。")
    now = timezone.now()
    ExportRecord.objects.filter(pk=record.pk).update(downloads=F("downloads") + 1, downloaded_at=now)
    logger.info("exports: user %s downloaded part %s of export %s", by.pk, part + 1, record.pk)
    name: str = record.files[part]
    return name


def forget() -> int:
    """Delete the files of exports older than KEPT, and files that no export names; how many exports lost theirs."""
    old = ExportRecord.objects.filter(
        state__in=(ExportState.DONE, ExportState.FAILED), finished_at__lt=timezone.now() - KEPT
    ).exclude(files=[])
    gone = 0
    for record in old.iterator():
        for name in record.files:
            encrypted_files.delete(name)
        record.files, record.state = [], ExportState.GONE
        record.save(update_fields=["files", "state"])
        gone += 1
    _delete_orphans()
    return gone


def _delete_orphans() -> None:
    yesterday = timezone.now() - timedelta(days=1)
    named = {name for files in ExportRecord.objects.exclude(files=[]).values_list("files", flat=True) for name in files}
    for name in private_files.names(FOLDER):
        if name not in named and private_files.get_modified_time(name) < yesterday:
            encrypted_files.delete(name)
