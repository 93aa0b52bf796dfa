"""What a posting must say before it is reviewed and published. Pure: reads one posting, asks no clock, no database.

Sources: 人力资源市场暂行条例 §24 (what an offer must state), 劳动合同法 §8 (conditions, hazards and pay, truthfully),
§19 (probation caps), §70 (no probation in part-time work), 未成年人保护法 §61 (nobody under 16), 最低工资规定,
网络招聘服务管理规定 §18 (a repost names its source).
"""

from datetime import date, timedelta
from decimal import Decimal

from employers.choices import EmploymentKind, Hazard, Housing, Meals, PayMode, PayUnit
from employers.lexicon import asks_for_children
from employers.models import Employer, JobPosting
from employers.pay import DAYS_A_MONTH, HOURS_A_DAY, HOURS_A_MONTH, monthly
from jinba.reference.choices import Shift
from jinba.reference.models import MinimumWage

LONGEST_DAYS = 60  # a posting is out for so long at most, then somebody looks whether it still holds
LONGEST_HOURS = 12
COUNTY_DIGITS = 6

# Shifts in which somebody works at night. A rota is taken for one: who cannot work nights should not be surprised.
NIGHT_SHIFTS = frozenset({Shift.TWO, Shift.THREE, Shift.ROTATING})
# These harm: the posting has to say what protects from them.
HARMFUL = frozenset({Hazard.NOISE, Hazard.HEAT, Hazard.DUST, Hazard.CHEMICAL, Hazard.HEIGHT})
NO_PROBATION = frozenset({EmploymentKind.PART_TIME, EmploymentKind.CASUAL})
UNITS = {
    PayMode.MONTHLY: (PayUnit.MONTH,),
    PayMode.COMMISSION: (PayUnit.MONTH,),
    PayMode.DAILY: (PayUnit.DAY,),
    PayMode.HOURLY: (PayUnit.HOUR,),
    PayMode.PIECE: (PayUnit.MONTH, PayUnit.DAY, PayUnit.HOUR),
}


# Paid by the hour by law (劳动合同法 §68): the hourly minimum counts.
BY_THE_HOUR = frozenset({EmploymentKind.PART_TIME, EmploymentKind.CASUAL})
# What the employer writes freely, in the order of the form.
FREE_TEXTS = ("title", "duties", "requirements", "address", "piece_rate_note", "overtime_rule", "safety_note")
# The basic facts of the unit, which stand in its profile and are shown beside each of its postings.
UNIT_FACTS = {"name": "名称", "industry": "行业", "region_id": "所在地", "address": "地址", "intro": "介绍"}

# What no form and no column should have to hold, whatever was typed; only odd mistakes are larger.
MOST = {
    "headcount": 10_000,
    "contract_months": 600,
    "probation_months": 12,
    "days_planned": 3_650,
    "years_min": 60,
    "base_pay_min": 1_000_000,
    "base_pay_max": 1_000_000,
    "pay_day": 31,
    "insurance_from_month": 12,
    "meal_subsidy": 10_000,
    "housing_fee": 10_000,
}


def longest_probation(contract_months: int) -> int:
    """Months of probation that the law allows for a contract of so many months (劳动合同法 §19)."""
    if contract_months < 3:
        return 0
    if contract_months < 12:
        return 1
    if contract_months < 36:
        return 2
    return 6


def last_day(today: date) -> date:
    """The latest `valid_until` that may be set on that day."""
    return today + timedelta(days=LONGEST_DAYS)


def derive(posting: JobPosting) -> None:
    """Set what follows from the other fields: monthly pay, nights, occupation."""
    posting.monthly_min = monthly(posting.base_pay_min, posting.pay_unit)
    highest = posting.base_pay_max if posting.base_pay_max is not None else posting.base_pay_min
    posting.monthly_max = monthly(highest, posting.pay_unit)
    posting.has_nights = posting.shift in NIGHT_SHIFTS
    posting.occupation_id = posting.trade.occupation_id if posting.trade else None


