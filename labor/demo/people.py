"""A made-up population of workers from Bazhong, written by COPY in pieces: memory does not grow with their number."""

import itertools
import random
from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

from jinba.accounts.models import phone_index
from jinba.core.encryption import encrypt
from jinba.reference.choices import Education, Shift
from jinba.reference.models import Region
from labor.demo.texts import COUNTIES, EDUCATION, GIVEN, SURNAMES, VILLAGES, industries, jobs, skills_of_trades
from labor.workers.choices import GroupKind, JobStatus, Need, RegisteredVia, ReturnWish
from labor.workers.models import Worker, WorkerGroup, WorkerSkill

PIECE = 10_000
# 1990000xxxx for the accounts, 1999xxxxxxx for the population: numbers of the right form that the demo made up.
PHONE = "1999{:07d}"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
EAST_PLACES = ["330784", "330782", "330783", "330781", "330723", "330702", "330703", "330726", "330727"]
PHONE_COLUMN = "workers_worker.phone"


def text(value: Any) -> str:
    """One value as COPY's text format reads it. Our values hold no tabs, line ends or backslashes."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(map(str, value)) + "}"
    return str(value)


class Table:
    """Rows of one model for COPY; fields that are not given take the model's defaults."""

    def __init__(self, model: type[models.Model], *given: str) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        columns = [str(fields[name].column) for name in given]
        rest = [field for name, field in fields.items() if name not in given and not field.primary_key]
        self.tail = "".join("\t" + text(_default(field)) for field in rest)
        names = ", ".join(f'"{name}"' for name in [*columns, *(str(field.column) for field in rest)])
        self.sql = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
        self.table = model._meta.db_table
        self.lines: list[str] = []

    def add(self, *values: Any) -> None:
        self.lines.append("\t".join(map(text, values)) + self.tail)

    def write(self) -> None:
        if self.lines:
            with connection.cursor() as cursor, cursor.copy(self.sql) as copy:
                copy.write("\n".join(self.lines) + "\n")
            self.lines.clear()

    def reserve(self, count: int) -> int:
        """The first of `count` ids that nobody else will get."""
        with connection.cursor() as cursor:
            sequence = f"pg_get_serial_sequence('{self.table}', 'id')"
            cursor.execute(f"SELECT nextval({sequence})")
            first = int(cursor.fetchone()[0])
            if count > 1:
                cursor.execute(f"SELECT setval({sequence}, %s)", [first + count - 1])
        return first


