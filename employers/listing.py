"""One page of the public list: by keyset, in a few milliseconds, however many postings there are and whatever is asked.

Two traps of the planner are walked around. Sorting all hits of a frequent word takes long, and so does walking the
list in search of a rare one; so the hits are counted up to a limit first, and what is rare is sorted, what is frequent
is found by walking. And nothing is counted beyond a thousand.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import BooleanField, F, Func, Q
from django.db.models.fields import Field

from employers.filters import WORDS, Chosen, Filters, conjunction
from employers.models import JobPosting, JobPostingQuerySet
from employers.search import Lexemes

PAGE = 20
COUNTED = 1000  # beyond this the reader is told "1000+"
RARE = 10_000  # up to so many hits are sorted; more are walked
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"([0-9a-f]{1,13})-([0-9a-f]{1,15})")


@dataclass(frozen=True)
class Cursor:
    """A place in the list: between the posting of that time and number and the next."""

    published_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.published_at - EPOCH) // timedelta(microseconds=1):x}-{self.pk:x}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        found = CURSOR.fullmatch(text)
        if not found:
            return None
        try:
            return cls(EPOCH + timedelta(microseconds=int(found[1], 16)), int(found[2], 16))
        except OverflowError:
            return None

    @classmethod
    def of(cls, posting: JobPosting) -> "Cursor":
        assert posting.published_at is not None
        return cls(posting.published_at, posting.pk)

    def older(self) -> Q:
        return Q(published_at__lte=self.published_at) & (Q(published_at__lt=self.published_at) | Q(pk__lt=self.pk))

    def newer(self) -> Q:
        return Q(published_at__gte=self.published_at) & (Q(published_at__gt=self.published_at) | Q(pk__gt=self.pk))


@dataclass
class Page:
    postings: list[JobPosting]
    total: int | None  # None: many, and not worth counting
    older: Cursor | None
    newer: Cursor | None

    @property
    def total_text(self) -> str:
        if self.total is None:
            return "很多"
        return f"{COUNTED}+" if self.total > COUNTED else str(self.total)


class Walked(Func):
    """`search @@ query` in words that no index answers, so that the planner walks the list instead."""

    template = "(%(expressions)s) IS TRUE"
    arg_joiner = " @@ "
    output_field: Field = BooleanField()


def walked(words: str) -> Walked:

    return Walked(F("search"), Lexemes(words))


def page(filters: Filters, *, after: Cursor | None = None, before: Cursor | None = None) -> Page:
    """The page that follows `after` or precedes `before`; the first without either. Three queries at most."""
    visible = JobPosting.objects.visible().filter(filters.condition)
    found, total = _newest(visible, filters, after, before)
    if before and len(found) <= PAGE:
        # Close to the top: the first page itself, whole.
        after = before = None
        found, total = _newest(visible, filters, None, None)
    more = len(found) > PAGE
    found = found[:PAGE]
    if before:
        found.reverse()
    rows = {posting.pk: posting for posting in JobPosting.objects.with_card().filter(pk__in=found)} if found else {}
    postings = [rows[pk] for pk in found if pk in rows]
    has_older = bool(before) or more
    has_newer = bool(after) or (bool(before) and more)
    return Page(
        postings,
        total,
        Cursor.of(postings[-1]) if postings and has_older else None,
        Cursor.of(postings[0]) if postings and has_newer else None,
    )


def _newest(
    visible: JobPostingQuerySet, filters: Filters, after: Cursor | None, before: Cursor | None
) -> tuple[list[int], int | None]:
    """Up to PAGE + 1 numbers in reading order (backwards for `before`), and how many there are in all."""
    order = ("published_at", "pk") if before else ("-published_at", "-pk")
    place = after.older() if after else before.newer() if before else Q()
    if not filters.words:
        return _numbers(visible, visible.filter(place).order_by(*order))
    hits = visible.filter(search=Lexemes(filters.words))
    if filters.chosen:
        frequency = _count(JobPosting.objects.visible().filter(search=Lexemes(filters.words)), RARE)
        if frequency <= RARE:
            return _sorted_hits(hits, after, before, RARE)
    else:
        numbers, total = _sorted_hits(hits, after, before, RARE + 1)
        if total <= RARE:
            return numbers, total
    walking = visible.filter(walked(filters.words)).filter(place).order_by(*order)
    found = list(walking.values_list("pk", flat=True)[: PAGE + 1])
    if not filters.chosen:
        return found, COUNTED + 1
    whole = not after and not before and len(found) <= PAGE
    return found, len(found) if whole else None


def _numbers(everything: JobPostingQuerySet, ordered: JobPostingQuerySet) -> tuple[list[int], int]:
    count, count_params = everything.order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
    rows, row_params = ordered.values("pk")[: PAGE + 1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT count(*) FROM ({count}) counted), ARRAY({rows})", [*count_params, *row_params])
        total, found = cursor.fetchone()
    return found, total


def _sorted_hits(
    hits: JobPostingQuerySet, after: Cursor | None, before: Cursor | None, limit: int
) -> tuple[list[int], int]:
    inner, params = hits.order_by().values("pk", "published_at")[:limit].query.sql_with_params()
    place, place_params = "", []
    cursor_at = after or before
    if cursor_at:
        place = f"WHERE (at, pk) {'>' if before else '<'} (%s, %s)"
        place_params = [cursor_at.published_at, cursor_at.pk]
    way = "ASC" if before else "DESC"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH hits (pk, at) AS MATERIALIZED ({inner}) SELECT (SELECT count(*) FROM hits),"
            f" ARRAY(SELECT pk FROM hits {place} ORDER BY at {way}, pk {way} LIMIT {PAGE + 1})",
            [*params, *place_params],
        )
        total, found = cursor.fetchone()
    return found, total


def _count(hits: JobPostingQuerySet, limit: int) -> int:
    """How many there are, but no more than `limit` + 1."""
    inner, params = hits.order_by().values("pk")[: limit + 1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({inner}) counted", params)
        return cursor.fetchone()[0]


@dataclass(frozen=True)
class WayOut:
    """What to leave out when nothing fits, and how many postings there are then."""

    choice: Chosen
    found: int

    @property
    def found_text(self) -> str:
        return f"{COUNTED}+" if self.found > COUNTED else str(self.found)


def way_out(filters: Filters) -> WayOut | None:
    """The one choice whose leaving out brings most; None when no single one does. One query."""
    choices = [*([WORDS] if filters.words else []), *filters.chosen][:8]
    if len(choices) < 2:
        return None
    parts, params = [], []
    for choice in choices:
        # Several shifts make one condition: leaving out one of them leaves the others.
        rest = [other.condition for other in filters.chosen if other.parameter != choice.parameter]
        hits = JobPosting.objects.visible().filter(conjunction(rest))
        if filters.words and choice is not WORDS:
            hits = hits.filter(search=Lexemes(filters.words))
        sql, sql_params = hits.order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")
        params += sql_params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        counts = cursor.fetchone()
    best = max(range(len(choices)), key=lambda number: counts[number])
    return WayOut(choices[best], counts[best]) if counts[best] else None
