import random
from typing import Any

import pytest

from employers.choices import Housing, Meals
from employers.models import JobPosting, PostingSkill
from jinba.reference.choices import Shift
from jinba.reference.models import Skill, Zone
from labor.matching import resident
from labor.workers.models import Worker, WorkerSkill
from tests.factories.employers import EmployerFactory, JobPostingFactory
from tests.factories.reference import TradeFactory, region
from tests.factories.workers import WorkerFactory

COUNTIES = ("330782", "330784", "330783", "511902", "511921")


@pytest.fixture(autouse=True)
def _nothing_resident() -> Any:
    resident.forget()
    yield
    resident.forget()


class Town:
    """A small market, the same for each seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.trades = [TradeFactory(code=code).pk for code in (9001, 9002, 9003, 9004)]
        self.skills = [
            Skill.objects.get_or_create(pk=code, defaults={"name": f"技能{code}"})[0] for code in (901, 902, 903)
        ]
        self.employer = EmployerFactory()
        for code in COUNTIES:
            region(code)

    def posting(self, **fields: Any) -> JobPosting:
        chance = self.chance
        pay = chance.randrange(30, 90) * 100
        posting = JobPostingFactory(
            employer=self.employer,
            **{
                "trade_id": chance.choice(self.trades),
                "trade": None,
                "region": region(chance.choice(COUNTIES)),
                "base_pay_min": pay,
                "base_pay_max": pay + 2000,
                "shift": chance.choice(Shift.values),
                "housing": chance.choice(Housing.values),
                "meals": chance.choice(Meals.values),
                "couple_rooms": chance.random() < 0.3,
                "education_min": chance.choice((0, 0, 2, 3)),
            }
            | fields,
        )
        JobPosting.objects.filter(pk=posting.pk).update(monthly_min=pay, monthly_max=pay + 2000)
        for skill in chance.sample(self.skills, chance.randrange(3)):
            PostingSkill.objects.create(posting=posting, skill=skill, level=chance.randrange(1, 4))
        return posting

    def worker(self, **fields: Any) -> Worker:
        chance = self.chance
        worker = WorkerFactory(
            **{
                "trades": chance.sample(self.trades, chance.randrange(3)),
                "is_open_to_any": chance.random() < 0.3,
                "places": chance.sample(COUNTIES, chance.randrange(3)),
                "refused_places": [chance.choice(COUNTIES)] if chance.random() < 0.2 else [],
                "min_pay": chance.randrange(0, 80) * 100,
                "housing_need": chance.randrange(3),
                "couple_room_need": chance.choice((0, 0, 0, 1, 2)),
                "shifts": chance.sample(Shift.values, chance.randrange(4)),
                "education": chance.randrange(7),
                "years": chance.randrange(20),
            }
            | fields
        )
        for skill in chance.sample(self.skills, chance.randrange(3)):
            WorkerSkill.objects.create(worker=worker, skill=skill, level=chance.randrange(1, 4))
        return worker


@pytest.fixture
def town(db: None) -> Town:
    return Town(7)


@pytest.fixture
def zones(db: None) -> list[str]:
    return list(Zone.objects.values_list("code", flat=True))
