"""The resident identity number (居民身份证号, GB 11643): how it is written, its check digit, and what it tells.

Area codes are not looked up: districts are dissolved and renumbered, and the number stays for life.
"""

import re
import unicodedata
from datetime import date

from django.utils import timezone

from jinba.core.encryption import blind_index
from jinba.core.errors import Refused

LENGTH = 18
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
FORM = re.compile(r"\d{17}[\dX]", re.ASCII)
OLDEST = 130  # nobody alive was born longer ago


def normalise(text: str) -> str:
    """Half-width digits and a capital X, without blanks, dots and dashes."""
    # × and х are what some keyboards and scans give for the letter.
    narrow = unicodedata.normalize("NFKC", text or "").translate({0xD7: "X", 0x445: "X", 0x425: "X"})
    return re.sub(r"[\s\-.·_\u200b\ufeff]", "", narrow).upper()


def check_digit(first: str) -> str:
    """The eighteenth character for the first seventeen."""
    return CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first, strict=True)) % 11]


def checked(text: str) -> str:
    """The normalised number; Refused with what is wrong with it. The sentence never repeats the number."""
    number = normalise(text)
    if not number:
        raise Refused("请填写身份证号。", field="resident_id")
    if len(number) == 15 and number.isascii() and number.isdigit():
        raise Refused("这是 15 位的旧号码，请填二代身份证上的 18 位号码。", field="resident_id")
    if len(number) != LENGTH:
        raise Refused(f"身份证号是 18 位，您填了 {len(number)} 位。", field="resident_id")
    if not FORM.fullmatch(number):
        raise Refused("身份证号前 17 位都是数字，最后一位是数字或 X。", field="resident_id")
    born = _date(number)
    if born is None or not 0 <= (timezone.localdate() - born).days <= OLDEST * 366:
        raise Refused("身份证号里的出生日期不对，请对照身份证再看一遍。", field="resident_id")
    if check_digit(number[:-1]) != number[-1]:
        raise Refused("身份证号对不上校验位，请对照身份证再看一遍。", field="resident_id")
    return number


def birth_date(number: str) -> date:
    """The day of birth that a checked number tells."""
    born = _date(number)
    if born is None:
        raise ValueError("not a checked number")
    return born


def index(number: str) -> str:
    """The blind index of a checked number: equal for equal numbers, and tells nothing else."""
    return blind_index(number, purpose="resident_id")


def masked(number: str) -> str:
    """3301**********1234; empty stays empty."""
    return f"{number[:4]}{'*' * 10}{number[-4:]}" if number else ""


def _date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
