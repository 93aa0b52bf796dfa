"""What keeps batches going whose letters were lost, and what is deleted when its time is over."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from jinba.core import encrypted_files
from jinba.core.encrypted_files import private_files
from jinba.core.later import later
from labor.workers.actions.batches.claiming import CHECK_TASK, FOLDER, REGISTER_TASK, forget_file
from labor.workers.choices import BatchState
from labor.workers.models import BatchPart, BatchProblem, RegistrationBatch

KEPT = timedelta(days=7)
BETWEEN_LETTERS = timedelta(seconds=60)


@transaction.atomic
def call_hands(*, limit: int = 20) -> int:
    """Post letters again for the batches that wait; returns how many. Who is at work on one lets the letter fall."""
    now = timezone.now()
    due = RegistrationBatch.objects.at_work().filter(next_try_at__lte=now)
    rows = list(due.select_for_update(skip_locked=True).order_by("next_try_at")[:limit])
    for batch in rows:
        RegistrationBatch.objects.filter(pk=batch.pk).update(next_try_at=now + BETWEEN_LETTERS)
        later(REGISTER_TASK if batch.state == BatchState.IMPORTING else CHECK_TASK, batch_id=batch.pk)
    return len(rows)


def forget() -> int:
    """Delete the workbooks that nobody confirmed within a week, and files that no batch knows; returns how many."""
    return _forget_old() + _forget_strays()


@transaction.atomic
def _forget_old() -> int:
    before = timezone.now() - KEPT
    old = RegistrationBatch.objects.exclude(file="").exclude(state__in=BatchState.at_work())
    rows = list(old.filter(uploaded_at__lt=before).select_for_update(skip_locked=True)[:500])
    for batch in rows:
        if batch.state == BatchState.CHECKED:
            batch.state, batch.message = BatchState.DROPPED, "放了七天没有确认，名册已删除。"
            batch.finished_at = timezone.now()
            batch.save(update_fields=["state", "message", "finished_at"])
        forget_file(batch)
    BatchPart.objects.filter(batch__in=rows).delete()
    BatchProblem.objects.filter(batch__in=rows).delete()
    return len(rows)


def _forget_strays() -> int:
    """A process killed between saving the file and writing its row leaves one; so does one killed before deleting."""
    known = set(RegistrationBatch.objects.exclude(file="").values_list("file", flat=True))
    gone = 0
    for name in list(private_files.names(FOLDER)):
        if name not in known and private_files.get_modified_time(name) < timezone.now() - timedelta(days=1):
            encrypted_files.delete(name)
            gone += 1
    return gone
