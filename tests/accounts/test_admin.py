"""Users in the admin: administrators only, no phone in clear, a million rows in reach."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jinba.accounts import actions as accounts
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.capped_paginator import CappedPaginator
from tests.factories.accounts import PASSWORD, UserFactory, user_in

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/accounts/user/", "/admin/accounts/user/add/"
PHONE = "13912345678"
OFFICER = {"role": "officer", "name": "陈主任", "side": "west", "username": "chen", "password": PASSWORD, "phone": ""}


@pytest.fixture
def admin(client: Client) -> User:
    admin = user_in(Role.ADMIN, username="root1")
    client.force_login(admin)
    return admin


def page(client: Client, url: str, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_users_are_the_work_of_administrators(role: str, client: Client) -> None:
    client.force_login(user_in(role))
    assert client.get(LIST).status_code in (302, 403)
    assert client.get(ADD).status_code in (302, 403)


def test_no_page_shows_a_phone_in_clear(client: Client, admin: User) -> None:
    user = UserFactory(phone=PHONE)
    code = accounts.send_code(phone=PHONE, address="10.0.0.1")
    for url in (
        LIST,
        reverse("admin:accounts_user_change", args=[user.pk]),
        reverse("admin:accounts_onetimecode_changelist"),
        reverse("admin:accounts_onetimecode_change", args=[code.pk]),
    ):
        shown = page(client, url)
        assert PHONE not in shown
        assert code.code_hash not in shown
    assert "139****5678" in page(client, LIST)


def test_a_user_is_found_by_the_whole_phone_and_by_the_beginning_of_the_name(client: Client, admin: User) -> None:
    UserFactory(phone=PHONE, name="何秀英")
    UserFactory(name="苟明华")
    for term, found in (("139 1234 5678", True), ("何秀", True), ("秀英", False), ("1391234", False), ("苟", False)):
        assert ("何秀英" in page(client, LIST, q=term)) == found, term
    code = accounts.send_code(phone=PHONE, address=None)
    assert f"/{code.pk}/" in page(client, "/admin/accounts/onetimecode/", q=PHONE)
    assert f"/{code.pk}/" not in page(client, "/admin/accounts/onetimecode/", q="13900000000")
    assert f"/{code.pk}/" not in page(client, "/admin/accounts/onetimecode/", q="139")


def test_the_list_costs_the_same_however_many_users_there_are(client: Client, admin: User) -> None:
    counts = []
    for _ in range(2):
        UserFactory.create_batch(5)
        with CaptureQueriesContext(connection) as queries:
            page(client, LIST)
        counts.append(len(queries))
        counting = [query["sql"] for query in queries if "COUNT(*)" in query["sql"]]
        assert all("LIMIT" in sql for sql in counting)
    assert counts[0] == counts[1] <= 8


def test_lists_are_counted_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory.create_batch(4)
    monkeypatch.setattr(CappedPaginator, "most", 3)
    assert CappedPaginator(User.objects.order_by("-id"), 2).count == 3


def test_an_administrator_appoints_an_officer_and_a_broker(client: Client, admin: User) -> None:
    broker = {"role": "broker", "name": "王支书", "side": "west", "username": "", "password": "", "phone": PHONE}
    for fields in (OFFICER, broker):
        assert client.post(ADD, fields).status_code == 302, fields
    assert User.objects.get(username="chen").check_password(PASSWORD)
    assert accounts.users_of(phone=PHONE)[0].name == "王支书"
    assert client.post("/accounts/sign-out/").status_code == 302
    response = client.post("/accounts/staff/", {"login": "chen", "password": PASSWORD, "next": "/admin/"})
    assert response.url == "/admin/"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short"}, "密码"),
        ({"role": "seeker"}, "选择一个有效的选项"),
        ({"name": "1"}, "真名"),
        ({"username": "root1"}, "有人用了"),
    ],
)
def test_a_wrong_appointment_comes_back(changes: dict[str, str], words: str, client: Client, admin: User) -> None:
    response = client.post(ADD, {**OFFICER, **changes})
    assert response.status_code == 200
    assert words in response.content.decode()
    assert User.objects.count() == 1


def test_typing_changes_name_and_side_only(client: Client, admin: User) -> None:
    user = UserFactory(phone=PHONE, broker=True)
    url = reverse("admin:accounts_user_change", args=[user.pk])
    typed = {"name": "新名字", "side": "east", "role": "admin", "is_active": "", "is_superuser": "on", "phone": "1"}
    assert client.post(url, typed).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.side, user.role, user.is_active) == ("新名字", "east", Role.BROKER, True)
    assert (user.is_superuser, user.phone) == (False, PHONE)


def test_users_are_kept_out_let_in_and_signed_out_by_buttons(client: Client, admin: User) -> None:
    user = UserFactory()
    for action, words in (("disable", "停用"), ("enable", "启用"), ("end_sessions", "已退出")):
        response = client.post(LIST, {"action": action, "_selected_action": [user.pk]}, follow=True)
        assert re.search(f"{words}.1 项", response.content.decode())
    response = client.post(LIST, {"action": "disable", "_selected_action": [admin.pk]}, follow=True)
    assert "自己的账号" in response.content.decode()


def test_nobody_is_deleted(client: Client, admin: User) -> None:
    assert client.post(reverse("admin:accounts_user_delete", args=[UserFactory().pk])).status_code == 403
