"""A copy to take away, and being forgotten: neither a number nor the name is left anywhere."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.applications import actions as applications
from labor.applications.actions.erasing import GONE, erase
from labor.applications.choices import Stage
from labor.workers import actions as workers
from labor.workers.choices import PairReason
from labor.workers.models import DuplicatePair, MergeRecord, Worker
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.workers import WorkerFactory, WorkerSkillFactory
from tests.privacy.test_dump import dump

NAME, PHONE, FORMER, NUMBER = "欧阳要忘记", "13900112233", "13900112244", "360426199101010071"
pytestmark = pytest.mark.usefixtures("letters")


def somebody(**fields: Any) -> Worker:
    """A worker who has done a bit of everything."""
    broker = user_in("broker")
    worker = WorkerFactory(name=NAME, phone=FORMER, helper=broker, **fields)
    worker.set_phone(PHONE)
    worker.save()
    workers.set_resident_id(worker=worker, by=worker.user, number=NUMBER, is_agreed=True)
    WorkerSkillFactory(worker=worker)
    posting = JobPostingFactory()
    owner_of(posting.employer)
    applications.apply(worker=worker, posting=posting, by=worker.user)
    Notice.objects.create(recipient=broker, kind="test", dedupe_key="x", title=f"{NAME}同意您帮他办")
    worker.refresh_from_db()
    return worker


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db(transaction=True)
def test_profiles_that_were_merged_into_his_are_forgotten_too() -> None:
    worker, other = somebody(), WorkerFactory(name="欧阳也忘记", phone="13900112255")
    pair = DuplicatePair.objects.create(first=worker, second=other, reason=PairReason.PHONE)
    applications.merge(pair=pair, kept=worker, by=user_in("admin"), taken=["phone"], reason="电话问过本人")
    worker.refresh_from_db()
    secrets = (NAME, "欧阳也忘记", worker.phone_index, worker.resident_id_index)
    before = dump()
    assert all(secret in before for secret in secrets)
    erase(worker=worker, by=worker.user)
    after = dump()
    assert not [secret for secret in secrets if secret in after]
    assert not Worker.objects.exclude(phone=None).exists() and not User.objects.exclude(phone=None).filter(
        role="seeker"
    )
    assert PHONE not in str(MergeRecord.objects.get().before)


@pytest.mark.django_db(transaction=True)
def test_who_is_forgotten_is_in_no_dump() -> None:
    worker = somebody()
    before = dump()
    assert NAME in before
    erase(worker=worker, by=worker.user)
    after = dump()
    for secret in (NAME, PHONE, FORMER, NUMBER, worker.phone_index, worker.resident_id_index):
        assert secret not in after
    row = Worker.objects.get()
    assert (row.name, row.phone, row.resident_id, row.is_active) == (GONE, None, None, False)
    assert row.erased_at and row.retain_until and row.applications.get().stage == Stage.WITHDRAWN
    assert not row.user.is_active and erase(worker=row, by=row.user) == row


@pytest.mark.django_db
def test_nobody_else_has_somebody_forgotten() -> None:
    worker = WorkerFactory(helper=user_in("broker"))
    for by in (user_in("broker"), user_in("officer"), worker.delegations.get().helper):
        with pytest.raises(Refused, match="只有本人"):
            erase(worker=worker, by=by)


@pytest.mark.django_db
def test_the_page_asks_twice_and_signs_out() -> None:
    worker = WorkerFactory()
    client, url = signed_in(worker.user), reverse("consents:erase")
    assert "找不回来" in client.get(url).content.decode()
    client.post(url)
    worker.refresh_from_db()
    assert worker.erased_at is None
    assert client.post(url, {"sure": "yes"})["Location"] == reverse("home")
    worker.refresh_from_db()
    assert worker.erased_at and client.get(reverse("consents:list")).status_code == 302


@pytest.mark.django_db
def test_the_copy_holds_what_is_kept_and_nobody_else_s() -> None:
    worker = somebody()
    other = ApplicationFactory(posting=worker.applications.get().posting)
    applications.reveal_contact(
        application=worker.applications.get(), by=owner_of(other.posting.employer), purpose="hiring"
    )
    answered = signed_in(worker.user).post(reverse("consents:copy"))
    assert answered["Content-Type"] == "application/zip" and "no-store" in answered["Cache-Control"]
    archive = zipfile.ZipFile(io.BytesIO(answered.content))
    told = json.loads(archive.read("data.json"))
    assert {"劳动者", "用户", "同意记录", "报名", "劳动者技能", "委托", "查看个人信息的记录", "劳动者的历史"} <= set(
        told
    )
    text = archive.read("data.json").decode()
    assert NAME in text and PHONE in text and NUMBER in text and FORMER in text
    assert other.worker.name not in text and other.worker.phone not in text
    book = load_workbook(io.BytesIO(archive.read("data.xlsx")), read_only=True)
    assert len(book.sheetnames) == len(told)


@pytest.mark.django_db
def test_what_somebody_typed_neither_breaks_the_copy_nor_computes_in_it() -> None:
    worker = WorkerFactory(village="=1+1\x0b")
    answered = signed_in(worker.user).post(reverse("consents:copy"))
    assert answered.status_code == 200
    book = load_workbook(io.BytesIO(zipfile.ZipFile(io.BytesIO(answered.content)).read("data.xlsx")))
    values = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "'=1+1" in values
