"""Several vendors: who is asked when one fails, and who is left alone for a while."""

from typing import Any

import pytest

from jinba.core import sms as texts
from jinba.core.sms import AllResting, NotThisText, Receipt, SmsFailed, SmsUnheard, WrongNumber, circuit, send_sms

FIRST, SECOND = "first", "second"


class Vendor:
    """Does what it is told to: an exception is raised, anything else returned."""

    always = False

    def __init__(self) -> None:
        self.does: Any = "taken"
        self.asked: list[str] = []
        self.knows: bool | None = None

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str], out_id: str = "") -> str:
        self.asked.append(out_id)
        if isinstance(self.does, Exception):
            raise self.does
        return str(self.does)

    def was_sent(self, phone: str, **about: Any) -> bool | None:
        return self.knows


@pytest.fixture
def vendors(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Vendor]:
    settings.SMS_BACKENDS = [FIRST, SECOND]
    made = {FIRST: Vendor(), SECOND: Vendor()}
    monkeypatch.setattr(texts, "_backend", made.__getitem__)
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr(circuit.time, "monotonic", lambda: now[0])
    return now


def send(**how: Any) -> Receipt:
    return send_sms("13912345678", "text", kind="notice", out_id="ours", **how)


def test_the_first_vendor_is_enough(vendors: dict[str, Vendor]) -> None:
    assert send() == Receipt(FIRST, "taken")
    assert vendors[FIRST].asked == ["ours"] and not vendors[SECOND].asked


def test_the_second_is_asked_when_the_first_fails(vendors: dict[str, Vendor]) -> None:
    vendors[FIRST].does = SmsFailed("out of order")
    assert send(once=True).vendor == SECOND


def test_when_the_first_does_not_answer_only_what_may_go_twice_goes_to_the_second(vendors: dict[str, Vendor]) -> None:
    vendors[FIRST].does = SmsUnheard("Timeout")
    assert send().vendor == SECOND
    with pytest.raises(SmsUnheard) as unheard:
        send(once=True)
    assert unheard.value.vendor == FIRST
    assert len(vendors[SECOND].asked) == 1


def test_a_wrong_number_is_wrong_everywhere(vendors: dict[str, Vendor]) -> None:
    vendors[FIRST].does = WrongNumber("illegal")
    with pytest.raises(WrongNumber):
        send()
    assert not vendors[SECOND].asked


def test_who_fails_five_times_rests_and_then_has_one_try(vendors: dict[str, Vendor], clock: list[float]) -> None:
    vendors[FIRST].does = SmsFailed("out of order")
    for _ in range(8):
        assert send(once=True).vendor == SECOND
    assert len(vendors[FIRST].asked) == circuit.FAILURES
    clock[0] += circuit.REST
    send(once=True), send(once=True)
    assert len(vendors[FIRST].asked) == circuit.FAILURES + 1  # the one try failed
    clock[0] += circuit.REST * 2 - 1
    send(once=True)
    assert len(vendors[FIRST].asked) == circuit.FAILURES + 1  # and made the rest longer
    clock[0] += 1
    vendors[FIRST].does = "taken"
    assert send(once=True).vendor == send(once=True).vendor == FIRST


def test_one_success_makes_up_for_failures(vendors: dict[str, Vendor]) -> None:
    for _ in range(3):
        for does in [SmsFailed("out of order")] * 4 + ["taken"]:
            vendors[FIRST].does = does
            send(once=True)
    assert len(vendors[FIRST].asked) == 15


def test_what_speaks_against_the_text_lets_no_vendor_rest(vendors: dict[str, Vendor]) -> None:
    vendors[FIRST].does = NotThisText("no template")
    for _ in range(9):
        assert send(once=True).vendor == SECOND
    assert len(vendors[FIRST].asked) == 9


def test_when_all_rest_a_notice_waits_and_a_code_is_tried_all_the_same(
    vendors: dict[str, Vendor], clock: list[float]
) -> None:
    for vendor in vendors.values():
        vendor.does = SmsFailed("out of order")
    for _ in range(circuit.FAILURES):
        with pytest.raises(SmsFailed, match="out of order"):
            send(once=True)
    with pytest.raises(AllResting):
        send(once=True)
    vendors[SECOND].does = "taken"
    assert send().vendor == SECOND


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [(True, None, True), (False, False, False), (False, None, None), (None, True, True)],
)
def test_a_text_was_sent_when_one_says_so_and_was_not_when_all_do(
    vendors: dict[str, Vendor], first: bool | None, second: bool | None, both: bool | None
) -> None:
    vendors[FIRST].knows, vendors[SECOND].knows = first, second
    about: dict[str, Any] = {"out_id": "ours", "at": None}
    assert texts.was_sent("13912345678", **about) is both
    assert texts.was_sent("13912345678", vendor=FIRST, **about) is first
