import csv
import io
from datetime import datetime
from pathlib import Path

import pytest

from employers.choices import EmploymentKind, Housing, Insurance, Meals, OrgType, RestRule, Scale
from employers.intake import job51
from employers.intake.job51 import COLUMNS, Offer, Problem, UnusableFile, read_offers
from jinba.reference.choices import Education, Shift
from jinba.reference.trades import OTHER, occupations, read_trades, trade_of

GOOD = {
    "jobName": "氩弧焊工",
    "tags": "3-4年,大专,焊接,五险一金,餐饮补贴,提供住宿,周末双休,两班倒,夫妻房",
    "area": "浙江省金华永康市",
    "salary": "6千-1.2万·13薪",
    "workYear": "3-4年",
    "degree": "大专",
    "companyName": "永康市示例门业有限公司",
    "companyType": "民营",
    "companySize": "150-500人",
    "issueDate": "2023-12-12 10:17:27",
}


def text_of(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path):
    def write(content: str | bytes) -> Path:
        path = tmp_path / "postings.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def only(path: Path) -> Offer:
    (offer,) = read_offers(path)
    assert isinstance(offer, Offer)
    return offer


def test_a_row_becomes_an_offer_with_all_its_fields(file):
    offer = only(file(text_of(GOOD)))
    assert (offer.title, offer.company, offer.place.code) == ("氩弧焊工", "永康市示例门业有限公司", "330784")
    assert (offer.pay.min, offer.pay.max, offer.pay.months) == (6000, 12000, 13)
    assert (offer.education_min, offer.years_min, offer.scale) == (Education.COLLEGE, 3, Scale.MIDDLE)
    assert (offer.trade, offer.employment_kind) == (206, EmploymentKind.FULL_TIME)
    assert offer.issued_at == datetime(2023, 12, 12, 10, 17, 27)  # noqa: DTZ001
    assert offer.problems == offer.notes == []


def test_tags_are_sorted_into_fields_benefits_and_wishes(file):
    tags = only(file(text_of(GOOD))).tags
    assert (tags.insurance, tags.meals, tags.housing) == (Insurance.FULL_FUND, Meals.SUBSIDY, Housing.FREE)
    assert (tags.rest_rule, tags.shift, tags.couple_rooms) == (RestRule.TWO_DAYS, Shift.TWO, True)
    assert tags.wanted == ["焊接"]
    assert "五险一金" in tags.benefits
    assert "大专" not in tags.benefits + tags.wanted


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("gb18030", b""), ("utf-16", b"")]
)
def test_the_usual_encodings_are_read(file, encoding, mark):
    assert only(file(mark + text_of(GOOD).encode(encoding))).company == GOOD["companyName"]


def test_broken_bytes_are_dropped_with_a_note_and_the_row_is_kept(file):
    content = text_of(*[GOOD] * 40).encode().replace("氩弧焊工".encode(), "氩弧焊".encode() + b"\xff\xe5", 1)
    first = next(iter(read_offers(file(content))))
    assert first.title == "氩弧焊"
    assert first.problems == []
    assert first.notes == ["第 1 行 jobName 有损坏的字符，已去掉"]


def test_columns_may_come_in_any_order_with_others_among_them_and_chinese_headings(file):
    columns = ("note", *reversed(COLUMNS))
    content = (
        text_of(GOOD | {"note": "x"}, columns=columns).replace("companyName", "公司名称").replace("area", " Area ")
    )
    assert only(file(content)).company == GOOD["companyName"]


@pytest.mark.parametrize("missing", COLUMNS)
def test_a_missing_column_is_named_and_nothing_is_read(file, missing):
    path = file(text_of(GOOD, columns=tuple(c for c in COLUMNS if c != missing)))
    with pytest.raises(UnusableFile, match=f"缺少列：{missing}"):
        next(iter(read_offers(path)))


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "空"), (b"PK\x03\x04rest", "Excel"), (b"\n\n", "缺少列"), (b"a,b\n1,2\n", "缺少列")]
)
def test_a_file_of_another_kind_is_refused_in_one_sentence(file, content, sentence):
    with pytest.raises(UnusableFile, match=sentence):
        next(iter(read_offers(file(content))))


