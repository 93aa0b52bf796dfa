"""The helper's pages about his people, and the worker's about his helpers."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jinba.accounts.choices import Role
from jinba.core.sms import locmem
from labor.workers.actions import delegations
from labor.workers.choices import DelegationMethod, GroupKind
from labor.workers.models import Delegation, Worker, WorkerGroup
from tests.factories.accounts import user_in
from tests.factories.reference import both_cities
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
NEW, CONSENT, CODE, PEOPLE = (
    "/helpers/people/new/", "/helpers/people/new/consent/", "/helpers/people/new/code/", "/helpers/people/",
)  # fmt: skip
WHO = {"name": "苟小花", "phone": "139 1234 5678", "county": "511921", "village": "三村"}


@pytest.fixture
def broker() -> Any:
    both_cities()
    return user_in(Role.BROKER, name="王经纪")


@pytest.fixture
def client(broker: Any) -> Client:
    client = Client()
    client.force_login(broker)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


# My people


def test_a_helper_sees_his_own_people_with_masked_numbers(client: Client, broker: Any) -> None:
    mine = WorkerFactory(name="何老大", helper=broker, village="三村")
    WorkerFactory(name="何老二")
    WorkerFactory(name="何老三", unclaimed=True)
    page = text_of(client.get(PEOPLE))
    assert "何老大" in page and mine.masked_phone in page and mine.phone not in page
    assert "何老二" not in page and "何老三" not in page


@pytest.mark.parametrize("words", ["何老", "13912340001", "139 1234 0001", "三村"])
def test_he_finds_them_by_name_phone_and_village(words: str, client: Client, broker: Any) -> None:
    WorkerFactory(name="何老大", helper=broker, phone="13912340001", village="诺水三村")
    WorkerFactory(name="岳二", helper=broker, village="中心村")
    answer = client.post(PEOPLE, {"q": words, "find": "1"})
    # A name may stand in an address, a phone may not: it is answered on the spot.
    assert answer.status_code == (200 if words[0] == "1" else 302)
    page = text_of(answer if answer.status_code == 200 else client.get(answer.url))
    assert "何老大" in page and "岳二" not in page
    assert "没有找到" in text_of(client.get(PEOPLE, {"q": "别人"}))


def test_the_list_goes_on_page_by_page(client: Client, broker: Any) -> None:
    people = WorkerFactory.create_batch(23, helper=broker)
    page = text_of(client.get(PEOPLE))
    following = re.search(r'href="(\?before=\d+)"', page)
    assert following
    last = text_of(client.get(PEOPLE + following[1]))
    assert f"/people/{people[0].pk}/" in last and f"/people/{people[-1].pk}/" not in last
    assert client.get(f"{PEOPLE}?before=nonsense").status_code == 200


# Registering


def test_a_new_person_is_registered_in_two_screens_under_a_shown_consent(client: Client, broker: Any) -> None:
    assert client.post(NEW, WHO)["Location"] == CONSENT
    assert not Worker.objects.exists()
    page = text_of(client.get(CONSENT))
    assert "我委托王经纪（劳务经纪人）" in page and "139****5678" in page and "13912345678" not in page
    answer = client.post(CONSENT, {"method": "spoken", "months": "6"})
    worker = Worker.objects.get()
    assert (worker.name, worker.phone, worker.home_id, worker.village) == ("苟小花", "13912345678", "511921", "三村")
    assert worker.delegations.get().method == DelegationMethod.SPOKEN
    page = text_of(client.get(answer["Location"]))
    assert "登记好了" in page and f"{NEW}?like={worker.pk}" in page
    following = text_of(client.get(f"{NEW}?like={worker.pk}"))
    assert 'value="三村"' in following and "苟小花" not in following
    assert client.get(CONSENT)["Location"] == NEW  # the draft is gone


def test_what_is_missing_is_said_and_what_was_typed_stays(client: Client) -> None:
    answer = client.post(NEW, {**WHO, "phone": "123"})
    assert answer.status_code == 422 and "11 位手机号码" in text_of(answer) and "苟小花" in text_of(answer)
    client.post(NEW, WHO)
    answer = client.post(CONSENT, {"months": "12"})
    assert answer.status_code == 422 and "怎么同意" in text_of(answer)
    answer = client.post(CONSENT, {"method": "self", "months": "12"})
    assert answer.status_code == 422
    assert not Worker.objects.exists()


def test_the_draft_in_the_session_is_not_readable(client: Client) -> None:
    client.post(NEW, WHO)
    kept = str(dict(client.session.items()))
    assert "13912345678" not in kept and "苟小花" not in kept


@pytest.mark.django_db(transaction=True)
def test_a_code_that_he_reads_out_registers_him(client: Client) -> None:
    client.post(NEW, WHO)
    assert client.post(CONSENT, {"method": "code", "months": "12"})["Location"] == CODE
    client.post(CONSENT, {"method": "code", "months": "12"})  # a double tap sends one text
    (text,) = locmem.outbox
    assert "王经纪想替您办" in text["text"]
    wrong = client.post(CODE, {"code": f"{(int(text['code']) + 1) % 10**6:06d}"})
    assert wrong.status_code == 422 and "还可以试 4 次" in text_of(wrong)
    answer = client.post(CODE, {"code": text["code"]})
    worker = Worker.objects.get()
    assert answer["Location"].startswith(reverse("persons:detail", args=[worker.pk]))
    assert worker.delegations.get().method == DelegationMethod.CODE


def test_who_is_registered_already_is_asked_himself(client: Client, broker: Any) -> None:
    known = WorkerFactory(name="苟小花", phone="13912345678")
    client.post(NEW, WHO)
    page = text_of(client.get(CONSENT))
    assert "以前登记过" in page and 'value="spoken"' not in page and 'value="self"' in page
    assert client.post(CONSENT, {"method": "spoken", "months": "12"}).status_code == 422
    assert client.post(CONSENT, {"method": "self", "months": "12"})["Location"] == PEOPLE
    assert not Worker.objects.seen_by(broker).exists()
    assert "苟**" in text_of(client.get(PEOPLE))
    assert known.delegation_requests.waiting().count() == 1


def test_who_waits_to_claim_is_entrusted_by_code_only(client: Client) -> None:
    WorkerFactory(name="苟小花", phone="13912345678", unclaimed=True)
    client.post(NEW, WHO)
    page = text_of(client.get(CONSENT))
    assert 'value="code"' in page and 'value="self"' not in page and 'value="spoken"' not in page


def test_who_is_mine_already_is_shown(client: Client, broker: Any) -> None:
    mine = WorkerFactory(name="苟小花", phone="13912345678", helper=broker)
    client.post(NEW, WHO)
    assert client.get(CONSENT)["Location"] == reverse("persons:detail", args=[mine.pk])


# Acting


def test_questions_are_asked_for_him_and_lead_on(client: Client, broker: Any) -> None:
    worker = WorkerFactory(name="何老大", helper=broker)
    address = reverse("helpers:question", args=[worker.pk, "years"])
    assert "您在替何老大填" in text_of(client.get(address))
    answer = client.post(address, {"years": "3"})
    assert answer["Location"].startswith(f"/helpers/people/{worker.pk}/ask/")
    worker.refresh_from_db()
    assert worker.years == 3 and worker.acts.get().by == broker
    home = reverse("persons:detail", args=[worker.pk])
    assert client.post(f"{address}?alone", {"years": "4"})["Location"] == home
    assert client.post(address, {"years": "-1"}).status_code == 422


def test_stepping_back_asks_first(client: Client, broker: Any) -> None:
    worker = WorkerFactory(helper=broker)
    address = reverse("helpers:step_back", args=[worker.pk])
    assert "不再替" in text_of(client.get(address)) and Delegation.objects.live().exists()
    client.post(address)
    assert not Delegation.objects.live().exists() and client.get(address).status_code == 404


def test_several_go_together_by_one_screen(client: Client, broker: Any) -> None:
    wife, husband = WorkerFactory.create_batch(2, helper=broker)
    stranger = WorkerFactory(name="何老三")
    page = text_of(client.get("/helpers/groups/new/", {"with": wife.pk}))
    assert "何老三" not in page and re.search(rf'value="{wife.pk}"[^>]*checked', page)
    bad = client.post("/helpers/groups/new/", {"kind": "couple", "workers": [wife.pk, stranger.pk]})
    assert bad.status_code == 422 and not WorkerGroup.objects.exists()
    assert client.post("/helpers/groups/new/", {"kind": "couple", "workers": [wife.pk]}).status_code == 422
    client.post("/helpers/groups/new/", {"kind": "couple", "workers": [wife.pk, husband.pk]})
    assert WorkerGroup.objects.get().kind == GroupKind.COUPLE
    client.post(reverse("helpers:leave_group", args=[wife.pk]))
    wife.refresh_from_db()
    assert wife.group is None


def test_the_park_opens_a_locked_profile_and_a_broker_does_not(client: Client, broker: Any) -> None:
    worker = WorkerFactory(unclaimed=True, claim_tries=5)
    park = user_in(Role.PARK)
    for helper in (broker, park):
        DelegationFactory(worker=worker, helper=helper)
    address = reverse("helpers:unlock", args=[worker.pk])
    assert "锁住了" in text_of(client.get(reverse("persons:detail", args=[worker.pk])))
    assert client.post(address).status_code == 403
    client.force_login(park)
    client.post(address)
    worker.refresh_from_db()
    assert worker.claim_tries == 0


# The worker's page


def test_the_worker_reads_who_helps_him_and_what_was_done_and_ends_it(client: Client, broker: Any) -> None:
    worker = WorkerFactory(helper=broker)
    client.post(reverse("helpers:question", args=[worker.pk, "years"]), {"years": "3"})
    client.force_login(worker.user)
    page = text_of(client.get("/workers/me/helpers/"))
    assert "王经纪" in page and "改了：干了几年" in page and "办过 1 件事" in page
    address = reverse("workers:helper_end", args=[worker.delegations.get().pk])
    assert "不能再替您报名" in text_of(client.get(address))
    assert Delegation.objects.live().exists()
    client.post(address)
    assert not Delegation.objects.live().exists()
    assert "本人结束" in text_of(client.get("/workers/me/helpers/"))
    assert client.get(address)["Location"] == "/workers/me/helpers/"


def test_the_worker_answers_who_asks(client: Client, broker: Any) -> None:
    worker = WorkerFactory()
    request = delegations.ask(worker=worker, by=broker)
    client.force_login(worker.user)
    assert "王经纪（劳务经纪人）想帮您办" in text_of(client.get("/workers/me/helpers/"))
    assert "有人想帮您办" in text_of(client.get("/desk/"))
    address = reverse("workers:helper_answer", args=[request.pk])
    client.post(address, {"answer": "perhaps"})
    assert not Delegation.objects.exists()
    client.post(address, {"answer": "yes"})
    delegation = Delegation.objects.live().get()
    client.post(reverse("workers:helper_prolong", args=[delegation.pk]))
    assert Delegation.objects.live().get().helper == broker
    stranger = Client()
    stranger.force_login(WorkerFactory().user)
    assert stranger.post(address, {"answer": "yes"}).status_code == 404


# Claiming


@pytest.mark.django_db(transaction=True)
def test_claiming_asks_for_the_name_and_then_whether_the_help_goes_on() -> None:
    both_cities()
    waiting = WorkerFactory(unclaimed=True, name="苟小花", phone="13912345678")
    client = Client()
    client.post("/accounts/sign-in/", {"phone": waiting.phone})
    client.post("/accounts/sign-in/code/", {"code": locmem.outbox[-1]["code"]})
    address = reverse("workers:claim", args=[waiting.pk])
    assert client.post("/accounts/sign-in/who/", {"who": f"worker-{waiting.pk}"})["Location"] == address
    page = text_of(client.get(address))
    assert "苟**" in page and "苟小花" not in page
    wrong = client.post(address, {"words": "苟小英"})
    assert wrong.status_code == 422 and "还可以试 4 次" in text_of(wrong)
    assert client.post(address, {"words": "苟小花"})["Location"] == "/workers/me/helpers/"
    assert "一直在帮您办，继续吗" in text_of(client.get("/workers/me/helpers/"))
    assert client.get(reverse("workers:claim", args=[WorkerFactory(unclaimed=True).pk]))["Location"].endswith("/who/")


def test_the_list_costs_as_many_queries_with_many_as_with_few(client: Client, broker: Any) -> None:
    counts = []
    client.get(PEOPLE)
    for number in (2, 9):
        WorkerFactory.create_batch(number, helper=broker)
        with CaptureQueriesContext(connection) as captured:
            client.get(PEOPLE)
        counts.append(len(captured))
    assert counts[0] == counts[1]
