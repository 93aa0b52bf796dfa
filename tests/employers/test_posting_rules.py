"""What a posting must say. No database: postings are built, not saved."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from employers import posting_rules
from employers.choices import EmploymentKind, Engagement, Hazard, Housing, Meals, PayMode, PayUnit
from employers.models import JobPosting
from employers.pay import DAYS_A_MONTH, HOURS_A_MONTH, monthly
from jinba.reference.choices import Shift
from jinba.reference.models import Region, Trade, Zone

TODAY = date(2026, 11, 23)


def posting(**changes: Any) -> JobPosting:
    complete: dict[str, Any] = {
        "title": "冲压工",
        "trade": Trade(code=203, name="冲压工", occupation_id="60402"),
        "duties": "操作冲床",
        "requirements": "不限",
        "region": Region(code="330784", path="浙江省金华市永康市"),
        "address": "五金大道 8 号",
        "base_pay_min": 6000,
        "valid_until": TODAY + timedelta(days=30),
    }
    return JobPosting(**{**complete, **changes})


def problems(**changes: Any) -> dict[str, str]:
    return posting_rules.problems(posting(**changes), today=TODAY)


def test_a_complete_posting_has_no_problem() -> None:
    assert problems() == {}


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "😀🔥"}),
        ("trade", {"trade": None}),
        ("duties", {"duties": ""}),
        ("requirements", {"requirements": "\n"}),
        ("headcount", {"headcount": 0}),
        ("headcount", {"headcount": 3, "filled": 4}),
        ("region", {"region": None}),
        ("region", {"region": Region(code="3307")}),
        ("address", {"address": " "}),
        ("source_name", {"source_url": "https://example.com/1"}),
        ("requirements", {"requirements": "满 15 岁就可以来"}),
        ("title", {"title": "暑假工 14-18 岁"}),
        ("zone", {"zone": Zone(code="z", region_id="511921")}),
        ("base_pay_min", {"base_pay_min": None}),
        ("base_pay_min", {"base_pay_min": 0}),
        ("base_pay_max", {"base_pay_max": 5999}),
        ("pay_unit", {"pay_mode": PayMode.MONTHLY, "pay_unit": PayUnit.DAY}),
        ("pay_unit", {"pay_mode": PayMode.DAILY, "pay_unit": PayUnit.MONTH}),
        ("pay_unit", {"pay_mode": PayMode.HOURLY, "pay_unit": PayUnit.DAY}),
        ("piece_rate_note", {"pay_mode": PayMode.PIECE}),
        ("pay_day", {"pay_day": 32}),
        ("valid_until", {"valid_until": None}),
        ("valid_until", {"valid_until": TODAY - timedelta(days=1)}),
        ("valid_until", {"valid_until": TODAY + timedelta(days=61)}),
        ("start_by", {"start_by": TODAY - timedelta(days=1)}),
        ("days_planned", {"engagement": Engagement.MENTOR}),
        ("contract_months", {"probation_months": 1}),
        ("probation_months", {"probation_months": 1, "contract_months": 6, "employment_kind": EmploymentKind.CASUAL}),
        ("probation_months", {"probation_months": 1, "employment_kind": EmploymentKind.PART_TIME}),
        ("hours_per_day", {"hours_per_day": Decimal("12.5")}),
        ("hours_per_day", {"hours_per_day": Decimal(0)}),
        ("safety_note", {"hazards": [Hazard.STANDING, Hazard.NOISE]}),
        ("meal_subsidy", {"meals": Meals.SUBSIDY}),
        ("housing_fee", {"housing": Housing.PAID}),
        ("couple_rooms", {"couple_rooms": True, "housing": Housing.NONE}),
        ("insurance_from_month", {"insurance_from_month": 0}),
    ],
)
def test_each_gap_is_named_at_its_own_field_and_alone(field: str, changes: dict[str, Any]) -> None:
    found = problems(**changes)
    assert list(found) == [field]
    assert found[field].endswith("。")


@pytest.mark.parametrize(
    "changes",
    [
        {"hazards": [Hazard.STANDING, Hazard.LINE]},
        {"hazards": [Hazard.NOISE], "safety_note": "发耳塞"},
        {"valid_until": TODAY},
        {"valid_until": TODAY + timedelta(days=60)},
        {"engagement": Engagement.MENTOR, "days_planned": 20, "base_pay_min": 0, "trade": None},
        {"housing": Housing.PAID, "housing_fee": 0, "couple_rooms": True},
        {"pay_mode": PayMode.PIECE, "piece_rate_note": "每件 0.8 元", "pay_unit": PayUnit.DAY},
        {"base_pay_max": 6000},
    ],
)
def test_what_is_allowed_stays_allowed(changes: dict[str, Any]) -> None:
    assert problems(**changes) == {}


def test_several_gaps_are_named_at_once() -> None:
    assert set(problems(title="", duties="", base_pay_min=None)) == {"title", "duties", "base_pay_min"}


@pytest.mark.parametrize(
    ("contract", "longest"), [(1, 0), (2, 0), (3, 1), (6, 1), (11, 1), (12, 2), (24, 2), (35, 2), (36, 6), (60, 6)]
)
def test_probation_is_capped_by_the_contract(contract: int, longest: int) -> None:
    assert problems(contract_months=contract, probation_months=longest) == {}
    assert list(problems(contract_months=contract, probation_months=longest + 1)) == ["probation_months"]


@given(st.integers(0, 600), st.integers(0, 600))
def test_a_longer_contract_never_allows_less_probation(a: int, b: int) -> None:
    short, long = sorted([a, b])
    assert posting_rules.longest_probation(short) <= posting_rules.longest_probation(long)


def test_a_month_has_21_and_three_quarter_days_and_174_hours() -> None:
    assert str(DAYS_A_MONTH) == "21.75" and HOURS_A_MONTH == 174
    assert monthly(200, PayUnit.DAY) == 4350
    assert monthly(20, PayUnit.HOUR) == 3480
    assert monthly(6000, PayUnit.MONTH) == 6000
    assert monthly(2, PayUnit.DAY) == 44  # 43.5 goes up
    assert monthly(None, PayUnit.DAY) is None


def test_monthly_pay_nights_and_occupation_follow_from_the_rest() -> None:
    daily = posting(base_pay_min=200, base_pay_max=300, pay_unit=PayUnit.DAY, shift=Shift.TWO)
    posting_rules.derive(daily)
    assert (daily.monthly_min, daily.monthly_max, daily.has_nights) == (4350, 6525, True)
    assert daily.occupation_id == "60402"


def test_without_a_highest_pay_the_base_pay_is_both_ends() -> None:
    single = posting(base_pay_min=6000)
    posting_rules.derive(single)
    assert (single.monthly_min, single.monthly_max) == (6000, 6000)


def test_without_any_pay_there_is_no_monthly_pay() -> None:
    none = posting(base_pay_min=None, trade=None)
    posting_rules.derive(none)
    assert (none.monthly_min, none.monthly_max, none.occupation_id) == (None, None, None)


@pytest.mark.parametrize(
    ("shift", "nights"),
    [(Shift.DAY, False), (Shift.FLEXIBLE, False), (Shift.TWO, True), (Shift.THREE, True), (Shift.ROTATING, True)],
)
def test_nights_follow_from_the_shift(shift: str, nights: bool) -> None:
    working = posting(shift=shift)
    posting_rules.derive(working)
    assert working.has_nights is nights
