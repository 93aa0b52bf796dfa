"""What may be said in a room at once, and what the crew reads first. Pure: no database, no clock.

Most who write here are workers who ask. A phrase that a posting must not contain (“要押金”, “招女”) is what they need
to know about, so a clause that asks is let through; whoever states it is read first. Ways around the platform
(telephones, accounts, addresses) are read first whoever asks, and so are insults.
"""

import re
import unicodedata
from collections.abc import Iterable

from employers.choices import PhraseFamily
from employers.lexicon import Matcher
from employers.lexicon.patterns import ACCOUNT, TELEPHONE

F = PhraseFamily
LONGEST = 200
DISCRIMINATION = frozenset({F.GENDER, F.MARRIAGE, F.ETHNICITY, F.RELIGION, F.HOUSEHOLD, F.HEALTH})
MONEY = frozenset({F.FEE, F.DEPOSIT, F.PAPERS})
# What viewers say of age, pay and insurance concerns themselves; it is the posting that has to be lawful.
READ_FIRST = DISCRIMINATION | MONEY
ALWAYS = frozenset({F.FRAUD, F.CONTACT})
# The crew may give the number of the zone's desk, but must not say what no posting may say.
CREW_MUST_NOT = DISCRIMINATION | MONEY | {F.FRAUD}
WHY = {
    **dict.fromkeys(DISCRIMINATION, "可能是歧视的说法"),
    **dict.fromkeys(MONEY, "说到交钱、押证件"),
    F.FRAUD: "可能是骗人的说法",
    F.CONTACT: "留了联系方式",
}
LINK, RUDE, AGAIN = "有网址", "可能在骂人", "同一句话发了几遍"
PERSONAL = "有证件号或者卡号"

# Control characters, directions and joiners show nothing; a line break of a phone's keyboard is a space.
BLANK = frozenset({"Zs", "Zl", "Zp"})
NOTHING = frozenset({"Cc", "Cf", "Co", "Cs"})
MARKS = frozenset({"Mn", "Me"})
MOST_MARKS = 2  # on one character; towers of them cover the lines above
# Blanks of other scripts that Unicode counts among letters.
EMPTY_LETTERS = dict.fromkeys(map(ord, "ᅟᅠㅤﾠ⠀"))

CLAUSE = re.compile(r"[^，,。；;！!、\n]+[，,。；;！!、\n]?")
ASKS = re.compile(
    r"[?？]|吗|么(?!样)|嘛|呢|多少|几个|几点|哪|怎么|什么|要不要|有没有|是不是|收不收|招不招|可不可以|能不能|行不行|交不交|扣不扣"
)
# An address without http: 点 and 。 as people write them around filters. “8点app上报名” is none.
ADDRESS = re.compile(
    r"(?<![a-z\d@])(?:[a-z\d-]{1,30}\s?[.。·•]\s?){1,3}(?:com|cn|net|org|top|xyz|vip|cc|info|site|club|shop|link|app|me|io|tv)(?![a-z])"
    r"|[a-z][a-z\d-]{1,30}\s?点\s?(?:com|cn|net|org|top|xyz|vip|cc)(?![a-z])",
    re.IGNORECASE,
)
SCHEME = re.compile(r"https?|www[.。]|：//|://", re.IGNORECASE)
# Figures as words and in circles are figures after NFKC, but 一三八 is not.
SPOKEN = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺", "00123456789123456789" + "1")
# Whatever stands between, but for the colons of hours.
SPOKEN_PHONE = re.compile(r"(?<!\d)(?:86[^\w:]{0,3})?1[^\w:]{0,3}[3-9](?:(?:[^\w:]{0,3}|_{1,2})\d){9}(?!\d)")
NUMBER_AFTER = re.compile(
    r"(?:微信|薇信|威信|徽信|v信|加v|加我|vx|wx|wechat|weixin|qq|扣扣|企鹅)[^\d]{0,6}(?:\d[\s\-.·_]{0,2}){6,12}",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"[^\w:]+")  # “微 信 abc12345”