def test_a_quoted_line_break_belongs_to_its_cell_and_blank_rows_do_not_count(file):
    content = (
        text_of(GOOD | {"jobName": "焊工\n急招"}, GOOD).replace("\r\n永", "\r\n永")
        + "\n,,,,,,,,,\n"
        + text_of(GOOD)[text_of(GOOD).index("\n") + 1 :]
    )
    offers = list(read_offers(file(content)))
    assert [offer.row for offer in offers] == [1, 2, 3]
    assert offers[0].title == "焊工 急招"


def test_a_row_with_too_few_or_too_many_cells_is_reported_and_the_rest_is_read(file):
    head, row = text_of(GOOD).splitlines()
    short, long = "焊工,标签", row + ",多出来的"
    found = list(read_offers(file("\r\n".join([head, short, long, row]))))
    assert [type(item) for item in found] == [Problem, Problem, Offer]
    assert (found[0].row, found[0].column) == (1, "area")
    assert "11 列" in found[1].reason


def test_a_lone_quote_costs_its_own_line_only(file):
    head, row = text_of(GOOD).splitlines()
    found = list(read_offers(file("\n".join([head, row, row.replace(",浙江", ',"浙江'), row, row]))))
    assert [type(item) for item in found] == [Offer, Problem, Offer, Offer]
    assert (found[1].row, found[1].reason) == (2, "引号不成对")


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"jobName": " "}, "jobName", "没有岗位名称"),
        ({"companyName": ""}, "companyName", "没有单位名称"),
        ({"salary": "高薪"}, "salary", "看不懂这种工资写法：高薪"),
        ({"area": "朝阳区"}, "area", "写明省、市"),
        ({"area": "国外"}, "area", "境外"),
        ({"degree": "良好"}, "degree", "看不懂学历要求：良好"),
        ({"workYear": "很久"}, "workYear", "看不懂工作经验：很久"),
        ({"companySize": "很大"}, "companySize", "看不懂单位规模：很大"),
        ({"issueDate": "昨天"}, "issueDate", "看不懂发布日期：昨天"),
        ({"issueDate": "2023-13-40"}, "issueDate", "看不懂发布日期"),
    ],
)
def test_an_unreadable_cell_is_reported_by_row_column_and_reason_and_left_empty(file, change, column, reason):
    offer = only(file(text_of(GOOD | change)))
    (problem,) = offer.problems
    assert (problem.row, problem.column) == (1, column)
    assert reason in problem.reason
    assert offer.is_usable == (column not in ("jobName", "companyName"))


@pytest.mark.parametrize(
    "change", [{"salary": ""}, {"salary": "面议"}, {"area": ""}, {"area": "异地招聘"}, {"tags": ""}]
)
def test_what_is_not_stated_is_no_problem(file, change):
    assert only(file(text_of(GOOD | change))).problems == []


def test_the_same_row_has_the_same_key_in_any_order_of_columns_and_another_row_another():
    cells = {column: GOOD[column] for column in COLUMNS}
    assert job51.key_of(cells) == job51.key_of(dict(reversed(cells.items())))
    assert job51.key_of(cells) != job51.key_of(cells | {"salary": "1-2万"})


