"""Shapes that no list of phrases can hold: years of age, telephone numbers, what stands in brackets.

They read the text in NFKC with its spaces and marks, because numbers run together without them.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from employers.choices import PhraseFamily

F = PhraseFamily
YOUNGEST, GROWN = 16, 18  # 未成年人保护法 §61: nobody below 16; from 16 to 17 with protection (§58 劳动法)


class Shape(NamedTuple):
    family: str
    words: str  # what was found, in words that hold no personal number
    start: int
    end: int
    advice: str


TELEPHONE = re.compile(
    r"(?<![\d.])1[\s\-.·_*]{0,2}[3-9](?:[\s\-.·_*]{0,2}\d){9}(?!\d)|(?<!\d)0\d{2,3}[\s-]?[2-9]\d{6,7}(?!\d)"
    r"|(?<!\d)[48]00[\s-]?\d{3}[\s-]?\d{4}(?!\d)"
)
ACCOUNT = re.compile(
    r"(?:微信|薇信|威信|徽信|v信|vx|wx|wechat|weixin|qq|扣扣)\s*(?:群|号码?|联系|同号)?\s*[:是为]?\s*"
    r"(?=[a-z\d_-]*\d)[a-z\d][a-z\d_-]{4,19}",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")
LINK = re.compile(r"http|www", re.IGNORECASE)
WEB = re.compile(r"https?://\S+|www\.[a-z\d-]+\.\S+", re.IGNORECASE)

DASH = r"\s*[-~—–至到]+\s*"
YEARS = r"\s*周?\s*岁"
# 18-45岁, 18岁到45岁, 年龄18-45
RANGE = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:{YEARS})?{DASH}(\d{{2}})(?!\d)(?:{YEARS})|年龄[^\d,。;\n]{{0,6}}(\d{{1,2}}){DASH}(\d{{2}})(?!\d)"
)
AT_MOST = re.compile(
    rf"(?<!\d)([1-9]\d){YEARS}\s*(?:以下|以内|之内|内|封顶|及以下)|(?:不超过|不大于|小于|低于|不高于)\s*([1-9]\d){YEARS}"
)
AT_LEAST = re.compile(
    rf"(?:年满|须满|需满|满|年龄|要求|招|从|滿)[^\d,。;\n]{{0,3}}(\d{{2}}){YEARS}(?!\s*以下)"
    rf"|(?<!\d)(\d{{2}}){YEARS}\s*(?:以上|及以上|起|即可|就可|也可|可|都可|均可)"
)
BELOW = re.compile(rf"(?:未满|不满|不到|低于|小于)\s*(1[0-8]){YEARS}|(?<!\d)(1[0-8]){YEARS}\s*(?:以下|及以下)")
# Whom one cares for or teaches, not whom one hires.
CARED_FOR = re.compile(
    r"\s*(?:及?以上|以下|左右|的|之间|、|和|或|段|龄|年龄段?)*\s*(?:儿童|孩|小朋友|少儿|幼儿|婴|宝宝|宝贝|青少年|学员|学生|老人|老年|客户|患者|病人|车|设备|人群|用户)"
)
CARING = re.compile(
    r"(?:服务|照顾|照护|看护|教|辅导|面向|针对|接待|护理|陪护|客户|患者|老人|孩子|儿童|学员|幼儿|宝宝)[^,。;\n]{0,6}$"
)
NOT_TAKEN = re.compile(r"^[^,。;\n]{0,8}?(?:勿|不招|不收|不要|不得|不能|不予|禁止|严禁|谢绝|请勿|免谈|除外|拒绝|不可)")
FORBIDDEN = re.compile(
    r"(?:不招|不收|不要|不得|不能|不用|禁止|严禁|拒绝|谢绝|杜绝|不会|非|不录用|不招用)[^,。;\n]{0,8}$"
)

HEIGHT = re.compile(
    r"身高[^\d,。;\n]{0,4}(?:1[.米]?[4-9]\d?|1[4-9]\d)\s*(?:cm|公分|厘米|米)?\s*(?:以上|及以上|左右)?", re.IGNORECASE
)
LABEL = re.compile(r"[(\[【]\s*(?:只?限|仅限)?\s*[男女](?:性|生|士|工)?\s*[)\]】]")
SEX_AT_END = re.compile(r"[\s\-—/·]+[男女](?:性|生|士|工)?\s*$")

AGE_ADVICE = "年龄不是上岗必需的就不要写；法律只规定必须年满 16 周岁。"
CONTACT_ADVICE = "联系方式请填在单位资料里，报名的人会从平台看到；岗位里不要留电话、微信和网址。"
HEIGHT_ADVICE = "身高不是上岗必需的就不要写；需要搬高处的东西，写清要做什么。"
GENDER_ADVICE = "不能限定或者优先性别，请删掉；活儿重，就写清要搬多重、怎么轮换。"
MINOR_ADVICE = "16、17 岁是未成年工：不能上夜班、不能接触危害，还要登记和体检。请写清，或改成年满 18 周岁。"
CHILD_ADVICE = "不能招用不满 16 周岁的人，请删掉。"


def shapes(text: str) -> Iterator[Shape]:
    """All shapes in a text; `start` and `end` count in `unicodedata.normalize("NFKC", text)`."""
    if LINK.search(text):
        for match in WEB.finditer(text):
            yield Shape(F.CONTACT, "网址", *match.span(), CONTACT_ADVICE)
    for match in LABEL.finditer(text):
        yield Shape(F.GENDER, match.group().strip(), *match.span(), GENDER_ADVICE)
    # Every other shape has a digit in it, and most texts have none.
    if not DIGIT.search(text):
        return
    for match in TELEPHONE.finditer(text):
        yield Shape(F.CONTACT, "电话号码", *match.span(), CONTACT_ADVICE)
    for match in ACCOUNT.finditer(text):
        yield Shape(F.CONTACT, "微信号或 QQ 号", *match.span(), CONTACT_ADVICE)
    for match in HEIGHT.finditer(text):
        if not _is_denied(text, match):
            yield Shape(F.HEALTH, "身高要求", *match.span(), HEIGHT_ADVICE)
    yield from _ages(text)


def _number(match: re.Match[str], *groups: int) -> int:
    return next((int(match[group]) for group in groups if match[group]), 0)


def _is_denied(text: str, match: re.Match[str]) -> bool:
    return bool(
        FORBIDDEN.search(text[max(0, match.start() - 14) : match.start()]) or NOT_TAKEN.match(text[match.end() :])
    )


def _is_of_others(text: str, match: re.Match[str]) -> bool:
    """Whether the years are those of people who are cared for or taught."""
    return bool(CARED_FOR.match(text, match.end()) or CARING.search(text[max(0, match.start() - 14) : match.start()]))


def _ages(text: str) -> Iterator[Shape]:
    for match in RANGE.finditer(text):
        low, high = _number(match, 1, 3), _number(match, 2, 4)
        if _is_of_others(text, match) or _is_denied(text, match) or not low < high or high < YOUNGEST:
            continue
        yield Shape(F.AGE, f"{low}-{high} 岁", *match.span(), AGE_ADVICE)
        if low < GROWN:
            yield Shape(F.MINOR, f"{low} 岁起", *match.span(), MINOR_ADVICE if low >= YOUNGEST else CHILD_ADVICE)
    for match in AT_MOST.finditer(text):
        most = _number(match, 1, 2)
        if most > GROWN and not _is_of_others(text, match) and not _is_denied(text, match):
            yield Shape(F.AGE, f"{most} 岁以下", *match.span(), AGE_ADVICE)
    for match in AT_LEAST.finditer(text):
        least = _number(match, 1, 2)
        if 10 <= least < GROWN and not _is_of_others(text, match) and not _is_denied(text, match):
            yield Shape(F.MINOR, f"{least} 岁起", *match.span(), MINOR_ADVICE if least >= YOUNGEST else CHILD_ADVICE)
    for match in BELOW.finditer(text):
        if not _is_of_others(text, match) and not _is_denied(text, match):
            yield Shape(F.MINOR, f"{_number(match, 1, 2)} 岁以下", *match.span(), CHILD_ADVICE)


def asks_for_children(text: str) -> str:
    """The words by which a text plainly seeks people under 16; empty when it does not. Doubtful words only flag."""
    text = unicodedata.normalize("NFKC", text)
    for pattern, groups in ((AT_LEAST, (1, 2)), (RANGE, (1, 3))):
        for match in pattern.finditer(text):
            if (
                10 <= _number(match, *groups) < YOUNGEST
                and not _is_of_others(text, match)
                and not _is_denied(text, match)
            ):
                return match.group().strip()
    return ""
