"""What the reader of the public list asked for, read from an address that anybody may have written.

Nothing in it can fail: what cannot be understood is left out and named in `ignored`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from employers.choices import Engagement, Housing, Insurance, Meals
from employers.models import Employer
from employers.search import LONGEST_QUERY, tsquery
from jinba.core.memory import Memory
from jinba.reference.choices import RegionLevel, Shift, ZoneKind
from jinba.reference.models import Region, Trade, Zone

ANY_PARK = "park"
FLEXIBLE = "flexible"
PAYS = (3000, 4000, 5000, 6000, 7000, 8000, 10000)
LOWEST_PAY, HIGHEST_PAY = 500, 200_000
ONLY_DAYS = "days"
INSURED = (Insurance.FULL, Insurance.FULL_FUND)

# A box to tick: its parameter, its words, what it asks of the posting.
BOXES: tuple[tuple[str, str, Q], ...] = (
    ("housing", "包住", Q(housing=Housing.FREE)),
    ("meals", "管饭", Q(meals__in=(Meals.ALL, Meals.WORK))),
    ("couple", "有夫妻房", Q(couple_rooms=True)),
    ("insurance", "交五险", Q(social_insurance__in=INSURED)),
    (ONLY_DAYS, "不上夜班", Q(has_nights=False, shift__gt="")),
)
NAMES = {"region": "地点", "zone": "园区", "family": "工种", "trade": "工种", "pay": "工资", "shift": "班次"}
NAMES |= {"kind": "岗位类别", "employer": "单位", "after": "页码", "before": "页码"}
NAMES |= {parameter: words for parameter, words, _ in BOXES}

Pairs = tuple[tuple[str, str], ...]
SELECTED = SafeString(" selected")


# Reference rows change a few times a year: each process asks for them every five minutes.
reference = Memory(size=500, seconds=300)


def region_levels(code: str) -> tuple[Pairs, Pairs, Pairs]:
    """(code, name) of the provinces, of the cities of the region's province, of the counties of its city."""
    code = code[:4]

    def look_up() -> tuple[Pairs, Pairs, Pairs]:
        wanted = Q(level=RegionLevel.PROVINCE)
        if code:
            wanted |= Q(parent_id__in=(code[:2], code), level__in=(RegionLevel.CITY, RegionLevel.COUNTY))
        rows = list(Region.objects.filter(wanted).order_by("code").values_list("code", "name"))
        provinces, cities, counties = (tuple(row for row in rows if len(row[0]) == length) for length in (2, 4, 6))
        return provinces, cities, counties

    return reference.get_or_make(("regions", code), look_up)


def zones() -> tuple[tuple[str, str, str], ...]:
    """(code, name, kind), development zones before the co-built parks."""
    rows = Zone.objects.order_by("-kind", "code").values_list("code", "short_name", "kind")
    return reference.get_or_make("zones", lambda: tuple(rows))


def park_codes() -> list[str]:
    return [code for code, _, kind in zones() if kind == ZoneKind.PARK]


def trades() -> tuple[tuple[str, str, str, str], ...]:
    """(code, name, code of the family, name of the family)."""
    rows = Trade.objects.order_by("code").values_list("code", "name", "family_id", "family__name")
    return reference.get_or_make(
        "trades", lambda: tuple((str(code), name, str(family), words) for code, name, family, words in rows)
    )


def families() -> Pairs:
    """The families that have trades, in the order of their codes."""
    return tuple(sorted({(family, words) for _, _, family, words in trades()}, key=lambda pair: int(pair[0])))


