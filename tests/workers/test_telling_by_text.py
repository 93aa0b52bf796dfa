"""Who has no account is told by one text that somebody acts for him: whom, when, how often, what is tried again."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.sms import AllResting, NotThisText, Receipt, SmsFailed, SmsUnheard, WrongNumber, locmem
from jinba.notices import quiet
from jinba.notices.actions.sending import MOST_TRIES
from jinba.notices.letters import parts_of
from labor.applications import actions as applications
from labor.workers import actions as workers
from labor.workers.actions import batches, delegations, telling_by_text
from labor.workers.choices import DelegationMethod, PairReason
from labor.workers.models import Delegation, DuplicatePair, Worker
from labor.workers.tasks import tell_by_text
from tests.factories.accounts import UserFactory, user_in
from tests.factories.reference import region
from tests.factories.rosters import checked, person
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
PHONE = "13700000077"


@pytest.fixture
def broker() -> User:
    return user_in(Role.BROKER, name="王经纪")


@pytest.fixture(autouse=True)
def _by_day(settings: Any) -> None:
    settings.QUIET_HOURS = ""
    settings.SITE_URL = "https://jobs.example.cn"
    settings.SITE = settings.SITE | {"phone": "0579-12333"}


def registered(by: User, method: str = DelegationMethod.SPOKEN, **fields: Any) -> Delegation:
    known = {"name": "苟建国", "phone": PHONE, "home": region("511921")} | fields
    return workers.register(**known, by=by, method=method).delegations.get()


def due_again() -> None:
    Delegation.objects.filter(tell_at__isnull=False).update(tell_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("method", [DelegationMethod.SPOKEN, DelegationMethod.PAPER, DelegationMethod.LIST])
def test_who_was_registered_without_his_phone_is_told_once_who_helps_and_how_to_object(
    broker: User, method: str
) -> None:
    row = registered(broker, method)
    tell_by_text()
    tell_by_text()
    (text,) = locmem.outbox
    assert (text["phone"], text["kind"]) == (PHONE, "delegation_told")
    for said in ("王经纪", "苟*", "https://jobs.example.cn", "0579-12333", "不同意"):
        assert said in text["text"]
    assert "建国" not in text["text"] and PHONE not in text["text"]
    assert (text["name"], text["service"]) == ("王经纪", "0579-12333")
    row.refresh_from_db()
    assert row.told_at and row.tell_at is None and row.tell_tries == 1
    assert not row.versions.exists()  # what became of a text is no history of the delegation


def test_the_text_is_one_to_pay_for_and_its_values_fit_the_vendors() -> None:
    row = registered(UserFactory(broker=True, name="南江县人力资源服务中心劳务经纪人王建国"))
    words, values = telling_by_text.text_of(row=row)
    assert parts_of(words) == 1 and len(values["title"]) <= 20


def test_everybody_on_a_roster_is_told(broker: User) -> None:
    region("511921")
    batch = checked([person(number) for number in range(3)], by=broker)
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    batches.register_people(batch_id=batch.pk)
    tell_by_text()
    assert {text["phone"] for text in locmem.outbox} == {person(number)["手机号"] for number in range(3)}


def entrusted(worker: Worker, helper: User, method: str = DelegationMethod.PAPER) -> Delegation:
    return delegations.entrusted(
        worker=worker, helper=helper, method=method, ends_on=timezone.localdate(), recorded_by=helper
    )


def test_who_knows_of_it_or_cannot_be_reached_gets_no_text(broker: User) -> None:
    entrusted(WorkerFactory(), broker)  # reads it in his account
    entrusted(WorkerFactory(user=None), broker, DelegationMethod.CODE)  # read it out
    entrusted(WorkerFactory(user=None, phone=""), broker)
    assert not Delegation.objects.filter(tell_at__isnull=False).exists()
    assert telling_by_text.tell_by_text() == 0 and not locmem.outbox


def test_what_needs_no_text_any_more_gets_none(broker: User) -> None:
    ended, claimed, stopped, late = (registered(broker, phone=f"1370000008{n}") for n in range(4))
    delegations.end(delegation=ended, by=broker)
    Worker.objects.filter(pk=claimed.worker_id).update(user=UserFactory())
    Worker.objects.filter(pk=stopped.worker_id).update(is_active=False)
    Delegation.objects.filter(pk=late.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert telling_by_text.tell_by_text() == 0 and not locmem.outbox
    assert not Delegation.objects.filter(tell_at__isnull=False).exists()


def test_a_text_that_waits_moves_with_a_merge_and_goes_out_once(broker: User) -> None:
    gone, kept = registered(broker).worker, WorkerFactory(user=None, name="苟健国", phone=PHONE)
    Delegation.objects.filter(worker=kept).delete()
    pair = DuplicatePair.objects.filter(first=gone, second=kept).first() or DuplicatePair.objects.create(
        first=gone, second=kept, reason=PairReason.PHONE
    )
    applications.merge(pair=pair, kept=kept, by=UserFactory(admin=True), reason="问过")
    tell_by_text()
    tell_by_text()
    assert len(locmem.outbox) == 1
    assert Delegation.objects.live().get(worker=kept).told_at


# When ----------------------------------------------------------------------------------------------------------------


def test_nobody_is_woken(broker: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.QUIET_HOURS = "21-8"
    registered(broker)
    hour = {"now": 22}
    night = quiet.ends_at
    monkeypatch.setattr(
        quiet, "ends_at", lambda now: night(datetime(2026, 11, 23, hour["now"], tzinfo=ZoneInfo("Asia/Shanghai")))
    )
    tell_by_text()
    assert not locmem.outbox
    hour["now"] = 8
    tell_by_text()
    assert len(locmem.outbox) == 1


def test_many_go_out_at_a_bounded_pace(broker: User, settings: Any) -> None:
    settings.DELEGATION_TEXTS_A_MINUTE = 4
    for number in range(5):
        registered(broker, phone=f"1370000009{number}")
    assert [telling_by_text.tell_by_text() for _ in range(4)] == [2, 2, 1, 0]
    settings.DELEGATION_TEXTS_A_MINUTE = 0
    registered(broker, phone="13700000066")
    assert telling_by_text.tell_by_text() == 0


def test_a_turn_has_an_end(broker: User) -> None:
    for number in range(3):
        registered(broker, phone=f"1370000009{number}")
    ticks = iter([0.0, 0.0, 99.0])
    assert telling_by_text.tell_by_text(seconds=10, clock=lambda: next(ticks)) == 1


# What is tried again -------------------------------------------------------------------------------------------------


class Vendor:
    """Answers each text with the next of `answers`; `knows` is what it says of one that nobody heard of."""

    def __init__(self, *answers: Exception | None, knows: bool | None = None) -> None:
        self.answers, self.knows, self.out_ids = list(answers), knows, list[str]()

    def send_sms(self, phone: str, text: str, *, out_id: str, **about: Any) -> Receipt:
        self.out_ids.append(out_id)
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return Receipt("vendor")

    def was_sent(self, phone: str, **about: Any) -> bool | None:
        return self.knows


def through(monkeypatch: pytest.MonkeyPatch, *answers: Exception | None, knows: bool | None = None) -> Vendor:
    vendor = Vendor(*answers, knows=knows)
    monkeypatch.setattr(telling_by_text.sms, "send_sms", vendor.send_sms)
    monkeypatch.setattr(telling_by_text.sms, "was_sent", vendor.was_sent)
    return vendor


@pytest.mark.parametrize("trouble", [SmsFailed("no"), NotThisText("limit"), AllResting("all"), ZeroDivisionError()])
def test_what_failed_is_tried_again_later_under_the_same_number(
    broker: User, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    row = registered(broker)
    vendor = through(monkeypatch, trouble)
    tell_by_text()
    tell_by_text()  # not yet
    assert len(vendor.out_ids) == 1
    due_again()
    tell_by_text()
    row.refresh_from_db()
    assert row.told_at and len(vendor.out_ids) == 2 and len(set(vendor.out_ids)) == 1


def test_a_wrong_number_is_tried_once_and_trouble_ten_times(broker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = registered(broker)
    vendor = through(monkeypatch, WrongNumber("no"))
    tell_by_text()
    row.refresh_from_db()
    assert row.tell_at is None and row.told_at is None
    other = registered(broker, phone="13700000066")
    vendor.answers += [SmsFailed("no")] * (MOST_TRIES + 5)
    for _ in range(MOST_TRIES + 3):
        due_again()
        tell_by_text()
    other.refresh_from_db()
    assert len(vendor.out_ids) == 1 + MOST_TRIES and other.tell_at is None and other.told_at is None


@pytest.mark.parametrize(("knows", "sent", "is_told"), [(True, 1, True), (False, 2, True), (None, 2, False)])
def test_what_nobody_heard_of_is_asked_about_first(
    broker: User, monkeypatch: pytest.MonkeyPatch, knows: bool | None, sent: int, is_told: bool
) -> None:
    """A vendor who cannot tell is asked to send once more at most."""
    row = registered(broker)
    vendor = through(monkeypatch, SmsUnheard("?"), None if knows is False else SmsUnheard("?"), knows=knows)
    for _ in range(4):
        due_again()
        tell_by_text()
    row.refresh_from_db()
    assert (len(vendor.out_ids), bool(row.told_at), row.tell_at) == (sent, is_told, None)


def test_who_is_killed_while_he_sends_leaves_it_to_the_next(broker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text went out and nobody wrote it down: the vendor says so, and it is not sent again."""
    row = registered(broker)
    assert telling_by_text._claim() == row
    assert telling_by_text._claim() is None  # while it is in hand
    vendor = through(monkeypatch, knows=True)
    due_again()
    tell_by_text()
    row.refresh_from_db()
    assert row.told_at and not vendor.out_ids
