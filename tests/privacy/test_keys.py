"""New keys for what is encrypted, while the product reads and writes."""

import base64
import io
import os
import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from jinba.accounts.models import phone_index
from jinba.core import encrypted_files
from jinba.core.encrypted_files import private_files
from jinba.core.encryption import CannotDecrypt, EncryptedTextField, decrypt, encrypt
from jinba.privacy import keys
from labor.workers.models import MergeRecord, Worker
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def key(number: int) -> str:
    return f"{number}:{base64.b64encode(os.urandom(32)).decode()}"


@pytest.fixture
def new_key(settings: Any, tmp_path: Any) -> str:
    settings.MEDIA_ROOT = tmp_path
    return key(9)


def column(name: str) -> keys.Column:
    return next(one for one in keys.columns() if one.name == name)


def used(name: str = "workers_worker.phone") -> dict[int, int]:
    return dict(keys.count(column(name)))


def said(*args: str) -> str:
    out = io.StringIO()
    call_command("rotate_keys", *args, stdout=out)
    return out.getvalue()


def test_every_encrypted_column_is_found_those_of_histories_too() -> None:
    names = {one.name for one in keys.columns()}
    assert {"workers_worker.phone", "workers_workerversion.resident_id", "accounts_user.email"} <= names
    assert {"accounts_idempotentanswer.body", "employers_memberinvitation.phone"} <= names


def test_values_in_columns_files_and_histories_get_the_new_key_and_mean_the_same(settings: Any, new_key: str) -> None:
    worker = WorkerFactory(phone="13800000001")
    worker.set_phone("13800000002")
    worker.save()
    name = encrypted_files.save(b"paper", folder="documents")
    (old,) = used()
    versions = worker.versions.count()
    settings.FIELD_KEYS = [new_key, *settings.FIELD_KEYS]
    assert f"密钥 {old}：" in said("--check") and "旧密钥不能删" in said("--check") and set(used()) == {old}
    told = said()
    assert "全部用密钥 9" in told and set(used()) == set(used("workers_workerversion.phone")) == {9}
    settings.FIELD_KEYS = [new_key]
    worker.refresh_from_db()
    assert (worker.phone, worker.versions.get().phone) == ("13800000002", "13800000001")
    assert encrypted_files.open(name).read() == b"paper" and private_files.key_of(name) == 9
    assert worker.versions.count() == versions  # a new key is no change of the row


def test_what_a_merge_keeps_gets_the_new_key_and_stays_history(settings: Any, new_key: str) -> None:
    one, other = WorkerFactory(), WorkerFactory()
    merge = MergeRecord.objects.create(kept=one, gone=other, by=one.user, reason="同一人", before="{}")
    settings.FIELD_KEYS = [new_key, *settings.FIELD_KEYS]
    assert "全部用密钥 9" in said() and set(used("workers_mergerecord.before")) == {9}
    with pytest.raises(IntegrityError, match="only added"):
        MergeRecord.objects.filter(pk=merge.pk).update(before="x")


def test_what_was_broken_off_goes_on_where_it_stood(settings: Any, new_key: str) -> None:
    WorkerFactory.create_batch(12)
    settings.FIELD_KEYS = [new_key, *settings.FIELD_KEYS]
    running = keys.renew(column("workers_worker.phone"), batch=5)
    assert next(running) == 5
    running.close()
    assert used()[9] == 5
    assert sum(keys.renew(column("workers_worker.phone"), batch=5)) == 7


def test_without_the_old_key_nothing_is_guessed(settings: Any, new_key: str) -> None:
    WorkerFactory()
    settings.FIELD_KEYS = [new_key]
    with pytest.raises(CannotDecrypt):
        list(keys.renew(column("workers_worker.phone")))


@pytest.mark.django_db(transaction=True)
def test_readers_and_writers_notice_nothing(settings: Any, new_key: str) -> None:
    workers = WorkerFactory.create_batch(30)
    settings.FIELD_KEYS = [new_key, *settings.FIELD_KEYS]
    stop, wrong, written = threading.Event(), [], {}

    def live() -> None:
        try:
            turn = 0
            while not stop.is_set() or turn < 60:
                worker = Worker.objects.get(pk=workers[turn % 30].pk)
                expected = written.get(worker.pk, workers[turn % 30].phone)
                if worker.phone != expected:
                    wrong.append(worker.pk)
                if turn % 3 == 0:
                    number = f"137{turn:08d}"
                    worker.set_phone(number)
                    worker.save(update_fields=["phone", "phone_index", "updated_at"])
                    written[worker.pk] = number
                turn += 1
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=live)
    thread.start()
    for _ in keys.renew(column("workers_worker.phone"), batch=3):
        pass
    stop.set()
    thread.join()
    assert not wrong and set(used()) == {9}
    for worker in Worker.objects.all():
        before = next(one.phone for one in workers if one.pk == worker.pk)
        assert worker.phone == written.get(worker.pk, before) and worker.phone_index == phone_index(worker.phone)


def test_a_new_index_key_finds_people_again_after_the_rebuild(settings: Any, new_key: str) -> None:
    worker = WorkerFactory(phone="13800000001")
    settings.INDEX_KEY = base64.b64encode(os.urandom(32)).decode()
    assert not Worker.objects.with_phone("13800000001").exists()
    call_command("rebuild_indexes", stdout=io.StringIO())
    assert Worker.objects.with_phone("13800000001").get() == worker
    assert not worker.versions.exists()


def test_bytes_moved_to_another_column_do_not_decrypt() -> None:
    stored = encrypt("13800000001", column="workers_worker.phone")
    assert decrypt(stored, column="workers_worker.phone") == "13800000001"
    for other in ("workers_worker.resident_id", "accounts_user.phone"):
        with pytest.raises(CannotDecrypt):
            decrypt(stored, column=other)


def test_each_history_reads_what_its_table_wrote() -> None:
    for one in keys.columns():
        tracked = getattr(one.model, "pgh_tracked_model", None)
        if tracked is not None:
            field = tracked._meta.get_field(one.field.name)
            assert isinstance(field, EncryptedTextField) and field.bound_column == one.field.bound_column
            assert field.bound_to == f"{tracked._meta.db_table}.{field.column}"
