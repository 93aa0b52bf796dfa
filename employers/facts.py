"""What a worker asks about a posting, in the order in which he asks it; answered in his words.

A repost says only what its source says: what we do not know is left out rather than guessed.
"""

from dataclasses import dataclass
from decimal import Decimal

from employers.choices import Hazard, Housing, Insurance, Meals, PayUnit
from employers.models import JobPosting
from jinba.reference.choices import Education

Facts = list[tuple[str, object]]


@dataclass
class Section:
    title: str
    facts: Facts

    @property
    def is_empty(self) -> bool:
        return not any(value or value == 0 for _, value in self.facts)


def sections(posting: JobPosting) -> list[Section]:
    """The sections that have something to say."""
    every = [
        Section("工资怎么算", _pay(posting)),
        Section("吃住和路费", _living(posting)),
        Section("上班时间", _hours(posting)),
        Section("保险和安全", _safety(posting)),
        Section("要什么人", _wanted(posting)),
        Section("报名和面试", _way_in(posting)),
    ]
    return [section for section in every if not section.is_empty]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _pay(posting: JobPosting) -> Facts:
    unit = posting.get_pay_unit_display()
    low, high = posting.base_pay_min, posting.base_pay_max
    base = f"每{unit} {low} 元" if low else ""
    month = ""
    if posting.pay_unit != PayUnit.MONTH and posting.monthly_min:
        month = f"约 {posting.monthly_min} 元起（按每月 21.75 天、每天 8 小时折算）"
    facts: Facts = [
        ("算法", "" if posting.is_repost else posting.get_pay_mode_display()),
        ("基本工资" if not posting.is_repost else "工资", base),
        ("最高能拿", f"每{unit} {high} 元" if high and high != low else ""),
        ("折合每月", month),
        ("计件", posting.piece_rate_note),
        ("加班", posting.overtime_rule),
        ("发工资", f"每月 {posting.pay_day} 号" if posting.pay_day else ""),
    ]
    if not posting.is_repost:
        facts.append(("试用期", f"{posting.probation_months} 个月" if posting.probation_months else "没有"))
        facts.append(("合同", f"{posting.contract_months} 个月" if posting.contract_months else ""))
    return facts


def _living(posting: JobPosting) -> Facts:
    if posting.is_repost and posting.housing == Housing.NONE and posting.meals == Meals.NONE:
        return [("其他福利", "、".join(posting.benefits))]
    housing = posting.get_housing_display()
    if posting.housing_fee and posting.housing == Housing.PAID:
        housing += f"，每月 {posting.housing_fee} 元"
    rooms = [
        words
        for has, words in (
            (posting.couple_rooms, "有夫妻房"),
            (posting.has_air_con, "有空调"),
            (posting.has_hot_water, "有热水"),
        )
        if has
    ]
    meals = posting.get_meals_display()
    if posting.meal_subsidy and posting.meals == Meals.SUBSIDY:
        meals += f"，每月 {posting.meal_subsidy} 元"
    facts: Facts = [
        ("住宿", "，".join([housing, *rooms])),
        ("吃饭", meals),
        ("路费", "" if posting.is_repost else posting.get_travel_display()),
        ("其他福利", "、".join(posting.benefits)),
    ]
    return facts


def _hours(posting: JobPosting) -> Facts:
    shift = posting.get_shift_display() if posting.shift else ""
    if posting.has_nights and shift:
        shift += "，要上夜班"
    facts: Facts = [("班次", shift), ("休息", posting.get_rest_rule_display() if posting.rest_rule else "")]
    if not posting.is_repost:
        facts.insert(1, ("每天", f"{_plain(Decimal(posting.hours_per_day))} 小时"))
        facts.append(("服务天数", f"计划 {posting.days_planned} 天" if posting.days_planned else ""))
    return facts


def _safety(posting: JobPosting) -> Facts:
    insurance = posting.get_social_insurance_display() if posting.social_insurance else ""
    if insurance and posting.insurance_from_month > 1 and posting.social_insurance != Insurance.NEGOTIABLE:
        insurance += f"，第 {posting.insurance_from_month} 个月开始交"
    hazards = "、".join(Hazard(value).label for value in posting.hazards if value in Hazard.values)
    if not hazards and not posting.is_repost:
        hazards = "企业没有填写特别的工作条件"
    return [("社会保险", insurance), ("工作条件", hazards), ("怎么防护", posting.safety_note)]


def _wanted(posting: JobPosting) -> Facts:
    education = posting.get_education_min_display() if posting.education_min != Education.ANY else ""
    years = f"{posting.years_min} 年以上" if posting.years_min else ""
    if not posting.is_repost:
        education, years = education or "不限", years or "不限，新手可以"
    return [("学历", education), ("经验", years)]


def _way_in(posting: JobPosting) -> Facts:
    if posting.is_repost:
        return [("有效期", _until(posting))]
    return [
        ("招多少人", f"{posting.headcount} 人，还差 {posting.seats_left} 人"),
        ("用工类型", posting.get_employment_kind_display()),
        ("面试", posting.get_interview_mode_display()),
        ("最晚到岗", f"{posting.start_by:%Y 年 %-m 月 %-d 日}" if posting.start_by else ""),
        ("有效期", _until(posting)),
    ]


def _until(posting: JobPosting) -> str:
    return f"到 {posting.valid_until:%Y 年 %-m 月 %-d 日}" if posting.valid_until else ""
