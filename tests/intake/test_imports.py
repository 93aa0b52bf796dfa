import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from employers.actions import imports
from employers.choices import Origin, PayMode, PostingState
from employers.intake.job51 import COLUMNS
from employers.models import Employer, JobPosting, PostingEvent, today
from jinba.core.errors import Refused
from jinba.reference import actions as reference
from tests.intake.test_job51 import GOOD, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference(db):
    reference.load()


@pytest.fixture
def file(tmp_path: Path):
    def write(*rows: dict[str, str]) -> Path:
        path = tmp_path / "postings.csv"
        path.write_text(text_of(*rows), encoding="utf-8")
        return path

    return write


def run(path: Path, **options) -> dict:
    out = io.StringIO()
    call_command("import_postings", path, source="51job", as_json=True, stdout=out, **options)
    return json.loads(out.getvalue().splitlines()[-1])


def test_the_sample_is_imported_once_and_meets_the_figures(sample):
    first = run(sample)
    assert list(first) == [
        "rows", "created", "unchanged", "salary_stated", "salary_parsed", "place_stated", "place_resolved", "rejected",
    ]  # fmt: skip
    assert (first["rows"], first["created"], first["unchanged"]) == (600, 600, 0)
    assert first["salary_parsed"] >= 0.99 * first["salary_stated"] == 0.99 * 580
    assert first["place_resolved"] >= 0.95 * first["place_stated"]
    assert JobPosting.objects.count() == 600
    again = run(sample)
    assert (again["created"], again["unchanged"]) == (0, 600)
    assert JobPosting.objects.count() == 600
    assert Employer.objects.count() == len({name for name in Employer.objects.values_list("name", flat=True)})


def test_a_row_becomes_a_repost_with_its_source_named_and_its_history_begun(file):
    run(file(GOOD))
    posting = JobPosting.objects.get()
    assert (posting.source_name, posting.state, posting.employer.origin) == (
        "前程无忧", PostingState.PUBLISHED, Origin.IMPORTED,
    )  # fmt: skip
    assert (posting.base_pay_min, posting.monthly_max, posting.region_id, posting.trade_id) == (
        6000,
        12000,
        "330784",
        206,
    )
    assert posting.benefits[0] == "13 薪"
    assert "关键词：焊接" in posting.requirements
    assert posting.search
    assert PostingEvent.objects.get().reason == "从前程无忧导入"


def test_an_old_row_is_imported_but_not_shown_and_shown_once_the_source_is_known_to_recruit(file):
    path = file(GOOD)
    run(path)
    assert not JobPosting.objects.visible().exists()
    assert run(path, valid_days=30)["unchanged"] == 1
    posting = JobPosting.objects.visible().get()
    assert posting.valid_until == today() + timedelta(days=30)
    assert not JobPosting.objects.open().exists(), "a repost is applied for at its source"


def test_a_date_in_the_future_or_none_never_makes_a_row_last_longer(file):
    run(file(GOOD | {"issueDate": "2999-01-01"}, GOOD | {"issueDate": ""}))
    late, unknown = JobPosting.objects.order_by("id")
    assert late.valid_until == today() + timedelta(days=60)
    assert unknown.valid_until < today()


def test_the_same_row_twice_in_a_file_is_unchanged_the_second_time(file):
    report = run(file(GOOD, GOOD, GOOD | {"jobName": "电工"}))
    assert (report["rows"], report["created"], report["unchanged"]) == (3, 2, 1)
    assert Employer.objects.count() == 1


