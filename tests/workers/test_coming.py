"""How a worker comes in: by himself, or by somebody who will hand his profile over to him."""

from typing import Any

import pytest
from django.utils import timezone

from jinba.accounts import actions as accounts
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.core.sms import locmem
from labor.workers import actions as workers
from labor.workers.choices import ActKind, DelegationMethod, RegisteredVia
from labor.workers.delegation_text import last_day
from labor.workers.models import Worker
from tests.concurrency.crowd import crowd
from tests.factories.accounts import UserFactory, user_in
from tests.factories.reference import region
from tests.factories.workers import DelegationFactory, WorkerFactory

PHONE = "13912345678"
Letters = list[tuple[str, dict[str, Any]]]
pytestmark = pytest.mark.django_db


def register(**changes: Any) -> Worker:
    """By himself, or by a helper whom he gave his word."""
    fields = {"name": "何秀英", "phone": PHONE, "home": region("511921"), **changes}
    if changes.get("by") is not None and changes["by"].role != Role.SEEKER:
        fields.setdefault("method", DelegationMethod.SPOKEN)
    return workers.register(**fields)


# Registering


def test_a_newcomer_gets_a_user_and_a_profile() -> None:
    worker = register(name=" 何秀英 ", phone="139 1234 5678", village="诺水村")
    worker.refresh_from_db()
    assert (worker.name, worker.phone, worker.home_id, worker.village) == ("何秀英", PHONE, "511921", "诺水村")
    assert worker.registered_via == RegisteredVia.SELF
    assert worker.registered_by is None
    assert (worker.user.role, worker.user.name, worker.user.phone) == (Role.SEEKER, "何秀英", PHONE)
    assert worker.user.phone_index == worker.phone_index


def test_a_newcomer_is_matched_by_one_letter(letters: Letters, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        worker = register()
    assert letters == [("labor.matching.tasks.match_worker", {"worker_id": worker.pk})]


def test_the_same_name_on_the_same_phone_is_the_same_person() -> None:
    worker = register()
    assert register(home=region("511902")) == worker
    assert User.objects.count() == 1


def test_his_name_on_his_phone_takes_over_what_a_broker_registered() -> None:
    waiting = WorkerFactory(unclaimed=True, name="何秀英", phone=PHONE)
    worker = register()
    assert worker == waiting
    assert worker.user.name == "何秀英"
    assert worker.registered_by == waiting.registered_by


def test_another_name_on_the_same_phone_is_another_person() -> None:
    assert register().user != register(name="何大明").user


def test_a_seeker_without_a_profile_makes_his_own() -> None:
    user = UserFactory(phone=PHONE)
    assert register(by=user).user == user


def test_a_second_profile_for_one_user_is_refused() -> None:
    worker = WorkerFactory(phone=PHONE)
    with pytest.raises(Refused, match="已经登记过了"):
        register(by=worker.user, name="何大明")


def test_a_profile_with_another_phone_than_ones_own_is_refused() -> None:
    with pytest.raises(Refused, match="和您登录的一样"):
        register(by=UserFactory(phone="13900000001"))


@pytest.mark.parametrize(("role", "via"), [(Role.BROKER, RegisteredVia.BROKER), (Role.PARK, RegisteredVia.KIOSK)])
def test_brokers_and_park_staff_register_others(role: str, via: str) -> None:
    by = user_in(role)
    worker = register(by=by)
    assert worker.user is None
    assert (worker.registered_by, worker.registered_via) == (by, via)
    assert list(Worker.objects.seen_by(by)) == [worker]


def test_a_broker_registers_nobody_twice() -> None:
    broker = user_in(Role.BROKER)
    register(by=broker)
    with pytest.raises(Refused, match="已经登记过了"):
        register(by=user_in(Role.BROKER))
    assert Worker.objects.count() == 1


@pytest.mark.parametrize("role", [Role.EMPLOYER, Role.OFFICER, Role.ADMIN])
def test_nobody_else_registers_workers(role: str) -> None:
    with pytest.raises(Refused, match="只有求职者本人"):
        register(by=user_in(role))
    assert not Worker.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"name": "1"}, "真名"), ({"phone": "123"}, "11 位"), ({"home": "5119"}, "选到县"), ({"home": "51"}, "选到县")],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    if "home" in changes:
        changes = {"home": region(changes["home"])}
    with pytest.raises(Refused, match=words):
        register(**changes)
    assert not Worker.objects.exists()
    assert not User.objects.exists()