BESIDE = re.compile(r"(?<![a-z])v\s?:\s?(?=[a-z_-]*\d)[a-z][a-z\d_-]{5,19}", re.IGNORECASE)  # v：abc12345
# A resident's number, and cards of banks: who asks with his own should not have it read by thousands.
NUMBER_OF_PERSON = re.compile(
    r"(?<!\d)\d{15,19}(?!\d)|(?<!\d)\d{17}x(?![a-z])|(?<!\d)62\d{2}(?:[\s-]?\d{4}){3}(?:[\s-]?\d{1,3})?(?!\d)"
    r"|(?<!\d)[1-9]\d{5}[\s-]?(?:19|20)\d{2}[\s-]?(?:0[1-9]|1[0-2])[\s-]?(?:[0-2]\d|3[01])[\s-]?\d{3}[\dx](?!\d)",
    re.IGNORECASE,
)
INSULTS = re.compile(
    r"傻[\W_]{0,3}[逼比bB叉×屄]|煞[\W_]{0,3}笔|沙比|(?<![a-zA-Z])[sS][bB](?![a-zA-Z])|草[你尼]|操你|艹你|(?<![今明昨每周生节假当])日你|你妈(?!妈)|尼玛|妈的(?!妈)|他妈|特么的|狗日|龟儿子|"
    r"王八蛋|混蛋|滚蛋|去死|死全家|贱人|婊子|脑残|白痴|弱智|智障|傻子|傻瓜|骗子公司|垃圾公司|黑心老板|cnm|nmsl",
)


def clean(text: str) -> str:
    """One line without anything that shows nothing: control characters, zero-width ones, blanks of all kinds."""
    text = unicodedata.normalize("NFC", text).translate(EMPTY_LETTERS)
    shown, marks = [], 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in MARKS else 0
        if char in "\t\n\r\v\f" or category in BLANK:
            shown.append(" ")
        elif category not in NOTHING and marks <= MOST_MARKS:
            shown.append(char)
    return " ".join("".join(shown).split())


def plain_key(text: str) -> str:
    """Equal for what says the same: without marks, blanks and case."""
    even = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in even if char.isalnum()) or even


def stated(text: str) -> str:
    """The clauses that do not ask."""
    return "".join(clause for clause in CLAUSE.findall(text) if not ASKS.search(clause))


def why_held(text: str, matcher: Matcher) -> str:
    """Why the crew reads this line before the room does; empty when it goes out at once."""
    if ways := _way_out(text):
        return ways
    said = _families(text, matcher) & ALWAYS
    said |= _families(stated(text), matcher) & READ_FIRST
    for family in F:  # in the order of the list, so that the same words have the same reason
        if family in said:
            return WHY[family]
    return RUDE if INSULTS.search(unicodedata.normalize("NFKC", text)) else ""


def crew_must_not(text: str, matcher: Matcher) -> str:
    """Why the crew cannot say this either; empty when it can."""
    if NUMBER_OF_PERSON.search(unicodedata.normalize("NFKC", text)):
        return "证件号和卡号不能写在这里，谁都看得到。请删掉再发。"
    found = [hit for hit in matcher.find({"text": stated(text)}) if hit.family in CREW_MUST_NOT]
    return f"“{found[0].text}”不能这样说：{WHY[F(found[0].family)]}。请换个说法。" if found else ""


def _families(text: str, matcher: Matcher) -> set[str]:
    return {hit.family for hit in matcher.find({"text": text})} if text else set()


def leads_away(text: str) -> bool:
    """Whether it holds a number, an account or an address by which people are led out of the room."""
    return bool(_way_out(text))


def _way_out(text: str) -> str:
    even = unicodedata.normalize("NFKC", text)
    even = "".join(char for char in even if unicodedata.category(char) not in MARKS)  # figures on keys: 1️⃣3️⃣8️⃣
    if SCHEME.search(even) or ADDRESS.search(even):
        return LINK
    if NUMBER_OF_PERSON.search(even):
        return PERSONAL
    figures, close = even.translate(SPOKEN), BETWEEN.sub("", even)
    if _any((TELEPHONE, ACCOUNT, NUMBER_AFTER, BESIDE), even) or _any((SPOKEN_PHONE, NUMBER_AFTER), figures):
        return WHY[F.CONTACT]
    return WHY[F.CONTACT] if ACCOUNT.search(close) else ""


def _any(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)