def draft_problems(posting: JobPosting) -> dict[str, str]:
    """What not even a draft may hold."""
    problems = {
        name: f"这个数太大了，最多写 {most}。" for name, most in MOST.items() if (getattr(posting, name) or 0) > most
    }
    if posting.headcount < 1:
        problems["headcount"] = "招聘人数至少是 1 人。"
    elif posting.headcount < posting.filled:
        problems["headcount"] = f"已经录用了 {posting.filled} 人，招聘人数不能少于 {posting.filled}。"
    low, high = posting.base_pay_min, posting.base_pay_max
    if high is not None and low is not None and high < low:
        problems["base_pay_max"] = "最高工资不能低于基本工资。"
    if posting.zone and posting.region and posting.zone.region_id[:4] != posting.region_id[:4]:  # type: ignore[index]
        problems["zone"] = "这个园区不在您选的市，请改地点或者园区。"
    return problems


def problems(posting: JobPosting, *, today: date, minimum: MinimumWage | None = None) -> dict[str, str]:
    """Everything that keeps the posting from review, one sentence for each field; empty when it is complete.

    `minimum` is the lowest lawful pay at the place of work; it stops a posting only when somebody checked it.
    """
    found = {
        **_children(posting),
        **_what(posting),
        **_where_and_when(posting, today),
        **_pay(posting),
        **_contract(posting),
        **_conditions(posting),
    }
    if minimum and minimum.is_verified and "base_pay_min" not in found and not _owes_no_minimum(posting):
        sentence = below_minimum(posting, minimum)
        found |= {"base_pay_min": sentence} if sentence else {}
    return {**draft_problems(posting), **found}


def unit_problems(employer: Employer) -> dict[str, str]:
    """Which basic facts of the unit its profile does not say yet (人力资源市场暂行条例 §24)."""
    missing = [words for name, words in UNIT_FACTS.items() if not str(getattr(employer, name) or "").strip()]
    return {"employer": f"单位资料里还没有写{'、'.join(missing)}，请先到“单位资料”补上。"} if missing else {}


def texts_of(posting: JobPosting) -> dict[str, str]:
    """All that is written freely in a posting, by field."""
    return {**{name: getattr(posting, name) for name in FREE_TEXTS}, "benefits": "、".join(posting.benefits)}


def below_minimum(posting: JobPosting, minimum: MinimumWage) -> str:
    """A sentence when the base pay is less than the lowest lawful pay; empty when it is not, or nobody can tell.

    Full-time work is compared by the month: a day is a 21.75th of it and an hour a 174th, as the state converts wages;
    a day of more than eight hours counts as eight, because overtime is paid on top. Piece work states its base pay in
    one of these units. Part-time work is compared by the hour; by the month it says too little to be compared.
    """
    base = posting.base_pay_min
    if base is None:
        return ""
    hours = min(Decimal(posting.hours_per_day) or HOURS_A_DAY, HOURS_A_DAY)
    unit = PayUnit(posting.pay_unit)
    if posting.employment_kind in BY_THE_HOUR:
        hourly = {PayUnit.HOUR: Decimal(base), PayUnit.DAY: base / hours}.get(unit)
        if posting.employment_kind == EmploymentKind.CASUAL and unit == PayUnit.DAY:
            # A day's work on its own: the day's part of the monthly minimum is what is certain.
            is_low, lowest = base / hours < minimum.monthly / HOURS_A_MONTH, f"每月 {minimum.monthly} 元"
        else:
            is_low, lowest = hourly is not None and hourly < minimum.hourly, f"每小时 {_plain(minimum.hourly)} 元"
    else:
        least = {
            PayUnit.MONTH: Decimal(minimum.monthly),
            PayUnit.DAY: minimum.monthly / DAYS_A_MONTH * hours / HOURS_A_DAY,
            PayUnit.HOUR: minimum.monthly / HOURS_A_MONTH,
        }[unit]
        is_low, lowest = base < least, f"每月 {minimum.monthly} 元"
    if not is_low:
        return ""
    since = f"{minimum.starts_on:%Y 年 %-m 月 %-d 日}起"
    return f"基本工资低于{minimum.region.name}的最低工资标准（{lowest}，{since}），加班费和补贴不能算进去。"


def _owes_no_minimum(posting: JobPosting) -> bool:
    """Experts who serve for days, and students in training, are no employees; a repost is not ours to correct."""
    return posting.is_flexible or posting.is_repost or posting.employment_kind == EmploymentKind.INTERNSHIP


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _children(posting: JobPosting) -> dict[str, str]:
    found = {}
    for name, text in texts_of(posting).items():
        if text and (words := asks_for_children(text)):
            found[name] = f"“{words}”：不能招用不满 16 周岁的人，请改成年满 16 周岁以上。"
    return found


