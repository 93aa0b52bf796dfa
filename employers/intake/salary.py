"""Chinese salary texts into whole yuan.

`parse("6千-1.2万·13薪")` is 6000 to 12000 yuan a month. Monthly equivalents: a month has 21.75 paid days
(365 − 104 days of rest, divided by 12) of 8 hours (劳社部发〔2008〕3号, see `employers.pay`); a week is 7 days of
365.25/12, a year 12 months. The number of payments a year (13薪) is kept but never raises the monthly base pay.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from employers.pay import DAYS_A_MONTH, HOURS_A_MONTH

WEEKS_A_MONTH = Decimal("365.25") / 12 / 7
MOST_A_MONTH = 2_000_000

PER_MONTH = {
    "month": Decimal(1),
    "day": DAYS_A_MONTH,
    "hour": HOURS_A_MONTH,
    "week": WEEKS_A_MONTH,
    "year": Decimal(1) / 12,
}
UNIT_WORDS = {
    "month": ("个月", "月薪", "月", "month", "mon", "m"),
    "day": ("工作日", "天", "日薪", "日", "day", "d"),
    "hour": ("个小时", "小时", "时薪", "钟头", "时", "hour", "h"),
    "week": ("个星期", "星期", "周薪", "周", "week"),
    "year": ("年薪", "年", "year", "y"),
}
UNIT_OF = {word: unit for unit, words in UNIT_WORDS.items() for word in words}
MULTIPLE = {"": 1, "元": 1, "百": 100, "千": 1000, "万": 10_000, "百万": 1_000_000}

NOT_STATED = frozenset(
    [
        "面议",
        "薪资面议",
        "薪酬面议",
        "工资面议",
        "待遇面议",
        "价格面议",
        "面谈",
        "薪资面谈",
        "待定",
        "另议",
        "详谈",
        "薪资详谈",
        "保密",
        "薪资保密",
        "无",
        "暂无",
        "不限",
        "-",
        "--",
        "nan",
        "null",
        "none",
        "n/a",
        "negotiable",
    ]
) | {""}

_NUMBER = r"\d+(?:\.\d+)?"
_SCALE = r"百万|[千万百元]"
_WORDS = "|".join(sorted(UNIT_OF, key=len, reverse=True))
_UNIT = rf"(?:[/每一]+(?P<unit>{_WORDS})|(?P<bare_unit>月薪|年薪|日薪|时薪|周薪))"
_FORM = re.compile(
    rf"""^(?:(?P<lead>月薪|年薪|日薪|时薪|周薪|每月|每年|每天|每日|每小时|每周|月|年|日)[:]?)?
    (?:(?P<from>从|自)|(?P<open_lead>不低于|至少|大于|高于|最低)|(?P<closed_lead>不超过|至多|小于|低于|最高))?
    (?P<low>{_NUMBER})(?P<low_scale>{_SCALE})?(?:元)?(?:/(?P<low_unit>{_WORDS}))?
    (?:(?:-)(?P<high>{_NUMBER})(?P<high_scale>{_SCALE})?)?
    (?:人民币|rmb|元|块)?
    (?:{_UNIT})?
    (?P<edge>及?以上|及?以下|以内|起|\+|左右)?
    (?:{_UNIT.replace("unit>", "unit2>")})?
    (?P<edge2>及?以上|及?以下|以内|起|\+|左右)?
    (?:(?P<months>\d{{1,2}})薪)?$""",
    re.VERBOSE,
)


class Unreadable(ValueError):
    """The salary is stated but makes no sense to us; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Pay:
    """Yuan per `unit` (month, day, hour, week, year); `max` is None when open-ended (以上).

    `monthly_min` and `monthly_max` are the equivalents a month; "8千及以下" has no lower end and gives `min` None.
    `months` is the number of payments a year if stated (13薪), else 12. `swapped`: the text had the larger first.
    """

    min: int | None
    max: int | None
    unit: str
    months: int
    monthly_min: int | None
    monthly_max: int | None
    swapped: bool = False


def _normal(text: str) -> str:
    """One way of writing: half-width, lower case, no blanks or thousands commas, `-` for a dash, `/` before a unit."""
    plain = unicodedata.normalize("NFKC", text or "").lower().replace("\ufffd", "")
    plain = re.sub(r"[\s\u200b\ufeff]+", "", plain)
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", plain)
    plain = re.sub(r"[¥￥$]|人民币|rmb|cny", "", plain)
    plain = re.sub(r"[-‐‑‒–—―−~∼〜～﹣－至到]+", "-", plain)
    plain = re.sub(r"\((.*?)\)$", r"\1", plain)
    plain = plain.replace("k", "千").replace("w", "万").replace("一个月", "/月").replace("每", "/").replace("圆", "元")
    return plain.strip("·.,;。")


