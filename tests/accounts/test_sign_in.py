"""The way in: phone, code, who; and out."""

import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jinba.accounts import actions as accounts
from jinba.accounts import codes, proof
from jinba.accounts.choices import Role
from jinba.accounts.models import OneTimeCode, User
from labor.workers.models import Worker
from labor.workers.views.sign_in import told_apart
from tests.accounts.conftest import PHONE
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.reference import both_cities, region
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db
SIGN_IN, CODE, WHO = "/accounts/sign-in/", "/accounts/sign-in/code/", "/accounts/sign-in/who/"
NEW, NEW_EMPLOYER, START = "/accounts/sign-in/new/", "/accounts/sign-in/employer/", "/workers/start/"
APPLY = "/applications/new/7/"
Prove = Callable[..., Any]


def signed_in(client: Client) -> User | None:
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk) if pk else None


def session_id(client: Client) -> str | None:
    return client.session.session_key


# Phone


def test_the_first_page_asks_for_the_phone_and_is_kept_by_no_cache(client: Client) -> None:
    response = client.get(SIGN_IN)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    page = response.content.decode()
    assert 'type="tel"' in page
    assert 'autocomplete="tel-national"' in page


def test_asking_for_the_page_keeps_nothing_of_the_visitor(client: Client) -> None:
    client.get(SIGN_IN, {"next": APPLY})
    assert not Session.objects.exists()


def test_a_phone_leads_to_the_code_page(client: Client, ask: Callable[..., str]) -> None:
    ask()
    page = client.get(CODE).content.decode()
    assert "139 1234 5678" in page
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


@pytest.mark.parametrize("debug", [True, False])
def test_the_code_is_never_shown_on_a_page(debug: bool, client: Client, ask: Callable[..., str], settings: Any) -> None:
    settings.DEBUG = debug
    code = ask()
    assert code not in client.get(CODE).content.decode()
    assert code not in client.post(CODE, {"again": "yes"}, follow=True).content.decode()


def test_what_is_no_phone_comes_back_with_what_was_typed(client: Client, sms: list[dict[str, str]]) -> None:
    response = client.post(SIGN_IN, {"phone": "12345", "next": APPLY})
    assert response.status_code == 422
    page = response.content.decode()
    assert "请输入 11 位手机号码" in page
    assert 'value="12345"' in page
    assert f'value="{APPLY}"' in page
    assert sms == []


def test_another_session_that_asks_for_the_same_phone_within_a_minute_is_told_to_wait(
    ask: Callable[..., str], sms: list[dict[str, str]]
) -> None:
    ask()
    response = Client().post(SIGN_IN, {"phone": PHONE})
    assert response.status_code == 422
    assert "秒再试" in response.content.decode()
    assert len(sms) == 1


def test_a_double_tap_sends_one_text_and_leads_on(client: Client, ask: Callable[..., str]) -> None:
    ask()
    ask()
    assert OneTimeCode.objects.count() == 1


