"""What a cell means: for each column the value in its clean form, or a Complaint. No complaint repeats the cell."""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from jinba.accounts.names import clean_name
from jinba.core import resident_id
from jinba.core.errors import Refused
from jinba.core.phones import MOBILE, normalise_phone
from jinba.reference import places
from jinba.reference.trades import trade_of
from labor.workers.answers import FIELDS, MOST_PAY, MOST_PLACES, MOST_TRADES
from labor.workers.intake.columns import EDUCATION_WORDS, GROUP_WORDS
from labor.workers.intake.workbook import Broken, Value

HOME_CITY = "四川省巴中市"
EXCEL_EPOCH = date(1899, 12, 30)
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?1\d", re.IGNORECASE)
BY_TEXT = "请把这一列设成“文本”格式再填"


class Complaint(Exception):
    """What is wrong with a cell, without its content. Only a fatal one keeps the roster from being registered."""

    def __init__(self, words: str, *, is_fatal: bool = True) -> None:
        super().__init__(words)
        self.words = words
        self.is_fatal = is_fatal


@dataclass(frozen=True)
class Home:
    code: str
    rest: str = ""  # what the division does not cover: a township not known, a road


def text_of(value: Value) -> str:
    """The cell as plain text: half-width, without the invisible signs that copying brings along."""
    if value is None:
        return ""
    if isinstance(value, str) and value.isalnum() and unicodedata.is_normalized("NFKC", value):
        return value
    if isinstance(value, Broken):
        raise Complaint(value.why)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        raise Complaint("内容不对，请直接填写")
    text = unicodedata.normalize("NFKC", str(value))
    text = "".join(" " if c in "\r\n\t\xa0" else c for c in text)
    return "".join(c for c in text if c.isprintable()).strip().strip("'’‘`").strip()


def name(value: Value) -> str:
    text = text_of(value)
    if re.search(r"\d{4,}", text):
        raise Complaint("里面有一串数字，是不是填错列了")
    return _asked(clean_name, text)


def phone(value: Value) -> str:
    text = text_of(value)
    digits = re.sub(r"\D", "", text)
    try:
        return normalise_phone(text)
    except Refused:
        pass
    if SCIENTIFIC.search(text):
        raise Complaint(f"被表格写成了科学计数，后几位已经丢了。{BY_TEXT}")
    found = [number for number in re.split(r"[^\d]+", text) if MOBILE.fullmatch(number)]
    if len(found) == 1 and len(digits) == 11:
        return found[0]  # 138…（妻子）
    if len(found) > 1 or len(digits) >= 22:
        raise Complaint("写了不止一个号码，请只留一个")
    if not digits:
        raise Complaint("没有数字，应是 11 位手机号")
    if re.fullmatch(r"0\d{2,3}-?[2-9]\d{6,7}", re.sub(r"[\s()]", "", text)):
        raise Complaint("像是座机号，请填手机号")
    if len(digits) != 11:
        less = len(digits) < 11
        raise Complaint(f"{'少' if less else '多'}了 {abs(len(digits) - 11)} 位，应是 11 位")
    raise Complaint("不像手机号，请核对前两位")


def identity(value: Value) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return resident_id.checked(str(value))
        except Refused:
            if abs(value) >= 10**15:
                raise Complaint(f"被表格当成了数字，后几位已经丢了。{BY_TEXT}") from None
    text = text_of(value)
    if SCIENTIFIC.search(text):
        raise Complaint(f"被表格当成了数字，后几位已经丢了。{BY_TEXT}")
    return _asked(resident_id.checked, text)


def birth_date(value: Value) -> date | None:
    return _asked(FIELDS["birth_date"], _day(value))


def _day(value: Value) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 3_000 < value < 60_000:  # a date whose cell lost its format
            return EXCEL_EPOCH + timedelta(days=int(value))
        value = str(value)
    text = re.sub(r"\s|出生|生$", "", text_of(value))
    parts = re.fullmatch(r"(\d{4})[-./年,、](\d{1,2})[-./月,、](\d{1,2})日?", text) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", text
    )
    if not parts:
        if re.fullmatch(r"\d{4}[-./年]?(\d{1,2}月?)?", text):
            raise Complaint("请写到哪一天，如 1990-05-06")
        raise Complaint("看不懂这个日期，请写成 1990-05-06 这样")
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError:
        raise Complaint("没有这一天，请核对") from None


