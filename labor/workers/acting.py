"""Who may speak for a worker, and the trace of what he did. Whatever anybody does for a worker goes through here."""

from typing import Any

from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from labor.workers.models import Delegation, Worker, WorkerAct

STOPPED = "这份资料已停用，请联系工作人员。"


def authority(*, worker: Worker, by: Any) -> Delegation | None:
    """None when `by` is the worker himself, else the live delegation that he acts under; Refused without one."""
    if worker.user_id is not None and worker.user_id == by.pk:
        return None
    delegation = Delegation.objects.live().filter(worker=worker, helper=by).first()
    if delegation is None:
        raise Refused("只有本人，或者本人委托的人，才能办这件事。")
    return delegation


def record(*, worker: Worker, by: Any, delegation: Delegation | None, kind: str, note: str = "") -> WorkerAct | None:
    """Write down what was done for the worker, in the transaction of the act itself. His own acts leave no row."""
    if delegation is None:
        return None
    return WorkerAct.objects.create(worker=worker, by=by, delegation=delegation, kind=kind, note=note[:200])


def own(worker: Worker, by: Any) -> Worker:
    """The worker, locked, when `by` may speak for him."""
    worker = locked_one(Worker.objects.all(), pk=worker.pk)
    authority(worker=worker, by=by)
    if not worker.is_active:
        raise Refused(STOPPED)
    return worker
