"""What no browser would send: it is refused in words or not found, and never an error of ours."""

import pytest
from django.test import Client
from django.urls import reverse

from employers.models import JobPosting
from jinba.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
NUL = "a\x00b"
HUGE = "9" * 5000


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def posting() -> JobPosting:
    return JobPostingFactory()


@pytest.fixture
def employer_client(posting: JobPosting) -> Client:
    return signed_in(owner_of(posting.employer))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, "99999999999") for field in ("headcount", "base_pay_min", "base_pay_max")),
        *((field, "99999") for field in ("contract_months", "probation_months", "days_planned", "years_min")),
        *((field, "99999") for field in ("pay_day", "meal_subsidy", "housing_fee", "insurance_from_month")),
        ("hours_per_day", "NaN"),
        ("trade", "99999999999999999999"),
        ("zone", NUL),
        ("region", NUL),
        ("region_0", "00"),
        ("title", NUL),
    ],
)
def test_a_posting_that_the_tables_cannot_hold_is_refused_beside_the_field(
    employer_client: Client, field: str, value: str
) -> None:
    response = employer_client.post(reverse("employers:posting_new"), {"title": "冲压工", field: value})
    assert response.status_code == 422
    assert JobPosting.objects.count() == 1


@pytest.mark.parametrize("unit", ["month", "day", "hour"])
def test_pay_that_comes_to_more_than_a_column_holds_is_refused(employer_client: Client, unit: str) -> None:
    response = employer_client.post(
        reverse("employers:posting_new"), {"title": "冲压工", "base_pay_min": "2147483647", "pay_unit": unit}
    )
    assert response.status_code == 422


@pytest.mark.parametrize("seen", ["2024-13-45T00:00:00+08:00", "2024-01-01T00:00:00", NUL, "x"])
def test_a_forged_time_of_reading_is_no_error(employer_client: Client, posting: JobPosting, seen: str) -> None:
    address = reverse("employers:posting_edit", args=[posting.pk])
    assert employer_client.post(address, {"title": "x", "seen": seen}).status_code in (302, 422)


def test_a_note_with_a_sign_that_no_table_holds_is_no_error() -> None:
    application = ApplicationFactory()
    client = signed_in(owner_of(application.posting.employer))
    address = reverse("applicants:move", args=[application.pk])
    assert client.post(address, {"to": "processing", "note": NUL}).status_code in (302, 400)


def test_a_number_without_end_is_nobody_to_invite(employer_client: Client, posting: JobPosting) -> None:
    address = reverse("suggestions:invite", args=[posting.pk])
    assert employer_client.post(address, {"worker": HUGE}).status_code == 404


def test_a_page_without_end_is_some_page(employer_client: Client, posting: JobPosting) -> None:
    address = reverse("suggestions:people", args=[posting.pk])
    assert employer_client.get(address, {"page": HUGE}).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/?q=%00",
        "/postings/?q=%00&region=%00&zone=%00&trade=%00&employer=%00&after=%00&shift=%00&pay=%00&kind=%00",
        "/postings/?q=%ff%fe&after=ffffffffffffff-fffffffffffffffff",
        "/postings/99999999999999999999999/",
        "/employers/99999999999999999999999/",
        "/reference/regions/?parent=%00",
        "/employers/invitations/%00/",
        "/display/big/?next=%00",
        "/accounts/sign-in/?next=%00",
        "/sitemap-postings-99999999999999999999.xml",
    ],
)
def test_public_pages_read_anything(client: Client, address: str) -> None:
    assert client.get(address).status_code < 500


@pytest.mark.parametrize(
    "address",
    [
        "/applications/99999999999999999999999/",
        "/applications/new/99999999999999999999999/",
        "/applications/?before=99999999999999999999999",
        "/notices/?before=-1",
        "/notices/99999999999999999999999/",
        "/workers/me/matches/?page=-5",
    ],
)
def test_a_workers_pages_read_anything(address: str) -> None:
    assert signed_in(WorkerFactory().user).get(address).status_code < 500


@pytest.mark.parametrize(
    ("slug", "data"),
    [
        ("home", {"name": "何秀英", "home_0": "\x00\x00"}),
        ("home", {"name": "何秀英", "home": NUL}),
        ("pay", {"other": HUGE}),
        ("pay", {"other": "99999999999"}),
        ("years", {"years": "99999999999"}),
        ("birth", {"birth_date": "0001-01-01"}),
        ("trades", {"first_trade": "99999999999"}),
    ],
)
def test_an_answer_that_is_none_is_refused(slug: str, data: dict[str, str]) -> None:
    response = signed_in(WorkerFactory().user).post(reverse("workers:question", args=[slug]), data)
    assert response.status_code == 422


@pytest.mark.parametrize(
    "address",
    [
        "/admin/employers/employer/?queue=%00",
        "/admin/employers/jobposting/?queue=%00&q=%00",
        "/admin/accounts/user/?q=%00",
        "/admin/workers/worker/?q=%00&id=99999999999999999999",
        "/admin/workers/worker/99999999999999999999999/change/",
        "/admin/employers/employer/%00/change/",
    ],
)
def test_the_admin_reads_anything(address: str) -> None:
    assert signed_in(UserFactory(admin=True)).get(address).status_code < 500


@pytest.mark.parametrize("address", ["/admin/applications/application/", "/admin/notices/notice/"])
def test_a_search_of_the_admin_reads_anything(address: str) -> None:
    client = signed_in(UserFactory(admin=True))
    for asked in ("", "7", HUGE, NUL, "何秀英"):
        assert client.get(address, {"q": asked}).status_code == 200
