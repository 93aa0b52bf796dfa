"""Tokens: shown once, kept as a digest, never more than their user."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from jinba.accounts import tokens
from jinba.accounts.choices import Scope
from jinba.accounts.models import ApiToken, User
from jinba.core.errors import Refused
from tests.api.conftest import Caller, assert_problem
from tests.factories.accounts import UserFactory, user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def make(user: User, **more: Any) -> tuple[ApiToken, str]:
    return tokens.make(**{"by": user, "name": "人事系统", "scopes": ["read"], "days": 30, **more})


@pytest.fixture
def user() -> User:
    return UserFactory(employer=True)


def test_a_token_opens_the_door_and_only_its_digest_is_kept(user: User) -> None:
    token, text = make(user)
    assert Caller(text).get("/me/").json()["id"] == user.pk
    assert len(text) > 43 and text.startswith("jinba_")
    assert text not in str(ApiToken.objects.values().get()) and len(token.digest) == 64


@pytest.mark.parametrize(
    "spoil",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
        {"digest": "0" * 64},
    ],
)
def test_a_token_that_is_over_is_401_everywhere(user: User, spoil: dict[str, Any]) -> None:
    token, text = make(user)
    ApiToken.objects.filter(pk=token.pk).update(**spoil)
    for path in ("/me/", "/postings/"):
        response = Caller(text).get(path)
        assert_problem(response, 401, code="authentication_failed")
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="jinba", error="invalid_token"'


def test_the_token_of_somebody_disabled_is_none(user: User) -> None:
    _, text = make(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert_problem(Caller(text).get("/me/"), 401)


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer \xff\xfe", "bearer nothing"])
def test_what_is_no_token_is_401(header: str) -> None:
    assert Client().get("/api/v1/me/", headers={"authorization": header}).status_code == 401


def test_nobody_known_is_asked_for_a_token() -> None:
    response = Client().get("/api/v1/me/")
    assert_problem(response, 401, code="unauthenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="jinba"'


def test_last_use_is_noted_once_a_minute(user: User, django_assert_num_queries: Any) -> None:
    token, text = make(user)
    Caller(text).get("/me/")
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    with django_assert_num_queries(1):
        Caller(text).get("/me/")
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    Caller(text).get("/me/")
    token.refresh_from_db()
    assert token.last_used_at is not None and token.last_used_at >= first


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"), ({"scopes": []}, "scopes"), ({"scopes": ["everything"]}, "scopes"),
        ({"days": 0}, "days"), ({"days": 366}, "days"), ({"name": "长" * 61}, "name"),
    ],
)  # fmt: skip
def test_a_token_that_says_too_little_or_asks_too_much_is_refused(user: User, more: Any, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        make(user, **more)
    assert refusal.value.field == field and not ApiToken.objects.exists()


def test_a_role_gets_no_scope_that_is_not_its_business() -> None:
    with pytest.raises(Refused):
        make(user_in("broker"), scopes=[Scope.POSTINGS])
    with pytest.raises(Refused):
        make(user_in("seeker"))


def test_twenty_tokens_are_enough(user: User) -> None:
    for _ in range(tokens.MOST_LIVE):
        make(user)
    with pytest.raises(Refused):
        make(user)
    tokens.revoke(token=ApiToken.objects.first(), by=user)
    make(user)


def test_a_session_changes_nothing_without_the_csrf_token(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get("/api/v1/me/").status_code == 200
    sent = client.post("/api/v1/notices/read/", "{}", content_type="application/json")
    assert_problem(sent, 403)
    _, text = make(user, scopes=["profile"])
    by_token = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {text}"})
    assert by_token.post("/api/v1/notices/read/", "{}", content_type="application/json").status_code == 200


def test_staff_need_their_second_factor_here_too(settings: Any) -> None:
    settings.STAFF_TOTP = True
    officer, client = user_in("officer"), Client()
    client.force_login(officer)
    assert_problem(client.get("/api/v1/me/"), 401)
    _, text = make(officer)
    assert Caller(text).get("/me/").status_code == 200


def test_an_officer_reads_what_his_groups_let_him(user: User) -> None:
    officer = user_in("officer")
    _, text = make(officer)
    application = ApplicationFactory()
    draft = JobPostingFactory(draft=True)
    paths = ("/applications/", f"/applications/{application.pk}/", f"/postings/{draft.pk}/")
    officer.groups.clear()
    assert [Caller(text).get(path).status_code for path in paths] == [403, 403, 404]
    for codename in ("view_application", "view_jobposting"):
        officer.user_permissions.add(Permission.objects.get(codename=codename))
    assert [Caller(text).get(path).status_code for path in paths] == [200, 200, 200]


# The page -------------------------------------------------------------------------------------------------------------


def test_the_page_makes_a_token_and_shows_it_once(client: Client, user: User) -> None:
    client.force_login(user)
    page = client.post("/accounts/tokens/", {"name": "人事系统", "scopes": ["read", "postings"], "days": "90"})
    text = page.content.decode().split('value="jinba_')[1].split('"')[0]
    assert Caller(f"jinba_{text}").get("/me/").json()["scopes"] == ["read", "postings"]
    assert "no-store" in page.headers["Cache-Control"]
    again = client.get("/accounts/tokens/").content.decode()
    assert "人事系统" in again and text not in again


def test_the_page_says_what_is_missing(client: Client, user: User) -> None:
    client.force_login(user)
    page = client.post("/accounts/tokens/", {"name": "", "days": "9999"})
    assert page.status_code == 422 and not ApiToken.objects.exists()
    foreign = client.post("/accounts/tokens/", {"name": "x", "scopes": ["admin"], "days": "90"})
    assert foreign.status_code == 422


def test_the_page_revokes_ones_own_alone(client: Client, user: User) -> None:
    own, text = make(user)
    foreign, _ = make(UserFactory(employer=True))
    client.force_login(user)
    assert client.post(f"/accounts/tokens/{foreign.pk}/revoke/").status_code == 404
    assert client.post(f"/accounts/tokens/{own.pk}/revoke/").status_code == 302
    assert_problem(Caller(text).get("/me/"), 401)
    assert ApiToken.objects.get(pk=foreign.pk).is_live
    with pytest.raises(Refused):
        tokens.revoke(token=foreign, by=user)


def test_an_officer_shows_first_that_it_is_he(client: Client) -> None:
    client.force_login(user_in("officer"))
    assert client.get("/accounts/tokens/").status_code == 302


def test_who_looks_for_work_has_no_such_page(client: Client) -> None:
    client.force_login(user_in("seeker"))
    assert client.get("/accounts/tokens/").status_code == 403
