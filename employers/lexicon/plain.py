"""Text as the matcher reads it: one width, one case, one script, without what people put between the characters."""

import re
import unicodedata

# Traditional characters of the words that the phrases are made of.
TRADITIONAL = (
    "別優證費訓貸壓務歲齡戶殘體檢錢繳納擔單過錄電話掃碼聯繫係號漢維爾傳銷賬帳內異鄉農東無沒與為對簽約產業勞"
    "動報償賠違離職須買賣個們級標準僅祇隻衹請謝絕嚴區縣邊風險獎勵資額學經驗歷歡藥癲癇愛帶攜陽聾啞視聽輕鬆"
    "興長時間萬賺點贊滿後從於實導師員數給還進發開關門處應當會說讓認識齊彙匯轉銀畢節機車馬華蘇滬貴雲廣遼寧"
    "濟溫義"
)
SIMPLIFIED = (
    "别优证费训贷压务岁龄户残体检钱缴纳担单过录电话扫码联系系号汉维尔传销账账内异乡农东无没与为对签约产业劳"
    "动报偿赔违离职须买卖个们级标准仅只只只请谢绝严区县边风险奖励资额学经验历欢药癫痫爱带携阳聋哑视听轻松"
    "兴长时间万赚点赞满后从于实导师员数给还进发开关门处应当会说让认识齐汇汇转银毕节机车马华苏沪贵云广辽宁"
    "济温义"
)
SIMPLER = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))
SOFT = frozenset(",、:.()[]/")
HARD = frozenset("。;!?\n")
_BRACKETS = {"{": "(", "}": ")", "〔": "[", "〕": "]", "【": "[", "】": "]", "\r": "\n"}
MOST_KNOWN = 30_000


class _Plain(dict[int, str]):
    """For `str.translate`: what becomes of each character, found out when it is met first."""

    def __missing__(self, code: int) -> str:
        plain = "".join(self._one(char) for char in unicodedata.normalize("NFKC", chr(code)).lower())
        if len(self) < MOST_KNOWN:
            self[code] = plain
        return plain

    @staticmethod
    def _one(char: str) -> str:
        char = _BRACKETS.get(SIMPLER.get(char, char), SIMPLER.get(char, char))
        return char if char.isalnum() or char in SOFT or char in HARD else ""


PLAIN = _Plain()
BREAKS = re.escape("".join(sorted(SOFT | HARD)))
SOFT_BREAKS = re.escape("".join(sorted(SOFT)))
# A Chinese character alone between two marks: 限、男 and 性别：男 are read without the marks, 不限男女，优先 with it.
LONELY = re.compile(rf"(?:(?<=^)|(?<=[{BREAKS}]))[\u4e00-\u9fff](?=[{BREAKS}]|$)")
MARKS_BEFORE = re.compile(rf"[{SOFT_BREAKS}]+$")
MARKS_AFTER = re.compile(rf"[{SOFT_BREAKS}]+")


def _idle_marks(tight: str) -> set[int]:
    """The places of marks that only keep a lonely character apart."""
    idle: set[int] = set()
    for lonely in LONELY.finditer(tight):
        before = MARKS_BEFORE.search(tight, 0, lonely.start())
        after = MARKS_AFTER.match(tight, lonely.end())
        for marks in (before, after):
            if marks:
                idle.update(range(*marks.span()))
    return idle


def plain(text: str) -> str:
    """The text in the form in which phrases are looked for."""
    tight = text.translate(PLAIN)
    idle = _idle_marks(tight)
    return "".join(char for place, char in enumerate(tight) if place not in idle) if idle else tight


def places(text: str) -> list[int]:
    """For each character of `plain(text)`: from which place of the text it comes."""
    tight, sources = [], []
    for place, char in enumerate(text):
        for one in PLAIN[ord(char)]:
            tight.append(one)
            sources.append(place)
    idle = _idle_marks("".join(tight))
    return [source for place, source in enumerate(sources) if place not in idle]
