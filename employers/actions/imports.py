"""Postings of other sites as reposts, with their source named: shown with the way there, not to be applied for here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from employers.choices import Housing, Meals, Origin, PayMode, PayUnit, PostingState
from employers.intake import job51
from employers.intake.job51 import Offer, Problem, UnusableFile
from employers.models import Employer, JobPosting, PostingEvent, today
from employers.posting_rules import LONGEST_DAYS
from employers.search import SEARCH_VERSION, text_of, vector_for
from jinba.core.errors import Refused
from jinba.reference.models import Region, Trade, Zone
from jinba.reference.trades import occupations

BATCH = 500
READERS: dict[str, tuple[str, Callable[[Path], Iterator[Offer | Problem]]]] = {
    job51.SOURCE: (job51.SOURCE_NAME, job51.read_offers),
}


@dataclass(slots=True)
class Report:
    """What an import did. `rejected` holds the cells that could not be read, whether or not their row was imported."""

    rows: int = 0
    created: int = 0
    unchanged: int = 0
    renewed: int = 0
    salary_stated: int = 0
    salary_parsed: int = 0
    place_stated: int = 0
    place_resolved: int = 0
    without_place: int = 0
    rejected: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "created": self.created,
            "unchanged": self.unchanged,
            "salary_stated": self.salary_stated,
            "salary_parsed": self.salary_parsed,
            "place_stated": self.place_stated,
            "place_resolved": self.place_resolved,
            "rejected": [{"row": p.row, "column": p.column, "reason": p.reason} for p in self.rejected],
        }


@transaction.atomic
def import_file(
    *, path: Path, source: str, by: Any = None, valid_days: int | None = None, tell: Callable[[int], None] | None = None
) -> Report:
    """Import all rows of a file or, when anything breaks, none. The same row is imported once, however often it comes.

    A repost is valid for 60 days from its date of issue; `valid_days` counts from today instead, for an operator who
    knows that the source still recruits, and renews rows imported before. `tell` hears how many rows are done.
    Raises UnusableFile when nothing can be read from the file, Refused when `valid_days` is out of bounds.
    """
    if valid_days is not None and not 1 <= valid_days <= LONGEST_DAYS:
        raise Refused(f"有效天数应在 1 到 {LONGEST_DAYS} 之间。")
    source_name, reader = READERS[source]
    with connection.cursor() as cursor:  # one import at a time: both would create the same employers
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('employers.import'))")
    book = _Book(source_name=source_name, by=by, valid_days=valid_days)
    report = Report()
    batch: list[Offer] = []
    try:
        for found in reader(path):
            report.rows += 1
            if isinstance(found, Problem):
                report.rejected.append(found)
                continue
            _count(report, found)
            if found.is_usable:
                batch.append(found)
            if len(batch) >= BATCH:
                book.write(batch, report)
                batch.clear()
                if tell:
                    tell(report.rows)
    except OSError as error:
        raise UnusableFile(f"读不了文件 {path}:{error.strerror or error}。") from None
    book.write(batch, report)
    if tell:
        tell(report.rows)
    return report


def _count(report: Report, offer: Offer) -> None:
    report.salary_stated += offer.salary_stated
    report.salary_parsed += offer.pay is not None
    report.place_stated += offer.place_stated
    report.place_resolved += offer.place is not None
    report.rejected += offer.problems
    report.notes += offer.notes


class _Book:
    """Writes batches of offers; remembers the employers and the reference rows it has met."""

    def __init__(self, *, source_name: str, by: Any, valid_days: int | None) -> None:
        self.source_name = source_name
        self.by = by
        self.valid_days = valid_days
        self.today = today()
        self.now = timezone.now()
        self.regions: dict[str, Region] = Region.objects.in_bulk()
        self.trades: dict[int, Trade] = Trade.objects.in_bulk()
        self.zones: dict[str, Zone] = Zone.objects.in_bulk()
        self.occupations = occupations()
        self.employers: dict[str, int] = {}

    def write(self, batch: list[Offer], report: Report) -> None:
        keys = [offer.key for offer in batch]
        known = JobPosting.objects.filter(source_key__in=keys)
        if self.valid_days is not None:
            until = self.today + timedelta(days=self.valid_days)
            report.renewed += known.filter(state=PostingState.PUBLISHED, valid_until__lt=until).update(
                valid_until=until, updated_at=self.now
            )
        seen = set(known.values_list("source_key", flat=True))
        fresh = []
        for offer in batch:
            if offer.key in seen:
                report.unchanged += 1
            else:
                seen.add(offer.key)
                fresh.append(offer)
        employers = self._employers(fresh)
        postings = [self._posting(offer, employers[offer.company]) for offer in fresh]
        JobPosting.objects.bulk_create(postings)
        PostingEvent.objects.bulk_create(
            PostingEvent(
                posting=posting,
                from_state=PostingState.DRAFT,
                to_state=posting.state,
                reason=f"从{self.source_name}导入",
                by=self.by,
                at=self.now,
            )
            for posting in postings
        )
        report.created += len(postings)
        report.without_place += sum(posting.region_id is None for posting in postings)

    def _employers(self, offers: Iterable[Offer]) -> dict[str, Employer]:
        """The imported employers of the offers by name; new ones are made from the first offer that names them."""
        first = {offer.company: offer for offer in reversed(list(offers))}
        missing = [name for name in first if name not in self.employers]
        imported = Employer.objects.filter(origin=Origin.IMPORTED, name__in=missing)
        self.employers.update(imported.values_list("name", "id"))
        new = Employer.objects.bulk_create(
            Employer(
                name=name,
                origin=Origin.IMPORTED,
                source_name=self.source_name,
                org_type=first[name].org_type,
                scale=first[name].scale,
            )
            for name in reversed(missing)
            if name not in self.employers
        )
        self.employers.update((employer.name, employer.pk) for employer in new)
        return {name: Employer(id=self.employers[name], name=name) for name in first}

    def _posting(self, offer: Offer, employer: Employer) -> JobPosting:
        place, tags = offer.place, offer.tags
        published_at, valid_until = self._validity(offer.issued_at)
        posting = JobPosting(
            employer=employer,
            title=offer.title,
            trade=self.trades.get(offer.trade),
            occupation_id=self.occupations.get(offer.trade) or None,
            employment_kind=offer.employment_kind,
            requirements=_requirements(offer),
            education_min=offer.education_min,
            years_min=offer.years_min,
            region=self.regions.get(place.code) if place else None,
            zone=self.zones.get(place.zone) if place and place.zone else None,
            address=(place.rest if place else offer.area)[:160],
            # What the source does not say stays empty rather than take our defaults.
            shift=tags.shift,
            rest_rule=tags.rest_rule,
            social_insurance=tags.insurance,
            meals=tags.meals or Meals.NONE,
            housing=tags.housing or Housing.NONE,
            couple_rooms=tags.couple_rooms,
            benefits=_benefits(offer),
            source_name=self.source_name,
            source_key=offer.key,
            state=PostingState.PUBLISHED if place else PostingState.DRAFT,
            state_reason="" if place else "来源没有写明工作地点",
            published_at=published_at if place else None,
            valid_until=valid_until,
            created_by=self.by,
            **_pay(offer),
        )
        posting.search = vector_for(text_of(posting))
        posting.search_version = SEARCH_VERSION
        return posting

    def _validity(self, issued_at: datetime | None) -> tuple[datetime, date]:
        """When it was published and until when it is shown: not at all when nobody knows how old it is."""
        issued = self.now if issued_at is None else min(timezone.make_aware(issued_at), self.now)
        if self.valid_days is not None:
            return issued, self.today + timedelta(days=self.valid_days)
        if issued_at is None:
            return issued, self.today - timedelta(days=1)
        return issued, timezone.localdate(issued) + timedelta(days=LONGEST_DAYS)


PAY_MODES = {"day": PayMode.DAILY, "hour": PayMode.HOURLY}
PAY_UNITS = {"month": PayUnit.MONTH, "day": PayUnit.DAY, "hour": PayUnit.HOUR}


def _pay(offer: Offer) -> dict[str, Any]:
    """The pay in the source's own unit where we have it; what is by the week or the year is given by the month."""
    pay = offer.pay
    if pay is None:
        return {}
    unit = PAY_UNITS.get(pay.unit)
    return {
        "pay_mode": PAY_MODES.get(pay.unit, PayMode.MONTHLY),
        "pay_unit": unit or PayUnit.MONTH,
        "base_pay_min": pay.min if unit else pay.monthly_min,
        "base_pay_max": pay.max if unit else pay.monthly_max,
        "monthly_min": pay.monthly_min,
        "monthly_max": pay.monthly_max,
    }


def _benefits(offer: Offer) -> list[str]:
    extra = [f"{offer.pay.months} 薪"] if offer.pay and offer.pay.months > 12 else []
    return [*extra, *offer.tags.benefits][:20]


def _requirements(offer: Offer) -> str:
    lines = []
    if offer.education_text:
        lines.append(f"学历：{offer.education_text}")
    if offer.years_text:
        lines.append(f"经验：{offer.years_text}")
    if offer.tags.wanted:
        lines.append("关键词：" + "、".join(offer.tags.wanted))
    return "\n".join(lines)[:3000]
