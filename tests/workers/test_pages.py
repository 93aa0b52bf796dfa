"""The worker's own pages, as a browser without scripts sees them."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jinba.accounts.choices import Role
from labor.workers.choices import GroupKind
from labor.workers.forms import QUESTIONS
from labor.workers.models import Worker
from tests.factories.accounts import UserFactory, user_in
from tests.factories.reference import CertificateFactory, SkillFactory, TradeFactory, ZoneFactory, both_cities, region
from tests.factories.workers import WorkerFactory, WorkerGroupFactory, WorkerSkillFactory

pytestmark = pytest.mark.django_db
START, ME, PARTNER, SWITCH = "/workers/start/", "/workers/me/", "/workers/me/partner/", "/workers/me/recommendation/"
OWN_PAGES = [ME, PARTNER, *(f"{ME}{slug}/" for slug in QUESTIONS)]


@pytest.fixture
def worker(client: Client) -> Worker:
    both_cities()
    ZoneFactory()
    ZoneFactory(park=True)
    worker = WorkerFactory(name="何秀英", phone="13912345678")
    client.force_login(worker.user)
    return worker


def fields_of(page: str) -> set[str]:
    main = page.split("<main")[1].split("</main>")[0]
    return set(re.findall(r'name="([^"]+)"', main)) - {"csrfmiddlewaretoken"}


def tell(client: Client, slug: str, **fields: Any) -> Any:
    return client.post(f"{ME}{slug}/", fields)


# Doors


@pytest.mark.parametrize("url", OWN_PAGES)
def test_every_page_works_for_the_worker_himself_and_is_kept_by_no_cache(
    url: str, client: Client, worker: Worker
) -> None:
    SkillFactory()
    response = client.get(url)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("url", [*OWN_PAGES, SWITCH])
def test_who_is_not_signed_in_is_sent_to_the_sign_in(url: str, client: Client) -> None:
    response = client.get(url)
    assert response.url == f"/accounts/sign-in/?next={url}"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SEEKER])
@pytest.mark.parametrize("url", [ME, PARTNER, f"{ME}pay/"])
def test_other_roles_are_turned_away(role: str, url: str, client: Client) -> None:
    client.force_login(user_in(role))
    assert client.get(url).status_code == 403
    assert client.post(SWITCH).status_code == 403


@pytest.mark.parametrize("url", [*OWN_PAGES, START])
def test_other_methods_are_not_known(url: str, client: Client, worker: Worker) -> None:
    assert client.delete(url).status_code == 405
    assert client.put(url).status_code == 405
    assert client.post(ME).status_code == 405
    assert client.get(SWITCH).status_code == 405


@pytest.mark.parametrize("url", [*OWN_PAGES, SWITCH])
def test_a_seeker_without_a_profile_starts_one(url: str, client: Client) -> None:
    client.force_login(UserFactory())
    assert (client.post(url) if url == SWITCH else client.get(url)).url == START


def test_an_unknown_question_is_not_found(client: Client, worker: Worker) -> None:
    assert client.get(f"{ME}salary/").status_code == 404


def test_one_sees_only_oneself(client: Client, worker: Worker) -> None:
    WorkerFactory(name="苟明华", village="别人家")
    page = client.get(ME).content.decode()
    assert "何秀英" in page
    assert "苟明华" not in page
    assert "13912345678" not in page


# Starting


def test_a_signed_in_seeker_without_a_profile_writes_name_and_county(client: Client) -> None:
    both_cities()
    user = UserFactory(phone="13912345678", name="何秀英")
    client.force_login(user)
    page = client.get(START).content.decode()
    assert 'value="何秀英"' in page
    for county in ("巴州区", "恩阳区", "通江县", "南江县", "平昌县"):
        assert county in page
    assert client.post(START, {"name": "何秀英", "county": "511902"}).url == ME
    assert user.worker.home_id == "511902"


@pytest.mark.parametrize(
    ("wanted", "led"), [("/applications/new/7/", "/applications/new/7/"), ("https://elsewhere.example/", ME)]
)
def test_who_had_to_start_first_comes_where_he_wanted_to_go(client: Client, wanted: str, led: str) -> None:
    both_cities()
    client.force_login(UserFactory(phone="13912345678", name="何秀英"))
    client.get(START, {"next": wanted})
    assert client.post(START, {"name": "何秀英", "county": "511902"}).url == led


def test_without_proof_nobody_starts(client: Client) -> None:
    assert client.get(START).url == "/accounts/sign-in/"
    assert client.post(START, {"name": "何秀英", "county": "511902"}).url == "/accounts/sign-in/"
    assert not Worker.objects.exists()


def test_who_has_a_profile_does_not_start_another(client: Client, worker: Worker) -> None:
    assert client.get(START).url == ME


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "county": "511902"}, "请写您的姓名"),
        ({"name": "1", "county": "511902"}, "真名"),
        ({"name": "何秀英"}, "请选您家在哪个县"),
        ({"name": "何秀英", "county": "330784"}, "选择一个有效的选项"),
        ({"name": "何秀英", "elsewhere_0": "51", "elsewhere_1": "", "elsewhere_2": ""}, "请接着选市"),
        ({"name": "何秀英", "elsewhere_0": "51", "elsewhere_1": "5117", "elsewhere_2": ""}, "请接着选县"),
    ],
)
def test_what_is_missing_at_the_start_is_said(fields: dict[str, str], words: str, client: Client) -> None:
    both_cities()
    region("511722")
    client.force_login(UserFactory(phone="13912345678"))
    response = client.post(START, fields)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Worker.objects.exists()


def test_who_lives_elsewhere_chooses_step_by_step_without_scripts(client: Client) -> None:
    both_cities()
    region("511722")
    user = UserFactory(phone="13912345678")
    client.force_login(user)
    steps = {"elsewhere_0": "51", "elsewhere_1": "", "elsewhere_2": ""}
    page = client.post(START, {"name": "何秀英", **steps}).content.decode()
    assert "<details" in page
    assert 'class="filter" open' in page
    assert "达州市" in page
    page = client.post(START, {"name": "何秀英", **steps, "elsewhere_1": "5117"}).content.decode()
    assert "宣汉县" in page
    assert (
        client.post(START, {"name": "何秀英", "elsewhere_0": "51", "elsewhere_1": "5117", "elsewhere_2": "511722"}).url
        == ME
    )
    assert user.worker.home_id == "511722"


# The profile


def test_the_profile_says_what_is_known_and_what_is_missing(client: Client, worker: Worker) -> None:
    page = client.get(ME).content.decode()
    assert "0%" in page
    assert QUESTIONS["trades"].title in page
    tell(client, "pay", step="6000")
    tell(client, "years", years="4")
    page = client.get(ME).content.decode()
    assert "每月 6000 元以上" in page
    assert "4 年" in page
    assert "20%" in page


def test_a_default_that_was_answered_counts_as_said(client: Client, worker: Worker) -> None:
    assert "多少都行" not in client.get(ME).content.decode()
    tell(client, "pay", step="0")
    assert "多少都行" in client.get(ME).content.decode()


def test_when_all_is_said_the_page_thanks(client: Client, worker: Worker) -> None:
    Worker.objects.update(
        answered=list(QUESTIONS), education=2, birth_date="1980-05-01", return_wish="later", min_pay=5000
    )
    page = client.get(ME).content.decode()
    assert "都说全了" in page
    assert "100%" in page
    assert "1980 年 5 月生" in page


def test_everything_said_is_read_in_plain_words(client: Client, worker: Worker) -> None:
    trade, certificate = TradeFactory(name="焊工"), CertificateFactory(name="焊工证")
    WorkerSkillFactory(worker=worker, skill__name="氩弧焊", level=2)
    Worker.objects.update(
        trades=[trade.pk], places=["330784", "511921-lxtj"], refused_places=["330727"], certificates=[certificate.pk],
        shifts=["day"], housing_need=2, couple_room_need=1, wants_meals=True, return_wish="yes", village="诺水村",
    )  # fmt: skip
    page = client.get(ME).content.decode()
    for words in (
        *("焊工，别的也行", "永康市、兰溪—通江产业园", "磐安县", "焊工证", "氩弧焊（熟练）", "长白班", "一定要安排"),
        *("最好有", "想要包吃", "想回巴中干活", "四川省巴中市通江县诺水村"),
    ):
        assert words in page, words


def test_the_profile_costs_a_fixed_number_of_queries(
    client: Client, worker: Worker, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        WorkerSkillFactory(worker=worker)
    Worker.objects.update(places=["330784"], certificates=[CertificateFactory().pk], trades=[TradeFactory().pk])
    client.get(ME)
    with django_assert_max_num_queries(11):
        client.get(ME)


# Questions


@pytest.mark.parametrize(
    ("slug", "fields", "field", "value"),
    [
        ("status", {"job_status": "not_now"}, "job_status", "not_now"),
        ("places", {"first_place": "330784", "jinhua": ["3307", "330782"], "bazhong": ["511921-lxtj"]}, "places",
         ["330784", "3307", "330782", "511921-lxtj"]),
        ("refused", {"jinhua": ["330727"], "bazhong": ["5119"]}, "refused_places", ["330727", "5119"]),
        ("pay", {"step": "6000", "other": ""}, "min_pay", 6000),
        ("pay", {"step": "6000", "other": "5300"}, "min_pay", 5300),
        ("pay", {"step": "", "other": "0"}, "min_pay", 0),
        ("housing", {"housing_need": "2"}, "housing_need", 2),
        ("couple-room", {"couple_room_need": "1"}, "couple_room_need", 1),
        ("meals", {"wants_meals": "yes"}, "wants_meals", True),
        ("shifts", {"shifts": ["two", "day"]}, "shifts", ["day", "two"]),
        ("years", {"years": "7"}, "years", 7),
        ("years", {"years": ""}, "years", 0),
        ("education", {"education": "2"}, "education", 2),
        ("return", {"return_wish": "later"}, "return_wish", "later"),
        ("home", {"name": "何大明", "home_0": "51", "home_1": "5119", "home_2": "511902"}, "name", "何大明"),
    ],
)  # fmt: skip
def test_an_answer_is_kept_shown_again_and_leads_to_the_next_question(
    slug: str, fields: dict[str, Any], field: str, value: Any, client: Client, worker: Worker
) -> None:
    response = tell(client, slug, **fields)
    assert response.status_code == 302
    worker.refresh_from_db()
    assert getattr(worker, field) == value
    assert worker.answered == [slug]
    slugs = [slug for slug in QUESTIONS if slug != "levels"]
    following = slugs[slugs.index(slug) + 1 :]
    assert response.url == (f"{ME}{following[0]}/" if following else ME)
    page = client.get(f"{ME}{slug}/").content.decode()
    assert "checked" in page or "selected" in page or f'value="{value}"' in page or not value


@pytest.mark.parametrize(("slug", "kind"), list(QUESTIONS.items()))
def test_no_question_must_be_answered(slug: str, kind: Any, client: Client, worker: Worker) -> None:
    WorkerSkillFactory(worker=worker)
    before = Worker.objects.values().get(pk=worker.pk)
    page = client.get(f"{ME}{slug}/").content.decode()
    assert kind.title in page
    order = list(QUESTIONS)
    following = order[order.index(slug) + 1 :]
    assert f'href="{ME}{following[0]}/"' in page if following else f'href="{ME}"' in page
    assert "跳过" in page
    assert Worker.objects.values().get(pk=worker.pk) == before


@pytest.mark.parametrize("slug", list(QUESTIONS))
def test_a_question_nobody_answered_shows_no_answer(slug: str, client: Client, worker: Worker) -> None:
    if slug in ("status", "trades", "home"):
        return
    page = client.get(f"{ME}{slug}/").content.decode().split("<main")[1]
    assert " checked" not in page


def test_from_the_profile_one_changes_one_thing_and_comes_back(client: Client, worker: Worker) -> None:
    page = client.get(f"{ME}pay/?alone").content.decode()
    assert "不改了" in page
    assert client.post(f"{ME}pay/?alone", {"step": "5000"}).url == ME


@pytest.mark.parametrize(
    ("slug", "fields", "words"),
    [
        ("status", {}, "请选一个"),
        ("housing", {}, "请选一个"),
        ("pay", {"other": "-5"}, "0 或更大的数"),
        ("pay", {"other": "999999"}, "0 到 100000"),
        ("pay", {"other": "很多"}, "请填数字"),
        ("years", {"years": "99"}, "0 到 60"),
        ("start", {"available_from": "2099-01-01"}, "一年以内"),
        ("start", {"available_from": "明天"}, "请选一个日子"),
        ("birth", {"birth_date": "2099-01-01"}, "不对"),
        ("places", {"first_place": "110101"}, "有效的选项"),
        ("shifts", {"shifts": ["night"]}, "有效的选项"),
        ("home", {"name": "1", "home_0": "51", "home_1": "5119", "home_2": "511902"}, "真名"),
        ("home", {"name": "何大明", "home_0": "51", "home_1": "", "home_2": ""}, "请接着选市"),
    ],
)
def test_what_cannot_be_comes_back_with_the_reason(
    slug: str, fields: dict[str, Any], words: str, client: Client, worker: Worker
) -> None:
    before = Worker.objects.values().get(pk=worker.pk)
    response = tell(client, slug, **fields)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Worker.objects.values().get(pk=worker.pk) == before


def test_a_place_that_is_refused_and_wanted_is_said_on_the_page(client: Client, worker: Worker) -> None:
    tell(client, "places", first_place="330784")
    response = tell(client, "refused", jinhua=["330784"])
    assert response.status_code == 422
    assert "永康市" in response.content.decode()


def test_why_the_birth_date_is_asked_stands_beside_the_question(client: Client, worker: Worker) -> None:
    page = client.get(f"{ME}birth/").content.decode()
    assert "未满 16 周岁" in page
    assert 'type="date"' in page
    assert tell(client, "birth", birth_date="1980-05-01").status_code == 302
    assert 'value="1980-05-01"' in client.get(f"{ME}birth/").content.decode()


def test_trades_are_chosen_in_order_and_any_work_is_an_answer(client: Client, worker: Worker) -> None:
    first, second = TradeFactory(name="焊工"), TradeFactory(name="车工")
    assert "五金机械" in client.get(f"{ME}trades/").content.decode()
    tell(client, "trades", first_trade=second.pk, second_trade="", third_trade=first.pk)
    worker.refresh_from_db()
    assert (worker.trades, worker.is_open_to_any) == ([second.pk, first.pk], False)
    page = client.get(f"{ME}trades/").content.decode()
    assert re.search(rf'<option value="{second.pk}" selected>', page)
    tell(client, "trades", first_trade="", second_trade="", third_trade="")
    worker.refresh_from_db()
    assert (worker.trades, worker.is_open_to_any) == ([], True)


# Skills


def test_skills_are_chips_by_family_and_their_levels_the_next_screen(client: Client, worker: Worker) -> None:
    welding, painting = SkillFactory(name="氩弧焊"), SkillFactory(name="喷漆", family__code=3, family__name="涂装")
    page = client.get(f"{ME}skills/").content.decode()
    assert {"family_2", "family_3"} == fields_of(page)
    assert "五金机械" in page
    assert "涂装" in page
    response = tell(client, "skills", family_2=[welding.pk], family_3=[painting.pk])
    assert response.url == f"{ME}levels/"
    page = client.get(response.url).content.decode()
    assert "氩弧焊" in page
    assert "能带徒弟" in page
    fields = {f"skill_{welding.pk}": "3", f"skill_{painting.pk}": "1"}
    assert client.post(response.url, fields).url == f"{ME}years/"
    assert dict(worker.skills.values_list("skill_id", "level")) == {welding.pk: 3, painting.pk: 1}
    tell(client, "skills", family_2=[welding.pk])
    assert dict(worker.skills.values_list("skill_id", "level")) == {welding.pk: 3}


def test_from_the_profile_skills_lead_to_their_levels_and_back(client: Client, worker: Worker) -> None:
    skill = SkillFactory()
    response = client.post(f"{ME}skills/?alone", {"family_2": [skill.pk]})
    assert response.url == f"{ME}levels/?alone"
    assert client.post(response.url, {f"skill_{skill.pk}": "2"}).url == ME
    assert client.post(f"{ME}skills/?alone", {}).url == ME


def test_the_family_of_the_wanted_trade_comes_first_and_unfolded(client: Client, worker: Worker) -> None:
    SkillFactory(name="缝纫", family__code=1, family__name="服装")
    SkillFactory(name="氩弧焊")
    Worker.objects.update(trades=[TradeFactory().pk])
    page = client.get(f"{ME}skills/").content.decode()
    assert page.index("五金机械") < page.index("服装")
    assert page.count('<details class="filter" open>') == 1


def test_a_skill_that_does_not_exist_is_refused(client: Client, worker: Worker) -> None:
    SkillFactory()
    assert tell(client, "skills", family_2=["99999"]).status_code == 422


# Personal recommendation


def test_personal_recommendation_is_explained_and_switched(client: Client, worker: Worker) -> None:
    page = client.get(ME).content.decode()
    assert "关掉推荐" in page
    assert "不看您的性别和民族" in page
    assert client.post(SWITCH, {"on": "no"}).url == ME
    worker.refresh_from_db()
    assert not worker.is_personalised
    assert "打开推荐" in client.get(ME).content.decode()
    client.post(SWITCH, {"on": "yes"})
    worker.refresh_from_db()
    assert worker.is_personalised


# Going together


def test_one_starts_and_the_other_joins(client: Client, worker: Worker) -> None:
    assert client.post(PARTNER, {"do": "start", "kind": "couple"}).url == PARTNER
    worker.refresh_from_db()
    code = worker.group.code
    assert f"{code[:4]} {code[4:]}" in client.get(PARTNER).content.decode()
    husband, second = WorkerFactory(name="何大明"), Client()
    second.force_login(husband.user)
    assert second.post(PARTNER, {"do": "join", "code": code.lower()}).url == PARTNER
    page = second.get(PARTNER).content.decode()
    assert "何**" in page
    assert "何秀英" not in page.split("<main")[1]
    assert second.post(PARTNER, {"do": "leave"}).url == PARTNER
    assert worker.group.workers.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"do": "start"}, "请选和谁一起"),
        ({"do": "join", "code": ""}, "请输入同伴"),
        ({"do": "join", "code": "XXXX2222"}, "没有这个结伴码"),
    ],
)
def test_a_refused_group_is_said_on_the_page(
    fields: dict[str, str], words: str, client: Client, worker: Worker
) -> None:
    response = client.post(PARTNER, fields)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_full_group_and_a_second_group_are_refused_on_the_page(client: Client, worker: Worker) -> None:
    full = WorkerGroupFactory(kind=GroupKind.COUPLE)
    WorkerFactory.create_batch(2, group=full)
    assert "满员" in client.post(PARTNER, {"do": "join", "code": full.code}).content.decode()
    client.post(PARTNER, {"do": "start", "kind": "villagers"})
    response = client.post(PARTNER, {"do": "start", "kind": "villagers"}, headers={"referer": f"http://testserver{ME}"})
    assert response.status_code in (302, 422)
    worker.refresh_from_db()
    assert worker.group.workers.count() == 1


def test_leaving_without_a_group_is_refused_politely(client: Client, worker: Worker) -> None:
    response = client.post(PARTNER, {"do": "leave"})
    assert response.status_code == 409
    assert "没有和人结伴" in response.content.decode()


# The admin


def test_officers_look_at_workers_without_phones_and_change_nothing(client: Client, worker: Worker) -> None:
    WorkerFactory(name="苟明华")
    client.force_login(user_in(Role.OFFICER, name="陶干部"))
    listed, detail = (
        reverse("admin:workers_worker_changelist"),
        reverse("admin:workers_worker_change", args=[worker.pk]),
    )
    for url in (listed, detail):
        page = client.get(url).content.decode()
        assert "何秀英" in page
        assert "139****5678" in page
        assert "13912345678" not in page
    assert "没活干" in client.get(detail).content.decode()
    for term, found in (("13912345678", True), ("何秀", True), ("秀英", False), ("1391234", False)):
        assert ("何秀英" in client.get(listed, {"q": term}).content.decode()) == found, term
    assert client.post(detail, {"name": "别名"}).status_code == 403
    assert client.get(reverse("admin:workers_worker_add")).status_code == 403
    assert client.post(reverse("admin:workers_worker_delete", args=[worker.pk])).status_code == 403


def test_the_admins_list_costs_the_same_however_many_workers_there_are(
    client: Client, worker: Worker, django_assert_max_num_queries: Any
) -> None:
    client.force_login(user_in(Role.OFFICER))
    WorkerFactory.create_batch(6)
    with django_assert_max_num_queries(8):
        client.get(reverse("admin:workers_worker_changelist"))
