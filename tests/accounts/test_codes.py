"""What a code is, how long it lives and how often it is sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from jinba.accounts import actions as accounts
from jinba.accounts import codes
from jinba.accounts.models import OneTimeCode
from jinba.accounts.tasks import forget_sessions
from jinba.core.errors import Refused
from jinba.core.sms import SmsFailed, locmem

PHONE, OTHER, ADDRESS = "13912345678", "13987654321", "10.1.2.3"


@pytest.fixture
def sent(db: Any) -> OneTimeCode:
    return accounts.send_code(phone=PHONE, address=ADDRESS)


@pytest.fixture
def code(sent: OneTimeCode, sms: list[dict[str, str]]) -> str:
    return sms[-1]["code"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def age(**ago: Any) -> None:
    """All codes were sent that long ago."""
    for row in OneTimeCode.objects.all():
        row.sent_at -= timedelta(**ago)
        row.expires_at -= timedelta(**ago)
        row.save()


def send_many(count: int, *, phones: list[str] | None = None, address: str = ADDRESS, every: float = 61) -> None:
    """As many codes as that, one a minute, the last one a minute ago."""
    for number in range(count):
        accounts.send_code(phone=(phones or [PHONE])[number % len(phones or [PHONE])], address=address)
        age(seconds=every)


# The code itself


def test_a_code_has_six_digits_and_is_sent_to_its_phone(code: str, sms: list[dict[str, str]]) -> None:
    assert len(code) == 6
    assert code.isdecimal()
    assert sms[-1]["phone"] == PHONE
    assert code in sms[-1]["text"]


def test_codes_come_from_the_secure_source_and_keep_leading_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes.secrets, "randbelow", lambda below: 42 if below == 10**6 else -1)
    assert codes.new_code() == "000042"


def test_neither_code_nor_phone_stand_in_the_table_in_clear(code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM accounts_onetimecode c")
        (row,) = cursor.fetchone()
    assert code not in OneTimeCode.objects.get().code_hash
    assert PHONE not in row


def test_no_log_line_carries_the_code_or_the_phone(
    db: Any, sms: list[dict[str, str]], caplog: pytest.LogCaptureFixture, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMS_HOURLY_ALARM = 0
    caplog.set_level("DEBUG")
    monkeypatch.setattr("django.db.backends.utils.logger.isEnabledFor", lambda level: False)
    accounts.send_code(phone=OTHER, address=ADDRESS)
    accounts.send_code(phone=PHONE, address=ADDRESS)
    code = sms[-1]["code"]
    with pytest.raises(Refused):
        accounts.check_code(phone=PHONE, code=wrong(code))
    accounts.check_code(phone=PHONE, code=code)
    assert "within an hour" in caplog.text
    assert code not in caplog.text
    assert PHONE not in caplog.text


def test_the_right_code_proves_the_phone(sent: OneTimeCode, code: str) -> None:
    assert accounts.check_code(phone="+86 139-1234-5678", code=code, sent=sent.pk) == PHONE


def test_a_code_opens_only_once(code: str) -> None:
    accounts.check_code(phone=PHONE, code=code)
    with pytest.raises(Refused, match="过期或作废"):
        accounts.check_code(phone=PHONE, code=code)


def test_a_wrong_code_is_refused_and_says_how_often_one_may_still_try(code: str) -> None:
    with pytest.raises(Refused, match="还可以试 4 次"):
        accounts.check_code(phone=PHONE, code=wrong(code))
    assert accounts.check_code(phone=PHONE, code=code) == PHONE


def test_five_wrong_tries_burn_the_code(code: str) -> None:
    for _ in range(4):
        with pytest.raises(Refused, match="还可以试"):
            accounts.check_code(phone=PHONE, code=wrong(code))
    with pytest.raises(Refused, match="错了 5 次"):
        accounts.check_code(phone=PHONE, code=wrong(code))
    with pytest.raises(Refused, match="错了 5 次"):
        accounts.check_code(phone=PHONE, code=code)


def test_a_code_lives_five_minutes(code: str) -> None:
    OneTimeCode.objects.update(expires_at=timezone.now())
    with pytest.raises(Refused, match="过期"):
        accounts.check_code(phone=PHONE, code=code)


def test_its_lifetime_is_five_minutes_from_sending(sent: OneTimeCode) -> None:
    assert sent.expires_at - sent.sent_at == timedelta(minutes=5)


def test_a_code_of_another_phone_does_not_count(code: str) -> None:
    with pytest.raises(Refused, match="过期或作废"):
        accounts.check_code(phone=OTHER, code=code)


def test_without_a_code_every_guess_is_refused(db: Any) -> None:
    with pytest.raises(Refused, match="过期或作废"):
        accounts.check_code(phone=PHONE, code="123456")


def test_what_is_no_phone_is_refused(db: Any, sms: list[dict[str, str]]) -> None:
    for text in ("", "12345", "02787654321", "139123456789", "1391234567a"):
        with pytest.raises(Refused, match="11 位"):
            accounts.send_code(phone=text, address=ADDRESS)
        with pytest.raises(Refused, match="11 位"):
            accounts.check_code(phone=text, code="123456")
    assert sms == []


def test_a_new_code_voids_the_older_one(code: str, sms: list[dict[str, str]]) -> None:
    age(seconds=61)
    second = accounts.send_code(phone=PHONE, address=ADDRESS)
    if code != sms[-1]["code"]:
        with pytest.raises(Refused, match="不对"):
            accounts.check_code(phone=PHONE, code=code)
    assert accounts.check_code(phone=PHONE, code=sms[-1]["code"], sent=second.pk) == PHONE


def test_guesses_by_a_session_that_did_not_ask_for_the_newest_code_burn_nothing(sent: OneTimeCode) -> None:
    age(seconds=61)
    newest = accounts.send_code(phone=PHONE, address=ADDRESS)
    with pytest.raises(Refused, match="过期或作废"):
        accounts.check_code(phone=PHONE, code="000000", sent=sent.pk)
    newest.refresh_from_db()
    assert newest.tries == 0


# Limits


def test_one_text_a_minute_for_each_phone(sent: OneTimeCode, sms: list[dict[str, str]]) -> None:
    with pytest.raises(codes.TooSoon, match=r"请等 (60|59) 秒"):
        accounts.send_code(phone=PHONE, address=ADDRESS)
    accounts.send_code(phone=OTHER, address=ADDRESS)
    assert [text["phone"] for text in sms] == [PHONE, OTHER]


def test_after_a_minute_another_text_is_sent(sent: OneTimeCode, sms: list[dict[str, str]]) -> None:
    age(seconds=61)
    accounts.send_code(phone=PHONE, address=ADDRESS)
    assert len(sms) == 2


def test_five_texts_an_hour_for_each_phone(db: Any, sms: list[dict[str, str]]) -> None:
    send_many(5)
    with pytest.raises(Refused, match="一小时内已经发了 5 条"):
        accounts.send_code(phone=PHONE, address=ADDRESS)
    assert len(sms) == 5
    age(hours=1)
    accounts.send_code(phone=PHONE, address=ADDRESS)


def test_ten_texts_a_day_for_each_phone(db: Any, sms: list[dict[str, str]]) -> None:
    send_many(10, every=15 * 60)
    with pytest.raises(Refused, match="今天已经发了 10 条"):
        accounts.send_code(phone=PHONE, address=ADDRESS)
    assert len(sms) == 10
    age(hours=24)
    accounts.send_code(phone=PHONE, address=ADDRESS)


def test_twenty_texts_an_hour_for_each_address(db: Any, sms: list[dict[str, str]]) -> None:
    phones = [f"1391234{number:04d}" for number in range(20)]
    send_many(20, phones=phones)
    with pytest.raises(Refused, match="这个网络"):
        accounts.send_code(phone="13912340020", address=ADDRESS)
    accounts.send_code(phone="13912340020", address="10.1.2.4")
    age(hours=1)
    accounts.send_code(phone="13912340021", address=ADDRESS)
    assert len(sms) == 22


def test_a_line_of_ipv6_counts_by_its_net() -> None:
    assert codes.counted_address("2001:db8:1:2:aaaa::1") == codes.counted_address("2001:db8:1:2:bbbb::2")
    assert codes.counted_address("2001:db8:1:3::1") != codes.counted_address("2001:db8:1:2::1")


@pytest.mark.parametrize("address", [None, "unknown", "1.2.3.4, 5.6.7.8"])
def test_an_address_that_is_not_known_does_not_hinder(address: str | None, db: Any) -> None:
    assert accounts.send_code(phone=PHONE, address=address).address is None


def test_the_limits_survive_the_loss_of_redis(sent: OneTimeCode) -> None:
    cache.clear()
    with pytest.raises(codes.TooSoon):
        accounts.send_code(phone=PHONE, address=ADDRESS)


class Broken:
    always = False

    def send(self, *args: Any, **kwargs: Any) -> None:
        raise SmsFailed("no signal")


def test_a_text_that_nobody_took_says_so_and_counts_against_no_limit(
    sent: OneTimeCode, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    age(seconds=61)
    with monkeypatch.context() as broken:
        broken.setattr("jinba.core.sms._backend", lambda path: Broken())
        with pytest.raises(Refused, match="短信没有发出去"):
            accounts.send_code(phone=PHONE, address=ADDRESS)
    assert OneTimeCode.objects.count() == 1
    OneTimeCode.objects.update(expires_at=timezone.now() + timedelta(minutes=3))
    locmem.outbox.clear()
    accounts.send_code(phone=PHONE, address=ADDRESS)
    assert len(locmem.outbox) == 1


def test_a_text_that_nobody_took_leaves_the_older_code_in_force(
    sent: OneTimeCode, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only the row's own clock is turned: its hash names the moment of sending.
    monkeypatch.setattr(codes, "PAUSE", timedelta(0))
    monkeypatch.setattr("jinba.core.sms._backend", lambda path: Broken())
    with pytest.raises(Refused):
        accounts.send_code(phone=PHONE, address=ADDRESS)
    assert accounts.check_code(phone=PHONE, code=code, sent=sent.pk) == PHONE


def test_an_accident_while_sending_counts_against_no_limit(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def accident(*args: Any, **kwargs: Any) -> None:
        raise ValueError("wrong settings")

    monkeypatch.setattr("jinba.accounts.actions.send_sms", accident)
    with pytest.raises(ValueError, match="wrong settings"):
        accounts.send_code(phone=PHONE, address=ADDRESS)
    assert not OneTimeCode.objects.exists()


def test_more_texts_than_the_budget_of_an_hour_raise_an_alarm(
    db: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMS_HOURLY_ALARM = 2
    for number in range(2):
        accounts.send_code(phone=f"1391234000{number}", address=ADDRESS)
    assert "pumping" not in caplog.text
    accounts.send_code(phone="13912340003", address=ADDRESS)
    assert [record.levelname for record in caplog.records if "pumping" in record.message] == ["ERROR"]


def test_texts_of_an_earlier_hour_do_not_raise_the_alarm(
    db: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMS_HOURLY_ALARM = 2
    for number in range(2):
        accounts.send_code(phone=f"1391234000{number}", address=ADDRESS)
    age(minutes=61)
    accounts.send_code(phone="13912340003", address=ADDRESS)
    assert "pumping" not in caplog.text


def test_old_codes_are_forgotten_and_young_ones_kept(sent: OneTimeCode) -> None:
    age(days=3)
    young = accounts.send_code(phone=PHONE, address=ADDRESS)
    assert accounts.forget_codes() == 1
    assert OneTimeCode.objects.get() == young
    assert accounts.forget_codes() == 0


def test_sessions_that_ran_out_are_forgotten(db: Any) -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    Session.objects.create(session_key="young", session_data="", expire_date=timezone.now() + timedelta(days=1))
    for _ in range(2):
        forget_sessions()
        assert Session.objects.get().session_key == "young"
