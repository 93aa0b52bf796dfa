"""Figures of the home page: what is open now, by place and by kind of work. Remembered for five minutes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Left

from employers.choices import Engagement
from employers.filters import park_codes, region_levels, zones
from employers.models import Employer, JobPosting
from jinba.core.memory import Memory
from jinba.reference.models import TradeFamily

JINHUA, BAZHONG = "3307", "5119"
counted = Memory(size=1, seconds=300)


@dataclass(frozen=True)
class Entry:
    """A way into the list: its words, the query that leads there, and how many postings are open behind it."""

    name: str
    query: str
    count: int


@dataclass(frozen=True)
class Figures:
    postings: int
    seats: int
    employers: int
    flexible: int
    jinhua: tuple[Entry, ...]
    bazhong: tuple[Entry, ...]
    parks: tuple[Entry, ...]
    families: tuple[Entry, ...]


def home_figures() -> Figures:
    return counted.get_or_make("home", _count)


def _count() -> Figures:
    visible = JobPosting.objects.visible().order_by()
    total = visible.aggregate(postings=Count("pk"), headcount=Sum("headcount"), filled=Sum("filled"))
    counties = _by(visible.annotate(county=Left("region_id", 6)), "county")
    in_zones = _by(visible.filter(zone__isnull=False), "zone_id")
    in_families = _by(visible.filter(trade__isnull=False), "trade__family_id")
    flexible = visible.exclude(engagement=Engagement.REGULAR)
    hiring = Employer.objects.trusted().filter(pk__in=visible.values("employer_id"))
    parks = set(park_codes())
    return Figures(
        postings=total["postings"],
        seats=(total["headcount"] or 0) - (total["filled"] or 0),
        employers=hiring.count(),
        flexible=flexible.count(),
        jinhua=_entries("region", region_levels(JINHUA)[2], counties),
        bazhong=_entries("region", region_levels(BAZHONG)[2], counties),
        parks=_entries("zone", [(code, name) for code, name, _ in zones() if code in parks], in_zones),
        families=tuple(
            entry
            for entry in _entries("family", TradeFamily.objects.values_list("code", "name"), in_families)
            if entry.count
        ),
    )


def _by(postings: Any, name: str) -> dict[Any, int]:
    return dict(postings.values_list(name).annotate(number=Count("pk")).order_by())


def _entries(parameter: str, named: Any, counts: dict[Any, int]) -> tuple[Entry, ...]:
    return tuple(Entry(name, f"?{parameter}={code}", counts.get(code, 0)) for code, name in named)
