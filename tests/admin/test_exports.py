"""What leaves the house as a file: masked, for a reason, written down, and for its maker alone."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.encrypted_files import private_files
from jinba.core.errors import Refused
from jinba.privacy import tasks
from jinba.privacy.choices import ExportState
from jinba.privacy.exports import sheets, writing
from jinba.privacy.models import ExportRecord, PersonalDataAccess
from labor.workers.models import Worker
from tests.admin.conftest import client_for
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db
WORKERS = reverse("admin:workers_worker_export")
CONFIRM = reverse("accounts:confirm")


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def confirmed(user: User) -> Client:
    """Somebody who has just shown that it is he."""
    client = client_for(user)
    assert client.post(CONFIRM, {"password": PASSWORD, "next": "/admin/"}).status_code == 302
    return client


@pytest.fixture
def exporter() -> User:
    return UserFactory(officer=True, groups=["资料管理", "认证审核", "岗位审核", "导出"])


@pytest.fixture
def client(exporter: User) -> Client:
    return confirmed(exporter)


def export(client: Client, url: str = WORKERS, **fields: Any) -> Any:
    return client.post(url, {"format": "xlsx", "reason": "给县里报名单", **fields})


def download(client: Client, record: ExportRecord, part: int = 0) -> bytes:
    response = client.post(reverse("admin:privacy_exportrecord_download", args=[record.pk, part]))
    assert response.status_code == 200, response.status_code
    assert "no-store" in response["Cache-Control"] and response["Content-Disposition"].startswith("attachment")
    return b"".join(response.streaming_content)


def table(content: bytes) -> list[list[Any]]:
    if content.startswith(b"PK"):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        return [[cell if cell is not None else "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_workers_go_out_masked_with_a_reason(client: Client, exporter: User, format: str) -> None:
    worker = WorkerFactory(name="何建国", phone="13912345678")
    response = export(client, format=format)
    record = ExportRecord.objects.get()
    assert response.url == reverse("admin:privacy_exportrecord_change", args=[record.pk])
    assert (record.by, record.rows, record.state, record.is_masked) == (exporter, 1, ExportState.DONE, True)
    assert (record.reason, record.what, record.format) == ("给县里报名单", "workers.worker", format)
    headers, row = table(download(client, record))
    shown = dict(zip(headers, row, strict=True))
    assert (shown["编号"], shown["姓名"], shown["手机号"]) == (str(worker.pk), "何**", "139****5678")
    record.refresh_from_db()
    assert record.downloads == 1
    assert not PersonalDataAccess.objects.exists()


def test_without_a_reason_nothing_is_written(client: Client) -> None:
    WorkerFactory()
    assert "请写一句为什么要导出" in export(client, reason="").content.decode()
    assert "请写一句为什么要导出" in export(client, reason="  ").content.decode()
    assert export(client, format="exe").status_code == 422
    assert not ExportRecord.objects.exists() and not list(private_files.names("exports"))


def test_only_what_the_list_showed_goes_out_and_is_named(client: Client) -> None:
    WorkerFactory(name="王一", phone="13912345678")
    wanted = WorkerFactory(name="何二", job_status="not_now")
    export(client, f"{WORKERS}?job_status__exact=not_now&p=3")
    first = ExportRecord.objects.get()
    assert [row[0] for row in table(download(client, first))[1:]] == [str(wanted.pk)]
    assert first.filters == "找工作状态：暂时不找"
    export(client, f"{WORKERS}?q=13912345678")
    second = ExportRecord.objects.latest("pk")
    assert second.rows == 1 and second.filters == "搜索“139****5678”"
    assert "13912345678" not in str(ExportRecord.objects.values_list("filters", "reason"))
    assert "没有导出" in export(client, f"{WORKERS}?q=没有这个人").content.decode()


def test_who_may_not_export_gets_nothing() -> None:
    client = confirmed(UserFactory(officer=True, groups=["资料管理"]))
    assert client.get(WORKERS).status_code == export(client).status_code == 403
    assert "导出</a>" not in client.get(reverse("admin:workers_worker_changelist")).content.decode()
    client = confirmed(UserFactory(officer=True, groups=["导出"]))
    assert client.get(WORKERS).status_code == 403  # who cannot see them does not take them out


def test_who_has_not_confirmed_lately_does_so_first(exporter: User) -> None:
    client = client_for(exporter)
    WorkerFactory()
    assert client.get(WORKERS).url.startswith(CONFIRM)
    assert export(client).url.startswith(CONFIRM)
    assert not ExportRecord.objects.exists()


def test_clear_numbers_take_a_right_of_their_own_and_leave_a_row_for_each(exporter: User, client: Client) -> None:
    workers = [WorkerFactory(phone=f"1391234567{number}") for number in range(3)]
    assert 'name="clear"' not in client.get(WORKERS).content.decode()
    export(client, clear="on")
    assert ExportRecord.objects.get().is_masked  # the box that he does not have counts for nothing
    trusted = UserFactory(officer=True, groups=["资料管理", "导出明文"])
    client = confirmed(trusted)
    export(client, clear="on", reason="公安核对 13912345670")
    record = ExportRecord.objects.latest("pk")
    assert not record.is_masked and record.reason == "公安核对 139****5670"
    assert {row[2] for row in table(download(client, record))[1:]} == {f"1391234567{number}" for number in range(3)}
    looks = PersonalDataAccess.objects.all()
    assert {look.subject_id for look in looks} == {worker.pk for worker in workers}
    assert {(look.by, look.purpose, tuple(look.fields)) for look in looks} == {
        (trusted, "export", ("phone", "resident_id"))
    }


def test_not_more_than_a_hundred_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_CLEAR", 2)
    WorkerFactory.create_batch(3)
    client = confirmed(UserFactory(officer=True, groups=["资料管理", "导出明文"]))
    assert "一次最多导出 2 人" in export(client, clear="on").content.decode()
    assert not ExportRecord.objects.exists() and not PersonalDataAccess.objects.exists()


def test_the_file_is_for_its_maker_for_a_week(client: Client, exporter: User) -> None:
    WorkerFactory()
    export(client)
    record = ExportRecord.objects.get()
    url = reverse("admin:privacy_exportrecord_download", args=[record.pk, 0])
    other = confirmed(UserFactory(officer=True, groups=["导出"]))
    assert other.post(url).status_code == 404
    watcher = confirmed(UserFactory(officer=True, groups=["个人信息检查"]))
    page = watcher.get(reverse("admin:privacy_exportrecord_change", args=[record.pk])).content.decode()
    assert "给县里报名单" in page and "下载</button>" not in page
    assert watcher.post(url).status_code == 302 and client.get(url).status_code == 405
    assert client.post(reverse("admin:privacy_exportrecord_download", args=[record.pk, 5])).status_code == 302
    assert writing.forget() == 0
    ExportRecord.objects.update(finished_at=timezone.now() - timedelta(days=8))
    assert "已经删除" in client.post(url, follow=True).content.decode()
    names = record.files
    assert writing.forget() == 1 and not list(private_files.names("exports")) and names
    record.refresh_from_db()
    assert record.state == ExportState.GONE


def test_what_lies_on_the_disk_cannot_be_read(client: Client, tmp_path: Any) -> None:
    WorkerFactory(phone="13912345678", village="王家村")
    export(client, format="csv")
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 1 and "王家村".encode() not in kept[0].read_bytes()


def test_many_rows_are_written_in_parts_by_the_workers(
    client: Client, letters: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(writing, "AT_ONCE", 3)
    monkeypatch.setattr(writing, "PART_ROWS", 4)
    workers = WorkerFactory.create_batch(10)
    with django_capture_on_commit_callbacks(execute=True):
        export(client, format="csv")
    record = ExportRecord.objects.get()
    assert record.state == ExportState.WAITING
    assert letters == [("jinba.privacy.tasks.write_export", {"id": record.pk})]
    page = client.get(reverse("admin:privacy_exportrecord_change", args=[record.pk])).content.decode()
    assert "hx-get" in page
    while record.is_under_way:
        letters.clear()
        with django_capture_on_commit_callbacks(execute=True):
            tasks.write_export(id=record.pk)
        record.refresh_from_db()
        assert bool(letters) == record.is_under_way
    assert (record.state, record.rows, len(record.files), record.progress) == (ExportState.DONE, 10, 3, 100)
    numbers = [row[0] for part in range(3) for row in table(download(client, record, part))[1:]]
    assert numbers == [str(worker.pk) for worker in sorted(workers, key=lambda one: one.pk)]
    tasks.write_export(id=record.pk)  # a letter that comes twice does nothing
    record.refresh_from_db()
    assert len(record.files) == 3


def test_a_lost_letter_is_found_by_the_sweep(
    exporter: User, letters: Any, django_capture_on_commit_callbacks: Any
) -> None:
    record = ExportRecord.objects.create(by=exporter, what="workers.worker", format="csv", reason="试")
    for expected in ([("jinba.privacy.tasks.write_export", {"id": record.pk})], []):
        letters.clear()
        with django_capture_on_commit_callbacks(execute=True):
            tasks.sweep_exports()
        assert letters == expected  # claimed for a while by the first sweep


def test_who_lost_the_right_gets_no_file_any_more(exporter: User, letters: Any) -> None:
    WorkerFactory()
    record = ExportRecord.objects.create(by=exporter, what="workers.worker", format="csv", reason="试")
    exporter.groups.clear()
    tasks.write_export(id=record.pk)
    record.refresh_from_db()
    assert (record.state, record.files) == (ExportState.FAILED, []) and "权限" in record.failure


def test_what_breaks_is_tried_again_and_given_up(exporter: User, letters: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    record = ExportRecord.objects.create(by=exporter, what="workers.worker", format="csv", reason="试")
    monkeypatch.setattr(sheets, "written", lambda *_: 1 / 0)
    for _ in range(writing.MOST_TRIES):
        record.refresh_from_db()
        assert record.is_under_way
        with pytest.raises(ZeroDivisionError):
            tasks.write_export(id=record.pk)
    record.refresh_from_db()
    assert record.state == ExportState.FAILED and "ZeroDivisionError" in record.failure


def test_orphans_are_deleted_and_fresh_files_stay(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    WorkerFactory()
    export(client)
    from jinba.core import encrypted_files

    orphan = encrypted_files.save(b"half a part", folder="exports")
    writing.forget()
    assert orphan in set(private_files.names("exports"))
    monkeypatch.setattr(type(private_files), "get_modified_time", lambda *_: timezone.now() - timedelta(days=2))
    writing.forget()
    assert set(private_files.names("exports")) == set(ExportRecord.objects.get().files)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝"])
@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_no_cell_is_a_formula(client: Client, sign: str, format: str) -> None:
    evil = f'{sign}HYPERLINK("http://evil.example","x")'
    Worker.objects.filter(pk=WorkerFactory().pk).update(village=evil)
    export(client, format=format)
    content = download(client, ExportRecord.objects.get())
    cells = [cell for row in table(content) for cell in row if "HYPERLINK" in str(cell)]
    assert len(cells) == 1 and cells[0].startswith("'")
    if format == "xlsx":
        sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet and 't="inlineStr"' in sheet


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    content = sheets.written("xlsx", ["甲"], [["a\x00b\x0bc<&>"], [None], [18 * 10**16 + 1]])
    assert table(content) == [["甲"], ["abc<&>"], [""], ["180000000000000001"]]


def test_employers_and_postings_go_out_too(client: Client) -> None:
    employer = EmployerFactory(name="金华五金厂", contact_phone="13912345678")
    JobPostingFactory(employer=employer, title="冲压工")
    export(client, f"{reverse('admin:employers_employer_export')}?queue=all")
    headers, *rows = table(download(client, ExportRecord.objects.get()))
    shown = dict(zip(headers, rows[0], strict=True))
    assert (shown["单位名称"], shown["联系电话"]) == ("金华五金厂", "139****5678")
    export(client, f"{reverse('admin:employers_jobposting_export')}?queue=all")
    headers, *rows = table(download(client, ExportRecord.objects.latest("pk")))
    shown = dict(zip(headers, rows[0], strict=True))
    assert (shown["岗位名称"], shown["用人单位"], shown["状态"]) == ("冲压工", "金华五金厂", "招聘中")


def test_queries_do_not_grow_with_the_rows(client: Client, django_assert_max_num_queries: Any) -> None:
    WorkerFactory.create_batch(20)
    with django_assert_max_num_queries(40):
        export(client)


def test_an_export_by_nobody_in_particular_is_refused(exporter: User) -> None:
    from labor.workers.exporting import WorkerResource

    stranger = UserFactory(officer=True, groups=[])
    with pytest.raises(Refused, match="没有导出的权限"):
        writing.start(
            by=stranger, what="workers.worker", resource=WorkerResource(), rows=Worker.objects.all(), query="",
            filters="", format="csv", reason="试",
        )  # fmt: skip