@lru_cache(maxsize=512)
def options(pairs: Pairs, selected: str) -> SafeString:
    """The `<option>`s of a select."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SELECTED if value == selected else "", label) for value, label in pairs),
    )


@dataclass(frozen=True)
class Chosen:
    """One thing that was asked for: its parameter, its words, and the condition on a posting."""

    parameter: str
    text: str
    condition: Q
    value: str = ""


@dataclass
class Filters:
    q: str = ""
    words: str = ""
    region: str = ""
    zone: str = ""
    family: str = ""
    trade: str = ""
    pay: str = ""
    shifts: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    kind: str = ""
    employer: str = ""
    chosen: list[Chosen] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def condition(self) -> Q:
        """All that was asked for but the words."""
        return conjunction(choice.condition for choice in self.chosen)

    def address(self, *, without: Chosen | None = None, **more: str) -> str:
        """The query string of this list, short enough to be handed on; `without` one of the choices."""
        query = QueryDict(mutable=True)
        if self.q and without is not WORDS:
            query["q"] = self.q
        for choice in self.chosen:
            if choice is not without:
                query.appendlist(choice.parameter, choice.value)
        query.update(more)
        return f"?{query.urlencode()}" if query else "?"

    def address_of_words(self) -> str:
        """The list by the words alone."""
        return f"?{urlencode({'q': self.q})}" if self.q else "?"


WORDS = Chosen("q", "", Q())


def conjunction(conditions: Iterable[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole &= condition
    return whole


def read(query: QueryDict) -> Filters:
    """The filters of a query string; asks for reference rows that are not remembered, and for the employer."""
    filters = Filters()
    filters.q = " ".join(query.get("q", "").replace("\x00", " ").split())[:LONGEST_QUERY]
    filters.words = tsquery(filters.q)
    for part in (_place, _zone, _trade, _pay, _shifts, _boxes, _kind, _employer):
        part(filters, query)
    filters.ignored = list(dict.fromkeys(filters.ignored))
    return filters


def _place(filters: Filters, query: QueryDict) -> None:
    # From three selects, of which the deeper may be left over from another province; or from one parameter.
    code = ""
    for level, length in enumerate((2, 4, 6)):
        part = query.get(f"region_{level}", "")
        if not part:
            break
        if not re.fullmatch(rf"[0-9]{{{length}}}", part):
            filters.ignored.append(NAMES["region"])
            break
        if not part.startswith(code):
            break
        code = part
    code = code or query.get("region", "")
    if not code:
        return
    name = place_name(code)
    if not name:
        filters.ignored.append(NAMES["region"])
        return
    filters.region = code
    filters.chosen.append(Chosen("region", name, Q(region__code__startswith=code), code))


def place_name(code: str) -> str:
    """The name of a province, city, county or township; empty when there is none with that code."""
    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}", code):
        return ""
    if len(code) == 9:
        found = Region.objects.filter(code=code).values_list("name", flat=True).first()
        return found or ""
    return dict(region_levels(code)[len(code) // 2 - 1]).get(code, "")


def _zone(filters: Filters, query: QueryDict) -> None:
    code = query.get("zone", "")
    if not code:
        return
    if code == ANY_PARK:
        filters.zone = code
        filters.chosen.append(Chosen("zone", "东西部协作产业园", Q(zone_id__in=park_codes()), code))
        return
    name = next((name for known, name, _ in zones() if known == code), "")
    if not name:
        filters.ignored.append(NAMES["zone"])
        return
    filters.zone = code
    filters.chosen.append(Chosen("zone", name, Q(zone_id=code), code))


def _trade(filters: Filters, query: QueryDict) -> None:
    trade, family = query.get("trade", ""), query.get("family", "")
    if trade:
        found = next((row for row in trades() if row[0] == trade), None)
        if found is None:
            filters.ignored.append(NAMES["trade"])
        # A trade of another family is left over from an earlier choice.
        elif family in ("", found[2]):
            filters.trade, filters.family = found[0], found[2]
            filters.chosen.append(Chosen("trade", found[1], Q(trade_id=int(trade)), trade))
            return
    if family:
        name = dict(families()).get(family, "")
        if not name:
            filters.ignored.append(NAMES["family"])
            return
        filters.family = family
        codes = [int(code) for code, _, above, _ in trades() if above == family]
        filters.chosen.append(Chosen("family", name, Q(trade_id__in=codes), family))


def _pay(filters: Filters, query: QueryDict) -> None:
    text = query.get("pay", "").strip()
    if not text:
        return
    if not re.fullmatch(r"[0-9]{1,6}", text) or not LOWEST_PAY <= int(text) <= HIGHEST_PAY:
        filters.ignored.append(NAMES["pay"])
        return
    filters.pay = str(int(text))
    filters.chosen.append(Chosen("pay", f"每月 {filters.pay} 元起", Q(monthly_min__gte=int(text)), filters.pay))


def _shifts(filters: Filters, query: QueryDict) -> None:
    asked = list(dict.fromkeys(filter(None, query.getlist("shift"))))
    filters.shifts = [value for value in asked if value in Shift.values]
    if len(filters.shifts) < len(asked):
        filters.ignored.append(NAMES["shift"])
    if len(filters.shifts) == 1:
        value = filters.shifts[0]
        filters.chosen.append(Chosen("shift", Shift(value).label, Q(shift=value), value))
    elif filters.shifts:
        # One of several: each can be taken off, all of them make one condition.
        whole = Q(shift__in=filters.shifts)
        filters.chosen += [Chosen("shift", Shift(value).label, whole, value) for value in filters.shifts]


def _boxes(filters: Filters, query: QueryDict) -> None:
    for parameter, words, condition in BOXES:
        value = query.get(parameter, "")
        if value == "1":
            filters.boxes.append(parameter)
            filters.chosen.append(Chosen(parameter, words, condition, "1"))
        elif value:
            filters.ignored.append(words)


def _kind(filters: Filters, query: QueryDict) -> None:
    value = query.get("kind", "")
    if value == FLEXIBLE:
        condition, words = Q(engagement__in=[kind for kind in Engagement if kind != Engagement.REGULAR]), "柔性引才"
    elif value in Engagement.values:
        condition, words = Q(engagement=value), str(Engagement(value).label)
    else:
        if value:
            filters.ignored.append(NAMES["kind"])
        return
    filters.kind = value
    filters.chosen.append(Chosen("kind", words, condition, value))


def _employer(filters: Filters, query: QueryDict) -> None:
    value = query.get("employer", "")
    if not value:
        return
    name = None
    if re.fullmatch(r"[0-9]{1,15}", value):
        name = Employer.objects.public().filter(pk=int(value)).values_list("name", flat=True).first()
    if name is None:
        filters.ignored.append(NAMES["employer"])
        return
    filters.employer = value
    filters.chosen.append(Chosen("employer", name, Q(employer_id=int(value)), value))


# The form -------------------------------------------------------------------------------------------------------------


def form(filters: Filters) -> dict[str, Any]:
    """What `postings/_filters.html` shows: every control with what was chosen in it."""
    code = filters.region
    labels = ("省", "市", "县（市、区）")
    return {
        "places": [
            {"name": f"region_{number}", "label": label, "options": options(pairs, code[: 2 * number + 2])}
            for number, (label, pairs) in enumerate(zip(labels, region_levels(code), strict=True))
        ],
        "zones": options(
            ((ANY_PARK, "所有东西部协作产业园"), *((value, name) for value, name, _ in zones())), filters.zone
        ),
        "families": options(families(), filters.family),
        "trades": options(
            tuple((value, name) for value, name, above, _ in trades() if filters.family and above == filters.family),
            filters.trade,
        ),
        "pays": options(
            tuple((str(pay), f"{pay} 元以上") for pay in sorted({*PAYS, *([int(filters.pay)] if filters.pay else [])})),
            filters.pay,
        ),
        "shifts": [(value, label, value in filters.shifts) for value, label in Shift.choices],
        "boxes": [(parameter, words, parameter in filters.boxes) for parameter, words, _ in BOXES],
        "kinds": options(
            ((FLEXIBLE, "柔性引才（全部）"), *((str(value), str(label)) for value, label in Engagement.choices)),
            filters.kind,
        ),
    }
