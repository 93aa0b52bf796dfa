"""The unified social credit code (统一社会信用代码, GB 32100-2015): how it is written, and its check character.

Codes that begin with a letter (N, Y) are as good as others: rural collectives have such codes, and they hire too.
"""

import re
import unicodedata

from jinba.core.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z: too like 1, 0, 5, U, 2
LENGTH = 18
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
VALUE = {character: value for value, character in enumerate(ALPHABET)}
ORGANISATION = slice(8, 17)  # characters 9–17: the old organisation code of GB 11714
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
LOOKALIKES = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


def normalise(text: str) -> str:
    """Half-width capitals without blanks, dots and dashes."""
    return re.sub(r"[\s\-.·_]", "", unicodedata.normalize("NFKC", text or "")).upper()


def check_character(first: str) -> str:
    """The eighteenth character for the first seventeen."""
    total = sum(weight * VALUE[character] for weight, character in zip(WEIGHTS, first, strict=True))
    return ALPHABET[-total % 31]


def is_valid(code: str) -> bool:
    """Whether a normalised code has the right length, characters and check character."""
    return len(code) == LENGTH and VALUE.keys() >= set(code) and check_character(code[:-1]) == code[-1]


def checked(text: str) -> str:
    """The normalised code; Refused with what is wrong with it."""
    code = normalise(text)
    if not code:
        raise Refused("请填写统一社会信用代码，营业执照右上角有。", field="uscc")
    if len(code) != LENGTH:
        raise Refused(f"统一社会信用代码是 18 位，您填了 {len(code)} 位。", field="uscc")
    if strange := next((character for character in code if character not in VALUE), ""):
        meant = LOOKALIKES.get(strange)
        hint = f"，请看看是不是“{meant}”" if meant else ""
        raise Refused(f"统一社会信用代码里没有“{strange}”{hint}。", field="uscc")
    if check_character(code[:-1]) != code[-1]:
        raise Refused("统一社会信用代码对不上校验位，请对照营业执照再看一遍。", field="uscc")
    return code


def organisation_code_fits(code: str) -> bool:
    """Whether characters 9–17 are a sound organisation code of GB 11714. Only a hint to the officer: old codes fail."""
    body, check = code[ORGANISATION][:-1], code[ORGANISATION][-1]
    total = sum(weight * int(character, 36) for weight, character in zip(ORGANISATION_WEIGHTS, body, strict=True))
    rest = 11 - total % 11
    return check == {10: "X", 11: "0"}.get(rest, str(rest))
