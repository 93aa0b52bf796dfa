"""Many guesses and many requests at the same moment, on real connections."""

from collections import Counter
from typing import Any

import pytest

from jinba.accounts import actions as accounts
from jinba.accounts import codes
from jinba.accounts.models import OneTimeCode
from jinba.core.errors import Refused
from tests.concurrency.crowd import crowd

PHONE, ADDRESS = "13912345678", "10.1.2.3"
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes that were really compared with the sent one."""
    seen: list[str] = []
    compare = codes.is_right

    def watched(row: OneTimeCode, *, phone: str, code: str) -> bool:
        seen.append(code)
        return compare(row, phone=phone, code=code)

    monkeypatch.setattr(codes, "is_right", watched)
    return seen


def guess(code: str) -> str:
    return accounts.check_code(phone=PHONE, code=code)


def test_of_two_hundred_guesses_at_once_at_most_five_are_compared(
    sms: list[dict[str, str]], compared: list[str]
) -> None:
    accounts.send_code(phone=PHONE, address=ADDRESS)
    right = int(sms[-1]["code"])
    guesses = [f"{(right + 1 + number) % 10**6:06d}" for number in range(200)]
    results = crowd(guess, guesses, people=24)
    assert all(isinstance(result, Refused) for result in results)
    assert len(compared) == 5
    assert OneTimeCode.objects.get().tries == 5
    with pytest.raises(Refused, match="错了 5 次"):
        guess(f"{right:06d}")


def test_the_right_code_given_by_many_at_once_opens_for_one(sms: list[dict[str, str]]) -> None:
    accounts.send_code(phone=PHONE, address=ADDRESS)
    results = crowd(guess, [sms[-1]["code"]] * 40, people=20)
    assert results.count(PHONE) == 1


def test_of_fifty_requests_at_once_one_text_is_sent(sms: list[dict[str, str]]) -> None:
    def ask(number: int) -> Any:
        return accounts.send_code(phone=PHONE, address=ADDRESS)

    results = crowd(ask, range(50), people=25)
    assert Counter(type(result).__name__ for result in results) == {"OneTimeCode": 1, "TooSoon": 49}
    assert len(sms) == 1


def test_sixty_phones_at_once_on_one_address_get_twenty_texts(sms: list[dict[str, str]]) -> None:
    def ask(number: int) -> Any:
        return accounts.send_code(phone=f"139123400{number:02d}", address=ADDRESS)

    results = crowd(ask, range(60), people=20)
    assert sum(isinstance(result, OneTimeCode) for result in results) == 20
    assert len(sms) == 20


def test_without_the_locks_racing_requests_would_send_more(
    sms: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the race is real."""
    monkeypatch.setattr(codes, "lock", lambda number, key: None)

    def ask(number: int) -> Any:
        return accounts.send_code(phone=PHONE, address=ADDRESS)

    for _ in range(10):
        OneTimeCode.objects.all().delete()
        sms.clear()
        crowd(ask, range(50), people=25)
        if len(sms) > 1:
            return
    pytest.fail("no race was seen")