def test_at_most_ten_people_are_registered_on_a_phone() -> None:
    broker = user_in(Role.BROKER)
    for number in range(10):
        WorkerFactory(unclaimed=True, phone=PHONE, name=f"何{'一二三四五六七八九十'[number]}", registered_by=broker)
    for by in (None, broker):
        with pytest.raises(Refused, match="10 个人"):
            register(by=by)


def test_a_disabled_user_does_not_come_back_under_his_name() -> None:
    UserFactory(phone=PHONE, name="何秀英", is_active=False)
    with pytest.raises(Refused, match="已停用"):
        register()


@pytest.mark.django_db(transaction=True)
def test_taps_at_the_same_moment_make_one_person() -> None:
    home = region("511921")
    results = crowd(lambda number: workers.register(name="何秀英", phone=PHONE, home=home), range(20), people=10)
    assert len({worker.pk for worker in results}) == 1
    assert (Worker.objects.count(), User.objects.count()) == (1, 1)


# Claiming


def test_claiming_makes_a_user_and_keeps_who_registered() -> None:
    waiting = WorkerFactory(unclaimed=True)
    worker = workers.claim(worker=waiting, words=waiting.name)
    assert (worker.user.role, worker.user.phone, worker.user.name) == (Role.SEEKER, waiting.phone, waiting.name)
    assert worker.registered_by == waiting.registered_by


def test_a_seeker_with_the_same_phone_claims_for_himself() -> None:
    waiting = WorkerFactory(unclaimed=True)
    user = UserFactory(phone=waiting.phone)
    assert workers.claim(worker=waiting, by=user, words=waiting.name).user == user


def refusal_of_claim(worker: Worker, by: Any = None) -> str:
    with pytest.raises(Refused) as refusal:
        workers.claim(worker=worker, by=by, words=worker.name)
    return refusal.value.message


def test_what_is_claimed_is_not_claimed_again() -> None:
    assert "已经认领" in refusal_of_claim(WorkerFactory())


def test_a_disabled_profile_is_not_claimed() -> None:
    assert "已停用" in refusal_of_claim(WorkerFactory(unclaimed=True, is_active=False))


def test_a_profile_without_a_phone_is_not_claimed() -> None:
    assert "没有留手机号" in refusal_of_claim(WorkerFactory(unclaimed=True, phone=""))


def test_a_profile_is_claimed_by_its_own_phone_only() -> None:
    assert "不一样" in refusal_of_claim(WorkerFactory(unclaimed=True), UserFactory())


def test_a_profile_is_claimed_by_seekers_only() -> None:
    waiting = WorkerFactory(unclaimed=True)
    assert "求职者的身份" in refusal_of_claim(waiting, UserFactory(phone=waiting.phone, employer=True))


def test_who_has_a_profile_claims_no_second_one() -> None:
    worker = WorkerFactory(name="何大明")
    waiting = WorkerFactory(unclaimed=True, phone=worker.phone, name="何大明")
    assert "已经有一份资料" in refusal_of_claim(waiting, worker.user)
    assert "已经有一份资料" in refusal_of_claim(waiting)


@pytest.mark.django_db(transaction=True)
def test_of_many_claims_at_once_one_succeeds() -> None:
    waiting = WorkerFactory(unclaimed=True)
    results = crowd(lambda number: workers.claim(worker=waiting, words=waiting.name), range(5), people=5)
    assert sum(isinstance(result, Worker) for result in results) == 1
    assert User.objects.filter(role=Role.SEEKER).count() == 1


# A phone may have a new owner


def test_the_phone_alone_does_not_claim_and_the_name_may_be_spaced() -> None:
    waiting = WorkerFactory(unclaimed=True, name="何秀英")
    with pytest.raises(Refused, match="还可以试 4 次") as refusal:
        workers.claim(worker=waiting, words="何秀")
    assert refusal.value.field == "words"
    assert workers.claim(worker=waiting, words=" 何 秀英").user is not None
    waiting.refresh_from_db()
    assert waiting.claim_tries == 0


