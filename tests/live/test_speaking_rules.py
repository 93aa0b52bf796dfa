"""What goes out at once, what the crew reads first, what it must not say itself."""

import csv

import pytest

from employers.actions.lexicon import SHIPPED
from employers.lexicon import Entry, Matcher
from labor.live.speaking_rules import clean, crew_must_not, plain_key, why_held

with SHIPPED.open(encoding="utf-8", newline="") as opened:
    MATCHER = Matcher(Entry(row["family"], row["phrase"], row["advice"]) for row in csv.DictReader(opened))


@pytest.mark.parametrize(
    "text",
    [
        "有没有夫妻房",
        "要押金吗",
        "要不要交体检费？",
        "招女的吗？我老婆也想来",
        "45岁以上要不要",
        "17岁能不能去",
        "外地人收不收",
        "不交社保可以吗",
        "工资多少一个月，有6000吗",
        "计件单价0.35元一个，一天做1200个",
        "2026年11月23号能进厂吗",
        "主播讲得清楚，谢谢",
        "去年在永康做了3年冲床，一个月6500",
        "身份证要带吗，照片要几张",
        "他们说不收押金，是真的",
        "妈妈带两个娃能住吗",
        "你妈妈也在这个厂吧",
        "1号线坐到哪一站下",
        "3.5元一件，8.5小时",
        "工资5000到6000，早上8:00-20:00，一个月休4天",
        "早班15:00-17:30，晚班8:00",
        "月薪10000-12000，13薪，2026-12-01到岗",
        "8点app上报名吗",
        "微信群里 2 个人问，5000的有吗",
        "今日你们招多少人",
        "USB线是厂里做的吗",
    ],
)
def test_what_workers_ask_goes_out_at_once(text: str) -> None:
    assert why_held(text, MATCHER) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("打我电话13857900001", "联系方式"),
        ("电话 138 5790 0001", "联系方式"),
        ("138-5790-0001 找我", "联系方式"),
        ("一三八五七九零零零零一", "联系方式"),
        ("１３８５７９００００１", "联系方式"),
        ("①③⑧⑤⑦⑨⓪⓪⓪⓪①", "联系方式"),
        ("加微信 wx: abc12345", "联系方式"),
        ("微信号jinba_2026", "联系方式"),
        ("扣扣 123 456 789", "联系方式"),
        ("详情私信我", "联系方式"),
        ("上 http://a.example.com 看", "网址"),
        ("www.zhaogong.cn", "网址"),
        ("百度 zhaogong。com", "网址"),
        ("+86 13857900001", "联系方式"),
        ("138/5790/0001", "联系方式"),
        ("138～5790—0001", "联系方式"),
        ("1️⃣3️⃣8️⃣5️⃣7️⃣9️⃣0️⃣0️⃣0️⃣0️⃣1️⃣", "联系方式"),
        ("微 信 abc12345", "联系方式"),
        ("微❤信abc12345", "联系方式"),
        ("v：abc12345", "联系方式"),
        ("zhaogong点com", "网址"),
        ("我身份证511902199001011234能报名吗", "证件号"),
        ("511902 19900101 123X", "证件号"),
        ("51190219900101123x", "证件号"),
        ("工资打到6222 0212 3456 7890 123行吗", "证件号"),
        ("6222021234567890123", "证件号"),
        ("主播是傻 逼", "骂人"),
        ("刷单，一天两百", "骗人"),
        ("只招女的，男的别来", "歧视"),
        ("这个厂不招四川", "歧视"),
        ("进厂要交押金500元", "交钱"),
        ("先交押金，行吗", "交钱"),
        ("主播是傻逼", "骂人"),
        ("骗子公司大家别去", "骂人"),
    ],
)
def test_what_the_crew_reads_first(text: str, why: str) -> None:
    assert why in why_held(text, MATCHER)


def test_a_question_around_a_number_is_still_a_number() -> None:
    assert why_held("可以打13857900001吗", MATCHER)
    assert why_held("能加微信 abc12345 吗", MATCHER)


def test_the_crew_says_what_a_posting_may_say() -> None:
    assert crew_must_not("男女不限，不收押金，咨询电话 0827-5261234", MATCHER) == ""
    assert crew_must_not("要押金吗？不要，一分钱都不收", MATCHER) == ""
    assert "谁都看得到" in crew_must_not("王师傅，您的511902199001011234收到了", MATCHER)
    for text in ("只招女工", "服装费200元，押金退", "不招少数民族"):
        assert "请换个说法" in crew_must_not(text, MATCHER)


def test_what_shows_nothing_is_no_text() -> None:
    assert clean(" 夫妻\u200b房\u202e有\r\n 吗\x00\x07 ") == "夫妻房有 吗"
    assert clean("\u200b\u2060\u3000\u3164\n") == ""
    assert clean("é" + "\u0301" * 30 + "a") == "é\u0301\u0301a"
    assert clean("好👍🏻") == "好👍🏻"


def test_the_same_words_are_the_same_whatever_stands_between() -> None:
    assert plain_key("有 夫妻房 吗？？") == plain_key("有夫妻房吗!")
    assert plain_key("？？？") != plain_key("！")