def home(county: Value, town: Value, known: Collection[str]) -> Home:
    """Where the home is, as deep as the reference data (`known` codes) goes; Refuse what is not proven to a county."""
    first, second = text_of(county), text_of(town)
    found = None
    for text in (f"{first}{second}", first, f"{HOME_CITY}{first}{second}", f"{HOME_CITY}{first}"):
        place = places.resolve(text) if text else None
        if place and len(place.code) >= 6 and (found is None or len(place.code) > len(found.code)):
            found = place
            read_town = text.endswith(second) and bool(second)
        if found and len(found.code) > 6:
            break
    if found is None:
        raise Complaint("认不出是哪个县（市、区），请写全，如“四川省巴中市通江县”")
    code = found.code
    while code not in known and len(code) > 6:
        code = code[:6]
    if code not in known:
        raise Complaint("认不出是哪个县（市、区），请写全，如“四川省巴中市通江县”")
    rest = found.rest if code == found.code else ""
    left = second if second and not (read_town and len(code) > 6) else ""
    return Home(code, rest if left and left in rest else f"{rest}{left}")


def village(value: Value) -> str:
    text = text_of(value)
    if len(text) > 60:
        raise Complaint("太长了，最多 60 个字")
    return text


def education(value: Value) -> int:
    text = re.sub(r"[\s()]", "", text_of(value))
    found = EDUCATION_WORDS.get(text)
    if found is None:
        found = EDUCATION_WORDS.get(re.sub(r"(毕业|肄业|学历|文化|生|在读)$", "", text))
    if found is None:
        raise Complaint(
            "没认出来，会先空着。可选：小学及以下、初中、高中·中专·技校、大专、本科、研究生", is_fatal=False
        )
    return int(found)


def _listed(value: Value) -> list[str]:
    words = (word.strip() for word in re.split(r"[、,;/|和或\s]+", text_of(value)))
    return [word for word in words if word]


ANYTHING = frozenset(
    {"不限", "都行", "都可以", "随便", "什么都行", "无", "没有", "无要求", "均可", "哪里都行", "服从安排"}
)


def trades(value: Value, known: Collection[int]) -> list[int]:
    words = [word for word in _listed(value) if word not in ANYTHING]
    codes = (trade_of(word) for word in words)
    found = list(dict.fromkeys(code for code in codes if code is not None and code in known))
    if words and not found:
        raise Complaint("没认出这个工种，会先空着。请参照“填写说明”里的工种", is_fatal=False)
    return found[:MOST_TRADES]


def wanted_places(value: Value, known: Collection[str]) -> list[str]:
    """Codes of our two cities, their counties and zones."""
    words = [word for word in _listed(value) if word not in ANYTHING]
    codes = []
    for word in words:
        place = places.resolve(word)
        if place is None:
            continue
        nearest = (place.zone, place.code, place.code[:6], place.code[:4] if len(place.code) == 4 else "")
        code = next((code for code in nearest if code in known), "")
        if code:
            codes.append(code)
    codes = list(dict.fromkeys(codes))
    if words and not codes:
        raise Complaint("没认出这个地方，会先空着。请写金华、巴中或者它们的县（市、区）", is_fatal=False)
    return codes[:MOST_PLACES]


def min_pay(value: Value) -> int:
    text = text_of(value)
    if text in ANYTHING or text in ("面议", "0"):
        return 0
    found = re.match(r"(\d[\d,]*(?:\.\d+)?)(万|[kK千])?", text)
    if not found:
        raise Complaint("看不懂这个工资，会先空着。请只写数字，如 5000", is_fatal=False)
    amount = round(
        float(found[1].replace(",", "")) * {"万": 10_000, "千": 1_000, "K": 1_000}.get((found[2] or "").upper(), 1)
    )
    if not 0 <= amount <= MOST_PAY or 0 < amount < 300:
        raise Complaint("不像每月的工资，会先空着。请写每月多少元，如 5000", is_fatal=False)
    return amount


def group(value: Value) -> str:
    text = re.sub(r"\s", "", text_of(value)).upper()
    if len(text) > 20:
        raise Complaint("太长了，填 1、2 这样的编号就行")
    return text


def group_kind(value: Value) -> str:
    text = text_of(value)
    found = GROUP_WORDS.get(text)
    if found is None:
        raise Complaint("没认出来，请填“夫妻”或者“同乡”")
    return str(found)


def note(value: Value) -> str:
    return text_of(value)[:120]


def _asked(rule: Callable[[Any], Any], value: Any) -> Any:
    """A rule of the house; its sentence is about a person who types, ours about a cell."""
    try:
        return rule(value)
    except Refused as refusal:
        raise Complaint(refusal.message.rstrip("。").replace("您填了", "现在是")) from None
