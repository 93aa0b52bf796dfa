"""The lowest lawful pay: which row counts, and what it does to a posting."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from employers import posting_rules
from employers.actions import flags, postings
from employers.choices import EmploymentKind, Engagement, FlagState, PayMode, PayUnit, PhraseFamily, PostingState
from employers.models import JobPosting, today
from employers.problems import Incomplete
from jinba.accounts.models import User
from jinba.reference import actions as reference
from jinba.reference import wages
from jinba.reference.models import MinimumWage, Region
from tests.factories.employers import JobPostingFactory
from tests.factories.reference import region

LAW = MinimumWage(
    region=Region(code="33", name="浙江省"), starts_on=date(2024, 1, 1), monthly=2175, hourly=Decimal("20.5"),
    is_verified=True,
)  # fmt: skip
K, M, U = EmploymentKind, PayMode, PayUnit


def offer(**changes: Any) -> JobPosting:
    return JobPosting(**{"title": "冲压工", "base_pay_min": 2175, **changes})


@pytest.mark.parametrize(
    ("changes", "is_low"),
    [
        ({}, False),
        ({"base_pay_min": 2174}, True),
        ({"base_pay_min": 100, "pay_unit": U.DAY, "pay_mode": M.DAILY}, False),  # 2175 / 21.75
        ({"base_pay_min": 99, "pay_unit": U.DAY, "pay_mode": M.DAILY}, True),
        ({"base_pay_min": 50, "pay_unit": U.DAY, "hours_per_day": Decimal(4)}, False),
        ({"base_pay_min": 49, "pay_unit": U.DAY, "hours_per_day": Decimal(4)}, True),
        ({"base_pay_min": 100, "pay_unit": U.DAY, "hours_per_day": Decimal(12)}, False),  # overtime is paid on top
        ({"base_pay_min": 13, "pay_unit": U.HOUR, "pay_mode": M.HOURLY}, False),  # 2175 / 174 = 12.5
        ({"base_pay_min": 12, "pay_unit": U.HOUR, "pay_mode": M.HOURLY}, True),
        ({"base_pay_min": 99, "pay_unit": U.DAY, "pay_mode": M.PIECE}, True),
        ({"base_pay_min": 20, "pay_unit": U.HOUR, "employment_kind": K.PART_TIME}, True),
        ({"base_pay_min": 21, "pay_unit": U.HOUR, "employment_kind": K.PART_TIME}, False),
        ({"base_pay_min": 82, "pay_unit": U.DAY, "employment_kind": K.PART_TIME, "hours_per_day": 4}, False),
        ({"base_pay_min": 81, "pay_unit": U.DAY, "employment_kind": K.PART_TIME, "hours_per_day": 4}, True),
        ({"base_pay_min": 800, "employment_kind": K.PART_TIME}, False),  # by the month it says too little
        ({"base_pay_min": 20, "pay_unit": U.HOUR, "employment_kind": K.CASUAL}, True),
        ({"base_pay_min": 100, "pay_unit": U.DAY, "employment_kind": K.CASUAL}, False),
        ({"base_pay_min": 99, "pay_unit": U.DAY, "employment_kind": K.CASUAL}, True),
        ({"base_pay_min": None}, False),
    ],
)
def test_pay_is_compared_in_the_unit_of_the_law(changes: dict[str, Any], is_low: bool) -> None:
    sentence = posting_rules.below_minimum(offer(**changes), LAW)
    assert bool(sentence) is is_low
    if is_low:
        assert "浙江省" in sentence and "2024 年 1 月 1 日起" in sentence and sentence.endswith("。")


@pytest.mark.parametrize(
    "changes",
    [
        {"engagement": Engagement.MENTOR, "days_planned": 5},
        {"employment_kind": K.INTERNSHIP},
        {"source_name": "前程无忧"},
    ],
)
def test_who_is_no_employee_of_ours_is_owed_none(changes: dict[str, Any]) -> None:
    low = offer(base_pay_min=100, valid_until=today(), **changes)
    assert "base_pay_min" not in posting_rules.problems(low, today=today(), minimum=LAW)
    assert "base_pay_min" in posting_rules.problems(offer(base_pay_min=100), today=today(), minimum=LAW)


# Rows ----------------------------------------------------------------------------------------------------------------


def row(code: str, starts_on: date, monthly: int, *, is_verified: bool = True) -> MinimumWage:
    return MinimumWage.objects.create(
        region=region(code), starts_on=starts_on, monthly=monthly, hourly=20, is_verified=is_verified
    )


@pytest.mark.django_db
def test_the_nearest_division_wins_and_of_its_rows_the_latest_begun() -> None:
    row("33", date(2020, 1, 1), 1500)
    row("33", date(2024, 1, 1), 2000)
    row("33", date(2030, 1, 1), 3000)
    row("3307", date(2022, 1, 1), 1900)
    row("511921", date(2022, 1, 1), 1800)
    day = date(2026, 11, 23)
    found = {code: wages.minimum_at(code, on=day) for code in ("330784", "3301", "511921100", "5101", "44", None)}
    assert {code: row and row.monthly for code, row in found.items()} == {
        "330784": 1900, "3301": 2000, "511921100": 1800, "5101": None, "44": None, None: None,
    }  # fmt: skip
    earlier, later = wages.minimum_at("33", on=date(2023, 12, 31)), wages.minimum_at("33", on=date(2030, 1, 1))
    assert (earlier.monthly, later.monthly) == (1500, 3000)
    assert wages.minimum_at("33", on=date(2019, 1, 1)) is None


@pytest.mark.django_db
def test_the_shipped_rows_name_their_source_block_nothing_and_keep_what_officers_wrote() -> None:
    for code in ("33", "51"):
        region(code)
    assert reference._minimum_wages(reference.DATA) >= 2
    rows = MinimumWage.objects.all()
    assert all(one.source and not one.is_verified for one in rows)
    first = rows.first()
    MinimumWage.objects.filter(pk=first.pk).update(monthly=9999, is_verified=True)
    reference._minimum_wages(reference.DATA)
    first.refresh_from_db()
    assert (first.monthly, first.is_verified) == (9999, True)


@pytest.mark.django_db
def test_a_checked_minimum_holds_a_posting_at_submission_and_at_publication(
    owner: User, officer: User, employer: Any
) -> None:
    law = row("33", today() - timedelta(days=1), 2000)
    low = JobPostingFactory(employer=employer, draft=True, base_pay_min=1999, base_pay_max=None)
    with pytest.raises(Incomplete) as refusal:
        postings.submit(posting=low, by=owner)
    assert list(refusal.value.problems) == ["base_pay_min"]
    assert "浙江省的最低工资标准（每月 2000 元" in refusal.value.message
    postings.change(posting=low, by=owner, base_pay_min=2000)
    postings.submit(posting=low, by=owner)
    MinimumWage.objects.filter(pk=law.pk).update(monthly=2100)  # it rose while the posting waited
    low.refresh_from_db()
    with pytest.raises(Incomplete, match="2100"):
        postings.publish(posting=low, by=officer)


@pytest.mark.django_db
def test_an_unchecked_minimum_only_flags_and_a_better_pay_takes_the_flag_away(
    owner: User, officer: User, employer: Any
) -> None:
    row("3307", today(), 2000, is_verified=False)
    low = JobPostingFactory(employer=employer, draft=True, base_pay_min=1999, base_pay_max=None)
    postings.submit(posting=low, by=owner)
    flag = low.flags.get()
    assert (flag.family, flag.field, flag.state) == (PhraseFamily.PAY, "base_pay_min", FlagState.OPEN)
    assert "标准还没有核对" in flag.advice
    postings.take_back(posting=low, by=owner)
    postings.change(posting=low, by=owner, base_pay_min=2500)
    flag.refresh_from_db()
    assert flag.state == FlagState.GONE
    postings.submit(posting=low, by=owner)
    assert postings.publish(posting=low, by=officer).state == PostingState.PUBLISHED


@pytest.mark.django_db
def test_a_changed_minimum_has_the_stock_looked_at_again(employer: Any) -> None:
    out = JobPostingFactory(employer=employer, base_pay_min=1999, base_pay_max=None)
    assert flags.rescan() == 1 and flags.rescan() == 0
    law = row("33", today(), 2000)
    assert flags.rescan() == 1
    assert out.flags.get().text == "低于最低工资"
    MinimumWage.objects.filter(pk=law.pk).update(monthly=1000)
    assert flags.rescan() == 1
    assert out.flags.get().state == FlagState.GONE