def _default(field: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    if field.has_default():
        return field.get_default()
    return None if field.null else ""


class Chooser:
    """Weighted choice, cumulative sums made once."""

    def __init__(self, weights: dict[Any, float]) -> None:
        self.items = list(weights)
        self.sums = list(itertools.accumulate(weights.values()))

    def __call__(self, rng: random.Random) -> Any:
        return self.items[bisect(self.sums, rng.random() * self.sums[-1])]


def trade_weights() -> dict[int, float]:
    """Which trades people from Bazhong want: those that are hired, the common ones above all."""
    weights: dict[int, float] = {}
    for industry in industries():
        for place, trade in enumerate(industry.trades):
            weights[trade] = weights.get(trade, 0) + industry.weight / (1 + place * 0.5)
    return weights


class Population:
    """Makes workers from a seed: the same seed gives the same people."""

    def __init__(self, *, seed: int, first_phone: int = 0, today: date | None = None) -> None:
        self.rng = random.Random(f"people {seed}")
        self.day = today or timezone.localdate()
        self.first_phone = first_phone
        self.trade = Chooser(trade_weights())
        self.county = Chooser(dict(COUNTIES))
        self.education = Chooser({int(level): weight for level, weight in EDUCATION.items()})
        self.towns: dict[str, list[str]] = {}
        for code in Region.objects.filter(code__startswith="5119", level="township").values_list("code", flat=True):
            self.towns.setdefault(code[:6], []).append(code)
        self.phones = 0

    def write(self, count: int, *, brokers: Sequence[int] = (), tell: Callable[[int], None] | None = None) -> range:
        """Write `count` workers with skills and groups; returns their ids. `brokers`: users who registered some."""
        workers = Table(Worker, *WORKER_FIELDS)
        skills = Table(WorkerSkill, "worker_id", "skill_id", "level")
        groups = Table(WorkerGroup, "id", "kind", "code")
        first = workers.reserve(count)
        worker_id, end = first, first + count
        while worker_id < end:
            piece_end = min(worker_id + PIECE, end)
            group_id = groups.reserve(piece_end - worker_id)
            while worker_id < piece_end:
                size, kind = self._company(piece_end - worker_id)
                group = None
                if kind:
                    group, group_id = group_id, group_id + 1
                    groups.add(group, kind, self._code(group))
                worker_id = self._write_company(worker_id, size, kind, group, workers, skills, brokers)
            groups.write()
            workers.write()
            skills.write()
            if tell:
                tell(worker_id - first)
        return range(first, end)

    def _company(self, room: int) -> tuple[int, str]:
        draw = self.rng.random()
        if draw < 0.06 and room >= 2:
            return 2, GroupKind.COUPLE
        if draw < 0.075 and room >= 5:
            return self.rng.randint(3, 5), GroupKind.VILLAGERS
        return 1, ""

    def _code(self, group: int) -> str:
        """Six characters that differ for every group: the number, mixed and written in the alphabet of codes."""
        number = group * 387_420_489 % 32**6
        return "".join(ALPHABET[number >> shift & 31] for shift in range(0, 30, 5))

    def _write_company(
        self,
        worker_id: int,
        size: int,
        kind: str,
        group: int | None,
        workers: Table,
        skills: Table,
        brokers: Sequence[int],
    ) -> int:
        rng = self.rng
        county = self.county(rng)
        town = rng.choice(self.towns[county])
        village = rng.choice(VILLAGES)
        shared_trade = self.trade(rng)
        places = self._places()
        age = self._age(21 if kind == GroupKind.COUPLE else 16)
        for _ in range(size):
            trade = shared_trade if kind and rng.random() < 0.6 else self.trade(rng)
            own_age = max(18, min(62, age + rng.randint(-4, 4))) if kind else age
            self._write_one(
                worker_id, town, village, kind, group, trade, own_age, places, workers, skills,
                rng.choice(brokers) if brokers and rng.random() < 0.15 else None,
            )  # fmt: skip
            worker_id += 1
        return worker_id

    def _write_one(
        self, worker_id: int, town: str, village: str, kind: str, group: int | None, trade: int, age: int,
        places: list[str], workers: Table, skills: Table, broker: int | None,
    ) -> None:  # fmt: skip
        rng = self.rng
        education = self.education(rng)
        if age > 48 and education > Education.SENIOR:
            education = int(Education.JUNIOR)
        years = min(int(rng.expovariate(1 / 4)), max(age - 17, 0), 30)
        job = jobs()[trade]
        trades = [trade]
        while len(trades) < 3 and rng.random() < 0.4:
            other = self.trade(rng)
            if other not in trades:
                trades.append(other)
        is_open = rng.random() < 0.25
        couple = kind == GroupKind.COUPLE
        phone = PHONE.format((self.first_phone + self.phones) % 10_000_000)
        self.phones += 1
        pay = round(job.pay_from * rng.uniform(0.75, 1.05) / 100) * 100
        certificates = [c for c in job.certificates if rng.random() < 0.7]
        if rng.random() < 0.25:
            certificates.append(12)  # driving licence C1
        workers.add(
            worker_id,
            rng.choice(SURNAMES) + rng.choice(GIVEN),
            encrypt(phone, column=PHONE_COLUMN),
            phone_index(phone),
            self.day - timedelta(days=age * 365 + rng.randint(0, 364)),
            town,
            village,
            education,
            years,
            [] if is_open and rng.random() < 0.5 else trades,
            is_open,
            places,
            rng.sample(EAST_PLACES, 1) if rng.random() < 0.05 else [],
            pay if rng.random() < 0.85 else 0,
            rng.choices((Need.NONE, Need.WANTS, Need.MUST), (20, 45, 35))[0].value,
            (Need.MUST if rng.random() < 0.4 else Need.WANTS).value if couple else 0,
            rng.random() < 0.6,
            self._shifts(),
            sorted(set(certificates)),
            None if rng.random() < 0.6 else self.day + timedelta(days=rng.randint(0, 40)),
            group,
            rng.choices(("", ReturnWish.YES, ReturnWish.LATER, ReturnWish.NO), (40, 20, 25, 15))[0],
            rng.choices((JobStatus.LOOKING, JobStatus.WORKING, JobStatus.NOT_NOW), (70, 22, 8))[0],
            (RegisteredVia.BROKER if broker else RegisteredVia.DEMO).value,
            broker,
        )
        self._write_skills(worker_id, trades, years, skills)

    def _write_skills(self, worker_id: int, trades: Iterable[int], years: int, skills: Table) -> None:
        rng = self.rng
        written = set()
        for trade in trades:
            for skill in skills_of_trades().get(trade, ()):
                if skill not in written and rng.random() < 0.55:
                    written.add(skill)
                    skills.add(
                        worker_id, skill, 1 + (rng.random() < 0.2 + years * 0.06) + (rng.random() < years * 0.03)
                    )

    def _age(self, least: int) -> int:
        return max(least, min(62, int(self.rng.triangular(16, 62, 37))))

    def _places(self) -> list[str]:
        rng = self.rng
        draw = rng.random()
        if draw < 0.2:
            return []
        if draw < 0.35:
            return ["5119"]
        if draw < 0.5:
            return ["3307"]
        wanted = rng.sample(EAST_PLACES, rng.randint(1, 3))
        return [*wanted, "5119"] if rng.random() < 0.15 else wanted

    def _shifts(self) -> list[str]:
        draw = self.rng.random()
        if draw < 0.45:
            return []
        if draw < 0.8:
            return [Shift.DAY.value, Shift.FLEXIBLE.value]
        return [Shift.DAY.value, Shift.TWO.value, Shift.ROTATING.value]


WORKER_FIELDS = (
    "id", "name", "phone", "phone_index", "birth_date", "home_id", "village", "education", "years", "trades",
    "is_open_to_any", "places", "refused_places", "min_pay", "housing_need", "couple_room_need", "wants_meals",
    "shifts", "certificates", "available_from", "group_id", "return_wish", "job_status", "registered_via",
    "registered_by_id",
)  # fmt: skip


def fully_checked() -> None:
    """Check foreign keys at the end of each statement: millions of deferred checks would fill the server's memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def checked_at_the_end() -> None:
    """From now on as usual: what has to hold at the end of the transaction may wait until then."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone.get_current_timezone())
