"""One process at a time works on a batch, and others may watch how far it is."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from jinba.core import encrypted_files
from jinba.core.later import later
from jinba.notices.actions import tell
from labor.workers.choices import BatchState
from labor.workers.models import BatchPart, BatchProblem, RegistrationBatch

logger = logging.getLogger(__name__)

FOLDER = "rosters"
CHECK_TASK = "labor.workers.tasks.check_batch"
REGISTER_TASK = "labor.workers.tasks.register_batch"
BATCH_LOCK = 0x6A420001  # the first half of the advisory lock's key; the other is the batch
MOST_TRIES = 5
GAVE_UP = "试了几次都没有做完，一个人也没有登记。请把名册分成几份再传，或者请平台的工作人员看看。"


@contextmanager
def claimed(batch_id: int, *states: str) -> Iterator[RegistrationBatch | None]:
    """The batch when it is in one of the states and nobody else works on it, else None.

    The lock is the connection's, not a row's: whoever is killed lets go at once, and the row stays free for those who
    write how far the work is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [BATCH_LOCK, batch_id % 2**31])
        if not cursor.fetchone()[0]:
            yield None
            return
    try:
        yield RegistrationBatch.objects.select_related("by").filter(pk=batch_id, state__in=states).first()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [BATCH_LOCK, batch_id % 2**31])


def begin_try(batch: RegistrationBatch) -> bool:
    """Count a try, before it can be killed; False when there were too many and the batch has failed."""
    if batch.attempts >= MOST_TRIES:
        fail(batch, GAVE_UP)
        return False
    RegistrationBatch.objects.filter(pk=batch.pk).update(attempts=F("attempts") + 1)
    return True


def fail(batch: RegistrationBatch, words: str) -> None:
    end(batch, BatchState.FAILED, words)


def end(batch: RegistrationBatch, state: str, words: str = "", *, keeps_file: bool = False, **fields: Any) -> None:
    """Take a batch that is at work to its end and tell who sent it; nothing happens when it has ended already."""
    with transaction.atomic():
        rows = RegistrationBatch.objects.filter(pk=batch.pk, state=batch.state)
        if not rows.update(state=state, message=words, finished_at=timezone.now(), **fields):
            return
        BatchPart.objects.filter(batch=batch).delete()
        batch.state = state
        tell_sender(batch, state, words)
    if not keeps_file:
        forget_file(batch)


TITLES = {
    BatchState.CHECKED: "名册检查好了，请看一遍再确认",
    BatchState.REFUSED: "名册里有要改的地方，还没有登记",
    BatchState.FAILED: "名册没有登记成功",
    BatchState.DONE: "名册登记好了",
}


def tell_sender(batch: RegistrationBatch, state: str, words: str = "") -> None:
    tell(
        recipient=batch.by,
        kind="roster",
        dedupe_key=f"roster:{batch.pk}:{state}:{timezone.now():%Y%m%d%H%M}",
        title=TITLES[BatchState(state)],
        body=words,
        url=f"/workers/batches/{batch.pk}/",
    )


def start_check(batch: RegistrationBatch) -> None:
    """Have the batch checked from the beginning; what an earlier check found is forgotten."""
    BatchPart.objects.filter(batch=batch).delete()
    BatchProblem.objects.filter(batch=batch).delete()
    later(CHECK_TASK, batch_id=batch.pk)


def forget_file(batch: RegistrationBatch) -> None:
    """Delete the workbook once what says so is committed."""

    def delete(name: str = batch.file) -> None:
        encrypted_files.delete(name)
        RegistrationBatch.objects.filter(pk=batch.pk, file=name).update(file="")

    if batch.file:
        transaction.on_commit(delete)


class Teller:
    """Writes how far the registration is on a connection of its own, so that others see it before the commit.

    Nothing depends on it: what cannot be written is left out.
    """

    def __init__(self, batch: RegistrationBatch) -> None:
        self._batch = batch
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._told_at = 0.0

    def __enter__(self) -> "Teller":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def at(self, done: int) -> None:
        if time.monotonic() - self._told_at < 0.5:
            return
        self._told_at = time.monotonic()
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '300ms'")
                cursor.execute(
                    "UPDATE workers_registrationbatch SET done = %s WHERE id = %s AND state = %s",
                    [done, self._batch.pk, BatchState.IMPORTING],
                )
        except DatabaseError as error:
            logger.info("batches: progress of %s not told (%s)", self._batch.pk, type(error).__name__)