def test_a_text_that_was_not_sent_says_so(client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.SMS_BACKENDS = []
    response = client.post(SIGN_IN, {"phone": PHONE})
    assert response.status_code == 422
    assert "短信没有发出去" in response.content.decode()


def test_who_is_signed_in_is_sent_on(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(SIGN_IN, {"next": APPLY}).url == APPLY
    assert client.get(SIGN_IN).status_code == 302


# Known or unknown: the same


def test_known_and_unknown_numbers_get_the_same_answers(sms: list[dict[str, str]]) -> None:
    WorkerFactory(phone="13912345678")
    answers = []
    for phone in ("13912345678", "13912345679"):
        client = Client(REMOTE_ADDR=f"10.0.0.{phone[-1]}")
        first = client.post(SIGN_IN, {"phone": phone})
        page = client.get(CODE)
        typed = f"{(int(sms[-1]['code']) + 1) % 10**6:06d}"
        wrong = client.post(CODE, {"code": typed})
        again = client.post(CODE, {"again": "yes"})
        answers.append(
            [
                (answer.status_code, answer.get("Location"), _words(answer, phone, typed))
                for answer in (first, page, wrong, again)
            ]
        )
    assert answers[0] == answers[1]
    assert sms[0]["text"].replace(sms[0]["code"], "") == sms[1]["text"].replace(sms[1]["code"], "")


def _words(response: Any, *typed: str) -> str:
    """The page without what the visitor typed and without what differs each time."""
    shown = response.content.decode()
    for text in (*typed, *(f"{text[:3]} {text[3:7]} {text[7:]}" for text in typed)):
        shown = shown.replace(text, "·")
    lines = [line for line in shown.splitlines() if "csrf" not in line.lower() and "nonce" not in line]
    return "\n".join(lines)


def test_known_and_unknown_numbers_ask_the_database_the_same() -> None:
    """The shape of the work, which a loaded machine cannot blur: the same statements for both."""
    WorkerFactory(phone="13912345678")
    seen = []
    for phone in ("13912345678", "13912345679"):
        with CaptureQueriesContext(connection) as queries:
            Client(REMOTE_ADDR=f"10.0.0.{phone[-1]}").post(SIGN_IN, {"phone": phone})
        statements = [query["sql"] for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]
        seen.append([re.split("WHERE|'", statement)[0][:80] for statement in statements])
    assert seen[0] == seen[1]
    assert len(seen[0]) > 3


@pytest.mark.slow
def test_known_and_unknown_numbers_take_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "check_limits", lambda **kwargs: None)
    WorkerFactory(phone="13912345678")
    times: dict[str, list[float]] = {"13912345678": [], "13912345679": []}
    for number in range(240):
        phone = list(times)[number % 2]
        before = time.perf_counter()
        accounts.send_code(phone=phone, address=None)
        times[phone].append(time.perf_counter() - before)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert abs(known - unknown) < 0.010


# Code


def test_a_wrong_code_stays_on_the_page(client: Client, ask: Callable[..., str]) -> None:
    code = ask()
    response = client.post(CODE, {"code": f"{(int(code) + 1) % 10**6:06d}"})
    assert response.status_code == 422
    assert "还可以试 4 次" in response.content.decode()
    assert proof.PROVEN not in client.session


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567"])
def test_what_is_no_code_costs_no_try(typed: str, client: Client, ask: Callable[..., str]) -> None:
    ask()
    response = client.post(CODE, {"code": typed})
    assert response.status_code == 422
    assert "6 位数字" in response.content.decode()
    assert OneTimeCode.objects.get().tries == 0


def test_full_width_digits_and_spaces_are_understood(client: Client, ask: Callable[..., str]) -> None:
    code = ask()
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code)
    assert client.post(CODE, {"code": f" {wide[:3]} {wide[3:]}"}).status_code == 302


def test_without_having_asked_the_code_page_leads_back(client: Client) -> None:
    assert client.get(CODE).url == SIGN_IN
    assert client.post(CODE, {"code": "123456"}).url == SIGN_IN


def test_a_code_that_another_session_asked_for_does_not_open_here(
    client: Client, ask: Callable[..., str], sms: list[dict[str, str]]
) -> None:
    UserFactory(phone=PHONE)
    ask()
    OneTimeCode.objects.update(sent_at="2026-01-01T00:00Z")
    stranger = Client()
    stranger.post(SIGN_IN, {"phone": PHONE})
    response = client.post(CODE, {"code": sms[-1]["code"]})
    assert response.status_code == 422
    assert signed_in(client) is None
    assert OneTimeCode.objects.order_by("-pk").first().tries == 0


