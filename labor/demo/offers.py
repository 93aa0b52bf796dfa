"""Made-up employers of Jinhua and Bazhong and what they offer, complete as the rules of publication ask."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from employers import posting_rules
from employers.choices import (
    EmployerState,
    EmploymentKind,
    Engagement,
    Hazard,
    Housing,
    Insurance,
    InterviewMode,
    Meals,
    OrgType,
    Origin,
    PayMode,
    PayUnit,
    PostingState,
    RestRule,
    Scale,
    Travel,
)
from employers.models import Employer, EmployerEvent, JobPosting, PostingEvent, PostingSkill
from employers.search import SEARCH_VERSION, text_of, vector_for
from employers.uscc import ORGANISATION_WEIGHTS, check_character
from jinba.reference.choices import Shift, SkillLevel
from jinba.reference.models import Region, Trade, Zone
from labor.demo.people import Chooser, at
from labor.demo.texts import (
    BENEFITS,
    MARK_A,
    MARK_B,
    Flexible,
    Industry,
    Job,
    flexible,
    industries,
    jobs,
    skills_of_trades,
)

PIECE = 500
POSTINGS_PER_EMPLOYER = 5
WEST_SHARE = 0.14
# Administrative code 999 exists in no province: a code with it belongs to nobody.
NOWHERE = {"east": "339999", "west": "519999"}
SAFETY = {
    Hazard.NOISE: "发耳塞",
    Hazard.HEAT: "有风扇和防暑降温品",
    Hazard.DUST: "开除尘、发防尘口罩",
    Hazard.CHEMICAL: "发防毒面具和手套，每年体检",
    Hazard.HEIGHT: "系安全带，先培训再上岗",
}
HOLDS = {
    "330784": "经济开发区",
    "330782": "工业园区",
    "330783": "工业功能区",
    "330781": "经济开发区",
    "330723": "百花山工业区",
}


def credit_code(side: str, number: int) -> str:
    """A code with sound check characters in a region that does not exist."""
    body = f"DEM{number:05d}"
    total = sum(weight * int(character, 36) for weight, character in zip(ORGANISATION_WEIGHTS, body, strict=True))
    check = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    first = "91" + NOWHERE[side] + body + check
    return first + check_character(first)


class Market:
    """Makes employers and postings from a seed: the same seed on the same day gives the same market."""

    def __init__(self, *, seed: int, officer: Any = None, first_number: int = 0, today: date | None = None) -> None:
        self.rng = random.Random(f"market {seed}")
        self.day = today or timezone.localdate()
        self.officer = officer
        self.number = first_number
        self.regions = {r.code: r for r in Region.objects.filter(parent__in=["3307", "5119"]).select_related("parent")}
        self.zones = Zone.objects.in_bulk()
        self.trades = Trade.objects.in_bulk()
        weights: dict[str, dict[int, float]] = {side: {} for side in NOWHERE}
        for number, industry in enumerate(industries()):
            weights[industry.side][number] = industry.weight
        self.choose = {side: Chooser(of_side) for side, of_side in weights.items()}

    # -- employers -------------------------------------------------------------------------------------------------

    def write(self, postings: int, *, tell: Callable[[int], None] | None = None) -> None:
        """Write `postings` postings of as many employers as they need."""
        done = 0
        for employers in self._employers(max(2, round(postings / POSTINGS_PER_EMPLOYER))):
            share = (
                (postings - done) if self._all_made else min(len(employers) * POSTINGS_PER_EMPLOYER, postings - done)
            )
            while share > 0:
                count = min(share, PIECE)
                self._write_postings([self._offer(done + n, employers) for n in range(count)])
                done, share = done + count, share - count
                if tell:
                    tell(done)

    def _employers(self, count: int) -> Any:
        """Batches of written employers with their industries."""
        self._all_made = False
        made = 0
        while made < count:
            size = min(PIECE, count - made)
            pairs = [self._employer(made + n) for n in range(size)]
            Employer.objects.bulk_create([employer for employer, _ in pairs])
            EmployerEvent.objects.bulk_create(
                EmployerEvent(
                    employer=employer,
                    from_state=EmployerState.SUBMITTED,
                    to_state=employer.state,
                    reason="演示",
                    by=self.officer,
                )
                for employer, _ in pairs
                if employer.state == EmployerState.VERIFIED
            )
            made += size
            self._all_made = made >= count
            yield [pair for pair in pairs if pair[0].is_trusted]

    def _employer(self, ordinal: int) -> tuple[Employer, Industry]:
        rng = self.rng
        # The first firms of a small demo show both cities and both main towns.
        side = "west" if ordinal % 7 == 3 or (ordinal > 20 and rng.random() < WEST_SHARE - 1 / 7) else "east"
        industry = industries()[0 if ordinal == 0 else self.choose[side](rng)]
        region, zone = self.regions[industry.region], self.zones.get(industry.zone)
        mark = rng.choice(MARK_A) + rng.choice(MARK_B)
        self.number += 1
        town = region.name[:2]
        is_new = ordinal % 11 == 9
        number, years = rng.randint(1, 199), rng.randint(3, 22)
        employer = Employer(
            name=f"{town}{mark}{industry.word}{industry.firm}",
            uscc=credit_code(side, self.number),
            origin=Origin.DEMO,
            org_type=OrgType.COOPERATIVE if "合作社" in industry.firm else OrgType.COMPANY,
            industry=industry.label,
            scale=rng.choices((Scale.TINY, Scale.SMALL, Scale.MIDDLE, Scale.LARGE, Scale.HUGE), (5, 25, 45, 17, 8))[0],
            region=region,
            zone=zone,
            address=f"{zone.short_name if zone else town + HOLDS.get(industry.region, '工业园')}{mark}路{number}号",
            intro=f"{industry.label}，在{region.name}办厂{years}年。常年有巴中老乡在厂里干活。（演示数据，单位为虚构）",
            contact_name=rng.choice("王李张陈杨") + rng.choice(("经理", "主任", "女士", "先生")),
            contact_phone=f"1990001{self.number % 10000:04d}",
            state=EmployerState.SUBMITTED if is_new else EmployerState.VERIFIED,
            verified_at=None if is_new else at(self.day - timedelta(days=rng.randint(5, 120)), 10),
            verified_by=None if is_new else self.officer,
        )
        return employer, industry

    # -- postings --------------------------------------------------------------------------------------------------

    def _offer(self, ordinal: int, employers: list[tuple[Employer, Industry]]) -> JobPosting:
        employer, industry = (
            employers[ordinal % len(employers)] if ordinal < len(employers) else self.rng.choice(employers)
        )
        if ordinal % 25 == 24:
            return self._flexible(flexible()[ordinal // 25 % len(flexible())], employers)
        return self._job(jobs()[self.rng.choice(industry.trades)], employer, industry)

    def _job(self, job: Job, employer: Employer, industry: Industry) -> JobPosting:
        rng = self.rng
        # Pay at home in Bazhong is lower, and people know it.
        level = rng.uniform(0.92, 1.12) * (0.74 if industry.side == "west" else 1.0)
        mode = PayMode(rng.choice(job.modes))
        shift = Shift(rng.choice(job.shifts))
        housing = self._housing(industry)
        title = rng.choice(job.titles)
        meals = rng.choices((Meals.ALL, Meals.WORK, Meals.SUBSIDY, Meals.NONE), (25, 40, 20, 15))[0]
        if "包吃住" in title:
            housing, meals = Housing.FREE, Meals.ALL
        hazards = [Hazard(value) for value in job.hazards if rng.random() < 0.9]
        has_dorm = housing in (Housing.FREE, Housing.PAID)
        years = rng.choice(job.years)
        months, probation = rng.choice(((12, 1), (24, 1), (36, 2), (12, 0), (36, 1)))
        seasonal = rng.random() < 0.06
        posting = JobPosting(
            employer=employer,
            title=title,
            trade=self.trades[job.trade],
            employment_kind=EmploymentKind.SEASONAL if seasonal else EmploymentKind.FULL_TIME,
            headcount=min(1 + int(rng.expovariate(1 / 7)), 80),
            contract_months=3 if seasonal else months,
            probation_months=0 if seasonal else probation,
            duties="\n".join(job.duties),
            requirements="\n".join([*job.wants, *([f"有 {years} 年以上经验。"] if years else [])]),
            education_min=job.education if rng.random() < 0.8 else 0,
            years_min=years,
            certificates=[code for code in job.certificates if code != 11 or rng.random() < 0.5],
            region=employer.region,
            zone=employer.zone,
            address=employer.address,
            pay_mode=mode,
            piece_rate_note=job.piece or ("按件计，月底结清。" if mode == PayMode.PIECE else ""),
            pay_day=rng.choice((10, 15, 20, 25)),
            overtime_rule=rng.choice(("平时加班 1.5 倍，周末 2 倍。", "加班每小时 20 元起。", "旺季加班，自愿。", "")),
            shift=shift,
            hours_per_day=8 if shift != Shift.TWO else rng.choice((8, 10, 11)),
            rest_rule=rng.choices(
                (RestRule.TWO_DAYS, RestRule.ONE_DAY, RestRule.FOUR_A_MONTH, RestRule.TWO_A_MONTH, RestRule.ROTA),
                (8, 40, 27, 15, 10),
            )[0],
            hazards=[hazard.value for hazard in hazards],
            safety_note=";".join(SAFETY[hazard] for hazard in hazards if hazard in SAFETY),
            social_insurance=rng.choices(
                (Insurance.FULL, Insurance.FULL_FUND, Insurance.INJURY, Insurance.NEGOTIABLE), (55, 15, 20, 10)
            )[0],
            insurance_from_month=rng.choice((1, 1, 2, 3)),
            meals=meals,
            meal_subsidy=rng.choice((200, 300, 400)) if meals == Meals.SUBSIDY else None,
            housing=housing,
            couple_rooms=has_dorm and rng.random() < 0.35,
            housing_fee=rng.choice((50, 100, 150)) if housing == Housing.PAID else None,
            has_air_con=has_dorm and rng.random() < 0.8,
            has_hot_water=has_dorm and rng.random() < 0.9,
            travel=rng.choices((Travel.NONE, Travel.REFUND, Travel.PICK_UP, Travel.COACH), (45, 25, 20, 10))[0],
            benefits=rng.sample(BENEFITS, rng.randint(1, 4)),
            interview_mode=rng.choices(list(InterviewMode), (55, 20, 15, 10))[0],
        )
        self._pay(posting, job, level)
        return self._finished(posting, [*skills_of_trades().get(job.trade, ())])

    def _pay(self, posting: JobPosting, job: Job, level: float) -> None:
        low, high = job.pay_from * level, job.pay_to * level * self.rng.uniform(0.95, 1.08)
        if posting.pay_mode == PayMode.DAILY:
            posting.pay_unit = PayUnit.DAY
            posting.base_pay_min, posting.base_pay_max = round(low / 217.5) * 10, round(high / 217.5) * 10
        elif posting.pay_mode == PayMode.HOURLY:
            posting.pay_unit = PayUnit.HOUR
            posting.base_pay_min, posting.base_pay_max = round(low / 174), round(high / 174) + 1
        else:
            posting.base_pay_min, posting.base_pay_max = round(low / 100) * 100, round(high / 100) * 100

    def _housing(self, industry: Industry) -> Housing:
        weights = (60, 15, 12, 13) if industry.side == "east" else (25, 10, 15, 50)
        return Housing(self.rng.choices((Housing.FREE, Housing.PAID, Housing.SUBSIDY, Housing.NONE), weights)[0])

    def _flexible(self, talent: Flexible, employers: list[tuple[Employer, Industry]]) -> JobPosting:
        rng = self.rng
        region = self.regions[talent.region]
        near = [employer for employer, _ in employers if employer.region_id == talent.region]
        posting = JobPosting(
            employer=rng.choice(near or [employer for employer, _ in employers]),
            title=talent.title,
            engagement=Engagement(talent.engagement),
            trade=self.trades[talent.trade],
            employment_kind=EmploymentKind.PART_TIME,
            headcount=rng.randint(1, 3),
            duties=talent.duties,
            requirements="在本行业干过多年，愿意带人。退休的师傅也欢迎。",
            days_planned=talent.days,
            region=region,
            zone=self.zones.get(talent.zone),
            address=region.name,
            pay_mode=PayMode.DAILY,
            pay_unit=PayUnit.DAY,
            base_pay_min=rng.choice((300, 400, 500)),
            base_pay_max=rng.choice((600, 800)),
            shift=Shift.FLEXIBLE,
            rest_rule=RestRule.ROTA,
            social_insurance=Insurance.NEGOTIABLE,
            meals=Meals.WORK,
            housing=Housing.FREE,
            has_air_con=True,
            has_hot_water=True,
            travel=Travel.REFUND,
            benefits=["往返路费报销"],
            interview_mode=InterviewMode.PHONE,
        )
        return self._finished(posting, [])

    def _finished(self, posting: JobPosting, skills: list[int]) -> JobPosting:
        """Give it its state and dates; `wanted` holds the skills to be written with it."""
        rng = self.rng
        age = rng.randint(0, 25)
        draw = rng.random()
        posting.state = (
            PostingState.PUBLISHED if draw < 0.88 else PostingState.REVIEW if draw < 0.92
            else PostingState.PAUSED if draw < 0.95 else PostingState.DRAFT
        )  # fmt: skip
        posting.published_at = at(self.day - timedelta(days=age + 1), rng.randint(8, 18), rng.randint(0, 59))
        posting.valid_until = self.day + timedelta(days=60 - age)
        if posting.state == PostingState.PUBLISHED and rng.random() < 0.04:  # gone by, to be renewed
            posting.published_at = at(self.day - timedelta(days=70), 9)
            posting.valid_until = self.day - timedelta(days=rng.randint(1, 8))
        elif posting.state in (PostingState.REVIEW, PostingState.DRAFT):
            posting.published_at = None
        if rng.random() < 0.3:
            posting.start_by = max(self.day, posting.valid_until - timedelta(days=rng.randint(0, 10)))
        wanted = rng.sample(skills, min(len(skills), rng.choice((0, 1, 1, 2))))
        posting.wanted = [(code, rng.choice((SkillLevel.BASIC, SkillLevel.SKILLED))) for code in wanted]  # type: ignore[attr-defined]
        posting_rules.derive(posting)
        return posting

    def _write_postings(self, postings: list[JobPosting]) -> None:
        for posting in postings:
            posting.search = vector_for(text_of(posting))
            posting.search_version = SEARCH_VERSION
        JobPosting.objects.bulk_create(postings)
        PostingSkill.objects.bulk_create(
            PostingSkill(posting=posting, skill_id=code, level=level)
            for posting in postings
            for code, level in posting.wanted  # type: ignore[attr-defined]
        )
        PostingEvent.objects.bulk_create(
            PostingEvent(
                posting=posting,
                from_state=PostingState.DRAFT,
                to_state=posting.state,
                reason="演示",
                by=self.officer,
                at=posting.published_at or timezone.now(),
            )
            for posting in postings
        )
