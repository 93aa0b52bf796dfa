"""The employer's agenda: what comes, what has no time yet, a week, what has been, and what needs him today."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting
from jinba.accounts.choices import Role
from labor.applications.models import Application
from labor.interviews.agenda import need_me
from labor.interviews.choices import Mode, Side
from labor.interviews.models import Interview
from labor.interviews.views.agenda import ON_PAGE
from tests.factories.accounts import user_in
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import InterviewFactory, SittingFactory, days_ahead, in_minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
LIST = "/employers/interviews/"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def posting() -> JobPosting:
    return JobPostingFactory()


@pytest.fixture
def client(posting: JobPosting) -> Client:
    return signed_in(owner_of(posting.employer))


def made(posting: JobPosting, at: datetime | None = None, **fields: Any) -> Interview:
    times = {"at": at} if at else {}
    interview: Interview = InterviewFactory(application__posting=posting, **times, **fields)
    return interview


def shown(client: Client, tail: str = "") -> list[tuple[str, list[str]]]:
    """The days of the page, each with its states."""
    return [(day, [line.state for line in lines]) for day, lines in client.get(LIST + tail).context["days"]]


def test_today_comes_first_and_each_line_says_how_it_stands(posting: JobPosting, client: Client) -> None:
    begin = in_minutes(0).replace(hour=16, minute=0) - timedelta(days=1)  # midnight in Beijing, the day before
    midnight = begin + timedelta(days=(timezone.now() - begin).days)
    later = made(posting, midnight + timedelta(days=1, hours=9), confirmed=True, mode=Mode.ONSITE)
    made(posting, midnight + timedelta(days=2, hours=9), confirmed=True)
    made(posting, midnight, done=True)
    made(posting, midnight - timedelta(minutes=30), done=True)
    made(posting, cancelled=True)
    made(posting)
    assert [(day[:2], states) for day, states in shown(client)] == [
        ("今天", ["谈完了"]), ("明天", ["约好了"]), ("后天", ["约好了"]),
    ]  # fmt: skip
    page = text_of(client.get(LIST))
    assert later.application.worker.name in page and "来厂里" in page and "09:00–09:20" in page


def test_only_the_recruiter_has_the_button_into_the_room_while_it_is_on(posting: JobPosting, client: Client) -> None:
    on, ahead = made(posting, in_minutes(20), confirmed=True), made(posting, in_minutes(300), confirmed=True)
    page = text_of(client.get(LIST))
    assert page.count("进入面试室") == 1 and reverse("rooms:room", args=[on.pk]) in page
    assert reverse("rooms:room", args=[ahead.pk]) not in page
    opens = timezone.localtime(in_minutes(300) - timedelta(minutes=30))
    assert f"{opens:%H:%M} 起可以进面试室" in page
    colleague = signed_in(MemberFactory(employer=posting.employer, recruiter=True).user)
    assert on.application.worker.name in text_of(colleague.get(LIST)) and "进入面试室" not in text_of(
        colleague.get(LIST)
    )


def test_who_took_his_consent_back_is_masked(posting: JobPosting, client: Client) -> None:
    row = made(posting, in_minutes(20), confirmed=True)
    assert row.application.worker.name in text_of(client.get(LIST))
    Application.objects.filter(pk=row.application_id).update(consent_withdrawn_at=timezone.now())
    page = text_of(client.get(LIST))
    assert row.application.worker.name not in page and row.application.worker.masked_name in page


def test_missing_results_stand_on_top(posting: JobPosting, client: Client) -> None:
    missing = made(posting, days_ahead(-3), confirmed=True)
    made(posting, days_ahead(-4), done=True)
    for tail in ("", "?show=past"):
        assert [line.href for line in client.get(LIST + tail).context["missing"]] == [
            reverse("interviewing:detail", args=[missing.pk])
        ]


def test_those_without_a_time_have_their_tab_the_ones_that_wait_for_us_first(
    posting: JobPosting, client: Client
) -> None:
    made(posting)
    made(posting, rescheduling=True)
    made(posting, rescheduling=True, slots=0)
    made(posting, wish="下周一以后")
    made(posting, in_minutes(20), confirmed=True)
    page = client.get(LIST + "?show=open")
    assert [line.state for line in page.context["waiting"]] == [
        "改期，请给新时间",
        "时间不合适，请给新时间",
        "等对方选时间",
        "改期，等对方选",
    ]
    assert "下周一以后" in text_of(page)


def test_a_week_stands_side_by_side(posting: JobPosting, client: Client) -> None:
    monday = days_ahead(-timezone.localdate().weekday() + 7)
    made(posting, monday + timedelta(days=2), confirmed=True)
    made(posting, monday + timedelta(days=7), confirmed=True)
    week = client.get(LIST + f"?show=week&day={timezone.localdate(monday) + timedelta(days=4)}").context["week"]
    assert [len(day["lines"]) for day in week] == [0, 0, 1, 0, 0, 0, 0]
    assert client.get(LIST + "?show=week").context["week"][timezone.localdate().weekday()]["is_today"]


def test_what_has_been_is_read_month_by_month(posting: JobPosting, client: Client) -> None:
    first = timezone.localtime().replace(day=1, hour=9, minute=0, second=0, microsecond=0)
    before = first - timedelta(days=2)
    made(posting, before, no_show=True)
    made(posting, before - timedelta(hours=2), no_show=True, no_show_by=Side.EMPLOYER)
    page = client.get(LIST + f"?show=past&month={before:%Y-%m}")
    assert [line.state for _, lines in page.context["days"] for line in lines] == ["对方没来", "我方没到"]
    assert shown(client, "?show=past&month=2020-01") == []
    assert page.context["later_url"].endswith(f"month={first:%Y-%m}")


@pytest.mark.parametrize(
    "tail",
    [
        "?show=nonsense", "?show=week&day=2026-02-31", "?show=week&day=9999-12-31", "?show=past&month=x",
        "?show=past&month=0001-01", "?since=x&after=1", "?since=0001-01-01T00:00:00Z&after=1", "?recruiter=x&posting=0",
        "?since=2026-01-01T00:00:00Z&after=" + "9" * 30,
    ],
)  # fmt: skip
def test_a_mangled_address_shows_a_page_all_the_same(client: Client, tail: str) -> None:
    assert client.get(LIST + tail).status_code == 200


def test_filters_choose_by_recruiter_and_posting(posting: JobPosting, client: Client) -> None:
    colleague = MemberFactory(employer=posting.employer, recruiter=True).user
    other = JobPostingFactory(employer=posting.employer)
    sitting = SittingFactory(posting=posting, recruiter=colleague, starts_at=in_minutes(60))
    mine, his = (
        made(posting, in_minutes(20), confirmed=True),
        made(posting, in_minutes(60), confirmed=True, sitting=sitting),
    )
    there = made(other, in_minutes(120), confirmed=True)

    def names(tail: str) -> list[str]:
        return [line.href for _, lines in client.get(LIST + tail).context["days"] for line in lines]

    address = {one: reverse("interviewing:detail", args=[one.pk]) for one in (mine, his, there)}
    assert sorted(names("")) == sorted(address.values())
    assert names(f"?recruiter={colleague.pk}") == [address[his]]
    assert names(f"?posting={other.pk}") == [address[there]]
    assert names(f"?posting={other.pk}&recruiter={colleague.pk}") == []


def test_a_long_agenda_goes_on_page_by_page_in_the_order_of_the_queue(posting: JobPosting, client: Client) -> None:
    begin = days_ahead(1)
    for number in range(1, ON_PAGE + 4):
        made(posting, begin, confirmed=True, queue=True, queue_number=number)
    first = client.get(LIST)
    rest = client.get(first.context["next_url"])
    queue = [line.queue for page in (first, rest) for _, lines in page.context["days"] for line in lines]
    assert queue == [f"排队 {number} 号" for number in range(1, ON_PAGE + 4)]
    assert rest.context["next_url"] == ""


def test_thirty_interviews_need_as_many_queries_as_three(
    posting: JobPosting, client: Client, django_assert_max_num_queries: Any
) -> None:
    def fill(numbers: range) -> None:
        for number in numbers:
            made(posting, days_ahead(1 + number), confirmed=True)
            made(posting, days_ahead(-1 - number), confirmed=True)

    tails = ("", "?show=open", "?show=week", "?show=past")
    fill(range(3))
    needed = {}
    for tail in tails:
        with django_assert_max_num_queries(14) as few:
            client.get(LIST + tail)
        needed[tail] = len(few)
    fill(range(3, 30))
    for tail in tails:
        with django_assert_max_num_queries(needed[tail]):
            client.get(LIST + tail)


def test_strangers_see_nothing_of_it_and_other_roles_are_turned_away(posting: JobPosting) -> None:
    row = made(posting, in_minutes(20), confirmed=True)
    stranger = signed_in(MemberFactory().user)
    assert row.application.worker.name not in text_of(stranger.get(LIST))
    assert stranger.post(LIST).status_code == 405
    assert signed_in(user_in("employer")).get(LIST)["Location"] == "/employers/register/"
    for role in set(Role) - {Role.EMPLOYER}:
        assert signed_in(user_in(role)).get(LIST).status_code == 403


def test_the_way_about_counts_what_needs_the_recruiter_today(posting: JobPosting, client: Client) -> None:
    owner = owner_of(posting.employer)
    made(posting, days_ahead(3), confirmed=True)
    made(posting, rescheduling=True)
    made(posting)
    assert need_me(owner, timezone.now()) == 0 and "场今天要办" not in text_of(client.get(LIST))
    made(posting, days_ahead(-2), confirmed=True)
    made(posting, rescheduling=True, slots=0)
    made(posting, in_minutes(-30), live=True)
    assert need_me(owner, timezone.now()) == 3
    assert '<span data-number>3</span><span class="visually-hidden">场今天要办</span>' in text_of(client.get(LIST))
    colleague = MemberFactory(employer=posting.employer, recruiter=True).user
    assert need_me(colleague, timezone.now()) == 0


def test_an_empty_agenda_says_what_to_do(client: Client) -> None:
    assert "点“约面试”" in text_of(client.get(LIST))
