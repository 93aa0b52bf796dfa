"""One page of the public list: by keyset, in a few milliseconds, however many postings there are and whatever is asked.

Two traps of the planner are walked around. Sorting all hits of a frequent word takes long, and so does walking the
list in search of a rare one; so the hits are counted up to a limit first, and what is rare is sorted, what is frequent
is found by walking. And nothing is counted beyond a thousand.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.db.models.fields import Field

from employers.filters import WORDS, Chosen, Filters, conjunction
from employers.models import JobPosting, today
from employers.search import Lexemes, quoted
from jinba.core.memory import Memory

PAGE = 20
COUNTED = 1000  # beyond this the reader is told "1000+"
RARE = 5_000  # up to so many hits are sorted; more are walked
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

    def older(self) -> Q:
        return Q(published_at__lte=self.published_at) & (Q(published_at__lt=self.published_at) | Q(pk__lt=self.pk))

    def newer(self) -> Q:
        return Q(published_at__gte=self.published_at) & (Q(published_at__gt=self.published_at) | Q(pk__gt=self.pk))


# Stands in compiled statements for the place that the reader has come to.
SOMEWHERE = Cursor(datetime(2001, 2, 3, 4, 5, 6, 7, tzinfo=UTC), 2**62 + 12345)


class Row(NamedTuple):
    """A posting of the page, and when what its card shows was last changed; times in microseconds since 1970."""

    pk: int
    published: int
    posting_changed: int
    employer_changed: int

    @property
    def cursor(self) -> Cursor:
        return Cursor(EPOCH + timedelta(microseconds=self.published), self.pk)


@dataclass
class Page:
    rows: list[Row]
    total: int | None  # None: many, and not worth counting
    older: Cursor | None
    newer: Cursor | None

    @property
    def total_text(self) -> str:
        if self.total is None:
            return "很多"
        return f"{COUNTED}+" if self.total > COUNTED else str(self.total)


class Walked(Func):
    """`search @@ query` in words that no index answers, so that the planner walks the list instead.

    Nor does it guess from the lexemes how rare they are together: it takes one row in 200, as of any such expression.
    """

    template = "(%(expressions)s)::int = 1"
    arg_joiner = " @@ "
    output_field: Field = BooleanField()


def page(filters: Filters, *, after: Cursor | None = None, before: Cursor | None = None, size: int = PAGE) -> Page:
    """The page that follows `after` or precedes `before`; the first without either. Two queries at most."""
    found, total = _newest(filters, after, before, size)
    if before and len(found) <= size:
        # Close to the top: the first page itself, whole.
        after = before = None
        found, total = _newest(filters, None, None, size)
    more = len(found) > size
    rows = found[:size]
    if before:
        rows.reverse()
    has_older = bool(before) or more
    has_newer = bool(after) or (bool(before) and more)
    return Page(
        rows,
        total,
        rows[-1].cursor if rows and has_older else None,
        rows[0].cursor if rows and has_newer else None,
    )


def _newest(filters: Filters, after: Cursor | None, before: Cursor | None, size: int) -> tuple[list[Row], int | None]:
    """Up to `size` + 1 rows in reading order (backwards for `before`), and how many there are in all."""
    way = Way.BEFORE if before else Way.AFTER if after else Way.FIRST
    at = after or before
    if not filters.words:
        return _fetch(_statement(filters, way, Plan.LISTED, size), at)
    if filters.words in frequent_lexemes():
        pass
    elif filters.chosen:
        if _frequency(filters.words) <= RARE:
            return _fetch(_statement(filters, way, Plan.SORTED, size), at)
    else:
        found, total = _fetch(_statement(filters, way, Plan.SORTED, size), at)
        if total <= RARE:
            return found, total
    found, _ = _fetch(_statement(filters, way, Plan.WALKED, size), at)
    if not filters.chosen:
        return found, COUNTED + 1
    whole = not at and len(found) <= size
    return found, len(found) if whole else None


class Plan(Enum):
    LISTED = "no words: walk the list, count up to a thousand"
    SORTED = "rare words: fetch all hits from their index, sort them"
    WALKED = "frequent words: walk the list, keep what matches"


class Way(Enum):
    FIRST = ("DESC", "")
    AFTER = ("DESC", "<")
    BEFORE = ("ASC", ">")


statements = Memory(size=500, seconds=600)


def _statement(filters: Filters, way: Way, plan: Plan, size: int) -> tuple[str, tuple[Any, ...]]:
    """SQL and parameters; what the ORM has compiled once is not compiled again on the same day.

    The cursor's parameters hold `SOMEWHERE`, to be replaced.
    """
    chosen = tuple((choice.parameter, choice.value) for choice in filters.chosen)
    key = (chosen, filters.words, way, plan, size, today())
    return statements.get_or_make(key, lambda: _compiled(filters, way, plan, size))


def _compiled(filters: Filters, way: Way, plan: Plan, size: int) -> tuple[str, tuple[Any, ...]]:
    hits = JobPosting.objects.visible().filter(filters.condition).order_by()
    direction, compares = way.value
    ordered = hits.order_by(*(("published_at", "pk") if way is Way.BEFORE else ("-published_at", "-pk")))
    if way is Way.AFTER:
        ordered = ordered.filter(SOMEWHERE.older())
    elif way is Way.BEFORE:
        ordered = ordered.filter(SOMEWHERE.newer())
    head, total = "", "NULL"
    params: list[Any] = []
    if plan is Plan.SORTED:
        inner, params = _sql(hits.filter(search=Lexemes(filters.words)).values("pk", "published_at")[: RARE + 1])
        place = f"WHERE (at, pk) {compares} (%s, %s)" if compares else ""
        params += [SOMEWHERE.published_at, SOMEWHERE.pk] if compares else []
        head = f"WITH hits (pk, at) AS MATERIALIZED ({inner}) "
        total = "(SELECT count(*) FROM hits)"
        found = f"SELECT pk FROM hits {place} ORDER BY at {direction}, pk {direction} LIMIT {size + 1}"
    elif plan is Plan.WALKED:
        walking = ordered.filter(Walked(F("search"), Lexemes(filters.words)))
        found, params = _sql(walking.values("pk")[: size + 1])
    else:
        count, params = _sql(hits.values("pk")[: COUNTED + 1])
        total = f"(SELECT count(*) FROM ({count}) counted)"
        found, found_params = _sql(ordered.values("pk")[: size + 1])
        params += found_params
    columns = ", ".join(
        f"(extract(epoch FROM {column}) * 1000000)::bigint"
        for column in ("posting.published_at", "posting.updated_at", "employer.updated_at")
    )
    # The total is there even when no row is: the cursor may stand behind all hits that were fetched.
    sql = (
        f"{head}SELECT posting.id, {columns}, counted.total FROM (SELECT {total} AS total) counted LEFT JOIN"
        f" (({found}) found JOIN employers_jobposting posting ON posting.id = found.pk"
        " JOIN employers_employer employer ON employer.id = posting.employer_id) ON TRUE"
        f" ORDER BY posting.published_at {direction}, posting.id {direction}"
    )
    return sql, tuple(params)


def _sql(hits: QuerySet) -> tuple[str, list[Any]]:
    sql, params = hits.query.sql_with_params()
    return sql, list(params)


def _fetch(statement: tuple[str, tuple[Any, ...]], at: Cursor | None) -> tuple[list[Row], int]:
    sql, params = statement
    if at:
        actual = {SOMEWHERE.published_at: at.published_at, SOMEWHERE.pk: at.pk}
        params = tuple(actual.get(param, param) for param in params)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    return [Row(*row[:4]) for row in found if row[0] is not None], found[0][4] or 0


def frequent_lexemes() -> frozenset[str]:
    """The single lexemes, as a `tsquery` writes them, that PostgreSQL's statistics know to be anything but rare."""

    def look_up() -> frozenset[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT lexeme FROM pg_stats, pg_class, unnest(most_common_elems::text::text[], most_common_elem_freqs)"
                " AS common (lexeme, frequency) WHERE tablename = relname AND relname = 'employers_jobposting'"
                " AND schemaname = 'public' AND attname = 'search' AND lexeme IS NOT NULL"
                " AND frequency * reltuples > %s",
                [2 * RARE],
            )
            return frozenset(quoted(lexeme) for (lexeme,) in cursor.fetchall())

    return statements.get_or_make("frequent lexemes", look_up)


def _frequency(words: str) -> int:
    """How many visible postings have the words, but no more than RARE + 1."""
    hits = JobPosting.objects.visible().filter(search=Lexemes(words)).order_by()
    inner, params = _sql(hits.values("pk")[: RARE + 1])
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
        sql, sql_params = _sql(hits.order_by().values("pk")[: COUNTED + 1])
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")
        params += sql_params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        counts = cursor.fetchone()
    best = max(range(len(choices)), key=lambda number: counts[number])
    return WayOut(choices[best], counts[best]) if counts[best] else None
