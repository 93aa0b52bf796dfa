"""A creation asked for twice is done once, also when both ask at the same moment."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from employers.models import JobPosting
from jinba.accounts import idempotency
from jinba.accounts.models import IdempotentAnswer, User
from jinba.accounts.tasks import forget_answers
from labor.applications.models import Application
from tests.api.conftest import Caller, assert_problem, caller_of
from tests.concurrency.crowd import crowd
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory, owner_of
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.usefixtures("letters")
DRAFT = {"title": "冲压工", "headcount": 3}


@pytest.fixture
def owner(db: None) -> User:
    return MemberFactory().user


@pytest.mark.django_db
class TestOnce:
    def test_the_same_request_gets_the_same_answer_and_does_nothing(self, owner: User) -> None:
        caller = caller_of(owner)
        first = caller.post("/postings/", DRAFT, idempotency_key="a-1")
        again = caller.post("/postings/", DRAFT, idempotency_key="a-1")
        assert (first.status_code, again.status_code) == (201, 201)
        assert (again.json(), again.headers["Location"]) == (first.json(), first.headers["Location"])
        assert (again.headers["Idempotency-Replayed"], "Idempotency-Replayed" in first.headers) == ("true", False)
        assert JobPosting.objects.count() == 1

    def test_without_a_key_two_requests_are_two(self, owner: User) -> None:
        caller = caller_of(owner)
        caller.post("/postings/", DRAFT), caller.post("/postings/", DRAFT)
        assert JobPosting.objects.count() == 2 and not IdempotentAnswer.objects.exists()

    def test_a_key_belongs_to_one_request_of_one_user(self, owner: User) -> None:
        caller = caller_of(owner)
        posting = caller.post("/postings/", DRAFT, idempotency_key="k").json()["id"]
        other = {**DRAFT, "headcount": 4}
        assert_problem(caller.post("/postings/", other, idempotency_key="k"), 422, code="idempotency_key_reused")
        path = f"/postings/{posting}/copy/"
        assert_problem(caller.post(path, {}, idempotency_key="k"), 422, code="idempotency_key_reused")
        assert caller_of(MemberFactory().user).post("/postings/", DRAFT, idempotency_key="k").status_code == 201
        assert JobPosting.objects.count() == 2

    @pytest.mark.parametrize("key", ["", "x" * 81, "中文", "a b"])
    def test_what_is_no_key_is_refused(self, owner: User, key: str) -> None:
        assert_problem(caller_of(owner).post("/postings/", DRAFT, idempotency_key=key), 400, code="malformed")
        assert not JobPosting.objects.exists()

    def test_what_was_refused_may_be_tried_again_with_the_key(self) -> None:
        worker, posting = WorkerFactory(), JobPostingFactory(filled_up=True)
        caller = caller_of(worker.user)
        assert_problem(caller.post("/applications/", {"posting": posting.pk}, idempotency_key="k"), 422)
        assert not IdempotentAnswer.objects.exists()
        JobPosting.objects.update(headcount=9, state="published")
        assert caller.post("/applications/", {"posting": posting.pk}, idempotency_key="k").status_code == 201

    def test_a_failure_leaves_neither_the_work_nor_the_key(self, owner: User, monkeypatch: Any) -> None:
        caller = caller_of(owner)
        caller.client.raise_request_exception = False
        monkeypatch.setattr("employers.api._made", lambda *args: 1 / 0)
        assert_problem(caller.post("/postings/", DRAFT, idempotency_key="k"), 500, code="error")
        assert not JobPosting.objects.exists() and not IdempotentAnswer.objects.exists()

    def test_every_creation_heeds_the_key(self) -> None:
        from tests.access.test_api_matrix import views

        made = {route for route, view in views().items() if "POST" in getattr(view, "once", ())}
        assert made == {"api:postings", "api:posting_copy", "api:group", "api:applications", "api:invite"}

    def test_the_kept_answer_is_not_readable_in_the_database(self, owner: User) -> None:
        caller_of(owner).post("/postings/", {"title": "绝密岗位"}, idempotency_key="k")
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM accounts_idempotentanswer")
            assert "绝密岗位".encode() not in bytes(cursor.fetchone()[0])

    def test_answers_are_kept_for_a_day_and_then_swept(self, owner: User) -> None:
        caller = caller_of(owner)
        for key in ("old", "young"):
            caller.post("/postings/", DRAFT, idempotency_key=key)
        for key, hours in (("old", 25), ("young", 23)):
            IdempotentAnswer.objects.filter(key=key).update(at=timezone.now() - timedelta(hours=hours))
        forget_answers()
        assert list(IdempotentAnswer.objects.values_list("key", flat=True)) == ["young"]


# Races ----------------------------------------------------------------------------------------------------------------


def race(pairs: int) -> tuple[list[Any], int]:
    """Each of `pairs` keys asked for twice, all at once over sixteen connections; the answers, and the rows made."""
    owner = MemberFactory().user
    caller_of(owner)  # the token's own lock is not part of the race
    caller = caller_of(owner)

    def ask(number: int) -> Any:
        fellow = Caller()
        fellow.headers = caller.headers
        return fellow.post("/postings/", DRAFT, idempotency_key=f"k-{number}")

    answers = crowd(ask, [number for number in range(pairs) for _ in range(2)], people=16)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    return answers, JobPosting.objects.count()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_hundred_double_taps_make_a_hundred_rows(settings: Any, monkeypatch: Any) -> None:
    settings.API_USER_PER_MINUTE = 0
    monkeypatch.setattr("employers.actions.postings.MOST_DRAFTS", 10_000)
    answers, rows = race(100)
    assert rows == 100
    for first, second in zip(answers[::2], answers[1::2], strict=True):
        assert {first.status_code, second.status_code} <= {201, 409}
        assert 201 in (first.status_code, second.status_code)
        if first.status_code == second.status_code:
            assert first.json()["id"] == second.json()["id"]
    assert sum(answer.status_code == 201 for answer in answers) >= 150


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_hundred_taps_of_one_key_make_one_row(settings: Any) -> None:
    settings.API_USER_PER_MINUTE = 0
    caller = caller_of(MemberFactory().user)

    def ask(number: int) -> Any:
        fellow = Caller()
        fellow.headers = caller.headers
        return fellow.post("/postings/", DRAFT, idempotency_key="k")

    answers = crowd(ask, range(200), people=16)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["id"] for answer in answers if answer.status_code == 201} == {JobPosting.objects.get().pk}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_double_taps_make_more_rows(settings: Any, monkeypatch: Any) -> None:
    """The negative control: who only looks whether the key is known does the work twice."""
    settings.API_USER_PER_MINUTE = 0
    monkeypatch.setattr("employers.actions.postings.MOST_DRAFTS", 10_000)
    both = threading.Barrier(2)

    def only_look(user_id: int, key: str, digest: str) -> int | None:
        known = IdempotentAnswer.objects.filter(user=user_id, key=key).exists()
        both.wait(10)
        return None if known else -1

    monkeypatch.setattr(idempotency, "_claim", only_look)
    caller = caller_of(MemberFactory(employer=EmployerFactory()).user)

    def ask(number: int) -> Any:
        fellow = Caller()
        fellow.headers = caller.headers
        return fellow.post("/postings/", DRAFT, idempotency_key="k")

    crowd(ask, [1, 2], people=2)
    assert JobPosting.objects.count() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_is_told_to_ask_again(monkeypatch: Any) -> None:
    """The first request hangs; the second does not hang with it."""
    monkeypatch.setattr("jinba.core.locks.WAIT_SECONDS", 1)
    owner = owner_of(EmployerFactory())
    caller = caller_of(owner)
    with transaction.atomic():
        IdempotentAnswer.objects.create(user=owner, key="k", request_digest="0")

        def ask(number: int) -> Any:
            fellow = Caller()
            fellow.headers = caller.headers
            return fellow.post("/postings/", DRAFT, idempotency_key="k")

        (answer,) = crowd(ask, [1], people=1)
    assert_problem(answer, 409, code="under_way")
    assert answer.headers["Retry-After"] == "1"
    assert not JobPosting.objects.exists() and not Application.objects.exists()
