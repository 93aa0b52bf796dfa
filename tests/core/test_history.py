"""Former states of rows: kept by the database, told who, only added."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employers.models import JobPosting
from jinba.celery import app
from jinba.core.doing import doing
from jinba.core.history import rewriting
from jinba.core.locks import locked_one
from labor.workers.models import Worker
from tests.factories.employers import JobPostingFactory
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def test_a_change_keeps_what_the_row_was_and_a_new_row_keeps_nothing() -> None:
    worker = WorkerFactory(village="千佛村")
    assert not worker.versions.exists()
    worker.village = "王坪村"
    worker.save(update_fields=["village", "updated_at"])
    was = worker.versions.get()
    assert (was.pgh_label, was.village, was.name) == ("changed", "千佛村", worker.name)


def test_neither_bulk_updates_nor_raw_sql_nor_deletes_get_past() -> None:
    WorkerFactory.create_batch(2)
    Worker.objects.update(years=3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workers_worker SET years = 4")
    version = Worker.versions.rel.related_model
    assert sorted(version.objects.values_list("years", flat=True)) == [0, 0, 3, 3]
    Worker.objects.all().delete()
    assert version.objects.filter(pgh_label="deleted", years=4).count() == 2


def test_what_is_left_out_and_what_did_not_change_leaves_nothing() -> None:
    posting = JobPostingFactory()
    posting.save(update_fields=["title", "updated_at"])
    JobPosting.objects.update(filled=1, search_version=9)
    assert not posting.versions.exists()


def test_a_former_number_is_kept_in_cipher_and_can_be_read() -> None:
    worker = WorkerFactory(phone="13800000001")
    worker.set_phone("13800000002")
    worker.save()
    assert worker.versions.get().phone == "13800000001"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workers_workerversion WHERE position('13800000001'::bytea IN phone) > 0")
        assert cursor.fetchone() == (0,)


def test_former_states_are_neither_changed_nor_deleted() -> None:
    worker = WorkerFactory()
    Worker.objects.update(years=3)
    rows = worker.versions.model.objects
    for change in (lambda: rows.update(years=9), lambda: rows.all().delete()):
        with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
            change()
    with rewriting():
        assert rows.update(name="已注销") == 1
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        rows.update(years=9)


def test_a_page_leaves_its_user_and_address_and_adds_no_query() -> None:
    worker = WorkerFactory()
    client = Client()
    client.force_login(worker.user)
    url = reverse("consents:on", args=["recommend"])
    Worker.objects.update(is_personalised=False)
    with CaptureQueriesContext(connection) as asked:
        client.post(url)
    told = worker.versions.first().pgh_context
    assert told == {"user": worker.user.pk, "door": "consents:on"}
    updates = [query["sql"] for query in asked if 'UPDATE "workers_worker"' in query["sql"]]
    assert len(updates) == 1 and updates[0].startswith("SELECT set_config")
    assert not [query for query in asked if query["sql"].rstrip().endswith("true);")]


def test_a_task_leaves_its_name() -> None:
    def rename() -> None:
        Worker.objects.update(village="新村")

    worker = WorkerFactory()
    task = app.task(name="labor.workers.tasks.rename")(rename)
    try:
        task()
    finally:
        app.tasks.pop(task.name)
    assert worker.versions.get().pgh_context == {"task": "labor.workers.tasks.rename"}


def test_without_a_door_nothing_is_told() -> None:
    worker = WorkerFactory()
    Worker.objects.update(years=2)
    assert worker.versions.get().pgh_context is None


def test_counts_params_locks_and_signs_of_percent_stay_right() -> None:
    first, second = WorkerFactory.create_batch(2)
    with doing(lambda: {"task": "100% 'sure'"}):
        assert Worker.objects.filter(pk=first.pk).update(village="村 50%") == 1
        assert Worker.objects.filter(pk=0).update(village="x") == 0
        assert locked_one(Worker.objects.all(), pk=second.pk) == second
        with connection.cursor() as cursor:
            cursor.execute("UPDATE workers_worker SET village = '村 50%' WHERE village LIKE '%50%'")
            assert cursor.rowcount == 1
            cursor.executemany("UPDATE workers_worker SET years = %s WHERE id = %s", [(1, first.pk), (2, second.pk)])
        second.refresh_from_db()
        assert second.years == 2
        assert WorkerFactory().pk
    assert first.versions.order_by("pgh_id").first().pgh_context == {"task": "100% 'sure'"}


@pytest.mark.django_db(transaction=True)
def test_what_was_told_ends_with_the_transaction() -> None:
    worker: Any = WorkerFactory()
    with doing(lambda: {"task": "x"}):
        Worker.objects.update(years=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pghistory.context_metadata', true)")
        assert cursor.fetchone()[0] in (None, "")
    Worker.objects.update(years=2)
    assert worker.versions.order_by("-pgh_id").first().pgh_context is None
