"""Workers come, tell what they can and want, and go together."""

import secrets
from typing import Any

from django.db import transaction

from jinba.accounts import actions as accounts
from jinba.accounts.choices import Role
from jinba.accounts.codes import lock_phone
from jinba.accounts.names import clean_name
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.locks import locked, locked_one
from jinba.core.phones import normalise_phone
from jinba.notices.actions import tell
from jinba.reference.models import Region
from labor.workers import answers
from labor.workers.choices import GroupKind, RegisteredVia
from labor.workers.models import Worker, WorkerGroup, WorkerSkill

REGISTRARS = {Role.BROKER: RegisteredVia.BROKER, Role.PARK: RegisteredVia.KIOSK}
MOST_IN_GROUP = {GroupKind.COUPLE: 2, GroupKind.VILLAGERS: 20}
# No sign that looks like another, neither read aloud nor copied by hand.
GROUP_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUP_CODE_LENGTH = 8


# Coming --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def register(
    *, name: str, phone: str, home: Region, by: Any = None, via: str | None = None, village: str = ""
) -> Worker:
    """A worker with the least that applying needs.

    Without `by` the person himself, who has proven the phone: he gets a user; his name on his phone again is himself
    again, registered or waiting to be claimed. `by` a job seeker: his own profile. `by` a broker or park staff:
    somebody who will claim it at his first sign-in.
    """
    name, phone, home = clean_name(name), normalise_phone(phone), answers.home(home)
    lock_phone(phone)
    if by is not None and by.role in REGISTRARS:
        return _register_for(name=name, phone=phone, home=home, village=village, by=by, via=via)
    if by is not None and by.role != Role.SEEKER:
        raise Refused("只有求职者本人、劳务经纪人和园区工作人员可以登记求职资料。")
    known = Worker.objects.active().with_phone(phone)
    if by is None:
        same = known.filter(name=name).order_by("user_id").first()
        if same is not None:
            return claim(worker=same) if same.user is None else same
        _room_for_one_more(known.count())
        user = accounts.open_account(phone=phone, name=name, role=Role.SEEKER)
    else:
        user = by
        if user.phone and user.phone != phone:
            raise Refused("手机号要和您登录的一样。", field="phone")
    if Worker.objects.filter(user=user).exists():
        raise Refused("您已经登记过了。")
    return _create(
        user=user, name=name, phone=phone, home=home, village=village, registered_via=via or RegisteredVia.SELF
    )


def _register_for(*, name: str, phone: str, home: Region, village: str, by: Any, via: str | None) -> Worker:
    known = Worker.objects.active().with_phone(phone)
    if known.filter(name=name).exists():
        raise Refused("这位已经登记过了，不用再登记。", field="name")
    _room_for_one_more(known.count())
    return _create(
        name=name, phone=phone, home=home, village=village, registered_by=by,
        registered_via=via or REGISTRARS[by.role],
    )  # fmt: skip


def _room_for_one_more(people: int) -> None:
    if people >= accounts.MOST_PEOPLE:
        raise Refused(f"这个手机号已经登记了 {accounts.MOST_PEOPLE} 个人，请换一个手机号。", field="phone")


def _create(*, phone: str, **fields: Any) -> Worker:
    worker = Worker(**fields)
    worker.set_phone(phone)
    worker.save()
    _match_again(worker)
    return worker


@transaction.atomic
def claim(*, worker: Worker, by: Any = None) -> Worker:
    """Whom somebody else registered takes his profile over. Without `by` he has proven the phone and gets a user."""
    phone = worker.phone
    if not phone:
        raise Refused("这份资料没有留手机号，请找当初登记的人。")
    lock_phone(phone)
    worker = locked_one(Worker.objects.all(), pk=worker.pk)
    if not worker.is_active:
        raise Refused("这份资料已停用，请联系工作人员。")
    if worker.user_id:
        raise Refused("这份资料本人已经认领了。")
    if by is not None and by.role != Role.SEEKER:
        raise Refused("请用求职者的身份认领。")
    if by is not None and by.phone_index != worker.phone_index:
        raise Refused("手机号和登记的不一样，不能认领。")
    user = by or accounts.open_account(phone=phone, name=worker.name, role=Role.SEEKER)
    if Worker.objects.filter(user=user).exists():
        raise Refused("您已经有一份资料了，不能再认领。")
    worker.user = user
    worker.save(update_fields=["user", "updated_at"])
    return worker


