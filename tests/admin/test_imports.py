"""Employers and postings come in as tables: checked first, whole or not at all, and as drafts."""

import csv
import io
import os
import time
import zipfile
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from employers.actions import drafting, employers
from employers.choices import EmployerState, PostingState
from employers.models import Employer, JobPosting
from jinba.accounts.choices import Role
from jinba.core import encrypted_files, import_desk
from jinba.core.encrypted_files import private_files
from jinba.core.errors import Refused
from jinba.privacy.tasks import forget_exports
from tests.admin.conftest import client_for
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import EmployerFactory
from tests.factories.reference import TradeFactory, both_cities, region

pytestmark = pytest.mark.django_db
EMPLOYERS, POSTINGS = reverse("admin:employers_employer_import"), reverse("admin:employers_jobposting_import")
CODES = ("91330784MA2EXAMPL7", "91330703MA2XAMPLE1")


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    both_cities()


@pytest.fixture
def client() -> Client:
    return client_for(UserFactory(officer=True, groups=["单位和岗位导入"]))


@pytest.fixture
def codes() -> list[str]:
    """Credit codes with right check signs, of nobody."""
    return [str(EmployerFactory.build().uscc) for _ in range(2)]


def as_csv(*rows: list[Any]) -> SimpleUploadedFile:
    held = io.StringIO()
    csv.writer(held).writerows(rows)
    return SimpleUploadedFile("表.csv", held.getvalue().encode("utf-8-sig"))


def as_xlsx(*rows: list[Any]) -> SimpleUploadedFile:
    book, held = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(held)
    return SimpleUploadedFile("表.xlsx", held.getvalue())


HEAD = ["统一社会信用代码", "单位名称", "单位类型", "联系电话"]


@pytest.mark.parametrize("kind", [as_csv, as_xlsx])
def test_employers_come_in_after_a_check_and_a_confirmation(client: Client, codes: list[str], kind: Any) -> None:
    sheet = [HEAD, [codes[0], "金华五金厂", "", 13912345678], [codes[1], "义乌袜厂", "", ""]]
    response = client.post(EMPLOYERS, {"file": kind(*sheet)})
    assert response.status_code == 200 and "2 行都没有问题" in response.content.decode()
    assert not Employer.objects.exists()
    assert client.post(EMPLOYERS, {"sure": "yes"}).status_code == 302
    first = Employer.objects.get(uscc=codes[0])
    assert (first.name, first.state, first.contact_phone) == ("金华五金厂", EmployerState.DRAFT, "13912345678")
    assert first.events.get().reason == drafting.BROUGHT_IN and not first.members.exists()
    assert Employer.objects.count() == 2 and not list(private_files.names("imports"))


@pytest.mark.parametrize("words", ["永康市", "浙江省金华市永康市", "永康", "330784"])
def test_a_place_is_understood_as_people_write_it(client: Client, codes: list[str], words: str) -> None:
    yongkang = region("330784")
    client.post(EMPLOYERS, {"file": as_csv([*HEAD, "所在地"], [codes[0], "永康杯厂", "", "", words])})
    client.post(EMPLOYERS, {"sure": "yes"})
    assert Employer.objects.get(uscc=codes[0]).region == yongkang


def test_what_is_wrong_is_told_by_row_and_column_and_nothing_comes_in(client: Client, codes: list[str]) -> None:
    taken = EmployerFactory()
    sheet = as_csv(
        [*HEAD, "所在地"],
        [codes[0], "好单位", "", "", ""],
        ["123", "", "怪类型", "", "火星"],
        [str(taken.uscc), "又一家", "", "", ""],
    )
    response = client.post(EMPLOYERS, {"file": sheet})
    page = response.content.decode()
    assert response.status_code == 422 and 'name="sure"' not in page
    problems = {(row, column) for row, column, _ in response.context["problems"]}
    assert {(3, "单位类型"), (3, "所在地"), (4, "统一社会信用代码")} <= problems
    assert "没有叫“火星”的地方" in page and "已经有一家单位了" in page
    assert Employer.objects.count() == 1
    assert client.post(EMPLOYERS, {"sure": "yes"}, follow=True).context["messages"]
    assert Employer.objects.count() == 1 and not list(private_files.names("imports"))


def test_the_same_code_twice_in_one_table_is_refused(client: Client, codes: list[str]) -> None:
    response = client.post(EMPLOYERS, {"file": as_csv(HEAD, [codes[0], "甲", "", ""], [codes[0], "乙", "", ""])})
    assert [(row, column) for row, column, _ in response.context["problems"]] == [(3, "统一社会信用代码")]