def test_the_session_waits_a_quarter_of_an_hour_for_the_code(
    client: Client, ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    now = time.time()
    monkeypatch.setattr("jinba.accounts.proof.time.time", lambda: now + 15 * 60 + 1)
    assert client.get(CODE).url == SIGN_IN


def test_another_text_can_be_asked_for_after_a_minute(
    client: Client, ask: Callable[..., str], sms: list[dict[str, str]]
) -> None:
    ask()
    assert "刚刚发过一条" in client.post(CODE, {"again": "yes"}, follow=True).content.decode()
    OneTimeCode.objects.update(sent_at="2026-01-01T00:00Z")
    assert "新的验证码已经发出" in client.post(CODE, {"again": "yes"}, follow=True).content.decode()
    assert len(sms) == 2


def test_the_button_for_another_text_counts_down(client: Client, ask: Callable[..., str]) -> None:
    ask()
    assert 'data-countdown="60"' in client.get(CODE).content.decode()


def test_when_another_text_is_one_too_many_the_page_says_so(client: Client, ask: Callable[..., str]) -> None:
    ask()
    row = OneTimeCode.objects.get()
    OneTimeCode.objects.all().delete()
    for minutes in range(2, 7):
        row.pk = None
        row.sent_at = row.sent_at.replace(microsecond=minutes)
        row.save()
    for row in OneTimeCode.objects.all():
        row.sent_at -= timedelta(minutes=5)
        row.save()
    assert "已经发了 5 条" in client.post(CODE, {"again": "yes"}, follow=True).content.decode()


# The session


def test_neither_phone_nor_code_stand_in_the_stored_session(client: Client, ask: Callable[..., str]) -> None:
    code = ask()
    kept = str(client.session.items())
    assert PHONE not in kept
    client.post(CODE, {"code": code})
    kept = str(client.session.items())
    assert proof.PROVEN in kept
    assert PHONE not in kept
    assert code not in kept


def test_no_address_on_the_way_carries_phone_or_code(client: Client, ask: Callable[..., str]) -> None:
    code = ask(next=APPLY)
    response = client.post(CODE, {"code": code}, follow=True)
    for url, _ in response.redirect_chain:
        assert PHONE not in url
        assert code not in url


def test_the_session_gets_a_new_id_with_the_proof_and_with_the_sign_in(client: Client, ask: Callable[..., str]) -> None:
    UserFactory(phone=PHONE)
    UserFactory(phone=PHONE)
    code = ask()
    asked = session_id(client)
    client.post(CODE, {"code": code})
    proven = session_id(client)
    user = User.objects.first()
    client.post(WHO, {"who": f"user-{user.pk}"})
    inside = session_id(client)
    assert len({asked, proven, inside}) == 3
    assert signed_in(client) == user
    assert not Session.objects.filter(session_key__in=[asked, proven]).exists()


def test_a_stolen_session_id_from_before_the_code_opens_nothing(client: Client, ask: Callable[..., str]) -> None:
    UserFactory(phone=PHONE)
    code = ask()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = session_id(client)
    client.post(CODE, {"code": code})
    assert thief.get(WHO).url == SIGN_IN
    assert thief.get("/workers/me/").url.startswith(SIGN_IN)


def test_the_proof_holds_ten_minutes(client: Client, prove: Prove, monkeypatch: pytest.MonkeyPatch) -> None:
    prove()
    assert client.get(NEW).status_code == 200
    now = time.time()
    monkeypatch.setattr("jinba.accounts.proof.time.time", lambda: now + 10 * 60 + 1)
    for address in (NEW, NEW_EMPLOYER, WHO, START):
        assert client.get(address).url == SIGN_IN
        assert client.post(address).status_code in (302, 405)
    assert not User.objects.exists()


def test_the_sign_in_survives_the_loss_of_redis(client: Client, prove: Prove) -> None:
    user = UserFactory(phone=PHONE)
    prove()
    cache.clear()
    assert signed_in(client) == user


# Who


def test_the_only_user_of_a_phone_is_in_at_once(client: Client, prove: Prove) -> None:
    worker = WorkerFactory(phone=PHONE)
    assert prove(next="/workers/me/").url == "/workers/me/"
    assert signed_in(client) == worker.user
    worker.user.refresh_from_db()
    assert worker.user.last_login is not None


@pytest.mark.parametrize("next_url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_only_addresses_of_this_site_are_returned_to(next_url: str, client: Client, prove: Prove) -> None:
    UserFactory(phone=PHONE)
    response = prove(next=next_url)
    assert response.status_code == 302
    assert "evil" not in response.url
    assert "javascript" not in response.url


def test_several_people_with_a_phone_are_asked_who_they_are(client: Client, prove: Prove) -> None:
    worker = WorkerFactory(phone=PHONE, name="何秀英")
    boss = UserFactory(phone=PHONE, name="欧阳大明", role=Role.EMPLOYER)
    waiting = WorkerFactory(phone=PHONE, name="何小军", unclaimed=True, registered_by__name="王支书")
    WorkerFactory(phone="13900000009", name="别人")
    assert prove(next=APPLY).url == WHO
    page = client.get(WHO).content.decode()
    for words in ("何*英", "求职者", "何*军", "欧阳**", "用人单位", "王**帮您登记的", "都不是，我是新来的"):
        assert words in page
    for secret in ("何秀英", "欧阳大明", "何小军", "王支书", PHONE):
        assert secret not in page
    assert "别" not in page.split("<main")[1].split("</main>")[0]
    response = client.post(WHO, {"who": f"user-{boss.pk}"})
    assert response.url == APPLY
    assert signed_in(client) == boss
    assert worker.user != boss
    waiting.refresh_from_db()
    assert waiting.user is None


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["岳成林", "苟桂芳"], ["岳**", "苟**"]),
        (["何大叔", "何秀英"], ["何*叔", "何*英"]),
        (["何英", "何强", "何大强"], ["*英", "*强", "何**"]),
        (["何大英", "何小英"], ["*大英", "*小英"]),
        (["何秀英", "何秀英"], ["*秀英", "*秀英"]),
        ([], []),
    ],
)
def test_of_people_who_would_look_alike_so_much_is_shown_that_each_knows_himself(
    names: list[str], shown: list[str]
) -> None:
    assert told_apart(names) == shown


