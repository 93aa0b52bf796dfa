import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from employers import uscc
from jinba.core.errors import Refused

VECTOR = "91110000600037341L"
first_seventeen = st.text(alphabet=uscc.ALPHABET, min_size=17, max_size=17)
character = st.sampled_from(uscc.ALPHABET)


def code(first: str) -> str:
    return first + uscc.check_character(first)


def test_the_published_vector_is_valid() -> None:
    assert uscc.is_valid(VECTOR)
    assert uscc.organisation_code_fits(VECTOR)


def test_the_weights_are_those_of_the_standard() -> None:
    assert uscc.WEIGHTS == (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@pytest.mark.parametrize(
    "typed", [" 91110000 60003734 1L ", "91110000600037341l", "91110000-600037341-L", "91110000600037341L"]
)
def test_every_way_of_writing_it_comes_to_the_same(typed: str) -> None:
    assert uscc.checked(typed) == VECTOR


@pytest.mark.parametrize("letter", ["Y", "N"])
def test_a_code_that_begins_with_a_letter_is_accepted(letter: str) -> None:
    rural = code(letter + "2511921MF0123456")
    assert uscc.checked(rural) == rural


def test_an_unsound_organisation_code_is_only_a_warning() -> None:
    doubtful = code("91110000600037340")
    assert uscc.checked(doubtful) == doubtful
    assert not uscc.organisation_code_fits(doubtful)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写统一社会信用代码"),
        ("   ", "请填写统一社会信用代码"),
        (VECTOR[:-1], "您填了 17 位"),
        (VECTOR + "1", "您填了 19 位"),
        ("9111OOOO600037341L", "请看看是不是“0”"),
        ("9I110000600037341L", "请看看是不是“1”"),
        ("9111000060003734中L", "没有“中”"),
        ("91110000600037342L", "校验位"),
    ],
)
def test_a_wrong_code_is_refused_with_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        uscc.checked(typed)
    assert said in refusal.value.message
    assert refusal.value.field == "uscc"


@given(first_seventeen, st.integers(0, 17), character)
def test_every_change_of_one_character_is_noticed(first: str, place: int, other: str) -> None:
    # Each weight is a power of 3, none of which is 0 modulo the prime 31; the check character's weight is 1.
    sound = code(first)
    assume(sound[place] != other)
    assert not uscc.is_valid(sound[:place] + other + sound[place + 1 :])


@given(first_seventeen, st.integers(0, 17), st.integers(0, 17))
def test_two_swapped_characters_are_noticed_unless_they_are_the_first_and_the_last(first: str, a: int, b: int) -> None:
    # 3 has order 30 modulo 31, so the 17 weights differ; but the first weight is 1, like the check character's.
    sound = list(code(first))
    assume(sound[a] != sound[b])
    sound[a], sound[b] = sound[b], sound[a]
    assert uscc.is_valid("".join(sound)) == ({a, b} == {0, 17})


@given(st.text(max_size=30))
def test_no_text_breaks_the_check(text: str) -> None:
    try:
        assert uscc.is_valid(uscc.checked(text))
    except Refused as refusal:
        assert refusal.message