def is_stated(text: str) -> bool:
    """False for an empty cell and for 面议 and its kin."""
    return _normal(text).strip("-") not in NOT_STATED and _normal(text) not in NOT_STATED


def parse(text: str) -> Pay | None:
    """The pay that a text states; None when it states none; raises Unreadable with the reason.

    A range written the wrong way round (1.2万-6千) is turned, and says so in `swapped`. A range with one scale word
    takes it for both ends (1-1.5万, 6-8千). Refused: zero; more than two million a month; a bare number below 1000
    (yuan a day, thousands, or a slip?); and a text that lost bytes, for 1.5 万 without its point is fifteen.
    """
    plain = _normal(text)
    if not is_stated(text):
        return None
    if "\ufffd" in text:
        raise Unreadable(f"有损坏的字符，可能少了数字或单位：{text}")
    months = 12
    paid = re.search(r"[·.*x×,/+]?(\d{1,2})(?:薪|个月工?薪)$", plain)
    if paid and paid.start() > 0:
        months, plain = int(paid.group(1)), plain[: paid.start()]
        if not 12 <= months <= 36:
            raise Unreadable(f"一年发 {months} 次工资，不合常理：{text}")
    match = _FORM.match(plain)
    if match is None:
        raise Unreadable(f"看不懂这种工资写法：{text}")
    part = match.groupdict()
    unit = _unit(part)
    low, high = Decimal(part["low"]), Decimal(part["high"]) if part["high"] else None
    low_scale, high_scale = part["low_scale"] or "", part["high_scale"] or ""
    if high is not None and not high_scale and low_scale in ("千", "万", "百"):
        # 6千-8 and 1万-2: the second number goes by the first one's word.
        high_scale = low_scale if high < 1000 else ""
    if high is not None and not low_scale:
        low_scale = high_scale if high_scale != "元" else ""
        if low_scale and (low >= 1000 or (low >= 100 and low > high)):
            low_scale = ""  # 6000-1.2万, 800-1.2千
    scaled = MULTIPLE[low_scale] > 1 or MULTIPLE[high_scale] > 1
    low *= MULTIPLE[low_scale]
    if high is not None:
        high *= MULTIPLE[high_scale]
    explicit = unit is not None or low_scale == "元" or high_scale == "元" or "元" in plain
    if not scaled and not explicit and max(low, high or 0) < 1000:
        raise Unreadable(f"只有数字，不知道是多少元、按什么算：{text}")
    unit = unit or "month"
    swapped = high is not None and high < low
    if swapped and high is not None:
        low, high = high, low
    return _pay(text, low, high, unit, months, _edge(part), swapped)


def _unit(part: dict[str, str | None]) -> str | None:
    words = [part[key] for key in ("unit", "bare_unit", "unit2", "bare_unit2", "low_unit") if part.get(key)]
    lead = part["lead"]
    if lead:
        words.append(lead.removeprefix("每"))
    for word in words:
        if word in UNIT_OF:
            return UNIT_OF[word]
    return None


def _edge(part: dict[str, str | None]) -> str:
    edge = part["edge"] or part["edge2"] or ""
    if part["open_lead"] or edge in ("起", "+") or edge.endswith("以上"):
        return "open"
    if part["closed_lead"] or edge == "以内" or edge.endswith("以下"):
        return "closed"
    return ""


def _pay(text: str, low: Decimal, high: Decimal | None, unit: str, months: int, edge: str, swapped: bool) -> Pay:
    first: Decimal | None = low
    last: Decimal | None = high
    if high is None:
        if edge == "open":
            last = None
        elif edge == "closed":
            first, last = None, low
        else:
            last = low
    elif edge == "open":
        last = high
    for amount in (first, last):
        if amount is not None and amount <= 0:
            raise Unreadable(f"工资为 0，不合常理：{text}")
        if amount is not None and amount * PER_MONTH[unit] > MOST_A_MONTH:
            raise Unreadable(f"折合每月超过 {MOST_A_MONTH // 10_000} 万元，不合常理：{text}")
    return Pay(
        min=_yuan(first),
        max=_yuan(last),
        unit=unit,
        months=months,
        monthly_min=_yuan(None if first is None else first * PER_MONTH[unit]),
        monthly_max=_yuan(None if last is None else last * PER_MONTH[unit]),
        swapped=swapped,
    )


def _yuan(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount.quantize(Decimal(1), ROUND_HALF_UP))
