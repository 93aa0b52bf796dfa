"""From rows to the engine's arrays."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np
from django.db.models import QuerySet

from employers.choices import Housing, Meals
from employers.models import JobPosting, PostingSkill
from jinba.reference.choices import Shift
from jinba.reference.models import Trade
from labor.matching.engine import rules
from labor.matching.engine.columns import PostingColumns, PostingRow, WorkerColumns, WorkerRow
from labor.matching.places import PlaceMap
from labor.workers.models import Worker, WorkerSkill

EPOCH = date(1970, 1, 1)
# A posting without a trade is for people who would do anything.
NO_TRADE = rules.CODE_MAX
UNKNOWN_AGE = 30

SHIFT_NUMBER = {
    Shift.DAY: rules.SHIFT_DAY,
    Shift.TWO: rules.SHIFT_TWO,
    Shift.THREE: rules.SHIFT_THREE,
    Shift.ROTATING: rules.SHIFT_ROTATING,
    Shift.FLEXIBLE: rules.SHIFT_FLEXIBLE,
}
HOUSING_NUMBER = {Housing.FREE: rules.HOUSING_FREE, Housing.PAID: rules.HOUSING_CHARGED}
MEALS_NUMBER = {Meals.ALL: rules.MEALS_ALL, Meals.WORK: rules.MEALS_SOME, Meals.SUBSIDY: rules.MEALS_SOME}

POSTING_FIELDS = [
    "id",
    "trade_id",
    "region_id",
    "zone_id",
    "monthly_min",
    "monthly_max",
    "shift",
    "has_nights",
    "housing",
    "couple_rooms",
    "meals",
    "start_by",
    "education_min",
    "years_min",
    "certificates",
]
WORKER_FIELDS = [
    "id",
    "trades",
    "is_open_to_any",
    "places",
    "refused_places",
    "min_pay",
    "housing_need",
    "couple_room_need",
    "wants_meals",
    "shifts",
    "education",
    "years",
    "certificates",
    "available_from",
    "birth_date",
]


def day_number(day: date | None, *, otherwise: int) -> int:
    return otherwise if day is None else min(max((day - EPOCH).days, 0), rules.DAY_MAX)


def bits(codes: Iterable[int]) -> int:
    return sum(1 << code for code in set(codes) if code < 64)


def families() -> dict[int, int]:
    return dict(Trade.objects.values_list("code", "family_id"))


def best_skills(rows: Iterable[tuple[int, int, int]]) -> dict[int, list[tuple[int, int]]]:
    """(owner, skill, level) rows as at most eight skills an owner, the highest levels first."""
    found: dict[int, list[tuple[int, int]]] = {}
    for owner, skill, level in rows:
        found.setdefault(owner, []).append((skill, level))
    return {
        owner: sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[: rules.SKILLS] for owner, pairs in found.items()
    }


def posting_row(
    posting: dict[str, Any], skills: list[tuple[int, int]], family: dict[int, int], place: PlaceMap
) -> PostingRow:
    pay_min = min(posting["monthly_min"] or 0, rules.PAY_MAX)
    trade = posting["trade_id"] if posting["trade_id"] in family else NO_TRADE
    return PostingRow(
        id=posting["id"],
        trade=trade,
        family=family.get(trade, NO_TRADE),
        place=place.number_of(posting["region_id"], posting["zone_id"]),
        pay_min=pay_min,
        pay_max=max(pay_min, min(posting["monthly_max"] or 0, rules.PAY_MAX)),
        shift=SHIFT_NUMBER[posting["shift"]],
        night=int(posting["has_nights"]),
        housing=HOUSING_NUMBER.get(posting["housing"], rules.HOUSING_NONE),
        couple_rooms=int(posting["couple_rooms"]),
        meals=MEALS_NUMBER.get(posting["meals"], rules.MEALS_NONE),
        latest_start=day_number(posting["start_by"], otherwise=rules.DAY_MAX),
        education=posting["education_min"],
        years=min(posting["years_min"], rules.YEARS_MAX),
        certificates=bits(posting["certificates"]),
        skills=skills,
    )


def load_postings(postings: "QuerySet[JobPosting]", place: PlaceMap) -> PostingColumns:
    """The given postings as columns, ordered by id."""
    family = families()
    rows = list(postings.order_by("id").values(*POSTING_FIELDS))
    wanted = PostingSkill.objects.filter(posting__in=postings.values("id"))
    skills = best_skills(wanted.values_list("posting_id", "skill_id", "level"))
    return PostingColumns.from_rows(posting_row(row, skills.get(row["id"], []), family, place) for row in rows)


def worker_row(
    worker: dict[str, Any], skills: list[tuple[int, int]], family: dict[int, int], place: PlaceMap, day: date
) -> WorkerRow:
    trades = [code for code in worker["trades"] if code in family]
    born = worker["birth_date"]
    age = UNKNOWN_AGE if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return WorkerRow(
        id=worker["id"],
        trades=trades,
        families=[family[code] for code in trades],
        is_open=int(worker["is_open_to_any"] or not trades),
        places=place.acceptance(tuple(worker["places"]), tuple(worker["refused_places"])),
        min_pay=min(worker["min_pay"], rules.PAY_MAX),
        housing=worker["housing_need"],
        couple=worker["couple_room_need"],
        meals=int(worker["wants_meals"]),
        shifts=bits(SHIFT_NUMBER[shift] for shift in worker["shifts"]) or rules.ALL_SHIFTS,
        education=worker["education"],
        years=min(worker["years"], rules.YEARS_MAX),
        certificates=bits(worker["certificates"]),
        skills=skills,
        available=day_number(worker["available_from"], otherwise=0),
        age=min(max(age, 0), rules.AGE_MAX),
    )


def load_workers(workers: "QuerySet[Worker]", place: PlaceMap, day: date) -> WorkerColumns:
    """The given workers as columns, ordered by id; `day` decides ages."""
    family = families()
    rows = list(workers.order_by("id").values(*WORKER_FIELDS))
    have = WorkerSkill.objects.filter(worker__in=workers.values("id"))
    skills = best_skills(have.values_list("worker_id", "skill_id", "level"))
    return WorkerColumns.from_rows(worker_row(row, skills.get(row["id"], []), family, place, day) for row in rows)


def pack_ids(ids: "np.ndarray[Any, Any]") -> bytes:
    return np.ascontiguousarray(ids, dtype="<i8").tobytes()


def pack_scores(scores: "np.ndarray[Any, Any]") -> bytes:
    return np.ascontiguousarray(scores, dtype="<u4").tobytes()


def unpack_ids(data: bytes | memoryview) -> list[int]:
    return np.frombuffer(data, dtype="<i8").tolist()


def unpack_scores(data: bytes | memoryview) -> list[int]:
    return np.frombuffer(data, dtype="<u4").tolist()


def chunks_of_ids(workers: "QuerySet[Worker]", size: int) -> Iterator[tuple[int, int]]:
    """The ids of the given workers cut into (first, last) ranges of `size` workers, without holding them all."""
    first = last = None
    count = 0
    for worker_id in workers.order_by("id").values_list("id", flat=True).iterator(chunk_size=50_000):
        first = worker_id if first is None else first
        last, count = worker_id, count + 1
        if count == size:
            yield first, last
            first, count = None, 0
    if first is not None and last is not None:
        yield first, last
