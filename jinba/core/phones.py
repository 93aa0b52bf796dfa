import re
import unicodedata

from jinba.core.errors import Refused

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def normalise_phone(text: str) -> str:
    """A mainland mobile number as 11 digits, from any usual way of writing it; Refused when it is none."""
    digits = re.sub(r"[\s\-()()]", "", unicodedata.normalize("NFKC", text or ""))
    digits = re.sub(r"^(\+|00)?86(?=1)", "", digits)
    if not MOBILE.fullmatch(digits):
        raise Refused("请输入 11 位手机号码。", field="phone")
    return digits
