"""Numbers as people write them."""

import pytest

from jinba.core.errors import Refused
from jinba.core.phones import normalise_contact, normalise_phone


@pytest.mark.parametrize(
    "written",
    ["13812345678", " 138 1234 5678 ", "138-1234-5678", "+86 13812345678", "008613812345678", "１３８１２３４５６７８"],
)
def test_a_mobile_number_is_eleven_digits_however_it_is_written(written: str) -> None:
    assert normalise_phone(written) == normalise_contact(written) == "13812345678"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0579-87654321", "057987654321"),
        ("(0579) 8765 4321", "057987654321"),
        ("0579-87654321-801", "057987654321-801"),
        ("010-62345678", "01062345678"),
        ("0827-5261234", "08275261234"),
        ("400-123-4567", "4001234567"),
    ],
)
def test_an_office_may_have_a_landline_but_no_code_is_sent_there(written: str, kept: str) -> None:
    assert normalise_contact(written) == kept
    with pytest.raises(Refused, match="11 位"):
        normalise_phone(written)


@pytest.mark.parametrize(
    "written", ["", "12", "12812345678", "0579", "0579-123", "87654321", "0579-87654321-80-1", "电话"]
)
def test_what_is_no_number_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(Refused, match="0579-87654321"):
        normalise_contact(written)