def test_unreadable_cells_are_reported_and_their_rows_imported_without_them(file):
    report = run(
        file(GOOD | {"salary": "高薪"}, GOOD | {"area": "朝阳区"}, GOOD | {"jobName": ""}, GOOD | {"companyName": ""})
    )
    assert report["created"] == 2
    assert [(item["row"], item["column"]) for item in report["rejected"]] == [
        (1, "salary"), (2, "area"), (3, "jobName"), (4, "companyName"),
    ]  # fmt: skip
    assert (report["salary_stated"], report["salary_parsed"], report["place_stated"], report["place_resolved"]) == (
        4,
        3,
        4,
        3,
    )
    unpaid, nowhere = JobPosting.objects.order_by("id")
    assert (unpaid.base_pay_min, unpaid.state) == (None, PostingState.PUBLISHED)
    assert (nowhere.region_id, nowhere.state, nowhere.address) == (None, PostingState.DRAFT, "朝阳区")


@pytest.mark.parametrize(
    ("salary", "mode", "pay"),
    [
        ("150元/天", PayMode.DAILY, (150, 150, 3263, 3263)),
        ("20元/小时", PayMode.HOURLY, (20, 20, 3480, 3480)),
        ("30-50万/年", PayMode.MONTHLY, (25000, 41667, 25000, 41667)),
        ("8千及以下", PayMode.MONTHLY, (None, 8000, None, 8000)),
        ("3万以上", PayMode.MONTHLY, (30000, None, 30000, None)),
        ("", PayMode.MONTHLY, (None, None, None, None)),
    ],
)
def test_pay_is_kept_in_its_unit_and_by_the_month(file, salary, mode, pay):
    run(file(GOOD | {"salary": salary}))
    posting = JobPosting.objects.get()
    assert posting.pay_mode == mode
    assert (posting.base_pay_min, posting.base_pay_max, posting.monthly_min, posting.monthly_max) == pay


def test_what_the_source_does_not_say_stays_empty(file):
    run(file(GOOD | {"tags": ""}))
    posting = JobPosting.objects.get()
    assert (posting.shift, posting.rest_rule, posting.social_insurance) == ("", "", "")
    assert (posting.meals, posting.housing) == ("none", "none")


def test_a_file_that_cannot_be_used_imports_nothing_and_says_why_in_one_sentence(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(text_of(GOOD, columns=tuple(c for c in COLUMNS if c != "salary")), encoding="utf-8")
    with pytest.raises(CommandError, match="缺少列：salary"):
        run(path)
    with pytest.raises(CommandError, match="没有这个文件"):
        run(tmp_path / "none.csv")
    assert not JobPosting.objects.exists()


@pytest.mark.parametrize("days", [0, 61, -1])
def test_days_out_of_bounds_are_refused(file, days):
    with pytest.raises(Refused, match="1 到 60"):
        imports.import_file(path=file(GOOD), source="51job", valid_days=days)
    with pytest.raises(CommandError, match="1 到 60"):
        run(file(GOOD), valid_days=days)


def test_an_import_that_breaks_leaves_nothing_behind(file, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    calls = []
    vector_for = imports.vector_for

    def breaks(text: str) -> str:
        calls.append(text)
        if len(calls) == 4:
            raise RuntimeError("the power went off")
        return vector_for(text)

    monkeypatch.setattr(imports, "vector_for", breaks)
    path = file(*[GOOD | {"jobName": f"焊工{n}"} for n in range(6)])
    with pytest.raises(RuntimeError):
        imports.import_file(path=path, source="51job")
    assert not JobPosting.objects.exists()
    monkeypatch.setattr(imports, "vector_for", vector_for)
    assert imports.import_file(path=path, source="51job").created == 6


def test_reading_a_long_file_takes_batches_of_queries_not_one_for_each_row(file, django_assert_max_num_queries):
    path = file(*[GOOD | {"jobName": f"焊工{n}"} for n in range(200)])
    with django_assert_max_num_queries(16):
        imports.import_file(path=path, source="51job")


def test_every_row_of_the_sample_is_found_again_by_its_company(sample):
    run(sample)
    with sample.open(encoding="utf-8", errors="replace", newline="") as table:
        wanted = {row["companyName"].translate(str.maketrans("()", "（）")) for row in csv.DictReader(table)}
    assert set(Employer.objects.filter(origin=Origin.IMPORTED).values_list("name", flat=True)) == wanted