def _what(posting: JobPosting) -> dict[str, str]:
    found = {}
    if not any(char.isalnum() for char in posting.title):
        found["title"] = "请写岗位名称。"
    if posting.trade_id is None and not posting.is_flexible:
        found["trade"] = "请选工种，工人按工种找活。"
    if not posting.duties.strip():
        found["duties"] = "请写工作内容：每天做什么。"
    if not posting.requirements.strip():
        found["requirements"] = "请写招聘条件；没有要求就写“不限”。"
    if posting.source_url and not posting.source_name:
        found["source_name"] = "转载的岗位要写明信息来源。"
    return found


def _where_and_when(posting: JobPosting, today: date) -> dict[str, str]:
    found = {}
    if len(posting.region_id or "") < COUNTY_DIGITS:
        found["region"] = "请把工作地点选到县（市、区）。"
    if not posting.address.strip():
        found["address"] = "请写详细地址，工人要知道去哪儿上班。"
    if posting.valid_until is None:
        found["valid_until"] = "请选有效期。"
    elif posting.valid_until < today:
        found["valid_until"] = "有效期已经过了，请重新选。"
    elif posting.valid_until > last_day(today):
        found["valid_until"] = f"有效期最长 {LONGEST_DAYS} 天，到期可以再续。"
    if posting.start_by and posting.start_by < today:
        found["start_by"] = "最晚到岗日期已经过了。"
    return found


def _pay(posting: JobPosting) -> dict[str, str]:
    found = {}
    if posting.base_pay_min is None:
        found["base_pay_min"] = "请写基本工资，写“面议”不能发布。"
    elif posting.base_pay_min == 0 and not posting.is_flexible:
        found["base_pay_min"] = "基本工资要大于 0。"
    if posting.pay_unit not in UNITS[PayMode(posting.pay_mode)]:
        unit = UNITS[PayMode(posting.pay_mode)][0]
        found["pay_unit"] = f"“{posting.get_pay_mode_display()}”的工资请按{unit.label}写。"
    if posting.pay_mode == PayMode.PIECE and not posting.piece_rate_note.strip():
        found["piece_rate_note"] = "计件的岗位，请写清每件多少钱。"
    if posting.pay_day is not None and not 1 <= posting.pay_day <= 31:
        found["pay_day"] = "发工资的日子是 1 到 31 号。"
    return found


def _contract(posting: JobPosting) -> dict[str, str]:
    found = {}
    probation, months = posting.probation_months, posting.contract_months
    if probation and posting.employment_kind in NO_PROBATION:
        found["probation_months"] = f"{posting.get_employment_kind_display()}用工不能约定试用期。"
    elif probation and months is None:
        found["contract_months"] = "写了试用期，就要写合同签多少个月。"
    elif probation and months is not None and probation > longest_probation(months):
        longest = longest_probation(months)
        allowed = f"试用期最长 {longest} 个月" if longest else "不能有试用期"
        found["probation_months"] = f"合同 {months} 个月，{allowed}。"
    if posting.is_flexible and not posting.days_planned:
        found["days_planned"] = f"{posting.get_engagement_display()}请写计划服务多少天。"
    return found


def _conditions(posting: JobPosting) -> dict[str, str]:
    found = {}
    if not 0 < posting.hours_per_day <= LONGEST_HOURS:
        found["hours_per_day"] = f"每天工作时间要在 0 到 {LONGEST_HOURS} 小时之间。"
    if HARMFUL & set(posting.hazards) and not posting.safety_note.strip():
        found["safety_note"] = "有噪声、高温、粉尘、化学品或登高的，请写怎么防护。"
    if posting.meals == Meals.SUBSIDY and not posting.meal_subsidy:
        found["meal_subsidy"] = "请写餐补每月多少元。"
    if posting.housing == Housing.PAID and posting.housing_fee is None:
        found["housing_fee"] = "请写住宿费每月多少元。"
    if posting.couple_rooms and posting.housing not in (Housing.FREE, Housing.PAID):
        found["couple_rooms"] = "没有宿舍就不能写有夫妻房。"
    if not 1 <= posting.insurance_from_month <= 12:
        found["insurance_from_month"] = "请写入职第几个月开始交保险。"
    return found
