"""Who may be made by whom, and kept out again."""

import pytest
from django.test import Client

from jinba.accounts import actions as accounts
from jinba.accounts import tokens
from jinba.accounts.choices import Role
from jinba.accounts.models import ApiToken, User
from jinba.accounts.names import clean_name
from jinba.core.errors import Refused
from tests.factories.accounts import PASSWORD, UserFactory, user_in

PHONE = "13912345678"
pytestmark = pytest.mark.django_db


# Names


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 何秀英 ", "何秀英"),
        ("何 秀 英", "何秀英"),
        ("阿布都·热依木", "阿布都·热依木"),
        ("阿布都•热依木", "阿布都·热依木"),
        ("𠮷田", "𠮷田"),
        ("John  Smith", "John Smith"),
        ("Ａnn", "Ann"),
    ],
)
def test_a_name_is_kept_in_one_form(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize("typed", ["", " ", "何", "123", "何1", "<b>何</b>", "何" * 41, "加微信13912345678", "何\x00"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="真名"):
        clean_name(typed)


# Who has a phone


def test_the_users_of_a_phone_are_those_who_may_come_in_by_a_text_the_latest_first() -> None:
    first, second = UserFactory(phone=PHONE), UserFactory(phone=PHONE, employer=True)
    User.objects.filter(pk=second.pk).update(last_login="2026-01-01T00:00Z")
    UserFactory(phone=PHONE, is_active=False)
    UserFactory()
    staff = UserFactory(officer=True)
    staff.set_phone(PHONE)
    staff.save()
    assert accounts.users_of(phone=PHONE) == [second, first]


# Making oneself


def test_a_newcomer_makes_himself_a_user() -> None:
    user = accounts.open_account(phone="139 1234 5678", name=" 吕厂长", role=Role.EMPLOYER)
    user.refresh_from_db()
    assert (user.phone, user.name, user.role) == (PHONE, "吕厂长", Role.EMPLOYER)
    assert not user.has_usable_password()
    assert not user.is_staff


@pytest.mark.parametrize("role", [Role.BROKER, Role.PARK, Role.OFFICER, Role.ADMIN, "king"])
def test_nobody_makes_himself_more_than_a_seeker_or_an_employer(role: str) -> None:
    with pytest.raises(Refused, match="由管理员开通"):
        accounts.open_account(phone=PHONE, name="吕厂长", role=role)


def test_the_same_name_in_another_role_is_another_user() -> None:
    seeker = accounts.open_account(phone=PHONE, name="吕大明", role=Role.SEEKER)
    assert accounts.open_account(phone=PHONE, name="吕大明", role=Role.EMPLOYER) != seeker
    assert accounts.open_account(phone=PHONE, name="吕大明", role=Role.SEEKER) == seeker


def test_a_disabled_user_does_not_make_himself_anew() -> None:
    UserFactory(phone=PHONE, name="吕大明", is_active=False)
    with pytest.raises(Refused, match="已停用"):
        accounts.open_account(phone=PHONE, name="吕大明", role=Role.SEEKER)


def test_an_eleventh_person_on_a_phone_is_refused() -> None:
    UserFactory.create_batch(10, phone=PHONE)
    with pytest.raises(Refused, match="10 个人"):
        accounts.open_account(phone=PHONE, name="吕大明", role=Role.SEEKER)


# Appointing


def appointment(role: str, **changes: str) -> dict[str, str]:
    staff = role in (Role.OFFICER, Role.ADMIN)
    fields = {"username": "chen", "password": PASSWORD} if staff else {"phone": PHONE}
    return {"role": role, "name": "陈主任", "side": "west", **fields, **changes}


@pytest.mark.parametrize("role", accounts.APPOINTED)
def test_an_administrator_appoints(role: str) -> None:
    user = accounts.appoint(by=user_in(Role.ADMIN), **appointment(role))
    assert (user.role, user.name) == (role, "陈主任")
    assert user.is_staff == (role in (Role.OFFICER, Role.ADMIN))
    assert user.is_superuser == (role == Role.ADMIN)
    assert user.has_usable_password() == user.is_staff


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_nobody_else_appoints(role: str) -> None:
    with pytest.raises(Refused, match="只有系统管理员"):
        accounts.appoint(by=user_in(role), **appointment(Role.BROKER))
    assert not User.objects.filter(name="陈主任").exists()


@pytest.mark.parametrize(
    ("role", "changes", "words"),
    [
        (Role.SEEKER, {}, "自己注册"),
        (Role.EMPLOYER, {}, "自己注册"),
        (Role.OFFICER, {"password": ""}, "要有用户名和密码"),
        (Role.OFFICER, {"username": ""}, "要有用户名和密码"),
        (Role.OFFICER, {"username": "taken"}, "有人用了"),
        (Role.BROKER, {"password": PASSWORD}, "不设密码"),
        (Role.BROKER, {"phone": ""}, "请填手机号"),
        (Role.BROKER, {"phone": "123"}, "11 位"),
        (Role.BROKER, {"side": "north"}, "所属地"),
        (Role.BROKER, {"name": "1"}, "真名"),
    ],
)
def test_an_appointment_that_would_not_work_is_refused(role: str, changes: dict[str, str], words: str) -> None:
    admin = user_in(Role.ADMIN, username="taken")
    with pytest.raises(Refused, match=words):
        accounts.appoint(by=admin, **appointment(role, **changes))


# Keeping out


def test_an_administrator_keeps_a_user_out_and_lets_him_in_again() -> None:
    admin, user = user_in(Role.ADMIN), UserFactory()
    accounts.set_active(user=user, active=False, by=admin)
    assert not User.objects.get(pk=user.pk).is_active
    accounts.set_active(user=user, active=True, by=admin)
    assert User.objects.get(pk=user.pk).is_active


def test_nobody_else_keeps_a_user_out_and_no_administrator_himself() -> None:
    admin, user = user_in(Role.ADMIN), UserFactory()
    with pytest.raises(Refused, match="只有系统管理员"):
        accounts.set_active(user=user, active=False, by=user_in(Role.OFFICER))
    with pytest.raises(Refused, match="自己的账号"):
        accounts.set_active(user=admin, active=False, by=admin)
    assert User.objects.filter(is_active=False).count() == 0


def test_ending_the_sessions_of_a_user_signs_him_out_everywhere(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    accounts.end_sessions(user=user, by=user_in(Role.ADMIN))
    assert client.get("/workers/me/").url.startswith("/accounts/sign-in/")


def test_ending_the_sessions_of_a_user_ends_his_programs_too() -> None:
    user, other = UserFactory(broker=True), UserFactory(broker=True)
    for who in (user, other):
        tokens.make(by=who, name="程序", scopes=["read"], days=30)
    accounts.end_sessions(user=user, by=user_in(Role.ADMIN))
    assert ApiToken.objects.live().get().user == other


def test_only_administrators_and_the_user_himself_end_sessions() -> None:
    user = UserFactory()
    with pytest.raises(Refused, match="只有系统管理员"):
        accounts.end_sessions(user=user, by=UserFactory())
    accounts.end_sessions(user=user, by=user)


def test_sessions_opened_by_a_password_end_too_and_the_password_stays(client: Client) -> None:
    officer = user_in(Role.OFFICER)
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 200
    accounts.end_sessions(user=officer, by=user_in(Role.ADMIN))
    assert client.get("/admin/").status_code == 302
    assert officer.check_password(PASSWORD)