@pytest.mark.parametrize(
    ("text", "education"),
    [
        ("", Education.ANY),
        ("不限", Education.ANY),
        ("学历不限", Education.ANY),
        ("初中及以下", Education.ANY),
        ("小学", Education.PRIMARY),
        ("初中", Education.JUNIOR),
        ("高中", Education.SENIOR),
        ("中技/中专", Education.SENIOR),
        ("高中/中技/中专", Education.SENIOR),
        ("大专", Education.COLLEGE),
        ("本科", Education.BACHELOR),
        ("统招本科", Education.BACHELOR),
        ("硕士", Education.GRADUATE),
        ("博士", Education.GRADUATE),
        ("MBA", Education.GRADUATE),
    ],
)
def test_education_words_map_to_our_levels(text, education):
    assert job51.education_of(text) == education


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("", 0),
        ("无需经验", 0),
        ("在校生/应届生", 0),
        ("经验不限", 0),
        ("1年", 1),
        ("2年及以上", 2),
        ("3-4年", 3),
        ("5-7年", 5),
        ("8-9年", 8),
        ("10年及以上", 10),
        ("10年以上经验", 10),
        ("1年以下", 0),
        ("5年以下", 0),
        ("1-3年经验", 1),
    ],
)
def test_experience_is_the_least_number_of_years(text, years):
    assert job51.years_of(text) == years


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("", ""),
        ("少于50人", Scale.SMALL),
        ("50-150人", Scale.MIDDLE),
        ("150-500人", Scale.MIDDLE),
        ("500-1000人", Scale.LARGE),
        ("1000-5000人", Scale.HUGE),
        ("5000-10000人", Scale.HUGE),
        ("10000人以上", Scale.GIANT),
        ("1-20人", Scale.TINY),
    ],
)
def test_sizes_map_to_the_class_that_covers_them_best(text, scale):
    assert job51.scale_of(text) == scale


def test_kinds_of_organisation_and_of_work_are_told_by_their_words():
    assert job51.org_type_of("外资（欧美）") == OrgType.COMPANY
    assert job51.org_type_of("事业单位") == OrgType.INSTITUTION
    assert job51.employment_kind_of("软件实习生") == EmploymentKind.INTERNSHIP
    assert job51.employment_kind_of("兼职客服") == EmploymentKind.PART_TIME
    assert job51.employment_kind_of("暑假工普工") == EmploymentKind.SEASONAL


@pytest.mark.parametrize(
    ("title", "trade"),
    [
        ("普工", 101),
        ("氩弧焊工", 206),
        ("电商仓库叉车工", 1203),
        ("电动车装配工", 303),
        ("装配工", 301),
        ("保温杯抛光工", 205),
        ("缝纫车位工(平车)", 601),
        ("织布挡车工", 502),
        ("木雕师傅", 702),
        ("水晶磨钻", 801),
        ("住家保姆", 1401),
        ("月嫂", 1402),
        ("养老院护理员", 1403),
        ("保安员", 1501),
        ("川菜厨师", 1301),
        ("外卖骑手", 1208),
        ("软件测试工程师（自动化）", 2003),
        ("数据分析师", 2002),
        ("会计", 1903),
        ("销售经理", 1603),
        ("项目经理", 1905),
        ("unit", None),
        ("", None),
    ],
)
def test_a_title_names_its_trade(title, trade):
    assert trade_of(title) == trade


def test_trades_point_to_known_occupations_families_and_own_their_aliases():
    with (job51.places.DATA / "occupations_gbt6565.csv").open(encoding="utf-8", newline="") as table:
        known = {row["code"] for row in csv.DictReader(table)}
    trades = read_trades()
    assert set(occupations().values()) <= known
    assert all(row.code // 100 == row.family for row in trades)
    assert len({row.code for row in trades}) == len(trades)
    owners: dict[str, int] = {}
    for row in trades:
        for alias in row.aliases:
            assert owners.setdefault(alias.lower(), row.code) == row.code, alias


def test_the_whole_sample_is_read(sample):
    offers = [offer for offer in read_offers(sample) if isinstance(offer, Offer)]
    assert len(offers) == 600
    assert sum(offer.salary_stated for offer in offers) == 580
    assert sum(offer.pay is not None for offer in offers) >= 0.99 * 580
    assert sum(offer.place is not None for offer in offers) >= 0.95 * sum(offer.place_stated for offer in offers)
    assert sum(offer.trade != OTHER for offer in offers) >= 0.98 * len(offers)
    assert len({offer.key for offer in offers}) == 600
    assert all(offer.issued_at for offer in offers)
