"""Workers come: they register, are registered, and claim what others wrote of them."""

from typing import Any

from django.db import transaction

from jinba.accounts import actions as accounts
from jinba.accounts.choices import Role
from jinba.accounts.codes import lock_phone
from jinba.accounts.names import clean_name
from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from jinba.core.phones import normalise_phone
from jinba.reference.models import Region
from labor.workers import answers
from labor.workers.choices import RegisteredVia
from labor.workers.letters import match_again
from labor.workers.models import Worker

REGISTRARS = {Role.BROKER: RegisteredVia.BROKER, Role.PARK: RegisteredVia.KIOSK}


@transaction.atomic
def register(
    *,
    name: str,
    phone: str,
    home: Region,
    by: Any = None,
    via: str | None = None,
    village: str = "",
    link_code: str = "",
) -> Worker:
    """A worker with the least that applying needs.

    Without `by` the person himself, who has proven the phone: he gets a user; his name on his phone again is himself
    again, registered or waiting to be claimed. `by` a job seeker: his own profile. `by` a broker or park staff:
    somebody who will claim it at his first sign-in.
    """
    name, phone, home = clean_name(name), normalise_phone(phone), answers.home(home)
    lock_phone(phone)
    if by is not None and by.role in REGISTRARS:
        return _register_for(name=name, phone=phone, home=home, village=village, by=by, via=via, link_code=link_code)
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
        user=user, name=name, phone=phone, home=home, village=village, link_code=link_code,
        registered_via=via or RegisteredVia.SELF,
    )  # fmt: skip


def _register_for(
    *, name: str, phone: str, home: Region, village: str, by: Any, via: str | None, link_code: str
) -> Worker:
    known = Worker.objects.active().with_phone(phone)
    if known.filter(name=name).exists():
        raise Refused("这位已经登记过了，不用再登记。", field="name")
    _room_for_one_more(known.count())
    return _create(
        name=name, phone=phone, home=home, village=village, link_code=link_code, registered_by=by,
        registered_via=via or REGISTRARS[by.role],
    )  # fmt: skip


def _room_for_one_more(people: int) -> None:
    if people >= accounts.MOST_PEOPLE:
        raise Refused(f"这个手机号已经登记了 {accounts.MOST_PEOPLE} 个人，请换一个手机号。", field="phone")


def _create(*, phone: str, **fields: Any) -> Worker:
    worker = Worker(**fields)
    worker.set_phone(phone)
    worker.save()
    match_again(worker)
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
