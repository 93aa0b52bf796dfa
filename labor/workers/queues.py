"""What about workers waits for an officer."""

from jinba.core.queues import Waiting, queue, waiting
from labor.workers.choices import BatchState, PairState
from labor.workers.models import DuplicatePair, RegistrationBatch

UNDER_WAY = (BatchState.WAITING, BatchState.CHECKING, BatchState.CHECKED, BatchState.IMPORTING)


@queue(title="疑似重复的人", url="duplicates:list", perm="workers.change_duplicatepair", order=30)
def duplicates() -> Waiting:
    return waiting(DuplicatePair.objects.filter(state=PairState.OPEN), since="found_at")


@queue(title="批量登记", url="batches:list", perm="workers.view_registrationbatch", order=31)
def batches() -> Waiting:
    """Those that are checked, wait for their confirmation or are being registered."""
    return waiting(RegistrationBatch.objects.filter(state__in=UNDER_WAY), since="uploaded_at", by="id")
