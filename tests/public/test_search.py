from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from employers import filters, listing
from employers.choices import Housing, Meals
from employers.models import JobPosting
from employers.search import (
    SEARCH_VERSION,
    fill,
    matching,
    normalised,
    refresh,
    refresh_many,
    tsquery,
    vector_for,
)
from tests.factories.employers import EmployerFactory, JobPostingFactory
from tests.factories.reference import TradeFactory, ZoneFactory, region
from tests.public.searching import SAMPLE_QUERIES, measure

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parent.parent / "intake" / "data" / "postings_51job_sample.csv"


def found(text: str) -> set[int]:
    return set(JobPosting.objects.filter(matching(text)).values_list("pk", flat=True))


@pytest.mark.slow
def test_on_the_sample_recall_is_that_of_ilike_and_precision_is_high() -> None:
    call_command("load_reference", stdout=StringIO())
    call_command("import_postings", str(SAMPLE), source="51job", stdout=StringIO(), stderr=StringIO())
    quality = measure(SAMPLE_QUERIES)
    assert quality.queries >= 30
    assert quality.recall >= 0.99
    assert quality.precision >= 0.95


@pytest.mark.parametrize(
    "query",
    [
        "冲压",
        "冲压工",
        "五金",
        "永康",
        "浙江省",
        "共建产业园",
        "床",
        "有师傅带",
        "肯学",
        "夫妻房",
        "包吃包住",
        "年终奖",
        "东西部协作",
    ],
)
def test_a_posting_is_found_by_each_thing_that_it_says(query: str) -> None:
    posting = JobPostingFactory(
        title="冲压学徒",
        employer=EmployerFactory(name="永康市晨光五金厂"),
        trade=TradeFactory(code=203, name="冲压工"),
        zone=ZoneFactory(park=True, aliases=["共建产业园"]),
        meals=Meals.ALL,
        couple_rooms=True,
        benefits=["年终奖"],
    )
    other = JobPostingFactory(
        title="裁缝", employer=EmployerFactory(name="某厂"), trade=TradeFactory(code=601, name="裁缝"), duties="缝",
        requirements="会用平车", address="", housing=Housing.NONE, region=region("511921"),
    )  # fmt: skip
    assert posting.pk in found(query)
    assert other.pk not in found(query)


def test_every_word_must_be_there() -> None:
    both = JobPostingFactory(title="电焊工", region=region("330784"))
    JobPostingFactory(title="电焊工", region=region("511921"), employer=EmployerFactory(name="通江厂"), address="")
    JobPostingFactory(title="保安", region=region("330784"))
    assert found("永康 电焊工") == {both.pk}


def test_words_typed_in_a_row_are_found_where_they_stand_apart() -> None:
    posting = JobPostingFactory(title="缝纫工", employer=EmployerFactory(name="义乌服装厂"))
    assert found("服装厂缝纫工") == {posting.pk}
    assert found("找服装厂的缝纫工") == {posting.pk}


@pytest.mark.parametrize(("stored", "asked"), [("ＣＮＣ操作工", "cnc"), ("C++工程师", "ｃ++"), ("ERP专员", "Erp 专员")])
def test_width_and_case_of_letters_do_not_matter(stored: str, asked: str) -> None:
    posting = JobPostingFactory(title=stored)
    assert found(asked) == {posting.pk}


def test_nothing_typed_asks_for_nothing() -> None:
    posting = JobPostingFactory()
    assert tsquery("  ，。!! ") == ""
    assert found("  ，。!! ") == {posting.pk}


@given(text=st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_a_query_that_postgresql_reads(text: str) -> None:
    found(text)
    normalised(text)


@given(text=st.text(min_size=1, max_size=40, alphabet="电焊工包装缝纫c+#a1 ，'\\:&|!()<->*"))
@settings(max_examples=100, deadline=None)
def test_a_text_is_found_by_itself(text: str) -> None:
    asked = tsquery(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector_for(text), asked])
        assert cursor.fetchone() == (bool(asked),)


def test_a_very_long_text_fits_and_is_found_by_its_end() -> None:
    long = "".join(chr(0x4E00 + number % 20000) for number in range(3000))
    posting = JobPostingFactory(duties=long, requirements=long[::-1])
    assert posting.pk in found(long[-6:])


def test_refreshing_leaves_the_date_of_change_alone_and_notes_the_version() -> None:
    posting = JobPostingFactory(title="木工")
    posting.title = "油漆工"
    posting.save(update_fields=["title"])
    before = JobPosting.objects.values_list("updated_at", flat=True).get()
    refresh(posting)
    assert found("油漆工") == {posting.pk}
    assert found("木工") == set()
    assert JobPosting.objects.values_list("updated_at", "search_version").get() == (before, SEARCH_VERSION)


def test_filled_before_a_bulk_insert_it_is_found_like_a_refreshed_one() -> None:
    posting = JobPostingFactory.build(
        title="木工", employer=EmployerFactory(), region=region("330784"), trade=TradeFactory(code=701, name="木工")
    )
    fill(posting)
    JobPosting.objects.bulk_create([posting])
    one = JobPosting.objects.values_list("search", flat=True).get()
    refresh_many([posting])
    assert JobPosting.objects.values_list("search", flat=True).get() == one


def test_only_postings_of_another_version_are_indexed_again() -> None:
    old, new = JobPostingFactory(title="木工"), JobPostingFactory(title="木工")
    JobPosting.objects.filter(pk=old.pk).update(search=None, search_version=0)
    JobPosting.objects.filter(pk=new.pk).update(search=None)
    out = StringIO()
    call_command("reindex_search", batch=1, stdout=out)
    assert "已更新 1 个岗位" in out.getvalue()
    assert found("木工") == {old.pk}
    call_command("reindex_search", stdout=out, all=True)
    assert found("木工") == {old.pk, new.pk}


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Every plan of the list at a size that a test can make."""

    def set_limit(limit: int) -> None:
        monkeypatch.setattr(listing, "RARE", limit)
        monkeypatch.setattr(listing, "COUNTED", limit)

    return set_limit


@pytest.mark.parametrize("rare", [1, 5, 100])
@pytest.mark.parametrize("query", ["q=木工", "q=木工&housing=1", "housing=1", ""])
def test_rare_and_frequent_words_give_the_same_pages(rare: int, query: str, few_are_many: Callable) -> None:
    few_are_many(rare)
    made = [JobPostingFactory(title="木工", housing=Housing.FREE).pk for _ in range(45)]
    JobPostingFactory(title="保安", housing=Housing.NONE)
    asked = filters.read(QueryDict(query))
    first = listing.page(asked)
    second = listing.page(asked, after=first.older)
    third = listing.page(asked, after=second.older)
    seen = [row.pk for page in (first, second, third) for row in page.rows]
    assert [pk for pk in seen if pk in made] == made[::-1]
    assert len(seen) == len(set(seen)) == (46 if not query else 45)
    assert third.older is None
    back = listing.page(asked, before=third.newer)
    assert [row.pk for row in back.rows] == [row.pk for row in second.rows]
    assert [row.pk for row in listing.page(asked, before=back.newer).rows] == [row.pk for row in first.rows]
