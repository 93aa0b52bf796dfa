"""Officers and administrators give a code of their phone besides the password."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from jinba.accounts import actions as accounts
from jinba.accounts import second_factor
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.errors import Refused
from tests.concurrency.crowd import crowd
from tests.factories.accounts import PASSWORD, UserFactory, user_in

pytestmark = pytest.mark.django_db
SIGN_IN, CODE = reverse("accounts:staff_sign_in"), reverse("accounts:second_factor")
SETUP, CODES, CONFIRM = (reverse(f"accounts:{name}") for name in ("second_factor_setup", "spare_codes", "confirm"))
DESK = reverse("admin:index")
NOW = 1_800_000_000


class Clock:
    """The time that the server's codes go by; `code` is what the phone shows then."""

    def __init__(self) -> None:
        self.now = NOW

    def time(self) -> float:
        return float(self.now)

    def code(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(self.now)


@pytest.fixture(autouse=True)
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    settings.STAFF_TOTP = True
    clock = Clock()
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", clock.time, raising=True)
    yield clock


def words(response: Any) -> str:
    return response.content.decode()


def sign_in(client: Client, user: User) -> Any:
    return client.post(SIGN_IN, {"login": user.username, "password": PASSWORD, "next": DESK})


def secret_on(page: str) -> str:
    return re.search(r'class="secret number">([A-Z2-7 ]+)<', page)[1].replace(" ", "")  # type: ignore[index]


def set_up(client: Client, clock: Clock) -> str:
    secret = secret_on(words(client.get(SETUP)))
    assert client.post(SETUP, {"code": clock.code(secret)}).url == CODES
    return secret


@pytest.fixture
def officer() -> User:
    return UserFactory(officer=True)


@pytest.fixture
def secret(client: Client, officer: User, clock: Clock) -> str:
    """The officer has set up his phone, signed out, and time went on."""
    sign_in(client, officer)
    secret = set_up(client, clock)
    client.post(reverse("accounts:sign_out"))
    clock.now += 300
    return secret


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMIN])
def test_the_first_sign_in_leads_to_the_set_up_and_nowhere_else(client: Client, role: str) -> None:
    sign_in(client, user_in(role))
    for url in (DESK, reverse("admin:employers_employer_changelist"), reverse("notices:list"), CODES, CONFIRM):
        assert client.get(url).url.startswith(SETUP), url
    page = words(client.get(SETUP))
    assert "<svg" in page and "style=" not in page
    assert len(secret_on(page)) == 32
    assert client.get("/postings/").status_code == 200  # what everybody sees


def test_who_set_it_up_gets_spare_codes_once_and_works(client: Client, officer: User, clock: Clock) -> None:
    sign_in(client, officer)
    set_up(client, clock)
    codes = re.findall(r'<li class="number">(\d{8})</li>', words(client.get(CODES)))
    assert len(set(codes)) == 10
    assert client.post(CODES, {"kept": "yes"}).url == DESK
    assert client.get(DESK).status_code == 200
    assert client.get(CODES).url == SETUP
    assert "10" in words(client.get(SETUP))


def test_others_are_asked_for_nothing(client: Client) -> None:
    client.force_login(user_in(Role.PARK))
    assert client.get(reverse("notices:list")).status_code == 200
    assert client.get(SETUP).status_code == client.get(CONFIRM).status_code == 403


def test_it_can_be_switched_off_and_still_offered(client: Client, officer: User, settings: Any, clock: Clock) -> None:
    settings.STAFF_TOTP = False
    sign_in(client, officer)
    assert client.get(DESK).status_code == 200
    set_up(client, clock)
    client.post(reverse("accounts:sign_out"))
    assert sign_in(client, officer).url == CODE  # who set it up is asked


