"""Workers come: they register, are registered, and claim what others wrote of them."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from jinba.accounts import actions as accounts
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.accounts.codes import lock_phone
from jinba.accounts.names import clean_name
from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from jinba.core.phones import normalise_phone
from jinba.reference.models import Region
from labor.workers import answers
from labor.workers.acting import STOPPED, authority, record
from labor.workers.actions import consents, delegations, duplicates
from labor.workers.choices import ActKind, ConsentPurpose, DelegationMethod, RegisteredVia
from labor.workers.delegation_text import USUAL_MONTHS
from labor.workers.letters import match_again
from labor.workers.models import Worker

REGISTRARS = {Role.BROKER: RegisteredVia.BROKER, Role.PARK: RegisteredVia.KIOSK}
# How somebody without an account can have agreed; on a phone of his own he would have one.
FIRST_METHODS = tuple(method for method in DelegationMethod if method != DelegationMethod.SELF)
KNOWN = "这位已经登记过了，不用再登记。"
TRIES = 5
LOCKED = f"试了 {TRIES} 次都不对，这份资料先锁住了。请带身份证到园区服务台，工作人员帮您打开。"


def register(
    *,
    name: str,
    phone: str,
    home: Region,
    by: Any = None,
    via: str | None = None,
    village: str = "",
    link_code: str = "",
    method: str = "",
    months: int = USUAL_MONTHS,
    code: str = "",
    sent: int | None = None,
) -> Worker:
    """A worker with the least that applying needs.

    Without `by` the person himself, who has proven the phone: he gets a user; his name on his phone again is himself
    again, registered or waiting to be claimed. `by` a job seeker: his own profile. `by` a broker or park staff:
    somebody who entrusts himself to him for so many `months`, having agreed by that `method` (with CODE, `code` is
    what he read out and `sent` the row that was asked for); he will claim his profile at his first sign-in.
    """
    fields: dict[str, Any] = {"name": clean_name(name), "phone": normalise_phone(phone), "home": answers.home(home)}
    fields |= {"village": answers.village(village), "link_code": link_code, "via": via}
    if by is None or by.role not in REGISTRARS:
        return _register_himself(**fields, by=by)
    if method not in FIRST_METHODS:
        raise Refused("请选他是怎么同意的。", field="method")
    ends_on = delegations.day_in(months=months)
    if method == DelegationMethod.CODE:
        if _known(fields["phone"], fields["name"]):  # a code is not spent on what cannot be
            raise Refused(KNOWN, field="name")
        delegations.check_code(phone=fields["phone"], code=code, sent=sent)
    return _register_for(**fields, by=by, method=method, ends_on=ends_on)


@transaction.atomic
def _register_himself(
    *, name: str, phone: str, home: Region, village: str, by: Any, via: str | None, link_code: str
) -> Worker:
    lock_phone(phone)
    if by is not None and by.role != Role.SEEKER:
        raise Refused("只有求职者本人、劳务经纪人和园区工作人员可以登记求职资料。")
    known = Worker.objects.active().with_phone(phone)
    if by is None:
        same = known.filter(name=name).order_by("user_id").first()
        if same is not None and same.user is None and same.claim_tries >= TRIES:
            raise Refused(LOCKED)  # the other door is locked too
        if same is not None:
            return _claim(worker=same) if same.user is None else same
        _room_for_one_more(known.count())
        user = accounts.open_account(phone=phone, name=name, role=Role.SEEKER)
    else:
        user = by
        if user.phone and user.phone != phone:
            raise Refused("手机号要和您登录的一样。", field="phone")
    if Worker.objects.filter(user=user).exists():
        raise Refused("您已经登记过了。")
    return _create(
        user=user, name=name, phone=phone, home=home, village=village, link_code=link_code,
        registered_via=via or RegisteredVia.SELF,
    )  # fmt: skip


@transaction.atomic
def _register_for(
    *,
    name: str,
    phone: str,
    home: Region,
    village: str,
    by: Any,
    via: str | None,
    link_code: str,
    method: str,
    ends_on: date,
) -> Worker:
    lock_phone(phone)
    known = Worker.objects.active().with_phone(phone)
    if known.filter(name=name).exists():
        raise Refused(KNOWN, field="name")
    _room_for_one_more(known.count())
    worker = _create(
        name=name, phone=phone, home=home, village=village, link_code=link_code, registered_by=by,
        registered_via=via or REGISTRARS[by.role],
    )  # fmt: skip
    delegation = delegations.entrusted(worker=worker, helper=by, method=method, ends_on=ends_on, recorded_by=by)
    record(worker=worker, by=by, delegation=delegation, kind=ActKind.REGISTER, note="登记了姓名、电话和家在哪里")
    return worker


def _known(phone: str, name: str) -> bool:
    return Worker.objects.active().with_phone(phone).filter(name=name).exists()


def _room_for_one_more(people: int) -> None:
    if people >= accounts.MOST_PEOPLE:
        raise Refused(f"这个手机号已经登记了 {accounts.MOST_PEOPLE} 个人，请换一个手机号。", field="phone")


def _create(*, phone: str, **fields: Any) -> Worker:
    worker = Worker(**fields)
    worker.set_phone(phone)
    worker.save()
    consents.write(worker=worker, purpose=ConsentPurpose.REGISTER, by=worker.registered_by or worker.user)
    duplicates.note_twins(worker=worker)
    match_again(worker)
    return worker


def claim(*, worker: Worker, by: Any = None, words: str = "") -> Worker:
    """Whom somebody else registered takes his profile over. Without `by` he has proven the phone and gets a user.

    The phone alone is not enough, for it may have a new owner: `words` are his full name, or the last four signs of
    his resident ID when that is known. Five wrong tries lock the profile; each counts, whatever becomes of the request.
    """
    waiting = Worker.objects.filter(pk=worker.pk, user__isnull=True)
    if waiting.exists():
        if not waiting.filter(claim_tries__lt=TRIES).update(claim_tries=F("claim_tries") + 1):
            raise Refused(LOCKED)
        worker = Worker.objects.get(pk=worker.pk)
        if not _is_right(worker, words):
            left = TRIES - worker.claim_tries
            raise Refused(f"和登记的不一样，请再想想。还可以试 {left} 次。" if left > 0 else LOCKED, field="words")
    return _claim(worker=worker, by=by)


def _is_right(worker: Worker, words: str) -> bool:
    said = "".join(words.split())
    if worker.resident_id_last4 and said.upper() == worker.resident_id_last4.upper():
        return True
    try:
        return clean_name(said) == clean_name(worker.name)
    except Refused:
        return False


@transaction.atomic
def _claim(*, worker: Worker, by: Any = None) -> Worker:
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
    worker.claim_tries = 0
    worker.save(update_fields=["user", "claim_tries", "updated_at"])
    delegations.hand_over(worker=worker)
    return worker


@transaction.atomic
def unlock_claim(*, worker: Worker, by: Any) -> Worker:
    """Somebody of the park who has the worker before him lets him try again, and so may an officer."""
    worker = locked_one(Worker.objects.all(), pk=worker.pk)
    delegation = None
    if by.role not in STAFF_ROLES:
        if by.role != Role.PARK:
            raise Refused("请带本人到园区服务台，由园区工作人员打开。")
        delegation = authority(worker=worker, by=by)
    if not worker.is_active:
        raise Refused(STOPPED)
    worker.claim_tries = 0
    worker.save(update_fields=["claim_tries", "updated_at"])
    record(worker=worker, by=by, delegation=delegation, kind=ActKind.OTHER, note="打开了锁住的资料认领")
    return worker
