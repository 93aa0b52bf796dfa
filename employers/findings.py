"""Everything about a posting that a person should look at: phrases, and facts that are lawful only perhaps. Pure."""

from dataclasses import dataclass

from employers.choices import EmploymentKind, Insurance, PhraseFamily
from employers.lexicon import Hit, Matcher
from employers.models import JobPosting
from employers.posting_rules import HARMFUL, below_minimum, texts_of
from jinba.reference.wages import Minimums

FAR_ABOVE = 3  # times the usual pay of the trade
F = PhraseFamily
NOT_WITH_MINORS = "这个岗位有夜班或者职业危害，不能招 16、17 岁的人，请改成年满 18 周岁。"
LATE = "社会保险从用工起三十天内就要办（社会保险法第五十八条），请改成第 1 个月。"
NEGOTIABLE = "全日制用工必须参加社会保险，不能协商不交，请选实际给交的险种。"
# Their insurance is a matter of agreement or of injury insurance alone.
LOOSE = frozenset({EmploymentKind.PART_TIME, EmploymentKind.CASUAL, EmploymentKind.INTERNSHIP})


@dataclass(frozen=True)
class Yardstick:
    """What postings are measured by at a moment: the lexicon, the lowest lawful pays, the usual pay of each trade."""

    matcher: Matcher
    minimums: Minimums
    usual: dict[int, int]

    @property
    def version(self) -> str:
        return self.matcher.version


def findings(posting: JobPosting, by: Yardstick) -> list[Hit]:
    """In the order of the form; a field and a text come together once."""
    found = by.matcher.find(texts_of(posting))
    if posting.has_nights or HARMFUL & set(posting.hazards):
        found = [hit._replace(advice=NOT_WITH_MINORS) if hit.family == F.MINOR else hit for hit in found]
    found += _pay(posting, by)
    if not posting.is_repost:
        found += _insurance(posting)
    return found


def _pay(posting: JobPosting, by: Yardstick) -> list[Hit]:
    found = []
    minimum = by.minimums.at(posting.region_id)
    if minimum and not posting.is_flexible and (sentence := below_minimum(posting, minimum)):
        doubt = "" if minimum.is_verified else "标准还没有核对，请审核人员查一下。"
        found.append(Hit(F.PAY, "base_pay_min", "低于最低工资", f"{posting.base_pay_min} 元", (sentence + doubt)[:120]))
    usual = by.usual.get(posting.trade_id or 0)
    if usual and posting.monthly_min and posting.monthly_min > FAR_ABOVE * usual:
        advice = f"比同工种常见的工资（每月约 {usual} 元）高出 {FAR_ABOVE} 倍还多，请核对有没有写错单位，是不是真的。"
        found.append(Hit(F.PAY, "base_pay_min", "工资远高于同工种", f"折合每月 {posting.monthly_min} 元", advice))
    return found


def _insurance(posting: JobPosting) -> list[Hit]:
    if posting.is_flexible or posting.employment_kind in LOOSE:
        return []
    if posting.social_insurance == Insurance.NEGOTIABLE:
        return [Hit(F.INSURANCE, "social_insurance", "社会保险协商", "", NEGOTIABLE)]
    if posting.insurance_from_month > 1:
        words = f"第 {posting.insurance_from_month} 个月才交"
        return [Hit(F.INSURANCE, "insurance_from_month", "社会保险晚交", words, LATE)]
    return []