def test_a_wrong_first_code_binds_nothing(client: Client, officer: User, clock: Clock) -> None:
    sign_in(client, officer)
    secret = secret_on(words(client.get(SETUP)))
    wrong = f"{(int(clock.code(secret)) + 1) % 1_000_000:06d}"
    response = client.post(SETUP, {"code": wrong})
    assert response.status_code == 422 and "验证码不对" in words(response)
    assert secret_on(words(response)) == secret  # the phone has it already
    assert not Authenticator.objects.exists()
    assert client.post(SETUP, {"code": "12"}).status_code == 422


def test_the_password_alone_signs_nobody_in(client: Client, officer: User, secret: str, clock: Clock) -> None:
    assert sign_in(client, officer).url == CODE
    assert client.get(DESK).status_code == 302 and "_auth_user_id" not in client.session
    response = client.post(CODE, {"code": clock.code(secret)})
    assert response.url == DESK
    assert client.get(DESK).status_code == 200


def test_without_a_password_before_there_is_no_code_page(client: Client) -> None:
    assert client.get(CODE).url == SIGN_IN
    assert client.post(CODE, {"code": "123456"}).url == SIGN_IN


@pytest.mark.parametrize("later", [0, 20, 59])
def test_a_code_that_was_used_is_refused(client: Client, officer: User, secret: str, clock: Clock, later: int) -> None:
    code = clock.code(secret)
    sign_in(client, officer)
    client.post(CODE, {"code": code})
    client.post(reverse("accounts:sign_out"))
    clock.now += later
    sign_in(client, officer)
    response = client.post(CODE, {"code": code})
    assert response.status_code == 422 and "已经用过了" in words(response)
    clock.now += 60
    assert client.post(CODE, {"code": clock.code(secret)}).url == DESK


def test_an_older_code_is_refused_after_a_newer_one(client: Client, officer: User, secret: str, clock: Clock) -> None:
    older = clock.code(secret)
    clock.now += 30
    sign_in(client, officer)
    client.post(CODE, {"code": clock.code(secret)})
    client.post(reverse("accounts:sign_out"))
    sign_in(client, officer)
    assert client.post(CODE, {"code": older}).status_code == 422


@pytest.mark.parametrize(("behind", "status"), [(-30, 302), (30, 302), (-90, 422), (90, 422)])
def test_a_clock_may_be_half_a_minute_wrong(
    client: Client, officer: User, secret: str, clock: Clock, behind: int, status: int
) -> None:
    sign_in(client, officer)
    code = pyotp.TOTP(secret).at(clock.now + behind)
    assert client.post(CODE, {"code": code}).status_code == status


def test_after_five_wrong_codes_even_the_right_one_has_to_wait(
    client: Client, officer: User, secret: str, clock: Clock
) -> None:
    sign_in(client, officer)
    right = clock.code(secret)
    for number in range(5):
        wrong = f"{(int(right) + 1 + number) % 1_000_000:06d}"
        assert "验证码不对" in words(client.post(CODE, {"code": wrong}))
    response = client.post(CODE, {"code": right})
    assert response.status_code == 422 and "过 5 分钟再试" in words(response)


@pytest.mark.django_db(transaction=True)
def test_a_spare_code_counts_once_in_a_crowd() -> None:
    officer = UserFactory(officer=True)
    code = second_factor.renew_spare_codes(officer).get_unused_codes()[0]
    used = crowd(lambda _: second_factor._use_spare(officer, code), range(8), people=8)
    assert sum(row is not None for row in used) == 1


def test_a_spare_code_counts_once(client: Client, officer: User, secret: str) -> None:
    row = Authenticator.objects.get(user=officer, type=Authenticator.Type.RECOVERY_CODES)
    spare = row.wrap().get_unused_codes()[0]
    sign_in(client, officer)
    assert client.post(CODE, {"code": f"{spare[:4]} {spare[4:]}"}).url == DESK
    client.post(reverse("accounts:sign_out"))
    sign_in(client, officer)
    assert client.post(CODE, {"code": spare}).status_code == 422


