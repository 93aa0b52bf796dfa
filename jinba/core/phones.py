import re
import unicodedata

from jinba.core.errors import Refused

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
# Area code and number, an extension perhaps; or a 400 or 800 number.
LANDLINE = re.compile(r"0\d{2,3}[2-9]\d{6,7}(?:-\d{1,6})?|[48]00\d{7}", re.ASCII)


def normalise_phone(text: str) -> str:
    """A mainland mobile number as 11 digits, from any usual way of writing it; Refused when it is none."""
    digits = re.sub(r"[\s\-()()]", "", unicodedata.normalize("NFKC", text or ""))
    digits = re.sub(r"^(\+|00)?86(?=1)", "", digits)
    if not MOBILE.fullmatch(digits):
        raise Refused("请输入 11 位手机号码。", field="phone")
    return digits


def normalise_contact(text: str) -> str:
    """A number under which an office is reached: a mobile one, or a landline as digits with `-` before an extension."""
    try:
        return normalise_phone(text)
    except Refused:
        words = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", text or ""))
        # The first hyphen parts the area code from the number, a second one the number from its extension.
        number = words.replace("-", "", 1) if words.startswith("0") else words.replace("-", "")
        if not LANDLINE.fullmatch(number):
            raise Refused("请输入手机号，或带区号的座机号，比如 0579-87654321。", field="phone") from None
        return number
