"""The pages of rosters: send, watch, decide, confirm, download; and nobody else's."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from labor.workers.actions import batches
from labor.workers.choices import BatchState, TwinChoice
from labor.workers.models import RegistrationBatch, Worker
from tests.factories.accounts import UserFactory
from tests.factories.reference import both_cities
from tests.factories.rosters import checked, identity, person, sent, workbook
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def broker() -> Any:
    both_cities()
    return UserFactory(broker=True)


@pytest.fixture
def mine(broker: Any) -> Client:
    return client_of(broker)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, batch: RegistrationBatch) -> str:
    answer = client.get(reverse("batches:detail", args=[batch.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_roster_goes_all_the_way_by_its_pages(mine: Client, broker: Any) -> None:
    file = SimpleUploadedFile("名册.xlsx", workbook([person(1), person(2)]))
    answer = mine.post(reverse("batches:list"), {"file": file})
    batch = RegistrationBatch.objects.get()
    assert answer.status_code == 302 and answer["Location"] == reverse("batches:detail", args=[batch.pk])
    assert "正在排队" in page(mine, batch) and "hx-get" in page(mine, batch)
    batches.check(batch_id=batch.pk)
    assert "将新登记 <strong>2</strong> 人" in page(mine, batch)
    answer = mine.post(reverse("batches:confirm", args=[batch.pk]), {"months": 12})
    assert answer.status_code == 422 and "签字同意" in answer.content.decode()
    answer = mine.post(reverse("batches:confirm", args=[batch.pk]), {"months": 12, "is_signed": "on"})
    assert answer.status_code == 302
    assert "正在登记" in page(mine, batch)
    batches.register_people(batch_id=batch.pk)
    assert "新登记了 2 人" in page(mine, batch)
    assert "已登记" in mine.get(reverse("batches:list")).content.decode()
    assert Worker.objects.count() == 2


def test_the_bar_asks_again_until_it_is_done(mine: Client, broker: Any) -> None:
    batch = sent(workbook([person(1)]), by=broker)
    url = reverse("batches:progress", args=[batch.pk])
    assert "progress" in mine.get(url, headers={"HX-Request": "true"}).content.decode()
    batches.check(batch_id=batch.pk)
    assert mine.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert mine.get(url)["Location"] == reverse("batches:detail", args=[batch.pk])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("名册.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 99, "老格式"),
        ("名册.csv", "姓名,手机号".encode(), "CSV"),
        ("名册.xlsx", b"PK\x03\x04", "打不开"),
        ("名册.xlsx", b"", "是空的"),
    ],
)
def test_a_file_of_another_kind_is_refused_beside_the_field(
    mine: Client, name: str, content: bytes, words: str
) -> None:
    answer = mine.post(reverse("batches:list"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not RegistrationBatch.objects.exists()


def test_problems_are_told_and_the_report_is_handed_out(mine: Client, broker: Any) -> None:
    batch = checked([person(1, 手机号="1371234567")], by=broker)
    text = page(mine, batch)
    assert "第 2 行 手机号" in text and "少了 1 位，应是 11 位" in text and "1371234567" not in text
    answer = mine.post(reverse("batches:report", args=[batch.pk]))
    assert answer["Content-Type"].endswith("spreadsheetml.sheet") and answer["Cache-Control"] == "no-store"
    assert load_workbook(BytesIO(answer.content)).active.max_row == 2


def test_twins_stand_side_by_side_without_a_strangers_data(mine: Client, broker: Any) -> None:
    one = person(1, 身份证号=identity(3))
    WorkerFactory(name="苟健国", phone=one["手机号"], village="外人不该看见的村")
    batch = checked([one | {"姓名": "苟建国"}], by=broker)
    text = page(mine, batch)
    assert "苟建国" in text and "苟**" in text and "苟健国" not in text and "外人不该看见的村" not in text
    assert one["手机号"] not in text and identity(3) not in text
    twin = batch.found.get()
    answer = mine.post(
        reverse("batches:choose", args=[batch.pk]), {f"twin-{twin.pk}": "different", "twin-x": "skip", "page": "x"}
    )
    assert answer.status_code == 302
    twin.refresh_from_db()
    assert twin.choice == TwinChoice.DIFFERENT


def test_two_rows_of_the_list_stand_side_by_side(mine: Client, broker: Any) -> None:
    rows = [person(1, 姓名="苟建国", 村="千佛村"), person(1, 姓名="苟健国", 村="诺水村")]
    text = page(mine, checked(rows, by=broker))
    assert "千佛村" in text and "诺水村" in text and "第 2 行" in text


def test_dropping_deletes_and_leads_back(mine: Client, broker: Any) -> None:
    batch = checked([person(1)], by=broker)
    assert mine.post(reverse("batches:drop", args=[batch.pk]))["Location"] == reverse("batches:list")
    batch.refresh_from_db()
    assert batch.state == BatchState.DROPPED


def test_officers_see_how_far_rosters_are_but_not_who_stands_in_them(broker: Any) -> None:
    one = person(1)
    WorkerFactory(name=one["姓名"], phone=one["手机号"])
    batch = checked([one, person(2, 姓名="何晓芳")], by=broker)
    officer = client_of(UserFactory(officer=True))
    assert batch.file_name in officer.get(reverse("batches:list")).content.decode()
    text = page(officer, batch)
    assert "等上传的人确认" in text and one["姓名"] not in text and "确认登记</button>" not in text


def test_officers_without_the_right_see_no_roster(broker: Any) -> None:
    batch, officer = checked([person(1)], by=broker), client_of(UserFactory(officer=True, groups=["岗位审核"]))
    assert officer.get(reverse("batches:list")).status_code == 403
    for page_name in ("batches:detail", "batches:progress"):
        assert officer.get(reverse(page_name, args=[batch.pk])).status_code == 403


def test_strangers_find_no_roster_of_others(broker: Any) -> None:
    batch, stranger = checked([person(1)], by=broker), client_of(UserFactory(park=True))
    for name in ("detail", "progress"):
        assert stranger.get(reverse(f"batches:{name}", args=[batch.pk])).status_code == 404
    for name in ("choose", "confirm", "drop", "report"):
        assert stranger.post(reverse(f"batches:{name}", args=[batch.pk])).status_code == 404


def test_the_list_costs_the_same_however_long_it_is(
    mine: Client, broker: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        RegistrationBatch.objects.create(by=broker, file_name=f"{number}.xlsx", sha256=str(number))
    with django_assert_max_num_queries(8):
        assert "第 1 页，共 2 页" in mine.get(reverse("batches:list")).content.decode()


def test_a_page_of_twins_costs_the_same_however_many_there_are(
    mine: Client, broker: Any, django_assert_max_num_queries: Any
) -> None:
    rows = [person(number) for number in range(12)]
    for row in rows:
        WorkerFactory(name=row["姓名"], phone=row["手机号"])
    batch = checked(rows, by=broker)
    with django_assert_max_num_queries(18):
        assert "第 1 页，共 2 页" in page(mine, batch)
