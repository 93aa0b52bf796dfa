"""Texts and e-mails: whom they reach, when they wait, what happens when a vendor fails, says no, or says nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.sms import NotThisText, Receipt, SmsFailed, SmsUnheard, WrongNumber
from jinba.notices import actions as notices
from jinba.notices import letters as words
from jinba.notices import quiet, tasks
from jinba.notices.actions import sending
from jinba.notices.choices import Channel, DeliveryState, Topic
from jinba.notices.models import Delivery, Notice, Preference
from jinba.notices.rules import RULES, WORKERS, Rule
from tests.factories.accounts import UserFactory, user_in

pytestmark = pytest.mark.django_db
BEIJING = ZoneInfo("Asia/Shanghai")
WAITING, SENT, FAILED, SKIPPED = (
    DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_letters(letters: list[Any], nudges: list[str]) -> None:
    """Nothing is posted or pushed here."""


@pytest.fixture
def reader() -> Any:
    return UserFactory()


@pytest.fixture
def by_mail(settings: Any) -> None:
    settings.EMAIL_FROM = "noreply@jobs.example.cn"


def tell(reader: Any, kind: str = "application.offered", key: str = "", **about: Any) -> Notice:
    about = {"title": "冲压工：企业录用您了", "url": "/applications/"} | about
    notice = notices.tell(recipient=reader, kind=kind, dedupe_key=key or str(timezone.now()), **about)
    assert notice is not None
    return notice


def only() -> Delivery:
    return Delivery.objects.get()


def due_again() -> None:
    Delivery.objects.filter(state=WAITING).update(next_try_at=timezone.now() - timedelta(seconds=1))


class Vendor:
    """In place of the vendors: does what it is told to."""

    def __init__(self) -> None:
        self.does: Any = None
        self.knows: bool | None = None
        self.asked: list[str] = []

    def send(self, phone: str, text: str, *, out_id: str, once: bool, **about: Any) -> Receipt:
        assert once
        self.asked.append(out_id)
        if isinstance(self.does, BaseException):
            raise self.does
        return Receipt("vendor", "theirs")

    def was_sent(self, phone: str, **about: Any) -> bool | None:
        return self.knows


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    made = Vendor()
    monkeypatch.setattr(sending.sms, "send_sms", made.send)
    monkeypatch.setattr(sending.sms, "was_sent", made.was_sent)
    yield made


# Whom ----------------------------------------------------------------------------------------------------------------


def test_an_offer_goes_to_the_telephone_too(reader: Any, sms: list[dict[str, str]], settings: Any) -> None:
    settings.SITE_URL = "https://jobs.example.cn/"
    notice = tell(reader)
    assert notices.send_due() == 1
    (text,) = sms
    number = words.number_of(notice.pk)
    assert text["phone"] == reader.phone
    assert text["text"] == f"【金巴就业】冲压工：企业录用您了 https://jobs.example.cn/n/{number}/"
    assert (text["kind"], text["title"], text["number"]) == ("application.offered", "冲压工：企业录用您了", number)
    row = only()
    assert (row.state, row.vendor) == (SENT, "jinba.core.sms.locmem.Backend") and row.sent_at and not row.asked_at
    assert notices.send_due() == 0


def test_what_is_worth_no_text_stays_on_the_site(reader: Any) -> None:
    tell(reader, kind="application.processing")
    tell(user_in("officer"), kind="application.offered")
    assert not Delivery.objects.exists()


def test_without_telephone_or_address_nothing_leaves(by_mail: None) -> None:
    tell(UserFactory(phone=""))
    tell(UserFactory(is_active=False))
    assert not Delivery.objects.exists()


def test_whoever_has_an_address_gets_a_letter(reader: Any, by_mail: None, settings: Any) -> None:
    settings.SITE_URL = "https://jobs.example.cn"
    reader.email = "a@example.cn"
    reader.save()
    notice = tell(reader, kind="application.processing", title="<冲压工>：企业在看", body="请等一等")
    notices.send_due()
    (letter,) = mail.outbox
    link = f"https://jobs.example.cn/n/{words.number_of(notice.pk)}/"
    assert letter.to == ["a@example.cn"] and letter.subject == "【金巴就业】<冲压工>：企业在看"
    assert "<冲压工>：企业在看\n请等一等\n" + link in letter.body
    (html,) = letter.alternatives
    assert "&lt;冲压工&gt;" in html[0] and f'href="{link}"' in html[0]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["Message-ID"] == f"<{only().out_id}@jobs.example.cn>"
    assert only().state == SENT


def test_no_mail_is_written_where_none_can_be_sent(reader: Any) -> None:
    reader.email = "a@example.cn"
    reader.save()
    tell(reader)
    assert only().channel == Channel.SMS


def test_the_reader_decides_by_topic_and_channel(reader: Any) -> None:
    Preference.objects.create(user=reader, topic=Topic.OFFERS, channel=Channel.SMS, is_on=False)
    tell(reader)
    assert not Delivery.objects.exists()
    tell(reader, kind="application.rejected")
    assert only().topic == Topic.APPLICATIONS
    owner = user_in("employer")
    tell(owner, kind="application.applied")
    assert not Delivery.objects.filter(recipient=owner).exists()  # off until asked for
    Preference.objects.create(user=owner, topic=Topic.ARRIVALS, channel=Channel.SMS, is_on=True)
    tell(owner, kind="application.applied")
    assert Delivery.objects.filter(recipient=owner).count() == 1


def change(reader: Any, what: str) -> None:
    if what == "read":
        notices.mark_read(user=reader)
    elif what == "off":
        notices.choose(user=reader, wanted={(Topic.OFFERS, Channel.SMS): False})
    elif what == "gone":
        type(reader).objects.update(is_active=False)
    else:
        type(reader).objects.update(phone=None, phone_index="")


@pytest.mark.parametrize("what", ["read", "off", "gone", "no phone"])
def test_what_is_no_longer_wanted_when_its_time_comes_is_skipped(
    reader: Any, sms: list[dict[str, str]], what: str
) -> None:
    tell(reader)
    change(reader, what)
    assert notices.send_due() == 1
    assert only().state == SKIPPED and only().error
    assert not sms


# When ----------------------------------------------------------------------------------------------------------------


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("21-8", at(20, 59), None),
        ("21-8", at(21), at(8) + timedelta(days=1)),
        ("21-8", at(7, 59), at(8)),
        ("21-8", at(8), None),
        ("12-14", at(13), at(14)),
        ("12-14", at(14), None),
        ("", at(3), None),
    ],
)
def test_quiet_hours_end_in_the_morning(settings: Any, hours: str, now: datetime, until: datetime | None) -> None:
    settings.QUIET_HOURS = hours
    assert quiet.ends_at(now) == until


@pytest.mark.parametrize("hours", ["21", "25-8", "8-8", "night"])
def test_hours_that_make_no_sense_are_said_so(settings: Any, hours: str) -> None:
    settings.QUIET_HOURS = hours
    with pytest.raises(ValueError, match=hours):
        quiet.hours()


@pytest.fixture
def night(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], datetime]:
    """It is night whatever the clock says; returns the next morning."""
    settings.QUIET_HOURS = "21-8"
    until = timezone.now() + timedelta(hours=5)
    monkeypatch.setattr(quiet, "ends_at", lambda now: until if now < until else None)
    return lambda: until


def test_a_text_of_the_night_waits_for_the_morning(
    reader: Any, night: Callable[[], datetime], sms: list[dict[str, str]]
) -> None:
    tell(reader)
    assert night() <= only().next_try_at <= night() + timedelta(minutes=10)
    assert notices.send_due() == 0
    due_again()  # as a try that failed in the evening
    notices.send_due()
    assert not sms and only().state == WAITING and only().next_try_at >= night() and only().attempts == 0


def test_an_urgent_text_and_a_letter_wait_for_no_morning(
    reader: Any, night: Callable[[], datetime], sms: list[dict[str, str]], by_mail: None, monkeypatch: Any
) -> None:
    reader.email = "a@example.cn"
    reader.save()
    tell(reader)
    notices.send_due()
    assert (len(sms), len(mail.outbox)) == (0, 1)
    monkeypatch.setitem(RULES, "urgent", Rule(Topic.INTERVIEWS, to=WORKERS, sms=WORKERS, is_urgent=True))
    tell(reader, kind="urgent")
    notices.send_due()
    assert (len(sms), len(mail.outbox)) == (1, 2)


def test_what_waited_together_leaves_as_one_text(
    reader: Any, night: Callable[[], datetime], sms: list[dict[str, str]], settings: Any, monkeypatch: Any
) -> None:
    settings.SITE_URL = "https://jobs.example.cn"
    for number in range(3):
        tell(reader, key=str(number))
    tell(reader, kind="application.rejected", title="没通过", key="another topic")
    tell(UserFactory(), key="another reader")
    assert notices.send_due() == 0
    monkeypatch.setattr(quiet, "ends_at", lambda now: None)
    Delivery.objects.update(next_try_at=timezone.now())
    assert notices.send_due() == 3
    texts = [text["text"] for text in sms if text["phone"] == reader.phone]
    assert len(sms) == 3 and len(texts) == 2
    assert "【金巴就业】您有 3 条“录用通知”消息 https://jobs.example.cn/notices/" in texts
    together = Delivery.objects.filter(recipient=reader, topic=Topic.OFFERS)
    assert len(set(together.values_list("out_id", flat=True))) == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {SENT}


def test_more_texts_than_a_day_may_have_stay_on_the_site(reader: Any, sms: list[dict[str, str]], settings: Any) -> None:
    settings.SMS_DAILY_CAP = 2
    for number in range(4):
        tell(reader, key=str(number))
        notices.send_due()
    assert len(sms) == 2
    assert Delivery.objects.filter(state=SKIPPED, error__contains="2 条").count() == 2
    Delivery.objects.filter(state=SENT).update(sent_at=timezone.now() - timedelta(days=1))
    tell(reader, key="tomorrow")
    notices.send_due()
    assert len(sms) == 3


# How it went ---------------------------------------------------------------------------------------------------------


def test_a_failure_is_tried_again_later_and_later(reader: Any, vendor: Vendor) -> None:
    vendor.does = SmsFailed("out of order")
    tell(reader)
    pauses = []
    for attempt in range(1, sending.MOST_TRIES):
        due_again()
        notices.send_due()
        row = only()
        assert (row.state, row.attempts, row.asked_at) == (WAITING, attempt, None)
        pauses.append((row.next_try_at - timezone.now()).total_seconds())
    assert 45 < pauses[0] < 75 and pauses[-1] <= 6 * 3600 * 1.2
    assert all(later > earlier for earlier, later in pairwise(pauses[:8]))
    due_again()
    notices.send_due()
    assert only().state == FAILED and "out of order" in only().error
    assert len(set(vendor.asked)) == 1


def test_a_wrong_number_is_not_tried_again(reader: Any, vendor: Vendor) -> None:
    vendor.does = WrongNumber("illegal")
    tell(reader)
    notices.send_due()
    assert only().state == FAILED and len(vendor.asked) == 1


def test_what_the_vendor_took_although_he_did_not_answer_is_not_sent_again(reader: Any, vendor: Vendor) -> None:
    vendor.does, vendor.knows = SmsUnheard("Timeout"), True
    tell(reader)
    notices.send_due()
    assert only().state == WAITING and only().asked_at
    due_again()
    notices.send_due()
    assert only().state == SENT and len(vendor.asked) == 1


def test_what_the_vendor_did_not_take_is_sent_again_until_it_is(reader: Any, vendor: Vendor) -> None:
    vendor.does, vendor.knows = SmsUnheard("Timeout"), False
    tell(reader)
    for _ in range(4):
        due_again()
        notices.send_due()
    vendor.does = None
    due_again()
    notices.send_due()
    assert only().state == SENT and len(vendor.asked) == 5 and len(set(vendor.asked)) == 1


def test_a_vendor_who_cannot_tell_is_asked_to_send_once_more_and_then_an_officer_decides(
    reader: Any, vendor: Vendor
) -> None:
    vendor.does = SmsUnheard("Timeout")
    tell(reader)
    for _ in range(3):
        due_again()
        notices.send_due()
    assert only().state == FAILED and "没有回音" in only().error
    assert len(vendor.asked) == 2 and len(set(vendor.asked)) == 1


class Killed(BaseException):
    """The process is gone."""


def test_who_is_killed_while_sending_is_found_out_about(reader: Any, vendor: Vendor) -> None:
    vendor.does = Killed()
    tell(reader)
    with pytest.raises(Killed):
        notices.send_due()
    assert notices.send_due() == 0  # the claim holds
    assert only().asked_at
    vendor.knows = True
    due_again()
    notices.send_due()
    assert only().state == SENT and len(vendor.asked) == 1


def test_resting_vendors_cost_no_try(reader: Any, vendor: Vendor) -> None:
    vendor.does = sending.sms.AllResting("all rest")
    tell(reader)
    notices.send_due()
    row = only()
    assert (row.state, row.attempts) == (WAITING, 0) and row.next_try_at > timezone.now() + timedelta(seconds=20)


def test_an_accident_with_one_does_not_stop_the_others(reader: Any, vendor: Vendor, caplog: Any) -> None:
    vendor.does = ValueError("a mistake of ours")
    tell(reader), tell(UserFactory())
    assert notices.send_due() == 2
    assert set(Delivery.objects.values_list("state", "error")) == {(WAITING, "ValueError")}
    assert "a mistake of ours" in caplog.text


def test_a_claim_that_is_over_writes_nothing_down(reader: Any, vendor: Vendor) -> None:
    tell(reader)
    parcel = sending._claim()
    assert isinstance(parcel, sending.Parcel)
    due_again()
    other = sending._claim()
    assert isinstance(other, sending.Parcel) and other.attempt == 2
    assert not sending._write_down(parcel, sending.Outcome(FAILED))
    assert sending._write_down(other, sending.Outcome(SENT))
    assert only().state == SENT


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPRecipientsRefused({"a@example.cn": (550, b"no such user")}), FAILED),
        (SMTPRecipientsRefused({"a@example.cn": (450, b"try later")}), WAITING),
        (SMTPServerDisconnected("gone"), WAITING),
        (ConnectionRefusedError(), WAITING),
    ],
)
def test_a_letter_that_is_refused_for_good_is_not_sent_again(
    reader: Any, by_mail: None, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str
) -> None:
    def fail(self: Any) -> None:
        raise error

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    reader.email = "a@example.cn"
    reader.save()
    tell(reader, kind="application.processing")
    notices.send_due()
    assert only().state == state
    assert "example.cn" not in only().error


def test_an_officer_sends_what_failed_once_more(reader: Any, vendor: Vendor) -> None:
    vendor.does = WrongNumber("illegal")
    tell(reader)
    notices.send_due()
    officer = user_in("officer")
    first = only().out_id
    vendor.does = None
    notices.send_again(delivery=only(), by=officer)
    notices.send_due()
    assert only().state == SENT and only().out_id != first
    with pytest.raises(Refused, match="没发成"):
        notices.send_again(delivery=only(), by=officer)


def test_the_sweep_wakes_senders_only_when_something_is_due(reader: Any, letters: list[Any]) -> None:
    tasks.sweep()
    assert letters == []
    for number in range(30):
        tell(reader, key=str(number))
    letters.clear()
    assert notices.wake_senders() == sending.SENDERS


def test_texts_fit_into_one_part_and_carry_no_number(reader: Any, sms: list[dict[str, str]], settings: Any) -> None:
    settings.SITE_URL = "https://jobs.example.cn"
    tell(reader, title="请打 13812345678 找王师傅，" + "很长的岗位名称" * 20)
    notices.send_due()
    text = sms[0]["text"]
    assert len(text) <= 70 and "13812345678" not in text and len(sms[0]["title"]) <= 20


@pytest.mark.parametrize(("length", "parts"), [(70, 1), (71, 2), (134, 2), (135, 3)])
def test_long_texts_are_counted_in_parts_of_sixty_seven(length: int, parts: int) -> None:
    assert words.parts_of("字" * length) == parts


@pytest.mark.parametrize("notice_id", [1, 35, 36, 10**12])
def test_short_numbers_lead_back(notice_id: int) -> None:
    assert words.id_of(words.number_of(notice_id)) == notice_id


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_vendor_is_asked(reader: Any, vendor: Vendor, monkeypatch: Any) -> None:
    seen = []

    def look(*args: Any, **about: Any) -> Receipt:
        seen.append(connection.in_atomic_block)
        return Receipt("vendor")

    monkeypatch.setattr(sending.sms, "send_sms", look)
    tell(reader)
    notices.send_due()
    assert seen == [False]


@pytest.mark.parametrize("error", [NotThisText("no template"), SmsFailed("down")])
def test_a_text_of_a_vendor_in_trouble_waits(reader: Any, vendor: Vendor, error: Exception) -> None:
    vendor.does = error
    tell(reader)
    notices.send_due()
    assert only().state == WAITING