def test_who_wants_to_change_over_after_the_proof_ran_out_is_told_how(
    client: Client, prove: Prove, monkeypatch: pytest.MonkeyPatch
) -> None:
    WorkerFactory(phone=PHONE)
    prove()
    monkeypatch.setattr("jinba.accounts.proof.PROVEN_SECONDS", -1)
    assert "再用这个手机号登录" in client.get(WHO, follow=True).content.decode()


def test_a_worker_whom_a_broker_registered_takes_his_profile_over(client: Client, prove: Prove) -> None:
    worker = WorkerFactory(phone=PHONE, name="何小军", unclaimed=True)
    assert prove(next=APPLY).url == WHO
    claim = client.post(WHO, {"who": f"worker-{worker.pk}"}).url
    assert claim == f"/workers/claim/{worker.pk}/"
    assert client.post(claim, {"words": "何小军"}).url != claim
    worker.refresh_from_db()
    assert worker.user == signed_in(client)
    assert worker.user.role == Role.SEEKER
    assert worker.user.name == "何小军"


@pytest.mark.parametrize("who", ["user-{other}", "worker-{stranger}", "", "user-", "new-1", "user-1 OR 1=1"])
def test_nobody_becomes_somebody_with_another_phone(who: str, client: Client, prove: Prove) -> None:
    UserFactory(phone=PHONE)
    UserFactory(phone=PHONE)
    other, stranger = UserFactory(), WorkerFactory(unclaimed=True)
    prove()
    response = client.post(WHO, {"who": who.format(other=other.pk, stranger=stranger.pk)}, follow=True)
    assert "请选一个" in response.content.decode()
    assert signed_in(client) is None
    stranger.refresh_from_db()
    assert stranger.user is None


def test_neither_staff_nor_disabled_users_come_in_by_a_text(client: Client, prove: Prove) -> None:
    UserFactory(phone=PHONE, officer=True)
    officer = User.objects.get()
    officer.set_phone(PHONE)
    officer.save()
    disabled = UserFactory(phone=PHONE, is_active=False)
    assert prove().url == NEW
    for user in (officer, disabled):
        client.post(WHO, {"who": f"user-{user.pk}"})
        assert signed_in(client) is None


def test_without_a_proof_nobody_is_asked_who_he_is(client: Client) -> None:
    user = UserFactory(phone=PHONE)
    assert client.get(WHO).url == SIGN_IN
    assert client.post(WHO, {"who": f"user-{user.pk}"}).url == SIGN_IN
    assert signed_in(client) is None


def test_while_the_proof_holds_one_may_change_to_another_person(client: Client, prove: Prove) -> None:
    first = UserFactory(phone=PHONE)
    prove()
    second = WorkerFactory(phone=PHONE).user
    client.session["leftover"] = "of the first"
    inside = session_id(client)
    assert signed_in(client) == first
    client.post(WHO, {"who": f"user-{second.pk}"})
    assert signed_in(client) == second
    assert session_id(client) != inside
    assert "leftover" not in client.session
    assert "换一个人" in client.get("/workers/me/").content.decode()


