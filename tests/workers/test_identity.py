from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.core import resident_id
from jinba.core.errors import Refused
from labor.workers import actions as workers
from labor.workers.actions import consents
from labor.workers.choices import ConsentPurpose, PairReason
from labor.workers.models import Consent, DuplicatePair, Worker
from tests.factories.accounts import user_in
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
NUMBER = "360426199101010071"
BORN = date(1991, 1, 1)


def keep(worker: Worker, **changes: Any) -> Worker:
    given = {"worker": worker, "by": worker.user, "number": NUMBER, "is_agreed": True, **changes}
    return workers.set_resident_id(**given)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_number_is_kept_with_its_index_and_tells_the_day_of_birth() -> None:
    keep(WorkerFactory(), number=" 360426 19910101 0071 ")
    worker = Worker.objects.get()
    assert (worker.resident_id, worker.resident_id_last4, worker.birth_date) == (NUMBER, "0071", BORN)
    assert worker.resident_id_index == resident_id.index(NUMBER)
    assert worker.masked_resident_id == "**************0071"
    assert Consent.objects.standing().filter(worker=worker, purpose=ConsentPurpose.RESIDENT_ID).count() == 1


def test_without_his_own_yes_nothing_is_kept() -> None:
    with pytest.raises(Refused, match="勾选同意") as refusal:
        keep(WorkerFactory(), is_agreed=False)
    assert refusal.value.field == "is_agreed"
    assert Worker.objects.get().resident_id is None


def test_a_wrong_number_is_refused() -> None:
    with pytest.raises(Refused, match="校验位"):
        keep(WorkerFactory(), number=NUMBER[:-1] + "2")


def test_another_day_of_birth_is_asked_about_and_taken_when_he_says_so() -> None:
    worker = WorkerFactory(birth_date=date(1990, 2, 3))
    with pytest.raises(Refused, match="1990-02-03") as refusal:
        keep(worker)
    assert refusal.value.field == "takes_birth_date"
    assert keep(worker, takes_birth_date=True).birth_date == BORN


def test_a_child_is_refused() -> None:
    first = "511921" + f"{timezone.localdate().year - 10}0101" + "001"
    with pytest.raises(Refused) as refusal:
        keep(WorkerFactory(), number=first + resident_id.check_digit(first))
    assert refusal.value.field == "resident_id"


def test_a_second_person_with_the_number_hears_nothing_of_the_first_and_an_officer_compares() -> None:
    first, second = keep(WorkerFactory()), WorkerFactory()
    with pytest.raises(Refused) as refusal:
        keep(second)
    assert first.name not in refusal.value.message and "登记" not in refusal.value.message
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id, pair.reason) == (first.pk, second.pk, PairReason.RESIDENT_ID)
    second.refresh_from_db()
    assert second.resident_id is None and not Consent.objects.filter(worker=second).exists()
    with pytest.raises(Refused):
        keep(second)
    assert DuplicatePair.objects.count() == 1


def test_the_database_itself_holds_one_number_for_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(WorkerFactory())
    monkeypatch.setattr(Worker.objects, "active", Worker.objects.none)
    with pytest.raises(Refused):
        keep(WorkerFactory())
    assert Worker.objects.filter(resident_id_index__isnull=False).count() == 1


def test_the_same_number_again_is_no_quarrel() -> None:
    worker = keep(WorkerFactory())
    assert keep(worker).resident_id == NUMBER


def test_nobody_else_writes_it() -> None:
    with pytest.raises(Refused, match="只有本人"):
        keep(WorkerFactory(), by=user_in("broker"))


def test_taking_the_consent_back_deletes_the_number() -> None:
    worker = keep(WorkerFactory())
    consents.withdraw(consent=Consent.objects.get(purpose=ConsentPurpose.RESIDENT_ID), by=worker.user)
    worker.refresh_from_db()
    assert (worker.resident_id, worker.resident_id_index, worker.resident_id_last4) == (None, None, "")
    assert worker.birth_date == BORN


def test_the_page_keeps_the_number_and_shows_the_last_four_alone() -> None:
    worker = WorkerFactory()
    client, url = signed_in(worker.user), reverse("workers:resident_id")
    page = client.post(url, {"number": NUMBER, "is_agreed": "on"}, follow=True).content.decode()
    assert "存好了" in page and "0071" in page and NUMBER not in page
    assert NUMBER not in client.get(url).content.decode()


def test_the_page_says_what_is_wrong_at_the_field() -> None:
    worker = WorkerFactory(birth_date=date(1990, 2, 3))
    client, url = signed_in(worker.user), reverse("workers:resident_id")
    assert "勾选同意" in client.post(url, {"number": NUMBER}).content.decode()
    wrong = client.post(url, {"number": NUMBER[:-1] + "2", "is_agreed": "on"})
    assert wrong.status_code == 422 and "校验位" in wrong.content.decode()
    asked = client.post(url, {"number": NUMBER, "is_agreed": "on"}).content.decode()
    assert 'type="checkbox" name="takes_birth_date"' in asked and "1990-02-03" in asked
    client.post(url, {"number": NUMBER, "is_agreed": "on", "takes_birth_date": "on"})
    worker.refresh_from_db()
    assert worker.birth_date == BORN
