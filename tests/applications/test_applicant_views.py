"""The employer's pages: the board, one applicant, moves. Each walks the checklist of the house."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jinba.accounts.choices import Role
from labor.applications import actions as applications
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.applications.moves import EMPLOYER, MOVES
from labor.applications.views.applicants import COLUMNS, DEEDS, IN_COLUMN
from labor.workers.models import WorkerGroup
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.reference import TradeFactory
from tests.factories.workers import WorkerFactory, WorkerGroupFactory, WorkerSkillFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def application() -> Application:
    return ApplicationFactory()


@pytest.fixture
def client(application: Application) -> Client:
    return signed_in(owner_of(application.posting.employer))


def board_of(application: Application, tail: str = "") -> str:
    return reverse("applicants:board", args=[application.posting_id]) + tail


def stage_of(application: Application) -> str:
    return Application.objects.get(pk=application.pk).stage


def test_every_stage_stands_in_one_column_and_every_move_has_a_word() -> None:
    assert sorted(stage for _, stages in COLUMNS.values() for stage in stages) == sorted(Stage)
    assert set(DEEDS) == {end for (_, end), actors in MOVES.items() if EMPLOYER in actors}


def test_the_board_shows_applicants_by_stage(
    application: Application, client: Client, django_assert_max_num_queries: Any
) -> None:
    TradeFactory(code=203, name="冲压工")
    for stage in Stage:
        group: WorkerGroup = WorkerGroupFactory()
        ApplicationFactory(posting=application.posting, stage=stage, worker=WorkerFactory(trades=[203], group=group))
    with django_assert_max_num_queries(14):
        page = text_of(client.get(board_of(application)))
    assert page.count("board__card") == 11 and "夫妻结伴" in page and "冲压工" in page
    assert application.worker.name in page and application.worker.phone not in page


def test_a_column_is_cut_and_goes_on_page_by_page(application: Application, client: Client) -> None:
    ApplicationFactory.create_batch(44, posting=application.posting)
    page = client.get(board_of(application))
    assert len(page.context["columns"][0]["cards"]) == IN_COLUMN and "看更多" in text_of(page)
    one = client.get(board_of(application, "?column=new"))
    rest = client.get(board_of(application, one.context["next_url"]))
    seen = [card["pk"] for asked in (one, rest) for card in asked.context["columns"][0]["cards"]]
    assert len(seen) == len(set(seen)) == 45 and rest.context["next_url"] == ""


@pytest.mark.parametrize("tail", ["?column=new&since=x&after=1", "?column=new&since=2026-13-45T00:00:00Z&after=1"])
def test_a_mangled_address_shows_the_first_page(application: Application, client: Client, tail: str) -> None:
    assert len(client.get(board_of(application, tail)).context["columns"][0]["cards"]) == 1


def test_closed_applications_have_their_own_tab(application: Application, client: Client) -> None:
    ApplicationFactory(posting=application.posting, stage=Stage.REJECTED)
    assert "技能不符" not in text_of(client.get(board_of(application)))
    page = text_of(client.get(board_of(application, "?column=closed")))
    assert "技能不符" in page and 'name="picked"' not in page
    assert client.get(board_of(application, "?column=nonsense")).status_code == 404


def test_an_empty_board_says_what_to_do() -> None:
    posting = JobPostingFactory()
    page = signed_in(owner_of(posting.employer)).get(reverse("applicants:board", args=[posting.pk]))
    assert "还没有人报名" in text_of(page)


def test_colleagues_may_act_strangers_find_nothing_and_other_roles_are_turned_away(application: Application) -> None:
    colleague = signed_in(MemberFactory(employer=application.posting.employer, recruiter=True).user)
    stranger = signed_in(MemberFactory().user)
    pages = [board_of(application), reverse("applicants:detail", args=[application.pk])]
    deeds = [
        (reverse("applicants:bulk", args=[application.posting_id]), {"move": "processing", "picked": application.pk}),
        (reverse("applicants:move", args=[application.pk]), {"to": "processing"}),
    ]
    for address in pages:
        assert colleague.get(address).status_code == 200
        assert colleague.post(address).status_code == 405
        assert stranger.get(address).status_code == 404
    for address, data in deeds:
        assert stranger.post(address, data).status_code == 404
        assert colleague.get(address).status_code == 405
    for role in set(Role) - {Role.EMPLOYER}:
        other = signed_in(user_in(role))
        assert {other.get(address).status_code for address in pages} == {403}
        assert {other.post(address, data).status_code for address, data in deeds} == {403}
    assert stage_of(application) == Stage.APPLIED
    assert colleague.post(*deeds[1]).status_code == 302
    assert stage_of(application) == Stage.PROCESSING


# Many at once --------------------------------------------------------------------------------------------------------


def bulk(client: Client, application: Application, **data: Any) -> Any:
    return client.post(reverse("applicants:bulk", args=[application.posting_id]), data)


def test_a_bulk_move_tells_row_by_row_what_became_of_it(application: Application, client: Client) -> None:
    gone = ApplicationFactory(posting=application.posting, stage=Stage.WITHDRAWN)
    foreign = ApplicationFactory()
    page = text_of(bulk(client, application, move="processing", picked=[application.pk, gone.pk, foreign.pk]))
    assert "3 人中办好了 1 人" in page and page.count("没办成") == 2
    assert foreign.worker.name not in page or foreign.worker.name in (application.worker.name, gone.worker.name)
    assert (stage_of(application), stage_of(foreign)) == ("processing", "applied")


def test_a_board_moves_only_its_own_rows(application: Application, client: Client) -> None:
    other = ApplicationFactory(posting=JobPostingFactory(employer=application.posting.employer))
    assert "办好了 0 人" in text_of(bulk(client, application, move="processing", picked=[other.pk]))
    assert stage_of(other) == Stage.APPLIED


def test_a_bulk_closing_asks_for_the_reason_first(application: Application, client: Client) -> None:
    asked = bulk(client, application, move="rejected", picked=[application.pk])
    assert asked.status_code == 200 and application.worker.name in text_of(asked)
    assert stage_of(application) == Stage.APPLIED
    again = bulk(client, application, move="rejected", picked=[application.pk], reason="other", note="")
    assert again.status_code == 422 and "请写一句" in text_of(again)
    done = bulk(client, application, move="rejected", picked=[application.pk], reason="skills", note="")
    assert "办好了 1 人" in text_of(done) and stage_of(application) == Stage.REJECTED


@pytest.mark.parametrize(
    ("data", "words"),
    [({"move": "processing"}, "请先勾选"), ({"picked": "1"}, "请选择要办什么"), ({"move": "fly", "picked": "1"}, "")],
)
def test_an_incomplete_bulk_leads_back(
    application: Application, client: Client, data: dict[str, str], words: str
) -> None:
    answer = bulk(client, application, **data)
    assert answer["Location"] == board_of(application)
    assert words in text_of(client.get(answer["Location"]))


# One applicant -------------------------------------------------------------------------------------------------------


def test_the_page_of_an_applicant_shows_who_it_is_and_the_phone_masked(
    application: Application, client: Client, django_assert_max_num_queries: Any
) -> None:
    WorkerSkillFactory(worker=application.worker, skill__name="电焊")
    with django_assert_max_num_queries(15):
        page = text_of(client.get(reverse("applicants:detail", args=[application.pk])))
    assert application.worker.name in page and application.worker.masked_phone in page
    assert application.worker.phone not in page
    assert "电焊（" in page and "受理" in page and "发录用" not in page


def test_who_withdrew_shows_no_phone_any_more(application: Application, client: Client) -> None:
    applications.withdraw(application=application, by=application.worker.user, reason="stays_home")
    page = text_of(client.get(reverse("applicants:detail", args=[application.pk])))
    assert application.worker.phone not in page and "不再显示电话" in page
    assert "没有要做的事" in page


def move(client: Client, application: Application, **data: str) -> Any:
    return client.post(reverse("applicants:move", args=[application.pk]), data, follow=True)


def test_a_move_with_words_reaches_the_worker(application: Application, client: Client) -> None:
    page = text_of(move(client, application, to="need_info", note="请补一张焊工证的照片"))
    assert "待补充。已经告诉对方" in page and "请补一张焊工证的照片" in page
    worker_page = signed_in(application.worker.user).get(application.get_absolute_url())
    assert "请补一张焊工证的照片" in text_of(worker_page)


def test_asking_to_an_interview_leads_to_its_page_with_those_picked(application: Application, client: Client) -> None:
    other = ApplicationFactory(posting=application.posting)
    offer = reverse("interviewing:offer", args=[application.posting_id])
    picked = bulk(client, application, move="interview_scheduled", picked=[application.pk, other.pk])
    assert picked["Location"] == f"{offer}?application={application.pk}&application={other.pk}"
    one = client.post(reverse("applicants:move", args=[application.pk]), {"to": "interview_scheduled"})
    assert one["Location"] == f"{offer}?application={application.pk}"
    assert one["Location"] in text_of(client.get(reverse("applicants:detail", args=[application.pk])))
    assert 'value="interview_scheduled">约面试' in text_of(client.get(board_of(application)))
    assert stage_of(application) == Stage.APPLIED


def test_who_cannot_be_asked_to_an_interview_has_no_button_for_it(application: Application, client: Client) -> None:
    offered = ApplicationFactory(posting=application.posting, stage=Stage.OFFERED)
    page = text_of(client.get(reverse("applicants:detail", args=[offered.pk])))
    assert offered.worker.name in page and "约面试" not in page
    assert "约面试" not in text_of(client.get(board_of(application, "?column=hired")))


def test_a_closing_needs_its_reason_on_the_page(application: Application, client: Client) -> None:
    page = move(client, application, to="rejected")
    assert page.status_code == 422 and "请选一个原因" in text_of(page)
    page = move(client, application, to="rejected", reason="other")
    assert page.status_code == 422 and "请写一句" in text_of(page)
    assert stage_of(application) == Stage.APPLIED
    move(client, application, to="rejected", reason="skills")
    assert stage_of(application) == Stage.REJECTED


@pytest.mark.parametrize(
    ("to", "words"), [("offered", "现在能改成：已受理、"), ("nonsense", "请选择"), ("accepted", "不能")]
)
def test_a_move_that_is_not_allowed_is_refused_in_words(
    application: Application, client: Client, to: str, words: str
) -> None:
    assert words in text_of(move(client, application, to=to))
    assert stage_of(application) == Stage.APPLIED


def test_the_admin_shows_applications_and_their_history_but_changes_nothing(application: Application) -> None:
    admin = signed_in(user_in(Role.ADMIN))
    page = text_of(admin.get(reverse("admin:applications_application_change", args=[application.pk])))
    assert "报名记录" in page and 'name="_save"' not in page
    found = text_of(admin.get(reverse("admin:applications_application_changelist") + f"?q={application.pk}"))
    assert application.posting.title in found and application.worker.name not in found
