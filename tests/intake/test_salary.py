import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employers.intake import salary
from employers.intake.salary import Unreadable, parse

SAYS = {  # text: (min, max, unit, payments a year, a month from, a month to)
    "6千-1.2万·13薪": (6000, 12000, "month", 13, 6000, 12000),
    "1-1.5万": (10000, 15000, "month", 12, 10000, 15000),
    "4-6千": (4000, 6000, "month", 12, 4000, 6000),
    "4.5-6千": (4500, 6000, "month", 12, 4500, 6000),
    "30-50万/年": (300000, 500000, "year", 12, 25000, 41667),
    "27.5-37万/年": (275000, 370000, "year", 12, 22917, 30833),
    "150元/天": (150, 150, "day", 12, 3263, 3263),
    "100-150元/天": (100, 150, "day", 12, 2175, 3263),
    "20元/小时": (20, 20, "hour", 12, 3480, 3480),
    "15-20元/时": (15, 20, "hour", 12, 2610, 3480),
    "1000元/周": (1000, 1000, "week", 12, 4348, 4348),
    "8千及以下": (None, 8000, "month", 12, None, 8000),
    "3千/月以下": (None, 3000, "month", 12, None, 3000),
    "3万以上": (30000, None, "month", 12, 30000, None),
    "1万及以上": (10000, None, "month", 12, 10000, None),
    "1.5万以上/年": (15000, None, "year", 12, 1250, None),
    "100万以上/年": (1000000, None, "year", 12, 83333, None),
    "20元/小时及以上": (20, None, "hour", 12, 3480, None),
    "6000-8000": (6000, 8000, "month", 12, 6000, 8000),
    "6000-8000元/月": (6000, 8000, "month", 12, 6000, 8000),
    "6,000-8,000元": (6000, 8000, "month", 12, 6000, 8000),
    "0.8-1万/月": (8000, 10000, "month", 12, 8000, 10000),
    "6-8K": (6000, 8000, "month", 12, 6000, 8000),
    "10k-15k·14薪": (10000, 15000, "month", 14, 10000, 15000),
    "10-15K*15薪": (10000, 15000, "month", 15, 10000, 15000),
    "1.5-2万（13薪）": (15000, 20000, "month", 13, 15000, 20000),
    "5.5千/月": (5500, 5500, "month", 12, 5500, 5500),
    "１－１．５万": (10000, 15000, "month", 12, 10000, 15000),
    "1—1.5万": (10000, 15000, "month", 12, 10000, 15000),
    "6000～8000元": (6000, 8000, "month", 12, 6000, 8000),
    "6000至8000元/月": (6000, 8000, "month", 12, 6000, 8000),
    "6000到8000": (6000, 8000, "month", 12, 6000, 8000),
    " 6 - 8 千 ": (6000, 8000, "month", 12, 6000, 8000),
    "6000-1.2万": (6000, 12000, "month", 12, 6000, 12000),
    "800-1.2千": (800, 1200, "month", 12, 800, 1200),
    "月薪6000-8000": (6000, 8000, "month", 12, 6000, 8000),
    "年薪10-20万": (100000, 200000, "year", 12, 8333, 16667),
    "6000元起": (6000, None, "month", 12, 6000, None),
    "不低于5000元": (5000, None, "month", 12, 5000, None),
    "12000": (12000, 12000, "month", 12, 12000, 12000),
}


@pytest.mark.parametrize(("text", "says"), SAYS.items())
def test_a_salary_reads_as_whole_yuan(text, says):
    pay = parse(text)
    assert (pay.min, pay.max, pay.unit, pay.months, pay.monthly_min, pay.monthly_max) == says


@pytest.mark.parametrize("text", ["", "  ", "面议", "薪资面议", "-", "—", "待定"])
def test_an_open_salary_is_not_stated_and_no_error(text):
    assert not salary.is_stated(text)
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1\ufffd5-2万", "损坏"),
        ("8千-1.2\ufffd·13薪", "损坏"),
        ("abc", "看不懂"),
        ("底薪3000+提成", "看不懂"),
        ("3元/件", "看不懂"),
        ("一万", "看不懂"),
        ("元", "看不懂"),
        ("0-0千", "工资为 0"),
        ("0元/天", "工资为 0"),
        ("300万/月", "200 万"),
        ("2万/小时", "200 万"),
        ("6-8", "只有数字"),
        ("150", "只有数字"),
        ("1-2万·99薪", "不合常理"),
    ],
)
def test_nonsense_is_refused_with_a_reason_that_quotes_it(text, reason):
    with pytest.raises(Unreadable, match=reason) as refusal:
        parse(text)
    assert text in str(refusal.value)


def test_a_range_written_the_wrong_way_round_is_turned_and_says_so():
    pay = parse("1.2万-6千")
    assert (pay.min, pay.max, pay.swapped) == (6000, 12000, True)
    assert not parse("6千-1.2万").swapped


def test_a_thirteenth_payment_does_not_raise_the_month():
    assert parse("1-2万·16薪").monthly_max == parse("1-2万").monthly_max == 20000


def test_stated_salaries_of_the_sample_are_read(sample):
    with sample.open(encoding="utf-8", errors="replace", newline="") as file:
        stated = [row["salary"] for row in csv.DictReader(file) if salary.is_stated(row["salary"])]
    assert len(stated) == 580
    assert sum(parse(text) is not None for text in stated) >= 0.99 * len(stated)


SCALES = {"元": 1, "千": 1000, "k": 1000, "K": 1000, "万": 10_000}
UNITS = {"": "month", "/月": "month", "/天": "day", "/年": "year", "元/小时": "hour"}


@given(
    low=st.integers(10, 9999),
    more=st.integers(0, 9999),
    scale=st.sampled_from(list(SCALES)),
    dash=st.sampled_from(["-", "－", "—", "~", "～", "至", "到", " - "]),
    unit=st.sampled_from(list(UNITS)),
    months=st.sampled_from([None, 12, 13, 18]),
)
def test_every_written_range_reads_back_as_the_numbers_it_was_made_of(low, more, scale, dash, unit, months):
    first, last = sorted((low / 10, (low + more) / 10))
    text = f"{first:g}{dash}{last:g}{scale}{unit.removeprefix('元') if scale == '元' else unit}"
    if months:
        text += f"·{months}薪"
    factor = {"month": 1, "day": 21.75, "hour": 174, "year": 1 / 12}[UNITS[unit]]
    try:
        pay = parse(text)
    except Unreadable:
        assert last * SCALES[scale] * factor > salary.MOST_A_MONTH
        return
    if scale != "元" and first >= 1000:
        return  # 1500-2000千: yuan and thousands mixed, no sane text
    assert pay.unit == UNITS[unit]
    assert pay.min == pytest.approx(first * SCALES[scale], abs=0.51)
    assert pay.max == pytest.approx(last * SCALES[scale], abs=0.51)
    assert pay.monthly_max == pytest.approx(last * SCALES[scale] * factor, abs=0.51)
    assert pay.months == (months or 12)


@given(st.text(alphabet="0123456789.-万千元/月年天kK薪·以上下及面议 ", max_size=16))
def test_any_text_is_read_not_stated_or_refused_and_never_out_of_order(text):
    try:
        pay = parse(text)
    except Unreadable:
        return
    if pay is not None and pay.min is not None and pay.max is not None:
        assert 0 <= pay.min <= pay.max
        assert pay.monthly_max <= salary.MOST_A_MONTH
