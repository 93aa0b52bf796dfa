"""Pairs that seem to be one person: how they are found, and the page where they are settled."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jinba.core.resident_id import index
from labor.workers import actions as workers
from labor.workers.actions import duplicates
from labor.workers.choices import PairReason, PairState
from labor.workers.models import DuplicatePair, MergeRecord, Worker
from labor.workers.tasks import find_duplicates
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.reference import region
from tests.factories.rosters import identity
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
PHONE = "13700000077"


def pair_of(**fields: Any) -> DuplicatePair:
    one = WorkerFactory(name="苟建国", phone=PHONE, min_pay=4000)
    other = WorkerFactory(name="苟健国", phone=PHONE, min_pay=6000, **fields)
    return DuplicatePair.objects.create(first=one, second=other, reason=PairReason.PHONE)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return client_of(UserFactory(admin=True))


def test_a_newcomer_who_resembles_somebody_on_his_phone_makes_a_pair() -> None:
    known = WorkerFactory(name="苟建国", phone=PHONE)
    WorkerFactory(name="苟秀英", phone=PHONE)
    worker = workers.register(name="苟健国", phone=PHONE, home=region("511921"))
    assert list(DuplicatePair.objects.values_list("first", "second", "reason")) == [
        (known.pk, worker.pk, PairReason.PHONE)
    ]


def test_the_night_finds_what_a_race_let_through_and_leaves_what_was_settled() -> None:
    one, other = WorkerFactory(name="苟建国", phone=PHONE), WorkerFactory(name="苟健国", phone=PHONE)
    WorkerFactory(name="苟建国", phone="13700000078")
    WorkerFactory(name="苟健国", phone="13700000078", is_active=False)
    find_duplicates()
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second, pair.state) == (one, other, PairState.OPEN)
    duplicates.different(pair=pair, by=UserFactory(admin=True))
    assert duplicates.find_all() == 0
    pair.refresh_from_db()
    assert pair.state == PairState.DIFFERENT


def test_both_are_shown_masked_with_what_differs_first(admin: Client) -> None:
    number = identity(7)
    pair = pair_of(resident_id=number, resident_id_index=index(number), resident_id_last4=number[-4:])
    ApplicationFactory(worker=pair.second)
    text = admin.get(reverse("duplicates:detail", args=[pair.pk])).content.decode()
    assert PHONE not in text and number not in text and number[-4:] in text
    assert text.index("take-name") < text.index("take-min_pay") < text.index('<th scope="row">手机号')
    assert "1 个，正在办 1 个" in text and "take-phone" not in text


def test_merging_takes_the_chosen_fields_whichever_stays(admin: Client) -> None:
    pair = pair_of()
    first, second = str(pair.first_id), str(pair.second_id)
    answer = admin.post(
        reverse("duplicates:detail", args=[pair.pk]),
        {"do": "merge", "kept": second, "take-name": first, "take-min_pay": second, "reason": "电话问过本人"},
    )
    assert answer.status_code == 302
    kept = Worker.objects.active().get()
    assert (kept.pk, kept.name, kept.min_pay) == (pair.second_id, "苟建国", 6000)
    assert MergeRecord.objects.get().taken == ["name"]


def test_what_is_missing_is_said_and_what_was_chosen_stays(admin: Client) -> None:
    pair = pair_of()
    url = reverse("duplicates:detail", args=[pair.pk])
    answer = admin.post(url, {"do": "merge", "kept": str(pair.second_id)})
    assert answer.status_code == 422 and "凭什么说是同一个人" in answer.content.decode()
    answer = admin.post(url, {"do": "merge", "kept": str(pair.second_id), "take-name": str(pair.first_id)})
    assert f'id="take-name-first" value="{pair.first_id}" checked' in answer.content.decode()
    answer = admin.post(url, {"do": "merge", "reason": "问过"})
    assert answer.status_code == 422 and "留下哪一份" in answer.content.decode()
    assert admin.post(url, {"do": "merge", "kept": "x", "take-is_active": "1"}).status_code == 422


def test_two_people_are_told_apart_once_and_for_all(admin: Client) -> None:
    pair = pair_of()
    admin.post(reverse("duplicates:detail", args=[pair.pk]), {"do": "different", "reason": "是兄弟"})
    pair.refresh_from_db()
    assert (pair.state, pair.note) == (PairState.DIFFERENT, "是兄弟")
    assert "没有要处理的" in admin.get(reverse("duplicates:list")).content.decode()
    assert "是兄弟" in admin.get(reverse("duplicates:detail", args=[pair.pk])).content.decode()


def test_park_staff_see_the_pairs_of_their_own_people() -> None:
    pair, park = pair_of(), UserFactory(park=True)
    client, url = client_of(park), reverse("duplicates:detail", args=[pair.pk])
    DelegationFactory(worker=pair.first, helper=park)
    assert client.get(url).status_code == 404
    assert "没有要处理的" in client.get(reverse("duplicates:list")).content.decode()
    DelegationFactory(worker=pair.second, helper=park)
    assert client.get(url).status_code == 200
    assert "苟健国" in client.get(reverse("duplicates:list")).content.decode()


@pytest.mark.parametrize("role", ["broker", "employer", "seeker"])
def test_others_have_no_business_there(role: str) -> None:
    user = UserFactory() if role == "seeker" else UserFactory(**{role: True})
    client = client_of(user)
    assert client.get(reverse("duplicates:list")).status_code == 403
    assert client.get(reverse("duplicates:detail", args=[pair_of().pk])).status_code == 403


def test_the_list_costs_the_same_however_long_it_is(admin: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        one, other = (WorkerFactory(name=name, phone=f"137000{number:05d}") for name in ("苟建国", "苟健国"))
        DuplicatePair.objects.create(first=one, second=other, reason=PairReason.PHONE)
    with django_assert_max_num_queries(8):
        admin.get(reverse("duplicates:list"))


def test_officers_without_the_right_see_no_pair() -> None:
    pair, officer = pair_of(), client_of(UserFactory(officer=True, groups=["岗位审核"]))
    assert officer.get(reverse("duplicates:list")).status_code == 403
    assert officer.get(reverse("duplicates:detail", args=[pair.pk])).status_code == 403
