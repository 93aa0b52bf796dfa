"""Who may act for a worker: asked, agreed to, ended, run out; and the trace that it leaves."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.core.sms import locmem
from jinba.notices.models import Notice
from labor.workers import actions as workers
from labor.workers.acting import authority, record
from labor.workers.actions import delegations
from labor.workers.choices import ActKind, DelegationEnd, DelegationMethod, GroupKind
from labor.workers.delegation_text import last_day
from labor.workers.models import Delegation, DelegationRequest, Worker, WorkerAct
from labor.workers.tasks import care_for_delegations
from tests.factories.accounts import UserFactory, user_in
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def worker() -> Worker:
    return WorkerFactory(name="何秀英")


@pytest.fixture
def broker() -> User:
    return user_in(Role.BROKER, name="王经纪")


def titles(user: Any) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("title", flat=True))


# The words


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 11, 24), 12, date(2027, 11, 24)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
    ],
)
def test_the_last_day_is_the_same_day_of_a_later_month(start: date, months: int, end: date) -> None:
    assert last_day(months, start=start) == end


# Authority


def test_a_worker_needs_nobodys_leave(worker: Worker) -> None:
    assert authority(worker=worker, by=worker.user) is None


def test_a_live_delegation_is_authority_and_leaves_a_trace_that_stays(worker: Worker, broker: User) -> None:
    delegation = DelegationFactory(worker=worker, helper=broker)
    assert authority(worker=worker, by=broker) == delegation
    act = record(worker=worker, by=broker, delegation=delegation, kind=ActKind.OTHER, note="量" * 300)
    assert act is not None and len(act.note) == 200
    assert titles(worker.user) == ["王经纪帮您办了：其他"]
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkerAct.objects.filter(pk=act.pk).update(note="别的")


def test_what_the_worker_does_himself_leaves_no_trace(worker: Worker) -> None:
    assert record(worker=worker, by=worker.user, delegation=None, kind=ActKind.OTHER) is None
    assert not WorkerAct.objects.exists()


@pytest.mark.parametrize("situation", ["nobody's", "ended", "run out", "another's", "no one"])
def test_without_a_live_delegation_there_is_no_authority(situation: str, worker: Worker, broker: User) -> None:
    by: Any = broker
    if situation == "ended":
        DelegationFactory(worker=worker, helper=broker, ended_at=timezone.now())
    elif situation == "run out":
        DelegationFactory(worker=worker, helper=broker, run_out=True)
    elif situation == "another's":
        DelegationFactory(worker=worker)
    elif situation == "no one":
        by = None
    with pytest.raises(Refused, match="只有本人"):
        authority(worker=worker, by=by)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMIN, Role.EMPLOYER, Role.SEEKER])
def test_nobody_acts_by_his_role_alone(role: str, worker: Worker) -> None:
    with pytest.raises(Refused, match="只有本人"):
        workers.answer(worker=worker, by=user_in(role), years=3)


def test_a_last_day_counts_and_the_day_after_does_not(worker: Worker, broker: User) -> None:
    row = DelegationFactory(worker=worker, helper=broker, ends_on=timezone.localdate())
    assert row.is_live and list(Worker.objects.seen_by(broker)) == [worker]
    Delegation.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    row.refresh_from_db()
    assert not row.is_live and not Worker.objects.seen_by(broker).exists()


# Acting


def test_a_helper_answers_and_the_worker_hears_of_it_once_a_day(worker: Worker, broker: User) -> None:
    DelegationFactory(worker=worker, helper=broker)
    workers.answer(worker=worker, by=broker, question="years", years=3)
    workers.answer(worker=worker, by=broker, min_pay=5000)
    workers.answer(worker=worker, by=broker, min_pay=5000)  # changes nothing
    assert [act.note for act in worker.acts.order_by("pk")] == ["改了：干了几年", "改了：每月最少要挣（元）"]
    assert titles(worker.user) == ["王经纪帮您办了：填写资料"]


def test_a_helper_groups_his_own_people_all_or_none(broker: User) -> None:
    wife, husband, stranger = (WorkerFactory(helper=broker), WorkerFactory(helper=broker), WorkerFactory())
    with pytest.raises(Refused, match="只有本人"):
        workers.make_group(workers=[wife, stranger], by=broker, kind=GroupKind.VILLAGERS)
    assert not Worker.objects.filter(group__isnull=False).exists()
    group = workers.make_group(workers=[wife, husband], by=broker, kind=GroupKind.COUPLE)
    assert set(group.workers.all()) == {wife, husband}
    assert {act.kind for act in WorkerAct.objects.all()} == {ActKind.GROUP}
    third = WorkerFactory(helper=broker)
    for people, kind, words in (
        ([third], GroupKind.COUPLE, "两个人"),
        ([third, third], GroupKind.COUPLE, "两个人"),
        ([third, wife], GroupKind.COUPLE, "已经和人结伴"),
        ([third, wife, husband], GroupKind.COUPLE, "最多 2 个人"),
        ([third, wife], "friends", "和谁结伴"),
    ):
        with pytest.raises(Refused, match=words):
            workers.make_group(workers=people, by=broker, kind=kind)


# Asking


def test_who_is_asked_agrees_on_his_phone(worker: Worker, broker: User) -> None:
    request = delegations.ask(worker=worker, by=broker, months=6)
    assert delegations.ask(worker=worker, by=broker) == request
    assert titles(worker.user) == ["王经纪想帮您办找工作的事"]
    assert not Worker.objects.seen_by(broker).exists()
    delegation = delegations.agree(request=request, by=worker.user)
    assert delegations.agree(request=request, by=worker.user) == delegation
    assert (delegation.method, delegation.recorded_by) == (DelegationMethod.SELF, worker.user)
    assert delegation.ends_on == last_day(6, start=timezone.localdate())
    assert titles(broker) == ["何秀英同意您帮他办"]
    assert list(Worker.objects.seen_by(broker)) == [worker]


def test_who_says_no_is_left_alone_for_a_month(worker: Worker, broker: User) -> None:
    request = delegations.ask(worker=worker, by=broker)
    delegations.refuse(request=request, by=worker.user)
    delegations.refuse(request=request, by=worker.user)
    assert titles(broker) == ["何**说自己办就行"]
    with pytest.raises(Refused, match="已经答复过"):
        delegations.agree(request=request, by=worker.user)
    with pytest.raises(Refused, match="过 30 天"):
        delegations.ask(worker=worker, by=broker)
    DelegationRequest.objects.update(answered_at=timezone.now() - timedelta(days=31))
    assert delegations.ask(worker=worker, by=broker) != request


def test_a_request_that_lies_too_long_can_be_put_again(worker: Worker, broker: User) -> None:
    old = delegations.ask(worker=worker, by=broker)
    DelegationRequest.objects.update(asked_at=timezone.now() - timedelta(days=15))
    assert delegations.ask(worker=worker, by=broker) != old


def test_who_cannot_be_asked(worker: Worker, broker: User) -> None:
    with pytest.raises(Refused, match="没有自己的账号"):
        delegations.ask(worker=WorkerFactory(unclaimed=True), by=broker)
    with pytest.raises(Refused, match="只有劳务经纪人"):
        delegations.ask(worker=worker, by=UserFactory())
    with pytest.raises(Refused, match="最长 24 个月"):
        delegations.ask(worker=worker, by=broker, months=60)
    with pytest.raises(Refused, match="已停用"):
        delegations.ask(worker=WorkerFactory(is_active=False), by=broker)
    DelegationFactory(worker=worker, helper=broker)
    with pytest.raises(Refused, match="已经委托您"):
        delegations.ask(worker=worker, by=broker)


def test_nobody_answers_for_another(worker: Worker, broker: User) -> None:
    request = delegations.ask(worker=worker, by=broker)
    for by in (broker, UserFactory(), None):
        with pytest.raises(Refused, match="要本人来定"):
            delegations.agree(request=request, by=by)
        with pytest.raises(Refused, match="要本人来定"):
            delegations.refuse(request=request, by=by)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"helper__is_active": False}, "不能代办"),
        ({"helper__role": Role.EMPLOYER}, "不能代办"),
        ({"ends_on": date(2020, 1, 1)}, "已经过期"),
        ({"worker__is_active": False}, "已停用"),
    ],
)
def test_what_came_between_asking_and_agreeing(
    change: dict[str, Any], words: str, worker: Worker, broker: User
) -> None:
    request = delegations.ask(worker=worker, by=broker)
    ((name, value),) = change.items()
    if name == "ends_on":
        DelegationRequest.objects.update(ends_on=value)
    elif name.startswith("helper__"):
        User.objects.filter(pk=broker.pk).update(**{name.removeprefix("helper__"): value})
    else:
        Worker.objects.update(is_active=False)
    with pytest.raises(Refused, match=words):
        delegations.agree(request=request, by=worker.user)
    assert not Delegation.objects.exists()


# By a code


@pytest.mark.django_db(transaction=True)
def test_a_code_read_out_entrusts_who_is_registered_already(broker: User) -> None:
    waiting = WorkerFactory(unclaimed=True)
    sent = delegations.send_code(phone=waiting.phone, by=broker, address=None)
    code = locmem.outbox[-1]["code"]
    with pytest.raises(Refused, match="过期或作废"):
        delegations.entrust_by_code(worker=waiting, by=broker, code=code, sent=sent + 1)
    delegation = delegations.entrust_by_code(worker=waiting, by=broker, code=code, sent=sent)
    assert (delegation.helper, delegation.method) == (broker, DelegationMethod.CODE)
    assert waiting.delegations.live().count() == 2
    with pytest.raises(Refused, match="过期或作废"):
        delegations.entrust_by_code(worker=waiting, by=user_in(Role.PARK), code=code, sent=sent)


def test_a_profile_without_a_phone_is_entrusted_by_no_code(broker: User) -> None:
    with pytest.raises(Refused, match="没有留手机号"):
        delegations.entrust_by_code(worker=WorkerFactory(unclaimed=True, phone=""), by=broker, code="123456", sent=1)
    with pytest.raises(Refused, match="只有劳务经纪人"):
        delegations.send_code(phone="13912345678", by=UserFactory(), address=None)


# The end


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("worker", DelegationEnd.WORKER),
        ("helper", DelegationEnd.HELPER),
        ("officer", DelegationEnd.OFFICER),
    ],
)
def test_either_side_or_an_officer_ends_it_and_the_others_hear(
    who: str, reason: str, worker: Worker, broker: User
) -> None:
    row = DelegationFactory(worker=worker, helper=broker)
    by = {"worker": worker.user, "helper": broker, "officer": user_in(Role.OFFICER)}[who]
    delegations.end(delegation=row, by=by)
    ended = delegations.end(delegation=row, by=by)
    assert (ended.end_reason, ended.ended_by, ended.is_live) == (reason, by, False)
    assert bool(titles(broker)) == (who != "helper")
    assert bool(titles(worker.user)) == (who != "worker")
    with pytest.raises(Refused, match="只有本人"):
        workers.answer(worker=worker, by=broker, years=2)


def test_a_stranger_ends_nothing(worker: Worker, broker: User) -> None:
    row = DelegationFactory(worker=worker, helper=broker)
    for by in (UserFactory(), user_in(Role.BROKER), user_in(Role.EMPLOYER)):
        with pytest.raises(Refused, match="不归您办"):
            delegations.end(delegation=row, by=by)
    row.refresh_from_db()
    assert row.is_live


def test_the_worker_reads_first_what_will_stop(worker: Worker, broker: User) -> None:
    lines = delegations.effects(delegation=DelegationFactory(worker=worker, helper=broker))
    assert any("替您报名" in line for line in lines) and "不受影响" in lines[-1]
    assert "登录以后" in delegations.effects(delegation=WorkerFactory(unclaimed=True).delegations.get())[-1]


def test_the_worker_lets_it_run_on(worker: Worker, broker: User) -> None:
    row = DelegationFactory(worker=worker, helper=broker, ends_on=timezone.localdate() + timedelta(days=5))
    renewed = delegations.prolong(delegation=row, by=worker.user)
    row.refresh_from_db()
    assert row.end_reason == DelegationEnd.RENEWED
    assert renewed.ends_on == last_day(12, start=timezone.localdate())
    assert delegations.prolong(delegation=renewed, by=worker.user) == renewed
    with pytest.raises(Refused, match="要本人来定"):
        delegations.prolong(delegation=renewed, by=broker)
    with pytest.raises(Refused, match="已经结束"):
        delegations.prolong(delegation=row, by=worker.user)


def test_the_night_marks_what_ran_out_and_tells_of_what_is_near_its_end_once(worker: Worker, broker: User) -> None:
    gone = DelegationFactory(worker=worker, helper=broker, run_out=True)
    near = DelegationFactory(worker=worker, ends_on=timezone.localdate() + timedelta(days=14))
    far = DelegationFactory(worker=worker, ends_on=timezone.localdate() + timedelta(days=15))
    for _ in range(2):
        care_for_delegations()
    gone.refresh_from_db()
    assert (gone.end_reason, gone.ended_by) == (DelegationEnd.EXPIRED, None)
    assert titles(broker) == ["不能再替何**办事了"]
    assert len(titles(near.helper)) == 1 and "到期" in titles(near.helper)[0]
    assert titles(far.helper) == []
    assert len(titles(worker.user)) == 2


def test_what_ran_out_does_not_hinder_a_new_one(worker: Worker, broker: User) -> None:
    DelegationFactory(worker=worker, helper=broker, run_out=True)
    delegations.agree(request=delegations.ask(worker=worker, by=broker), by=worker.user)
    assert [row.end_reason for row in worker.delegations.order_by("pk")] == [DelegationEnd.EXPIRED, ""]


# Claiming


def test_whoever_claims_his_profile_is_asked_once_whether_it_goes_on() -> None:
    waiting = WorkerFactory(unclaimed=True)
    broker = waiting.registered_by
    claimed = workers.claim(worker=waiting, words=waiting.name)
    assert not Worker.objects.seen_by(broker).exists()
    assert titles(broker) == [f"不能再替{waiting.masked_name}办事了"]
    (request,) = DelegationRequest.objects.waiting().filter(worker=claimed)
    assert (request.helper, request.is_going_on) == (broker, True)
    delegations.agree(request=request, by=claimed.user)
    assert list(Worker.objects.seen_by(broker)) == [waiting]
    assert [row.end_reason for row in claimed.delegations.order_by("pk")] == [DelegationEnd.CLAIMED, ""]
