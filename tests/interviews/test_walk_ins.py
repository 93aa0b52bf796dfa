"""People without an appointment: numbers, calls, and how it ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.errors import Refused
from labor.interviews.actions import walk_ins
from labor.interviews.choices import WalkInState
from labor.interviews.models import Booth, WalkIn
from labor.workers.models import Worker
from tests.concurrency.crowd import crowd, persistent
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory, InterviewFactory
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def host() -> User:
    return user_in("park", name="何值班")


@pytest.fixture
def worker(host: User) -> Worker:
    return WorkerFactory(helper=host)


@pytest.fixture
def waiting(worker: Worker, host: User) -> WalkIn:
    return walk_ins.register(worker=worker, by=host)


# Numbers


def test_numbers_begin_at_one_each_day(worker: Worker, host: User) -> None:
    WalkIn.objects.create(
        on=timezone.localdate() - timedelta(days=1), number=7, worker=worker, registered_by=host, state="served"
    )
    first = walk_ins.register(worker=worker, by=host)
    second = walk_ins.register(worker=WorkerFactory(helper=host), by=host)
    assert (first.number, second.number) == (1, 2)
    assert (first.state, first.registered_by, first.interview) == (WalkInState.WAITING, host, None)
    act = worker.acts.get()
    assert (act.by, act.note) == (host, "在服务专区排了 1 号")


def test_whoever_waits_keeps_his_number(waiting: WalkIn, worker: Worker, host: User) -> None:
    interview = InterviewFactory(confirmed=True, application__worker=worker)
    again = walk_ins.register(worker=worker, by=host, interview=interview)
    assert again.pk == waiting.pk and again.number == 1 and again.interview == interview
    walk_ins.left(walk_in=waiting, by=host)
    assert walk_ins.register(worker=worker, by=host).number == 2


def test_a_number_is_given_by_park_staff_to_their_own_people(worker: Worker, host: User) -> None:
    with pytest.raises(Refused, match="委托"):
        walk_ins.register(worker=worker, by=user_in("park"))
    broker = user_in("broker")
    with pytest.raises(Refused, match="工作人员办"):
        walk_ins.register(worker=WorkerFactory(helper=broker), by=broker)
    with pytest.raises(Refused, match="停用"):
        walk_ins.register(worker=WorkerFactory(helper=host, is_active=False), by=host)
    assert walk_ins.register(worker=worker, by=host).number == 1


def test_the_interview_is_his_own_and_open(worker: Worker, host: User) -> None:
    for interview in (InterviewFactory(confirmed=True), InterviewFactory(done=True, application__worker=worker)):
        with pytest.raises(Refused, match="不是他的"):
            walk_ins.register(worker=worker, by=host, interview=interview)
    own = InterviewFactory(confirmed=True, application__worker=worker)
    assert walk_ins.register(worker=worker, by=host, interview=own).interview == own


def test_the_last_number_of_a_day(worker: Worker, host: User) -> None:
    today = timezone.localdate()
    last = WalkIn.objects.create(
        on=today, number=walk_ins.LAST_NUMBER, worker=WorkerFactory(), registered_by=host
    )  # fmt: skip
    with pytest.raises(Refused, match="发完了"):
        walk_ins.register(worker=worker, by=host)
    WalkIn.objects.filter(pk=last.pk).update(number=walk_ins.LAST_NUMBER - 1)
    assert walk_ins.register(worker=worker, by=host).number == walk_ins.LAST_NUMBER


# Calling


def test_a_number_is_called_into_a_booth_and_ends_there(waiting: WalkIn, host: User) -> None:
    booth = BoothFactory()
    called = walk_ins.call(walk_in=waiting, booth=booth, by=host)
    assert (called.state, called.booth) == (WalkInState.CALLED, booth) and called.called_at
    assert walk_ins.call(walk_in=waiting, booth=booth, by=host).called_at == called.called_at
    ended = walk_ins.done(walk_in=waiting, by=host)
    assert ended.state == WalkInState.SERVED and ended.ended_at
    assert walk_ins.done(walk_in=waiting, by=host).ended_at == ended.ended_at
    with pytest.raises(Refused, match="已经是“已办完”"):
        walk_ins.left(walk_in=waiting, by=host)
    with pytest.raises(Refused, match="已经是“已办完”"):
        walk_ins.call(walk_in=waiting, booth=booth, by=host)


def test_a_booth_takes_one_number_at_a_time(waiting: WalkIn, host: User) -> None:
    one, other = BoothFactory(), BoothFactory()
    walk_ins.call(walk_in=waiting, booth=one, by=host)
    following = walk_ins.register(worker=WorkerFactory(helper=host), by=host)
    with pytest.raises(Refused, match="1 号还在"):
        walk_ins.call(walk_in=following, booth=one, by=host)
    with pytest.raises(Refused, match=f"1 号已经叫到{one}"):
        walk_ins.call(walk_in=waiting, booth=other, by=host)
    assert walk_ins.call(walk_in=following, booth=other, by=host).booth == other


def test_nobody_is_called_into_an_interview_that_goes_on_or_into_a_booth_out_of_use(
    waiting: WalkIn, host: User
) -> None:
    busy, off, free = BoothFactory(), BoothFactory(is_active=False), BoothFactory()
    InterviewFactory(live=True, booth=busy)
    InterviewFactory(confirmed=True, booth=free)
    with pytest.raises(Refused, match="正在面试"):
        walk_ins.call(walk_in=waiting, booth=busy, by=host)
    with pytest.raises(Refused, match="现在不用"):
        walk_ins.call(walk_in=waiting, booth=off, by=host)
    assert walk_ins.call(walk_in=waiting, booth=free, by=host).booth == free


def test_his_own_interview_does_not_keep_him_out(worker: Worker, host: User) -> None:
    booth = BoothFactory()
    interview = InterviewFactory(live=True, booth=booth, application__worker=worker)
    row = walk_ins.register(worker=worker, by=host, interview=interview)
    assert walk_ins.call(walk_in=row, booth=booth, by=host).booth == booth


def test_only_park_staff_call_and_end(waiting: WalkIn, host: User) -> None:
    officer, booth = user_in("officer"), BoothFactory()
    for deed in (
        lambda by: walk_ins.call(walk_in=waiting, booth=booth, by=by),
        lambda by: walk_ins.done(walk_in=waiting, by=by),
    ):
        with pytest.raises(Refused, match="工作人员办"):
            deed(officer)
        deed(host)
    with pytest.raises(Refused, match="工作人员办"):
        walk_ins.left(walk_in=waiting, by=officer)


def test_yesterdays_numbers_are_over(waiting: WalkIn, host: User) -> None:
    booth = BoothFactory()
    fresh = walk_ins.register(worker=WorkerFactory(helper=host), by=host)
    WalkIn.objects.filter(pk=waiting.pk).update(on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused, match="今天请重新排"):
        walk_ins.call(walk_in=waiting, booth=booth, by=host)
    assert walk_ins.end_earlier_days() == 1
    waiting.refresh_from_db()
    fresh.refresh_from_db()
    assert (waiting.state, fresh.state) == (WalkInState.LEFT, WalkInState.WAITING) and waiting.ended_at
    assert walk_ins.call(walk_in=fresh, booth=booth, by=host).booth == booth


# Races


@pytest.mark.django_db(transaction=True)
def test_people_who_come_at_once_get_numbers_of_their_own() -> None:
    host = user_in("park")
    people = [WorkerFactory(helper=host) for _ in range(24)]
    taps = people + people  # each host's screen was tapped twice
    answers = crowd(persistent(lambda worker: walk_ins.register(worker=worker, by=host).number), taps, people=8)
    assert sorted(answers) == sorted([*range(1, 25), *range(1, 25)])
    assert sorted(WalkIn.objects.values_list("number", flat=True)) == list(range(1, 25))


@pytest.mark.django_db(transaction=True)
def test_a_number_that_two_hosts_call_goes_to_one_of_them() -> None:
    hosts, booths = [user_in("park"), user_in("park")], [BoothFactory(), BoothFactory()]
    for _ in range(12):
        row = walk_ins.register(worker=WorkerFactory(helper=hosts[0]), by=hosts[0])
        pairs = list(zip(hosts, booths, strict=True))

        def tap(pair: tuple[User, Booth], row: WalkIn = row) -> Any:
            return walk_ins.call(walk_in=row, booth=pair[1], by=pair[0]).booth_id

        answers = crowd(persistent(tap), pairs, people=2)
        won = [answer for answer in answers if not isinstance(answer, Exception)]
        lost = [answer for answer in answers if isinstance(answer, Exception)]
        assert len(won) == len(lost) == 1 and isinstance(lost[0], Refused) and "已经叫到" in lost[0].message
        row.refresh_from_db()
        assert row.booth_id == won[0]
        walk_ins.done(walk_in=row, by=hosts[0])


@pytest.mark.django_db(transaction=True)
def test_two_numbers_do_not_enter_one_booth() -> None:
    host, booth = user_in("park"), BoothFactory()
    for _ in range(12):
        rows = [walk_ins.register(worker=WorkerFactory(helper=host), by=host) for _ in range(2)]
        answers = crowd(persistent(lambda row: walk_ins.call(walk_in=row, booth=booth, by=host).pk), rows, people=2)
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        assert WalkIn.objects.filter(booth=booth, state=WalkInState.CALLED).count() == 1
        for row in rows:
            walk_ins.left(walk_in=row, by=host)
