"""Workers go together: a couple, or fellow villagers."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from jinba.core.errors import Refused
from jinba.core.locks import locked
from jinba.notices.actions import tell
from labor.workers.acting import own, record
from labor.workers.choices import ActKind, GroupKind
from labor.workers.letters import match_again
from labor.workers.models import Worker, WorkerGroup

MOST_IN_GROUP = {GroupKind.COUPLE: 2, GroupKind.VILLAGERS: 20}
# No sign that looks like another, neither read aloud nor copied by hand.
GROUP_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUP_CODE_LENGTH = 8


@transaction.atomic
def start_group(*, worker: Worker, by: Any, kind: str) -> WorkerGroup:
    """A new group with the worker in it; its code is for his partner or fellow villagers."""
    if kind not in GroupKind.values:
        raise Refused("请选和谁结伴。", field="kind")
    worker, delegation = own(worker, by)
    _alone(worker)
    group = _new_group(kind)
    _set_group(worker, group)
    record(worker=worker, by=by, delegation=delegation, kind=ActKind.GROUP, note=f"开始{group.get_kind_display()}结伴")
    return group


def _new_group(kind: str) -> WorkerGroup:
    code = "".join(secrets.choice(GROUP_ALPHABET) for _ in range(GROUP_CODE_LENGTH))
    return WorkerGroup.objects.create(kind=kind, code=code)


@transaction.atomic
def make_group(*, workers: Sequence[Worker], by: Any, kind: str) -> WorkerGroup:
    """A helper puts several who entrusted themselves to him into one new group: all of them, or none."""
    if kind not in GroupKind.values:
        raise Refused("请选和谁结伴。", field="kind")
    kind = GroupKind(kind)
    people = sorted({worker.pk: worker for worker in workers}.values(), key=lambda worker: worker.pk)
    if len(people) < 2:
        raise Refused("请至少选两个人。", field="workers")
    if len(people) > MOST_IN_GROUP[kind]:
        raise Refused(f"{kind.label}结伴最多 {MOST_IN_GROUP[kind]} 个人。", field="workers")
    group = _new_group(kind)
    names = "、".join(worker.masked_name for worker in people)
    for one in people:
        worker, delegation = own(one, by)
        if worker.group_id:
            raise Refused(f"{worker.name}已经和人结伴了，要换人请先退出。", field="workers")
        _set_group(worker, group)
        record(worker=worker, by=by, delegation=delegation, kind=ActKind.GROUP, note=f"{kind.label}结伴：{names}")
    return group


@transaction.atomic
def join_group(*, worker: Worker, by: Any, code: str) -> WorkerGroup:
    """Join the group that somebody passed the code of; the others are told."""
    found = locked(WorkerGroup.objects.filter(code=_clean_code(code)))
    if not found:
        raise Refused("没有这个结伴码，请和同伴再核对一下。", field="code")
    (group,) = found
    worker, delegation = own(worker, by)
    if worker.group_id == group.pk:
        return group
    _alone(worker)
    others = list(group.workers.select_related("user"))
    if len(others) >= MOST_IN_GROUP[GroupKind(group.kind)]:
        raise Refused("这个结伴已经满员了。", field="code")
    _set_group(worker, group)
    record(worker=worker, by=by, delegation=delegation, kind=ActKind.GROUP, note=f"加入{group.get_kind_display()}结伴")
    for other in others:
        tell(
            recipient=other.user,
            kind="partner_joined",
            dedupe_key=f"partner:{group.pk}:{worker.pk}",
            title=f"{worker.masked_name}和您结伴了",
            body="以后看岗位时，会留意你们能不能一起去。",
            url="/workers/me/partner/",
        )
    return group


@transaction.atomic
def leave_group(*, worker: Worker, by: Any) -> Worker:
    """Go alone again; a group without anybody is gone."""
    group_id = Worker.objects.values_list("group_id", flat=True).get(pk=worker.pk)
    if group_id is None:
        raise Refused("您现在没有和人结伴。")
    locked(WorkerGroup.objects.filter(pk=group_id))
    worker, delegation = own(worker, by)
    if worker.group_id != group_id:
        raise Refused("您现在没有和人结伴。")
    _set_group(worker, None)
    record(worker=worker, by=by, delegation=delegation, kind=ActKind.GROUP, note="退出结伴")
    if not Worker.objects.filter(group_id=group_id).exists():
        WorkerGroup.objects.filter(pk=group_id).delete()
    return worker


def _clean_code(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign in GROUP_ALPHABET)


def _alone(worker: Worker) -> None:
    if worker.group_id:
        raise Refused("您已经和人结伴了，要换人请先退出。")


def _set_group(worker: Worker, group: WorkerGroup | None) -> None:
    worker.group = group
    worker.save(update_fields=["group", "updated_at"])
    match_again(worker)
