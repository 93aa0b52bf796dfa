"""A row of a roster beside the person it resembles: what agrees and what does not, without a stranger's data."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from jinba.core.masking import masked_phone
from jinba.reference.choices import Education
from jinba.reference.models import Region
from labor.workers.choices import TwinChoice
from labor.workers.models import BatchPart, BatchProblem, RegistrationBatch, Worker

SAME, DIFFERENT, UNKNOWN = "一样", "不一样", "有一边没填"


@dataclass(frozen=True)
class Line:
    """One trait: what the roster says, what stands beside it, and whether they agree."""

    label: str
    own: str
    other: str
    agrees: bool | None


@dataclass(frozen=True)
class TwinRow:
    problem: BatchProblem
    other_title: str
    lines: list[Line]
    choices: list[tuple[str, str]]


def rows_of(batch: RegistrationBatch, problems: Iterable[BatchProblem]) -> list[TwinRow]:
    """For each twin the comparison and what may be chosen. Four queries, however many there are."""
    problems = list(problems)
    wanted = {row for problem in problems for row in (problem.row, problem.resembles_row) if row}
    people = _people(batch, wanted)
    codes = {fields["home"] for fields in people.values()}
    homes = dict(Region.objects.filter(code__in=codes).values_list("code", "path"))
    workers = Worker.objects.select_related("home").in_bulk([one.resembles_id for one in problems if one.resembles_id])
    rows = []
    for problem in problems:
        own = people.get(problem.row, EMPTY)
        worker = workers.get(problem.resembles_id or 0)
        if worker is not None:
            title, lines = "已经登记的", _beside_worker(own, worker, homes)
        else:
            title = f"第 {problem.resembles_row} 行"
            lines = _beside_row(own, people.get(problem.resembles_row or 0, EMPTY), homes)
        rows.append(TwinRow(problem, title, lines, _choices(problem)))
    return rows


EMPTY: dict[str, Any] = {
    "name": "", "phone": "", "resident_id": "", "birth_date": None, "home": "", "village": "", "education": 0,
}  # fmt: skip


def _people(batch: RegistrationBatch, rows: set[int]) -> dict[int, dict[str, Any]]:
    """The stored people of these rows; only the parts that hold them are decrypted."""
    if not rows:
        return {}
    holding = Q()
    for row in rows:
        holding |= Q(first_row__lte=row, last_row__gte=row)
    found = {}
    for text in BatchPart.objects.filter(holding, batch=batch).values_list("people", flat=True):
        found.update({one["row"]: one for one in json.loads(text) if one["row"] in rows})
    return found


def _beside_worker(own: dict[str, Any], worker: Worker, homes: dict[str, str]) -> list[Line]:
    """The registered person may be a stranger to the sender: of what differs he reads only that it does."""
    number, born = own["resident_id"], own["birth_date"]
    same_number = number[-4:] == worker.resident_id_last4 if number and worker.resident_id_last4 else None
    same_birth = worker.birth_date.isoformat() == born if born and worker.birth_date else None
    same_county = worker.home_id[:6] == own["home"][:6] if own["home"] else None
    return [
        Line("姓名", own["name"], worker.masked_name, own["name"] == worker.name),
        Line("手机号", masked_phone(own["phone"]), worker.masked_phone, own["phone"] == worker.phone),
        Line("身份证号", _number(number), _said(same_number), same_number),
        Line("出生日期", born or "没填", _said(same_birth), same_birth),
        Line(
            "家在", homes.get(own["home"], ""), homes.get(own["home"], "") if same_county else "别的县区", same_county
        ),
    ]


def _beside_row(own: dict[str, Any], other: dict[str, Any], homes: dict[str, str]) -> list[Line]:
    def line(label: str, key: str, words: Any) -> Line:
        both = bool(own[key]) and bool(other[key])
        return Line(label, words(own[key]), words(other[key]), own[key] == other[key] if both else None)

    return [
        line("姓名", "name", str),
        line("手机号", "phone", masked_phone),
        line("身份证号", "resident_id", _number),
        line("出生日期", "birth_date", lambda born: born or "没填"),
        line("家在", "home", lambda code: homes.get(code, "")),
        line("村", "village", lambda text: text or "没填"),
        line("学历", "education", lambda code: str(Education(code).label) if code else "没填"),
    ]


def _number(number: str) -> str:
    return f"尾号 {number[-4:]}" if number else "没填"


def _said(same: bool | None) -> str:
    return UNKNOWN if same is None else SAME if same else DIFFERENT


def _choices(problem: BatchProblem) -> list[tuple[str, str]]:
    allowed = [TwinChoice.SKIP]
    if problem.resembles_id and "委托了您" not in problem.text:
        allowed.append(TwinChoice.ASK)
    if not problem.is_certain:
        allowed.append(TwinChoice.DIFFERENT)
    return [(str(choice), str(choice.label)) for choice in allowed]