def test_who_is_new_among_people_with_the_same_phone_says_so(client: Client, prove: Prove) -> None:
    both_cities()
    UserFactory(phone=PHONE)
    UserFactory(phone=PHONE)
    prove(next=APPLY)
    response = client.post(WHO, {"who": "new"}, follow=True)
    assert response.redirect_chain[-1][0] == START


# Newcomers


def test_from_a_jobs_link_to_the_application_in_three_screens(client: Client, sms: list[dict[str, str]]) -> None:
    both_cities()
    screens = []
    page = client.get(SIGN_IN, {"next": APPLY})
    screens.append(page)
    response = client.post(SIGN_IN, {"phone": PHONE, "next": APPLY}, follow=True)
    screens.append(response)
    response = client.post(CODE, {"code": sms[-1]["code"]}, follow=True)
    screens.append(response)
    assert response.redirect_chain[-1][0] == START
    response = client.post(START, {"name": "何秀英", "county": "511921"})
    assert response.url == APPLY
    assert len(screens) == 3
    assert all(screen.status_code == 200 for screen in screens)
    worker = Worker.objects.get()
    assert (worker.name, worker.home.pk, worker.phone) == ("何秀英", "511921", PHONE)
    assert worker.user == signed_in(client)


def test_a_newcomer_without_a_purpose_is_asked_for_it(client: Client, prove: Prove) -> None:
    assert prove().url == NEW
    page = client.get(NEW).content.decode()
    assert "我找工作" in page
    assert "我要招人" in page


def test_a_newcomer_who_hires_says_his_name_and_registers_his_employer(client: Client, prove: Prove) -> None:
    prove()
    response = client.post(NEW_EMPLOYER, {"name": "吕厂长"})
    assert response.url == reverse("employers:register")
    user = signed_in(client)
    assert user is not None
    assert (user.role, user.name, user.phone) == (Role.EMPLOYER, "吕厂长", PHONE)


def test_an_employers_address_leads_a_newcomer_there(client: Client, prove: Prove) -> None:
    invitation = "/employers/invitations/abc/"
    assert prove(next=invitation).url == NEW
    assert client.get(NEW).url == NEW_EMPLOYER
    assert client.post(NEW_EMPLOYER, {"name": "吕厂长"}).url == invitation


def test_a_name_that_can_be_none_is_refused(client: Client, prove: Prove) -> None:
    prove()
    for name in ("", "1", "13912345678", "<b>"):
        assert client.post(NEW_EMPLOYER, {"name": name}).status_code == 422
    assert not User.objects.exists()


def test_an_employer_twice_with_the_same_name_is_the_same_one(client: Client, prove: Prove) -> None:
    prove()
    client.post(NEW_EMPLOYER, {"name": "吕厂长"})
    client.post(NEW_EMPLOYER, {"name": " 吕厂长 "})
    assert User.objects.count() == 1


def test_at_most_ten_people_share_a_phone(client: Client, prove: Prove) -> None:
    UserFactory.create_batch(10, phone=PHONE)
    prove()
    response = client.post(NEW_EMPLOYER, {"name": "吕厂长"})
    assert response.status_code == 422
    assert "已经登记了 10 个人" in response.content.decode()


# Out


def test_signing_out_ends_the_session(client: Client, prove: Prove) -> None:
    UserFactory(phone=PHONE)
    prove()
    inside = session_id(client)
    response = client.post("/accounts/sign-out/")
    assert response.url == "/"
    assert signed_in(client) is None
    assert not Session.objects.filter(session_key=inside).exists()
    assert response.cookies[settings.SESSION_COOKIE_NAME].value == ""
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = inside
    assert thief.get("/workers/me/").url.startswith(SIGN_IN)
    assert thief.get(WHO).url == SIGN_IN


