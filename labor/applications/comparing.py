"""Two profiles side by side: what differs, masked, and what may be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from jinba.reference.choices import Shift
from jinba.reference.models import Certificate, Trade
from labor.applications.actions.merging import FIELDS
from labor.applications.choices import LIVE
from labor.applications.models import Application
from labor.workers.choices import Need
from labor.workers.models import Delegation, DuplicatePair, Worker
from labor.workers.places import known_places

LABELS = {
    "name": "姓名",
    "phone": "手机号",
    "resident_id": "身份证号",
    "birth_date": "出生日期",
    "home": "家在哪里",
    "education": "学历",
    "years": "干了几年",
    "trades": "想干的工种",
    "places": "想去的地方",
    "min_pay": "每月最少工资",
    "housing_need": "吃住",
    "shifts": "能上的班",
    "available_from": "什么时候能上班",
    "return_wish": "返乡打算",
    "job_status": "找工作状态",
}


@dataclass(frozen=True)
class Line:
    """One field of both profiles; `field` is what may be chosen, empty where there is nothing to choose."""

    field: str
    label: str
    first: str
    second: str
    differs: bool
    chosen: str = ""  # whose content was chosen when the page comes back: a worker's number


def lines(pair: DuplicatePair, chosen: Mapping[str, str]) -> list[Line]:
    """The fields that may be chosen, those that differ first; `chosen` by field."""
    trades = dict(Trade.objects.filter(pk__in=[*pair.first.trades, *pair.second.trades]).values_list("pk", "name"))
    places = known_places().names
    found = []
    for field, label in LABELS.items():
        differs = any(getattr(pair.first, column) != getattr(pair.second, column) for column in FIELDS[field])
        if field == "phone":  # encrypted anew each time; the index tells
            differs = pair.first.phone_index != pair.second.phone_index
        first, second = (_words(worker, field, trades, places) for worker in (pair.first, pair.second))
        if first or second:
            found.append(
                Line(field if differs else "", label, first or "没填", second or "没填", differs, chosen.get(field, ""))
            )
    return sorted(found, key=lambda line: not line.differs)


def _words(worker: Worker, field: str, trades: dict[int, str], places: dict[str, str]) -> str:
    if field == "name":
        return worker.name
    if field == "phone":
        return worker.masked_phone
    if field == "resident_id":
        return worker.masked_resident_id
    if field == "home":
        return f"{worker.home.path}{worker.village}"
    if field == "trades":
        names = [trades[code] for code in worker.trades if code in trades]
        return "、".join(names) + ("，别的也行" if names and worker.is_open_to_any else "")
    if field == "places":
        wanted = "、".join(places.get(code, code) for code in worker.places)
        refused = "、".join(places.get(code, code) for code in worker.refused_places)
        return wanted + (f"（不去：{refused}）" if refused else "")
    if field == "housing_need":
        parts = [("住宿", worker.housing_need), ("夫妻房", worker.couple_room_need)]
        words = [f"{label}{Need(need).label}" for label, need in parts if need]
        return "、".join([*words, *(["想包吃"] if worker.wants_meals else [])])
    if field == "shifts":
        return "、".join(str(Shift(shift).label) for shift in worker.shifts)
    return _plain(worker, field)


def _plain(worker: Worker, field: str) -> str:
    value: Any = getattr(worker, field)
    if not value:
        return ""
    if field in ("birth_date", "available_from"):
        return f"{value:%Y-%m-%d}"
    if field == "min_pay":
        return f"{value} 元"
    if field == "years":
        return f"{value} 年"
    return str(getattr(worker, f"get_{field}_display")())


def more(pair: DuplicatePair) -> list[Line]:
    """What is not chosen but merged or kept: how each came, what runs, who helps."""
    counts = {
        row["worker"]: row
        for row in Application.objects.filter(worker__in=(pair.first_id, pair.second_id))
        .values("worker")
        .annotate(all=Count("pk"), live=Count("pk", filter=Q(stage__in=LIVE)))
    }
    helpers: dict[int, list[str]] = {}
    live = Delegation.objects.live().filter(worker__in=(pair.first_id, pair.second_id)).select_related("helper")
    for row in live:
        helpers.setdefault(row.worker_id, []).append(row.helper.name)
    skills = {
        worker.pk: "、".join(f"{one.skill.name}（{one.get_level_display()}）" for one in worker.skills.all())
        for worker in (pair.first, pair.second)
    }
    certificates = dict(
        Certificate.objects.filter(pk__in=[*pair.first.certificates, *pair.second.certificates]).values_list(
            "pk", "name"
        )
    )

    def line(label: str, words: Any) -> Line:
        first, second = words(pair.first), words(pair.second)
        return Line("", label, first or "没有", second or "没有", first != second)

    return [
        line("登记方式", _came),
        line("本人登录", lambda worker: "登录过" if worker.user_id else "还没有"),
        line("报名", lambda worker: _applications(counts.get(worker.pk))),
        line("谁在代办", lambda worker: "、".join(helpers.get(worker.pk, []))),
        line("手艺", lambda worker: skills[worker.pk]),
        line("证书", lambda worker: "、".join(certificates.get(code, "") for code in worker.certificates)),
        line("结伴", lambda worker: str(worker.group.get_kind_display()) if worker.group else ""),
    ]


def _came(worker: Worker) -> str:
    return f"{worker.get_registered_via_display()}，{timezone.localtime(worker.created_at):%Y-%m-%d}"


def _applications(counts: Mapping[str, Any] | None) -> str:
    return f"{counts['all']} 个，正在办 {counts['live']} 个" if counts else ""
