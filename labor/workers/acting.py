"""Who may speak for a worker, and the trace of what he did. Whatever anybody does for a worker goes through here."""

from typing import Any

from django.db import connection
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import locked, locked_one
from jinba.notices.actions import tell
from labor.workers.choices import ActKind
from labor.workers.models import Delegation, Worker, WorkerAct

STOPPED = "这份资料已停用，请联系工作人员。"
NOT_ENTRUSTED = "只有本人，或者本人现在委托的人，才能办这件事。"
HELPERS_URL = "/workers/me/helpers/"
NOTE_LENGTH = 200


def authority(*, worker: Worker, by: Any) -> Delegation | None:
    """None when `by` is the worker himself, else the live delegation that he acts under; Refused without one.

    Within a transaction the delegation is locked: it ends before the act, which is then refused, or after it.
    """
    if by is not None and worker.user_id is not None and worker.user_id == by.pk:
        return None
    if by is None:
        raise Refused(NOT_ENTRUSTED)
    live = Delegation.objects.live().filter(worker=worker, helper=by)
    found = locked(live) if connection.in_atomic_block else list(live[:1])
    if not found:
        raise Refused(NOT_ENTRUSTED)
    return found[0]


def record(
    *, worker: Worker, by: Any, delegation: Delegation | None, kind: str, note: str = "", url: str = ""
) -> WorkerAct | None:
    """Write down what was done for the worker, in the transaction of the act itself, and tell him if he has an account.

    His own acts leave no row. Of many answers to questions he hears once a day.
    """
    if delegation is None:
        return None
    act = WorkerAct.objects.create(worker=worker, by=by, delegation=delegation, kind=kind, note=note[:NOTE_LENGTH])
    often = f"{delegation.pk}:{kind}:{timezone.localdate():%Y%m%d}" if kind == ActKind.ANSWER else str(act.pk)
    tell(
        recipient=worker.user,
        kind="acted_for_you",
        dedupe_key=f"act:{often}",
        title=f"{by.name or '受您委托的人'}帮您办了：{act.get_kind_display()}",
        body=f"{note.rstrip('。')}。不是您的意思，可以随时结束委托。" if note else "不是您的意思，可以随时结束委托。",
        url=url or HELPERS_URL,
    )
    return act


def own(worker: Worker, by: Any) -> tuple[Worker, Delegation | None]:
    """The worker, locked, when `by` may speak for him, and under which delegation."""
    worker = locked_one(Worker.objects.select_related("user"), pk=worker.pk)
    delegation = authority(worker=worker, by=by)
    if not worker.is_active:
        raise Refused(STOPPED)
    return worker, delegation