def test_nothing_is_kept_in_clear(client: Client, officer: User, clock: Clock) -> None:
    sign_in(client, officer)
    secret = secret_on(words(client.get(SETUP)))
    kept = [json.dumps(session.get_decoded()) for session in Session.objects.all()]
    assert kept and all(secret not in text for text in kept)
    client.post(SETUP, {"code": clock.code(secret)})
    data = {row.type: row.data for row in Authenticator.objects.all()}
    assert secret not in json.dumps(data)
    seed = Authenticator.objects.get(type="recovery_codes").wrap()
    assert len(seed.generate_codes()) == 10
    assert not re.fullmatch(r"[0-9a-f]+", data["recovery_codes"]["seed"])


def test_an_administrator_resets_a_lost_phone(client: Client, officer: User, secret: str, clock: Clock) -> None:
    sign_in(client, officer)
    client.post(CODE, {"code": clock.code(secret)})
    admin = user_in(Role.ADMIN)
    with pytest.raises(Refused, match="只有系统管理员"):
        accounts.reset_second_factor(user=officer, by=UserFactory(officer=True), reason="丢了")
    accounts.reset_second_factor(user=officer, by=admin, reason="手机丢了")
    assert client.get(DESK).url.startswith(("/accounts/sign-in/", SIGN_IN, "/admin/login/"))
    assert sign_in(client, officer).url == DESK and client.get(DESK).url.startswith(SETUP)
    with pytest.raises(Refused, match="没有设置过"):
        accounts.reset_second_factor(user=officer, by=admin, reason="手机丢了")
    with pytest.raises(Refused, match="另一位管理员"):
        accounts.reset_second_factor(user=admin, by=admin, reason="手机丢了")


def test_the_button_asks_for_a_reason(client: Client, officer: User, secret: str, settings: Any) -> None:
    settings.STAFF_TOTP = False
    client.force_login(user_in(Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("admin:accounts_user_changelist")
    chosen = {"action": "reset_second_factor", "_selected_action": [officer.pk]}
    assert "<textarea" in words(client.post(url, chosen))
    assert "请填写原因" in words(client.post(url, {**chosen, "sure": "yes", "reason": ""}))
    assert Authenticator.objects.exists()
    client.post(url, {**chosen, "sure": "yes", "reason": "手机丢了"})
    assert not Authenticator.objects.exists()
    history = words(client.get(reverse("admin:accounts_user_history", args=[officer.pk])))
    assert "手机丢了" in history


def test_a_new_phone_voids_the_old_one(client: Client, officer: User, secret: str, clock: Clock) -> None:
    sign_in(client, officer)
    client.post(CODE, {"code": clock.code(secret)})
    page = words(client.post(SETUP, {"new_phone": "yes"}))
    newer = secret_on(page)
    assert newer != secret
    clock.now += 60
    assert client.post(SETUP, {"code": clock.code(newer)}).url == CODES
    client.post(reverse("accounts:sign_out"))
    clock.now += 60
    sign_in(client, officer)
    assert client.post(CODE, {"code": clock.code(secret)}).status_code == 422
    assert client.post(CODE, {"code": clock.code(newer)}).url == DESK


def test_a_session_from_before_is_asked_again(client: Client, officer: User, secret: str, clock: Clock) -> None:
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(DESK).url.startswith(CONFIRM)
    assert client.get(SETUP).url.startswith(CONFIRM)  # nobody binds another phone by the password alone
    assert client.post(CONFIRM, {"code": "000000", "next": "/admin/"}).status_code == 422
    assert client.post(CONFIRM, {"code": clock.code(secret), "next": "//evil.example/"}).url == "/admin/"
    assert client.get(DESK).status_code == 200


def test_without_a_second_factor_the_password_confirms(client: Client, officer: User, settings: Any) -> None:
    settings.STAFF_TOTP = False
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert "密码不对" in words(client.post(CONFIRM, {"password": "wrong", "next": DESK}))
    assert client.post(CONFIRM, {"password": PASSWORD, "next": DESK}).url == DESK
