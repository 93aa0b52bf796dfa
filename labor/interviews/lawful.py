"""What an employer may neither ask at an interview nor give as a reason (妇女权益保障法 §43, 就业促进法 §3, §25–31).

Postings are looked at by the phrases of the lexicon; people at an interview ask in other words (“结婚了吗”), which are
listed here. Pure: the lexicon's matcher is handed in.
"""

import re
from dataclasses import dataclass

from employers.choices import PhraseFamily
from employers.lexicon import Matcher
from employers.lexicon.plain import plain

F = PhraseFamily
# Families of the lexicon that no criterion, question or answer to a worker may come near.
BARRED = frozenset({F.GENDER, F.MARRIAGE, F.ETHNICITY, F.RELIGION, F.HOUSEHOLD, F.HEALTH, F.AGE})
# And what nobody may demand of him either.
DEMANDS = frozenset({F.FEE, F.DEPOSIT, F.PAPERS})


@dataclass(frozen=True)
class Topic:
    """Something that is nobody's business. `law` says whose rule it is, `instead` what may be asked."""

    name: str
    pattern: re.Pattern[str]
    law: str
    instead: str


WOMEN, EQUAL = "妇女权益保障法第四十三条", "就业促进法第三条"
TOPICS = (
    Topic(
        "婚姻和生育",
        re.compile(
            "结婚|婚姻|婚育|婚否|未婚|已婚|离婚|离异|成家|男朋友|女朋友|男友|女友|谈恋爱|谈对象|有对象|找对象|出嫁|嫁人|娶"
            "|怀孕|怀上|孕检|妊娠|备孕|生育|生孩|生娃|生小孩|要孩子|要小孩|有孩子|有小孩|有没有娃|孩子谁带|小孩谁带"
            # Whom a nurse looked after is another matter.
            "|(?<!带过)(?<!照顾过)几个(?:孩子|小孩|娃)|二胎|三胎|产假"
        ),
        WOMEN,
        "可以问：什么时候能到岗？能上哪些班？",
    ),
    Topic(
        "性别",
        re.compile("性别|男的女的|男还是女|女的(?:能|不|做不)|男的(?:能|不)|女生|男生|女孩|男孩|女同志|男同志"),
        WOMEN,
        "可以问：这样的活您干过吗？",
    ),
    Topic(
        "年龄",
        re.compile(
            "年龄|年纪|岁数|今年多大|您多大|你多大|多大了|几岁|哪年生|哪一年生|几几年|属什么|属相|生肖"
            r"|[0-9一二三四五六七八九十]+岁(?:以上|以下|以内|左右|太|不)|太老|太年轻|[6789]0后|00后"
        ),
        EQUAL,
        "可以问：这样的活您干了几年？（满 16 周岁由平台核对）",
    ),
    Topic(
        "籍贯、户口和民族",
        re.compile(
            "籍贯|户籍|户口(?!本)|哪里人|哪儿人|哪的人|什么地方人|本地人|外地人|民族|少数民族|信教|宗教|信仰|信什么"
        ),
        EQUAL,
        "可以问：要不要安排住宿？路上要多久？",
    ),
    Topic(
        "长相和身体隐私",
        re.compile("身高|体重|长相|相貌|颜值|乙肝|艾滋|病史|残疾|残障|月经"),
        EQUAL,
        "可以问：要站着干 8 小时，您行吗？",
    ),
)


def objection(text: str, matcher: Matcher, *, also_demands: bool = False) -> str:
    """Why these words may not be used, in one sentence; empty when nothing stands against them."""
    words = plain(text)
    for topic in TOPICS:
        if found := topic.pattern.search(words):
            return f"“{found[0]}”说的是{topic.name}，不能问，也不能当条件（{topic.law}）。{topic.instead}"
    barred = BARRED | DEMANDS if also_demands else BARRED
    for hit in matcher.find({"text": text}):
        if hit.family in barred:
            advice = hit.advice or "请换成和干活有关的说法。"
            return f"“{hit.text}”涉及{PhraseFamily(hit.family).label}，不能这样写。{advice}"
    return ""
