from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import assume, given
from hypothesis import strategies as st

from jinba.core import resident_id
from jinba.core.errors import Refused

VECTORS = ("11010519491231002X", "360426199101010071")
born = st.dates(min_value=date(1930, 1, 1), max_value=date(2010, 12, 31))


def number(area: str, born: date, order: int = 1) -> str:
    first = f"{area}{born:%Y%m%d}{order:03d}"
    return first + resident_id.check_digit(first)


@pytest.mark.parametrize("vector", VECTORS)
def test_the_published_vectors_are_sound(vector: str) -> None:
    assert resident_id.checked(vector) == vector


def test_the_number_tells_the_day_of_birth() -> None:
    assert resident_id.birth_date(VECTORS[0]) == date(1949, 12, 31)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "110105194912310０2X",
        "11010519491231002X",
        "11010519491231002×",
        "11010519491231002Х",
        "110105\u300019491231002x\u200b",
    ],
)
def test_every_way_of_writing_it_comes_to_the_same(typed: str) -> None:
    assert resident_id.checked(typed) == VECTORS[0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写身份证号"),
        ("\u3000", "请填写身份证号"),
        ("110105491231002", "15 位的旧号码"),
        ("11010519491231002", "您填了 17 位"),
        ("1101051949123100200", "您填了 19 位"),
        ("11010519491231X02X", "最后一位是数字或 X"),
        ("110105194913310021", "出生日期不对"),
        ("110105190002290021", "出生日期不对"),
        ("110105179912310021", "出生日期不对"),
        ("110105194912310021", "对不上校验位"),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong_and_not_repeated(typed: str, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        resident_id.checked(typed)
    assert said in refusal.value.message
    assert refusal.value.field == "resident_id"
    assert not typed.strip() or typed not in refusal.value.message


def test_nobody_was_born_tomorrow() -> None:
    with pytest.raises(Refused, match="出生日期不对"):
        resident_id.checked(number("511921", timezone.localdate() + timedelta(days=1)))
    assert resident_id.checked(number("511921", timezone.localdate()))


def test_a_district_that_is_no_more_is_no_mistake() -> None:
    assert resident_id.checked(number("513021", date(1975, 5, 6)))  # 达县, before there was Bazhong
    assert resident_id.checked(number("999999", date(1975, 5, 6)))


@given(born, st.integers(0, 999), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_change_of_one_character_is_noticed(born: date, order: int, place: int, other: str) -> None:
    sound = number("511921", born, order)
    assume(sound[place] != other)
    with pytest.raises(Refused):
        resident_id.checked(sound[:place] + other + sound[place + 1 :])


@given(st.text(max_size=30))
def test_no_text_breaks_the_check(text: str) -> None:
    try:
        assert len(resident_id.checked(text)) == resident_id.LENGTH
    except Refused as refusal:
        assert refusal.message


def test_equal_numbers_have_equal_indexes_that_do_not_tell_them() -> None:
    one, other = map(resident_id.index, VECTORS)
    assert one == resident_id.index(VECTORS[0]) != other
    assert len(one) == 64 and VECTORS[0] not in one


def test_the_mask_leaves_the_place_and_the_last_four() -> None:
    assert resident_id.masked(VECTORS[0]) == "1101**********002X"
    assert resident_id.masked("") == ""
