"""What may stand in a worker's profile: for each field, the value in its clean form, or Refused with the reason."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from jinba.accounts.names import clean_name
from jinba.core.errors import Refused
from jinba.reference.choices import Education, Shift, SkillLevel
from jinba.reference.models import Certificate, Region, Skill, Trade
from labor.workers.choices import JobStatus, Need, ReturnWish
from labor.workers.places import known_places

MOST_TRADES, MOST_PLACES, MOST_SKILLS, MOST_CERTIFICATES = 3, 20, 30, 20
MOST_PAY, MOST_YEARS = 100_000, 60
YOUNGEST, OLDEST = 16, 90
TOO_YOUNG = "未满 16 周岁，国家规定任何单位都不能招用，请先好好上学。"


def _refuse(words: str, field: str) -> Refused:
    return Refused(words, field=field)


def _number(most: int, field: str) -> Callable[[Any], int]:
    def clean(value: Any) -> int:
        if value is None:
            return 0
        if not isinstance(value, int) or not 0 <= value <= most:
            raise _refuse(f"请填 0 到 {most} 之间的数。", field)
        return value

    return clean


def _one_of(choices: type[models.Choices], field: str) -> Callable[[Any], Any]:
    def clean(value: Any) -> Any:
        if value not in choices.values:
            raise _refuse("没有这个选项，请重新选。", field)
        return value

    return clean


def _flag(value: Any) -> bool:
    return bool(value)


def _known(model: type[models.Model], most: int, field: str, words: str) -> Callable[[Iterable[int]], list[int]]:
    def clean(value: Iterable[int]) -> list[int]:
        codes = list(dict.fromkeys(value))
        if len(codes) > most:
            raise _refuse(words, field)
        if model._default_manager.filter(pk__in=codes).count() != len(codes):
            raise _refuse("没有这个选项，请重新选。", field)
        return codes

    return clean


def _places(field: str) -> Callable[[Iterable[str]], list[str]]:
    def clean(value: Iterable[str]) -> list[str]:
        codes = list(dict.fromkeys(value))
        if len(codes) > MOST_PLACES:
            raise _refuse(f"最多选 {MOST_PLACES} 个地方。", field)
        if set(codes) - set(known_places().names):
            raise _refuse("没有这个地方，请重新选。", field)
        return codes

    return clean


def _shifts(value: Iterable[str]) -> list[str]:
    wanted = set(value)
    if wanted - set(Shift.values):
        raise _refuse("没有这个选项，请重新选。", "shifts")
    # All of them means the same as none: any shift will do.
    return [] if wanted == set(Shift.values) else [shift for shift in Shift.values if shift in wanted]


def _birth_date(value: date | None) -> date | None:
    if value is None:
        return None
    today = timezone.localdate()
    age = today.year - value.year - ((today.month, today.day) < (value.month, value.day))
    if value > today or age > OLDEST:
        raise _refuse("这个出生日期不对，请再看一眼。", "birth_date")
    if age < YOUNGEST:
        raise _refuse(TOO_YOUNG, "birth_date")
    return value


def _available_from(value: date | None) -> date | None:
    if value is None:
        return None
    today = timezone.localdate()
    if value > today + timedelta(days=366):
        raise _refuse("请选一年以内的日子。", "available_from")
    return max(value, today)


def home(value: Region) -> Region:
    """A county or a township: whoever stands beside the worker's home must know where it is."""
    if value is None or len(value.code) < 6:
        raise _refuse("请选到县（市、区）。", "home")
    return value


def village(value: str) -> str:
    if len(value) > 60:
        raise _refuse("村（社区）名最多 60 个字。", "village")
    return value.strip()


def skills(value: Mapping[int, int]) -> dict[int, int]:
    """Levels by skill."""
    _known(Skill, MOST_SKILLS, "skills", f"手艺最多选 {MOST_SKILLS} 样，拣最拿手的。")(value)
    if any(level not in SkillLevel.values for level in value.values()):
        raise _refuse("没有这个选项，请重新选。", "skills")
    return dict(value)


FIELDS: dict[str, Callable[[Any], Any]] = {
    "name": clean_name,
    "home": home,
    "village": village,
    "birth_date": _birth_date,
    "education": _one_of(Education, "education"),
    "years": _number(MOST_YEARS, "years"),
    "trades": _known(Trade, MOST_TRADES, "trades", f"想干的工种最多选 {MOST_TRADES} 个。"),
    "is_open_to_any": _flag,
    "places": _places("places"),
    "refused_places": _places("refused_places"),
    "min_pay": _number(MOST_PAY, "min_pay"),
    "housing_need": _one_of(Need, "housing_need"),
    "couple_room_need": _one_of(Need, "couple_room_need"),
    "wants_meals": _flag,
    "shifts": _shifts,
    "certificates": _known(Certificate, MOST_CERTIFICATES, "certificates", f"证书最多选 {MOST_CERTIFICATES} 个。"),
    "available_from": _available_from,
    "return_wish": _one_of(ReturnWish, "return_wish"),
    "job_status": _one_of(JobStatus, "job_status"),
}


def check_together(worker: Any, changed: str) -> None:
    """What no single field can tell; `changed` is the field that the sentence is about."""
    both = set(worker.places) & set(worker.refused_places)
    if both:
        names = known_places().names
        words = "、".join(sorted(names.get(code, code) for code in both))
        raise _refuse(f"“{words}”既在想去里，又在不去里，请先去掉一处。", changed)