def test_a_link_does_not_sign_out(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/accounts/sign-out/").status_code == 405
    assert signed_in(client)


def test_signing_out_without_being_in_harms_nobody(client: Client) -> None:
    assert client.post("/accounts/sign-out/").status_code == 302


def test_a_disabled_user_is_out_with_his_next_request(client: Client, prove: Prove) -> None:
    worker = WorkerFactory(phone=PHONE)
    prove()
    assert client.get("/workers/me/").status_code == 200
    User.objects.filter(pk=worker.user.pk).update(is_active=False)
    assert client.get("/workers/me/").url.startswith(SIGN_IN)


# Forms and methods


@pytest.mark.parametrize("address", [SIGN_IN, CODE, WHO, NEW, NEW_EMPLOYER, "/accounts/staff/"])
def test_other_methods_are_not_known(address: str, client: Client) -> None:
    for method in (client.put, client.delete, client.patch):
        assert method(address).status_code == 405


def test_every_form_asks_for_the_token_against_forgery() -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in (SIGN_IN, CODE, WHO, NEW_EMPLOYER, "/accounts/sign-out/", "/accounts/staff/", START):
        assert strict.post(address).status_code == 403


# Staff


def test_staff_sign_in_by_password_and_the_session_ends_with_the_browser(client: Client) -> None:
    officer = UserFactory(officer=True, username="chen")
    page = client.get("/accounts/staff/", {"next": "/admin/"})
    assert "no-store" in page["Cache-Control"]
    before = session_id(client)
    response = client.post("/accounts/staff/", {"login": "chen", "password": PASSWORD, "next": "/admin/"})
    assert response.url == "/admin/"
    assert signed_in(client) == officer
    assert session_id(client) != before
    assert client.session.get_expire_at_browser_close()


def test_staff_go_to_no_other_site(client: Client) -> None:
    UserFactory(officer=True, username="chen")
    fields = {"login": "chen", "password": PASSWORD, "next": "https://evil.example/"}
    assert "evil" not in client.post("/accounts/staff/", fields).url


def test_wrong_password_unknown_name_and_disabled_user_sound_the_same() -> None:
    UserFactory(officer=True, username="chen")
    UserFactory(officer=True, username="gone", is_active=False)
    UserFactory(username="seeker")
    pages = set()
    tries = (("chen", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD), ("seeker", "wrong"))
    for number, (login, password) in enumerate(tries):
        response = Client(REMOTE_ADDR=f"10.0.0.{number}").post(
            "/accounts/staff/", {"login": login, "password": password}
        )
        assert response.status_code == 200
        assert "用户名或密码不对" in response.content.decode()
        pages.add(_words(response, login))
    assert len(pages) == 1


def test_five_wrong_passwords_for_a_name_close_it_for_a_while() -> None:
    UserFactory(officer=True, username="chen")
    for number in range(5):
        Client(REMOTE_ADDR=f"10.0.1.{number}").post("/accounts/staff/", {"login": "chen", "password": "wrong"})
    client = Client(REMOTE_ADDR="10.0.1.9")
    response = client.post("/accounts/staff/", {"login": "chen", "password": PASSWORD})
    assert "试得太多" in response.content.decode()
    assert signed_in(client) is None


def test_too_many_tries_from_an_address_are_answered_with_429(client: Client) -> None:
    answers = [client.post("/accounts/staff/", {"login": f"n{number}"}).status_code for number in range(31)]
    assert answers[-1] == 429
    assert set(answers[:30]) == {200}


def test_the_admin_has_no_password_form_of_its_own(client: Client) -> None:
    UserFactory(officer=True, username="chen")
    assert client.get("/admin/").url.startswith("/admin/login/")
    assert client.get("/admin/login/?next=/admin/").url.startswith("/accounts/staff/")
    client.force_login(UserFactory())
    assert client.post("/admin/login/", {"username": "chen", "password": PASSWORD}).status_code == 403


def test_sign_ins_and_wrong_passwords_are_logged_without_names(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    officer = UserFactory(officer=True, username="chen")
    client.post("/accounts/staff/", {"login": "chen", "password": "wrong"})
    client.post("/accounts/staff/", {"login": "chen", "password": PASSWORD})
    assert "a wrong password from 127.0.0.1" in caplog.text
    assert f"user {officer.pk} (officer) signed in" in caplog.text
    assert "chen" not in caplog.text


def test_region_rows_are_not_needed_for_the_first_pages(client: Client) -> None:
    region("511921")
    assert client.get(SIGN_IN).status_code == 200
