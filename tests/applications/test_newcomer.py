"""From a shared link to the application: phone, code, and one page with name and county that applies."""

import pytest
from django.test import Client
from django.urls import reverse

from labor.applications.models import Application
from labor.workers.models import Worker
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.reference import both_cities

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("letters")]
PHONE, WHO = "13600000001", {"name": "苟明华", "county": "511921"}


@pytest.fixture
def posting_id() -> int:
    both_cities()
    return JobPostingFactory().pk


def proven(sms: list[dict[str, str]], posting_id: int) -> tuple[Client, str]:
    """A newcomer who came for the posting and proved his phone, and where he was sent."""
    client = Client()
    wanted = reverse("applications:apply", args=[posting_id])
    client.post(reverse("accounts:sign_in"), {"phone": PHONE, "next": wanted})
    answer = client.post(reverse("accounts:code"), {"code": sms[-1]["code"]})
    return client, answer["Location"]


def test_one_page_registers_signs_in_and_applies(sms: list[dict[str, str]], posting_id: int) -> None:
    client, address = proven(sms, posting_id)
    assert address == reverse("applications:start", args=[posting_id])
    page = client.get(address).content.decode()
    assert "晨光五金" in page
    answer = client.post(address, WHO)
    application = Application.objects.get()
    assert (application.worker.name, application.posting_id) == ("苟明华", posting_id)
    assert answer["Location"] == application.get_absolute_url()
    assert client.get(answer["Location"]).status_code == 200


def test_a_second_tap_leads_to_the_same_application(sms: list[dict[str, str]], posting_id: int) -> None:
    client, address = proven(sms, posting_id)
    first = client.post(address, WHO)
    assert client.post(address, WHO, follow=True).request["PATH_INFO"] == first["Location"]
    assert Application.objects.count() == Worker.objects.count() == 1


def test_what_is_missing_is_said_and_nothing_is_stored(sms: list[dict[str, str]], posting_id: int) -> None:
    client, address = proven(sms, posting_id)
    assert client.post(address, {"name": "苟明华"}).status_code == 422
    assert not Worker.objects.exists()
    assert not Application.objects.exists()


def test_without_a_proven_phone_one_signs_in_first(posting_id: int) -> None:
    answer = Client().post(reverse("applications:start", args=[posting_id]), WHO)
    assert answer["Location"] == reverse("applications:apply", args=[posting_id])
    assert not Worker.objects.exists()


def test_whoever_is_known_by_the_phone_goes_the_usual_way(sms: list[dict[str, str]], posting_id: int) -> None:
    UserFactory(phone=PHONE)
    _, address = proven(sms, posting_id)
    assert address == reverse("applications:apply", args=[posting_id])


def test_for_a_posting_that_is_over_one_registers_only(sms: list[dict[str, str]]) -> None:
    both_cities()
    client, address = proven(sms, JobPostingFactory(paused=True).pk)
    assert client.get(address)["Location"] == reverse("workers:start")
