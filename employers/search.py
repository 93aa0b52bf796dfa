"""Full-text search over postings with core PostgreSQL: single characters, pairs and words in one `tsvector`.

Every pair of neighbouring characters of the text is a lexeme, so that whatever is written in it is found (recall of
ILIKE); every word of three characters and more that the segmenter knows is one too, so that words typed in a row
("服装厂缝纫工") are also found where they stand apart. PostgreSQL parses nothing: lexemes are compared as they are.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Q

from employers.choices import Housing, Meals
from employers.models import JobPosting

if TYPE_CHECKING:
    import rjieba

WORDS = Path(__file__).resolve().parent.parent / "jinba" / "reference" / "data" / "words.txt"
RULES = 1
# Changes with the rules below, our own words and the segmenter: then `manage.py reindex_search` has work to do.
SEARCH_VERSION = zlib.crc32(b"%d %s " % (RULES, version("rjieba").encode()) + WORDS.read_bytes()) % 32767 + 1

# Letters of any script and digits; "c++", "c#" and ".net" keep their signs.
RUN = re.compile(r"[^\W_]+[+#]*", re.UNICODE)
LONGEST_QUERY = 60
MOST_WORDS = 8
LONGEST_LEXEME = 60
# Said by everyone who looks for work, told by no posting in particular.
EMPTY_WORDS = frozenset(
    [
        "的",
        "了",
        "找",
        "招",
        "在",
        "有",
        "个",
        "和",
        "或",
        "与",
        "想",
        "要",
        "我",
        "能",
        "做",
        "附近",
        "工作",
        "招聘",
        "岗位",
        "求职",
        "找工作",
        "招工",
    ]
)


def normalised(text: str) -> str:
    """Full-width and compatibility forms folded, lower case; what the database never stores (NUL) is gone."""
    return unicodedata.normalize("NFKC", text).replace("\x00", " ").lower()


@cache
def segmenter() -> "rjieba.Jieba":
    """The segmenter with our own words (`jinba/reference/data/words.txt`) added."""
    import rjieba  # reads its dictionary on import: 0.3 s that a process without search should not spend

    jieba = rjieba.Jieba()
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        word = normalised(line.split("#")[0].strip())
        if word:
            jieba.add_word(word, None, None)
    return jieba


def lexemes(text: str) -> set[str]:
    found: set[str] = set()
    for run in RUN.findall(normalised(text)):
        found.update(run)
        found.update(a + b for a, b in pairwise(run))
        found.update(word for word in segmenter().cut_for_search(run) if 2 < len(word) <= LONGEST_LEXEME)
    return found


def quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def vector_for(text: str) -> str:
    """The text as a `tsvector` literal, fit for `JobPosting.search` in saves, bulk inserts and COPY."""
    return " ".join(map(quoted, sorted(lexemes(text))))


def text_of(posting: JobPosting) -> str:
    """All that a posting is found by, one fact a line; the spoken words for housing and meals come with it."""
    housed, fed = posting.housing == Housing.FREE, posting.meals == Meals.ALL
    facts = [
        posting.title,
        posting.employer.name,
        posting.trade.name if posting.trade else "",
        posting.region.path if posting.region else "",
        " ".join([posting.zone.name, posting.zone.short_name, *posting.zone.aliases]) if posting.zone else "",
        posting.address,
        posting.duties,
        posting.requirements,
        *posting.benefits,
        posting.get_engagement_display(),
        posting.get_employment_kind_display(),
        posting.get_pay_mode_display(),
        posting.get_shift_display(),
        posting.get_social_insurance_display(),
        posting.get_housing_display() if posting.housing != Housing.NONE else "",
        posting.get_meals_display() if posting.meals != Meals.NONE else "",
        "包住" if housed else "",
        "包吃" if fed else "",
        "包吃包住 包吃住" if housed and fed else "",
        "夫妻房" if posting.couple_rooms else "",
    ]
    return "\n".join(fact for fact in facts if fact)


def fill(posting: JobPosting) -> None:
    """Set the search columns without saving, before a bulk insert."""
    posting.search = vector_for(text_of(posting))
    posting.search_version = SEARCH_VERSION


def refresh(posting: JobPosting) -> None:
    """Make the stored posting findable by what it says now. Call it in the transaction that changed the posting."""
    fill(posting)
    JobPosting.objects.filter(pk=posting.pk).update(search=posting.search, search_version=SEARCH_VERSION)


def refresh_many(postings: Iterable[JobPosting]) -> int:
    """The same for a batch in one statement; the rows' own dates of change stay as they are."""
    rows = [(posting.pk, vector_for(text_of(posting))) for posting in postings]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE employers_jobposting AS posting SET search = fresh.vector::tsvector, search_version = %s"
            " FROM unnest(%s::bigint[], %s::text[]) AS fresh (id, vector) WHERE posting.id = fresh.id",
            [SEARCH_VERSION, [pk for pk, _ in rows], [vector for _, vector in rows]],
        )
    return len(rows)


# Asking --------------------------------------------------------------------------------------------------------------


class Lexemes(SearchQuery):
    """A `tsquery` in PostgreSQL's own notation, cast as it is: no parser, no dictionary.

    It stands in a sub-select so that the planner, not knowing it, takes one row in 200 to match and asks the index.
    Told a frequent lexeme it would rather read the whole table, and unpack every vector on the way (20 times slower).
    """

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[-1])
        return f"(SELECT {sql}::tsquery)", params


def tsquery(text: str) -> str:
    """What was typed, as a `tsquery`: every word must be there. Empty when nothing in it can be looked for."""
    runs = list(dict.fromkeys(RUN.findall(normalised(text[:LONGEST_QUERY]))))[:MOST_WORDS]
    telling = [run for run in runs if run not in EMPTY_WORDS] or runs
    return " & ".join(map(_asked, telling))


def _asked(run: str) -> str:
    """One word as typed: its pairs in the text; or, when it holds several words, each of these somewhere."""
    if len(run) < 3:
        return quoted(run)
    pairs = [a + b for a, b in pairwise(run)]
    as_typed = " & ".join(map(quoted, dict.fromkeys(pairs)))
    words = [word for word in segmenter().cut(run) if word not in EMPTY_WORDS]
    if len(words) < 2 or min(map(len, words)) < 2:
        return f"({as_typed})"
    apart = " & ".join(map(quoted, dict.fromkeys(words)))
    return f"(({as_typed}) | ({apart}))"


def matching(text: str) -> Q:
    """The postings that what was typed describes; all of them when nothing was typed."""
    asked = tsquery(text)
    return Q(search=Lexemes(asked)) if asked else Q()
