"""The words of the demo: industries as they are, names that belong to nobody. The tables are the CSV files beside."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinba.reference.choices import Education

HERE = Path(__file__).parent

VILLAGES = ["一村", "二村", "三村", "四村", "五村", "六村", "七村", "八村", "新村", "中心村", "社区"]

# Two-character marks of firms, put together so that hardly anybody is called so.
MARK_A = "澜砚泊霁穗榆槿岚朔翊沐筠珩砾祁峤蔚禾垚淳屿昀柏漱"
MARK_B = "桥栖川野舟庭溪垣苑岑渡陌汀谷屏原驿簇台畔畦坞洛塬"

BENEFITS = [
    *("全勤奖", "工龄奖", "夜班补贴", "高温补贴", "节日礼品", "生日礼物"),
    *("免费工作服", "年终奖", "免费体检", "员工食堂", "老乡多", "每月预支"),
]
# Made-up shares of the demo population by county and by education.
COUNTIES = {"511902": 24, "511903": 15, "511921": 20, "511922": 18, "511923": 23}
EDUCATION = {
    Education.PRIMARY: 16,
    Education.JUNIOR: 52,
    Education.SENIOR: 20,
    Education.COLLEGE: 8,
    Education.BACHELOR: 3,
    Education.GRADUATE: 1,
}


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job: how it is advertised. Pay in yuan by the month; its skills follow from the trade."""

    trade: int
    titles: list[str]
    duties: list[str]
    pay_from: int
    pay_to: int
    shifts: list[str]
    modes: list[str]
    hazards: list[str]
    wants: list[str]
    education: int
    years: list[int]
    certificates: list[int]
    piece: str


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry where it really is: how firms in it call themselves and whom they hire."""

    side: str
    region: str
    zone: str
    word: str
    label: str
    trades: list[int]
    weight: int
    firm: str


@dataclass(frozen=True, slots=True)
class Flexible:
    """Talent that serves the other city for some days a year."""

    title: str
    trade: int
    duties: str
    region: str
    zone: str
    engagement: str
    days: int


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _list(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def _numbers(text: str) -> list[int]:
    return [int(part) for part in _list(text)]


@cache
def jobs() -> dict[int, Job]:
    """Kinds of jobs by trade."""
    return {
        int(r["trade"]): Job(
            trade=int(r["trade"]),
            titles=_list(r["titles"]),
            duties=_list(r["duties"]),
            pay_from=int(r["pay_from"]),
            pay_to=int(r["pay_to"]),
            shifts=_list(r["shifts"]),
            modes=_list(r["modes"]),
            hazards=_list(r["hazards"]),
            wants=_list(r["wants"]),
            education=int(r["education"]),
            years=_numbers(r["years"]),
            certificates=_numbers(r["certificates"]),
            piece=r["piece"],
        )
        for r in _rows("jobs.csv")
    }


@cache
def industries() -> list[Industry]:
    return [
        Industry(
            side=r["side"],
            region=r["region"],
            zone=r["zone"],
            word=r["word"],
            label=r["label"],
            trades=_numbers(r["trades"]),
            weight=int(r["weight"]),
            firm=r["firm"],
        )
        for r in _rows("industries.csv")
    ]


@cache
def flexible() -> list[Flexible]:
    return [
        Flexible(r["title"], int(r["trade"]), r["duties"], r["region"], r["zone"], r["engagement"], int(r["days"]))
        for r in _rows("flexible.csv")
    ]


_NAMES = {r["kind"]: _list(r["words"]) for r in _rows("names.csv")}
SURNAMES = _NAMES["surname"]
GIVEN = _NAMES["given"]


@cache
def skills_of_trades() -> dict[int, list[int]]:
    """Skill codes by the trade they belong to."""
    found: dict[int, list[int]] = {}
    path = HERE.parent.parent / "jinba" / "reference" / "data" / "skills.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(int(row["trade"]), []).append(int(row["code"]))
    return found