def test_when_things_changed_after_the_check_nothing_comes_in(client: Client, codes: list[str]) -> None:
    client.post(EMPLOYERS, {"file": as_csv(HEAD, [codes[0], "甲", "", ""], [codes[1], "乙", "", ""])})
    EmployerFactory(uscc=codes[1])
    assert "情况变了" in client.post(EMPLOYERS, {"sure": "yes"}, follow=True).content.decode()
    assert Employer.objects.count() == 1


def test_no_column_types_a_state(client: Client, codes: list[str]) -> None:
    response = client.post(EMPLOYERS, {"file": as_csv([*HEAD, "认证状态"], [codes[0], "甲", "", "", "已认证"])})
    assert "不认识的列：认证状态" in response.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\xff\xfe\x00junk", "打不开这个文件"),
        (b"PK\x03\x04junk", "打不开这个文件"),
        ("单位名称\n甲\n".encode(), "缺少列：统一社会信用代码"),
        ("统一社会信用代码,单位名称\n".encode(), "没有数据"),
        (b"x" * 2_000_001, "文件太大"),
    ],
)
def test_other_files_are_refused_in_words(client: Client, content: bytes, words: str) -> None:
    response = client.post(EMPLOYERS, {"file": SimpleUploadedFile("a.csv", content)})
    page = response.content.decode()
    assert response.status_code == 422 and (words in page or (not content and "空" in page)), page[-3000:]


def test_a_bomb_is_not_unpacked(client: Client) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    response = client.post(EMPLOYERS, {"file": SimpleUploadedFile("b.xlsx", held.getvalue())})
    assert "展开以后太大" in response.content.decode()


def test_postings_come_in_as_drafts_of_their_employer(client: Client) -> None:
    employer, trade = EmployerFactory(), TradeFactory()
    sheet = as_xlsx(
        ["统一社会信用代码", "岗位名称", "工种", "招聘人数", "计薪单位", "最低工资", "有效期至"],
        [employer.uscc, "冲压工", trade.name, 5, "月", 5500, "2027-01-31"],
    )
    assert client.post(POSTINGS, {"file": sheet}).status_code == 200
    client.post(POSTINGS, {"sure": "yes"})
    posting = JobPosting.objects.get()
    assert (posting.employer, posting.title, posting.state) == (employer, "冲压工", PostingState.DRAFT)
    assert (posting.headcount, posting.base_pay_min, posting.trade, posting.source_name) == (5, 5500, trade, "")


def test_wrong_postings_are_told_too(client: Client) -> None:
    employer = EmployerFactory()
    sheet = as_csv(
        ["统一社会信用代码", "岗位名称", "招聘人数", "最低工资", "最高工资"],
        ["没有", "甲", "", "", ""],
        [employer.uscc, "", "", "", ""],
        [employer.uscc, "乙", "许多", "", ""],
        [employer.uscc, "丙", "", "6000", "5000"],
    )
    response = client.post(POSTINGS, {"file": sheet})
    problems = {(row, column) for row, column, _ in response.context["problems"]}
    assert {(2, "统一社会信用代码"), (3, "岗位名称"), (4, "招聘人数")} <= problems
    assert 5 in {row for row, _ in problems}
    assert not JobPosting.objects.exists()


def test_who_may_not_import_does_not() -> None:
    client = client_for(UserFactory(officer=True, groups=["岗位审核"]))
    assert client.get(EMPLOYERS).status_code == client.post(POSTINGS, {"sure": "yes"}).status_code == 403
    with pytest.raises(Refused, match="只有工作人员"):
        drafting.draft_employer(by=user_in(Role.EMPLOYER), name="甲", uscc="1")
    with pytest.raises(Refused, match="只有工作人员"):
        drafting.draft_posting(by=user_in(Role.EMPLOYER), uscc="1", title="甲")


def test_whoever_registers_finds_the_profile_begun_without_the_contact(codes: list[str]) -> None:
    begun = drafting.draft_employer(
        by=user_in(Role.ADMIN), name="金华五金厂", uscc=codes[0], contact_name="王一", contact_phone="13912345678"
    )
    member = employers.register(by=user_in(Role.EMPLOYER), name="金华五金制品厂", uscc=codes[0].lower())
    assert member.employer == begun
    begun.refresh_from_db()
    assert (begun.name, begun.contact_name, begun.contact_phone) == ("金华五金制品厂", "", None)
    with pytest.raises(Refused, match="已经注册过了"):
        employers.register(by=user_in(Role.EMPLOYER), name="冒名", uscc=codes[0])


def test_a_table_that_nobody_confirmed_is_gone_after_a_day() -> None:
    old, fresh = (encrypted_files.save(b"table", folder=import_desk.FOLDER) for _ in range(2))
    yesterday = time.time() - 25 * 3600
    os.utime(private_files.path(old), (yesterday, yesterday))
    forget_exports()
    assert list(private_files.names(import_desk.FOLDER)) == [fresh]