# Telling -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(
    *, worker: Worker, by: Any, question: str = "", skills: dict[int, int] | None = None, **fields: Any
) -> Worker:
    """Write what the worker says of himself; `question` is remembered as answered. `skills`: all levels by skill.

    The worker alone may, or who registered him as long as he has not claimed it. One letter for each change.
    """
    worker = _own(worker, by)
    cleaned = {}
    for name, value in fields.items():
        if name not in answers.FIELDS:
            raise Refused("这一项不能这样改。", field=name)
        cleaned[name] = answers.FIELDS[name](value)
    changed = [name for name, value in cleaned.items() if getattr(worker, name) != value]
    for name in changed:
        setattr(worker, name, cleaned[name])
    answers.check_together(worker, next(iter(cleaned), ""))
    new_skills = skills is not None and _set_skills(worker, answers.skills(skills))
    if question and question not in worker.answered:
        worker.answered = [*worker.answered, question]
        worker.save(update_fields=["answered"])
    if "name" in changed and worker.user:
        worker.user.name = worker.name
        worker.user.save(update_fields=["name"])
    if changed or new_skills:
        worker.save(update_fields=[*changed, "updated_at"])
        _match_again(worker)
    return worker


def _set_skills(worker: Worker, levels: dict[int, int]) -> bool:
    """True when anything differs."""
    before = dict(worker.skills.values_list("skill_id", "level"))
    if before == levels:
        return False
    worker.skills.exclude(skill_id__in=levels).delete()
    WorkerSkill.objects.bulk_create(
        [WorkerSkill(worker=worker, skill_id=code, level=level) for code, level in levels.items()],
        update_conflicts=True,
        unique_fields=["worker", "skill"],
        update_fields=["level"],
    )
    return True


@transaction.atomic
def set_personalised(*, worker: Worker, by: Any, on: bool) -> Worker:
    """Recommendations by the worker's own data, or in a neutral order (PIPL art. 24). His word alone counts."""
    if by.pk != worker.user_id:
        raise Refused("只有本人可以开关个性化推荐。")
    worker = _own(worker, by)
    if worker.is_personalised != on:
        worker.is_personalised = on
        worker.save(update_fields=["is_personalised", "updated_at"])
        _match_again(worker)
    return worker


# Going together ------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_group(*, worker: Worker, by: Any, kind: str) -> WorkerGroup:
    """A new group with the worker in it; its code is for his partner or fellow villagers."""
    if kind not in GroupKind.values:
        raise Refused("请选和谁结伴。", field="kind")
    worker = _own(worker, by)
    _alone(worker)
    code = "".join(secrets.choice(GROUP_ALPHABET) for _ in range(GROUP_CODE_LENGTH))
    group = WorkerGroup.objects.create(kind=kind, code=code)
    _set_group(worker, group)
    return group


@transaction.atomic
def join_group(*, worker: Worker, by: Any, code: str) -> WorkerGroup:
    """Join the group that somebody passed the code of; the others are told."""
    found = locked(WorkerGroup.objects.filter(code=_clean_code(code)))
    if not found:
        raise Refused("没有这个结伴码，请和同伴再核对一下。", field="code")
    (group,) = found
    worker = _own(worker, by)
    if worker.group_id == group.pk:
        return group
    _alone(worker)
    others = list(group.workers.select_related("user"))
    if len(others) >= MOST_IN_GROUP[GroupKind(group.kind)]:
        raise Refused("这个结伴已经满员了。", field="code")
    _set_group(worker, group)
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
    worker = _own(worker, by)
    if worker.group_id != group_id:
        raise Refused("您现在没有和人结伴。")
    _set_group(worker, None)
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
    _match_again(worker)


def _own(worker: Worker, by: Any) -> Worker:
    """The worker, locked, when `by` may speak for him."""
    worker = locked_one(Worker.objects.all(), pk=worker.pk)
    himself = worker.user_id is not None and worker.user_id == by.pk
    registrar = worker.user_id is None and worker.registered_by_id is not None and worker.registered_by_id == by.pk
    if not himself and not registrar:
        raise Refused("只有本人可以改自己的资料。")
    if not worker.is_active:
        raise Refused("这份资料已停用，请联系工作人员。")
    return worker


def _match_again(worker: Worker) -> None:
    later("labor.matching.tasks.match_worker", worker_id=worker.pk)