def test_the_end_of_the_resident_id_claims_too_when_it_is_known() -> None:
    known = WorkerFactory(unclaimed=True, resident_id_last4="002X")
    assert workers.claim(worker=known, words="002x").user is not None
    unknown = WorkerFactory(unclaimed=True)
    with pytest.raises(Refused, match="不一样"):
        workers.claim(worker=unknown, words="002X")


def test_five_wrong_tries_lock_a_profile_until_the_park_opens_it() -> None:
    waiting = WorkerFactory(unclaimed=True, name="何秀英")
    for number in range(5):
        with pytest.raises(Refused, match="锁住" if number == 4 else "还可以试"):
            workers.claim(worker=waiting, words="王秀英")
    with pytest.raises(Refused, match="锁住"):
        workers.claim(worker=waiting, words="何秀英")
    with pytest.raises(Refused, match="锁住"):
        register(name="何秀英", phone=waiting.phone)
    park = user_in(Role.PARK)
    with pytest.raises(Refused, match="只有本人"):
        workers.unlock_claim(worker=waiting, by=park)
    with pytest.raises(Refused, match="园区服务台"):
        workers.unlock_claim(worker=waiting, by=waiting.registered_by)
    DelegationFactory(worker=waiting, helper=park)
    workers.unlock_claim(worker=waiting, by=park)
    assert workers.claim(worker=waiting, words="何秀英").user is not None


def test_an_officer_opens_a_locked_profile() -> None:
    waiting = WorkerFactory(unclaimed=True, claim_tries=5)
    workers.unlock_claim(worker=waiting, by=user_in(Role.OFFICER))
    waiting.refresh_from_db()
    assert waiting.claim_tries == 0


@pytest.mark.parametrize("method", ["", DelegationMethod.SELF, "nothing"])
def test_nobody_is_registered_without_saying_how_he_agreed(method: str) -> None:
    with pytest.raises(Refused, match="怎么同意") as refusal:
        register(by=user_in(Role.BROKER), method=method)
    assert refusal.value.field == "method"
    assert not Worker.objects.exists()


@pytest.mark.parametrize("months", [0, 1, 25])
def test_a_delegation_runs_as_long_as_the_list_says(months: int) -> None:
    with pytest.raises(Refused, match="最长 24 个月"):
        register(by=user_in(Role.BROKER), months=months)
    assert not Worker.objects.exists()


def test_registering_keeps_the_words_the_way_and_the_day_of_the_delegation() -> None:
    broker = user_in(Role.BROKER, name="王经纪")
    worker = register(by=broker, method=DelegationMethod.PAPER)
    (delegation,) = worker.delegations.all()
    assert (delegation.helper, delegation.method, delegation.recorded_by) == (broker, DelegationMethod.PAPER, broker)
    assert delegation.ends_on == last_day(12, start=timezone.localdate())
    assert "王经纪（劳务经纪人）" in delegation.text and f"（第 {delegation.version} 版）" in delegation.text
    (act,) = worker.acts.all()
    assert (act.by, act.delegation, act.kind) == (broker, delegation, ActKind.REGISTER)


@pytest.mark.django_db(transaction=True)
def test_a_code_that_the_worker_reads_out_registers_him() -> None:
    broker = user_in(Role.BROKER, name="王经纪")
    locmem.outbox.clear()
    sent = workers.delegations.send_code(phone=PHONE, by=broker, address=None)
    (text,) = locmem.outbox
    assert "王经纪想替您办" in text["text"] and text["kind"] == "delegate_code"
    with pytest.raises(Refused, match="还可以试 4 次"):
        register(by=broker, method=DelegationMethod.CODE, code=other_than(text["code"]), sent=sent)
    assert not Worker.objects.exists()
    worker = register(by=broker, method=DelegationMethod.CODE, code=text["code"], sent=sent)
    assert worker.delegations.get().method == DelegationMethod.CODE


@pytest.mark.django_db(transaction=True)
def test_a_code_for_signing_in_entrusts_nobody() -> None:
    locmem.outbox.clear()
    sent = accounts.send_code(phone=PHONE, address=None)
    with pytest.raises(Refused, match="过期或作废"):
        register(by=user_in(Role.BROKER), method=DelegationMethod.CODE, code=locmem.outbox[0]["code"], sent=sent.pk)
    with pytest.raises(Refused, match="6 位数字"):
        register(by=user_in(Role.BROKER), method=DelegationMethod.CODE)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"
