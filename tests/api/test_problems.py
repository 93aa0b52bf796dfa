"""Every error in one form; limits that say when to come back; nothing personal in any answer."""

import logging
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DataError
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from jinba.core.locks import Busy
from jinba.core.rest import throttles
from labor.applications.models import Application
from tests.access.world import make_world
from tests.api.conftest import Caller, assert_problem, caller_of
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def owner() -> Caller:
    return caller_of(MemberFactory().user)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options"])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/postings", "/api/v2/postings/"])
def test_an_address_that_is_none_is_a_problem_too(client: Client, method: str, path: str) -> None:
    response = getattr(client, method)(path)
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_method_that_is_none_is_405_and_names_those_that_are(nobody: Caller) -> None:
    response = nobody.delete("/postings/")
    assert_problem(response, 405, code="method_not_allowed")
    assert response.headers["Allow"] == "GET, POST, HEAD"
    assert_problem(nobody.ask("options", "/postings/"), 405)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "malformed"), ("[1]", "application/json", 400, "validation"),
        ("[" * 100_000, "application/json", 400, "malformed"), ("NaN", "application/json", 400, "malformed"),
        ("title=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("\xff", "text/plain", 415, "unsupported_media_type"), ("x" * 2_600_000, "application/json", 413, "too_large"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read(owner: Caller, body: str, kind: str, status: int, code: str) -> None:
    response = owner.client.post("/api/v1/postings/", body, content_type=kind, headers=owner.headers)
    assert_problem(response, status, code=code)


def test_an_error_of_ours_says_nothing_of_itself(owner: Caller, monkeypatch: Any, caplog: Any) -> None:
    monkeypatch.setattr("employers.api._own_employer", lambda request: {}["secret of the house"])
    owner.client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        response = owner.get("/employers/me/")
    assert_problem(response, 500, code="error")
    assert "secret" not in response.content.decode()
    assert "KeyError" in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "code", "retry"),
    [(Busy(), 409, "busy", "1"), (DataError(), 400, "malformed", None), (RedisAway(), 503, "recovering", "60")],
)
def test_what_went_wrong_below_is_said_plainly(
    owner: Caller, monkeypatch: Any, error: Exception, status: int, code: str, retry: str | None
) -> None:
    def fail(request: Any) -> None:
        raise error

    monkeypatch.setattr("employers.api._own_employer", fail)
    response = owner.get("/employers/me/")
    assert_problem(response, status, code=code)
    assert response.headers.get("Retry-After") == retry


# Limits ---------------------------------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(settings: Any, nobody: Caller, owner: Caller) -> None:
    settings.API_ANONYMOUS_PER_MINUTE = settings.API_USER_PER_MINUTE = 2
    for caller in (nobody, owner):
        answers = [caller.get("/postings/") for _ in range(7)]  # a window may end in between
        late = [answer for answer in answers if answer.status_code == 429]
        assert len(late) >= 3
        assert_problem(late[0], 429, code="throttled")
        assert 1 <= int(late[0].headers["Retry-After"]) <= 60
    other = caller_of(UserFactory(employer=True))
    assert other.get("/postings/").status_code == 200  # others have a count of their own


def test_without_redis_everybody_passes(settings: Any, nobody: Caller, monkeypatch: Any, caplog: Any) -> None:
    settings.API_ANONYMOUS_PER_MINUTE = 1
    asked = []

    def away(*args: Any, **kwargs: Any) -> bool:
        asked.append(args)
        raise RedisAway

    monkeypatch.setattr(cache, "add", away)
    monkeypatch.setattr(throttles._Away, "until", 0.0)
    assert [nobody.get("/postings/").status_code for _ in range(3)] == [200, 200, 200]
    assert len(asked) == 1 and "nobody is held back" in caplog.text  # nor does everybody wait for Redis each time
    monkeypatch.setattr(throttles._Away, "until", 0.0)


# What nobody may read -------------------------------------------------------------------------------------------------

NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")


def test_no_answer_to_anybody_carries_a_phone_or_an_id_in_clear(settings: Any) -> None:
    """Every address that answers to GET, asked by every role."""
    from tests.access.test_api_matrix import ARGUMENTS, client_of, reverse, views

    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 0
    world = make_world()
    worker = world.worker
    worker.set_phone("13912345678")
    worker.save()
    read = 0
    for person in world.users:
        client = client_of(world, person)
        for route, view in views().items():
            if view is None or "GET" not in getattr(view, "needs", {}):
                continue
            address = reverse(route, args=ARGUMENTS[route](world) if route in ARGUMENTS else [])
            for path in (address, f"{address}?worker={worker.pk}"):
                response = client.get(path)
                text = response.content.decode()
                # The employers' codes are public; a worker's number in one of them is not.
                text = re.sub(r'"(?:uscc|source_key)":"[^"]*"', "", text)
                assert not NUMBERS.search(text), f"{person} {path}: {NUMBERS.search(text)}"
                read += response.status_code == 200
    assert read > 250


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/applications/{}/", "id posting applicant stage stage_word stage_since close_reason close_note moves is_live "
         "via applied_at updated_at history"),
    ],
)  # fmt: skip
def test_an_employer_gets_these_fields_and_no_other(path: str, fields: str) -> None:
    application = ApplicationFactory()
    body = caller_of(owner_of(application.posting.employer)).get(path.format(application.pk)).json()
    assert set(body) == set(fields.split())
    assert set(body["applicant"]) == {"name", "phone", "home", "education", "years", "trades"}


def test_fields_that_are_not_written_cannot_be_smuggled_in(owner: Caller) -> None:
    posting = JobPostingFactory()
    body = {
        "title": "x",
        "state": "published",
        "filled": 0,
        "employer": posting.employer_id,
        "published_at": "2026-01-01",
    }
    made = owner.post("/postings/", body).json()
    assert (made["state"], made["published_at"]) == ("draft", None) and made["employer"]["id"] != posting.employer_id
    worker = ApplicationFactory().worker
    seeker = caller_of(worker.user)
    seeker.patch("/me/profile/", {"years": 2, "user": 1, "phone": "13900000000", "is_active": False})
    worker.refresh_from_db()
    assert (worker.years, worker.is_active, worker.phone != "13900000000") == (2, True, True)
    assert Application.objects.count() == 1
