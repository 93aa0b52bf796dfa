"""What a session brought: counted from what is written, told without naming anybody, and never made up."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labor.applications.models import ApplicationEvent
from labor.live.models import Audience, Card, LiveApplication, LiveSession, Message, Pin, Viewing
from labor.live.report import OTHERS, UNKNOWN, Report, report
from labor.live.report_words import county_bars, rows
from tests.factories.accounts import UserFactory, user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory
from tests.factories.live import LiveSessionFactory, ReplayFactory
from tests.factories.reference import region

pytestmark = pytest.mark.django_db

TONGJIANG, NANJIANG = "511921", "511922"


@pytest.fixture
def session() -> LiveSession:
    """An hour ago, for twenty minutes, with two cards."""
    began = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=1)
    made: LiveSession = LiveSessionFactory(
        replay=True, anchor=True, starts_at=began, ends_at=began + timedelta(minutes=20),
        cards=[JobPostingFactory(title="缝纫工"), JobPostingFactory(title="质检员")],
    )  # fmt: skip
    return made


def watched(
    session: LiveSession, visitor: str, seconds: int, *, is_replay: bool = False, county: str = "", user: Any = None
) -> None:
    Viewing.objects.create(
        session=session, visitor=visitor, seconds=seconds, is_replay=is_replay, region_code=county, user=user
    )


def applied(session: LiveSession, card: Card, *stages: str, **fields: Any) -> LiveApplication:
    application = ApplicationFactory(posting=card.posting)
    for stage in stages:
        ApplicationEvent.objects.create(application=application, to_stage=stage)
    return LiveApplication.objects.create(application=application, session=session, card=card, second=60, **fields)


def pinned(session: LiveSession, card: Card, begins: int, ends: int) -> None:
    assert session.live_at
    at = [session.live_at + timedelta(minutes=minutes) for minutes in (begins, ends)]
    Pin.objects.create(session=session, card=card, from_at=at[0], to_at=at[1], seats_left=3, by=session.made_by)


def table(found: Report) -> dict[tuple[str, str], Any]:
    return {(part, name): number for part, name, number, _ in rows(found)}


# Who watched ---------------------------------------------------------------------------------------------------------


def test_who_came_to_both_is_one_and_live_and_replay_are_told_apart(session: LiveSession) -> None:
    watched(session, "a", 600)
    watched(session, "a", 60, is_replay=True)
    watched(session, "b", 100)
    watched(session, "c", 30)
    watched(session, "d", 20, is_replay=True)
    found = report(session)
    assert found.visitors == 4
    assert (found.live.visitors, found.live.seconds, found.live.median) == (3, 730, 100)
    assert (found.replay.visitors, found.replay.seconds, found.replay.median) == (2, 80, 20)


def test_who_was_signed_in_is_one_whatever_he_watched_with(session: LiveSession) -> None:
    person = UserFactory()
    for visitor in ("phone", "computer", "kiosk"):
        watched(session, visitor, 60, county=NANJIANG if visitor == "kiosk" else "", user=person)
    watched(session, "phone", 60, is_replay=True, user=person)
    watched(session, "stranger", 60)
    found = report(session)
    assert (found.visitors, found.signed_in) == (2, 1)
    assert (found.live.visitors, found.live.seconds, found.replay.visitors) == (2, 240, 1)
    assert table(found)["观看", "其中没登录的浏览器"] == 1
    assert sum(county.visitors for county in found.counties) == 2


def came_from(session: LiveSession, **counts: int) -> list[tuple[str, int]]:
    """So many of each county, under names for it; what the report tells of them."""
    codes = {"a": "511921", "b": "511922", "c": "511923", "d": "511902", "unknown": ""}
    for name, count in counts.items():
        if codes[name]:
            region(codes[name])
        for number in range(count):
            watched(session, f"{name}{number}", 10, county=f"{codes[name]}100"[:12] if number else codes[name])
    return [(county.name, county.visitors) for county in report(session).counties]


A, B, C, D = "通江县", "南江县", "平昌县", "巴州区"


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 6, "b": 5, "unknown": 2}, [(A, 6), (B, 5), (UNKNOWN, 2)]),
        ({"a": 9, "b": 4, "c": 3}, [(A, 9), (OTHERS, 7)]),  # enough, and nobody knows of whom
        ({"a": 9, "b": 7, "c": 4, "unknown": 3}, [(A, 9), (OTHERS, 11), (UNKNOWN, 3)]),  # one would be the rest
        ({"a": 9, "b": 7, "c": 1, "d": 1}, [(A, 9), (OTHERS, 9)]),  # two of one each would be too
        ({"a": 9, "b": 1}, [(OTHERS, 10)]),
        ({"a": 3, "unknown": 8}, [(f"{OTHERS}和{UNKNOWN}", 11)]),
        ({"a": 3}, [(OTHERS, 3)]),  # all that came: there is nothing to be computed
        ({"unknown": 4}, [(UNKNOWN, 4)]),
        ({}, []),
    ],
)
def test_no_county_with_few_people_can_be_computed(
    session: LiveSession, counts: dict[str, int], told: list[tuple[str, int]]
) -> None:
    assert came_from(session, **counts) == told


def test_page_chart_and_file_tell_the_same_counties(client: Client, session: LiveSession) -> None:
    came_from(session, a=8, b=6, c=4)
    assert [(bar["label"], bar["text"]) for bar in county_bars(report(session))] == [(A, "8 人"), (OTHERS, "10 人")]
    client.force_login(session.made_by)
    body, text = page(client, session).content.decode(), sheet(client, session)
    for told in (body, text):
        assert OTHERS in told and A in told and B not in told and C not in told
    assert (table(report(session))["区县", OTHERS], table(report(session))["区县", A]) == (10, 8)


def test_a_browser_that_came_twice_counts_once_where_it_said_it_was(session: LiveSession) -> None:
    region(TONGJIANG)
    for number in range(5):
        watched(session, f"t{number}", 10, county=TONGJIANG)
        watched(session, f"t{number}", 10, is_replay=True)  # and it did not say again where it is
    watched(session, "y", 10, county="999999")
    assert [(county.name, county.visitors) for county in report(session).counties] == [(A, 5), (UNKNOWN, 1)]


def test_the_curve_has_each_minute_and_the_peak_is_its_highest(session: LiveSession) -> None:
    assert session.live_at
    for minute, viewers in ((0, 3), (1, 8), (5, 2)):
        Audience.objects.create(session=session, minute=session.live_at + timedelta(minutes=minute), viewers=viewers)
    session.peak_viewers = 9  # within a minute that was not written
    found = report(session)
    assert [minute.viewers for minute in found.minutes] == [3, 8, 0, 0, 0, 2, *[0] * 15]
    assert found.peak == 9


def test_nobody_counted_is_no_data_and_no_zero(session: LiveSession) -> None:
    found = report(session)
    assert found.minutes == [] and found.live.median is None
    told = table(found)
    assert told["观看", "直播观看时长中位数（秒）"] == "暂无数据"
    assert told["结果", "满 3 个月还在岗"] == "暂无数据"


# What was said -------------------------------------------------------------------------------------------------------


def test_what_is_hidden_or_held_is_not_counted_as_said(session: LiveSession) -> None:
    for kind, state, fields in (
        ("chat", "shown", {}), ("chat", "held", {}), ("chat", "hidden", {"hide_reason": "abuse"}),
        ("question", "shown", {}), ("question", "shown", {"answered_at": timezone.now()}),
        ("question", "hidden", {"hide_reason": "advert", "answered_at": timezone.now()}),
    ):  # fmt: skip
        Message.objects.create(
            session=session, author=session.made_by, shown_name="王**", kind=kind, text="在吗", state=state,
            client_id=uuid4(), **fields,
        )  # fmt: skip
    found = report(session)
    assert (found.said, found.asked, found.answered, found.hidden) == (3, 2, 1, 2)


# What came of it -----------------------------------------------------------------------------------------------------


def test_each_card_knows_its_applications_and_what_became_of_them(session: LiveSession) -> None:
    one, two = session.cards.order_by("order")
    pinned(session, one, 0, 3)
    pinned(session, two, 3, 5)
    pinned(session, one, 5, 6)
    applied(session, one, "interviewed", "offered", "accepted", "onboarded", is_pinned=True)
    applied(session, one, "interviewed", "rejected")
    applied(session, one, "interviewed", "accepted", "withdrawn", is_replay=True)
    applied(session, two)
    elsewhere = LiveSessionFactory(replay=True, cards=[one.posting])
    applied(elsewhere, elsewhere.cards.get(), "accepted")
    found = report(session)
    first, second = found.cards
    assert (first.title, first.seconds, first.live, first.replay, first.pinned) == ("缝纫工", 240, 2, 1, 1)
    assert (first.interviewed, first.hired, first.arrived) == (3, 2, 1)
    assert (second.seconds, second.applications, second.interviewed) == (120, 1, 0)
    assert (found.applications, found.interviewed, found.hired, found.arrived) == (4, 3, 2, 1)


def test_a_card_taken_off_the_rundown_keeps_its_figures(session: LiveSession) -> None:
    one = session.cards.order_by("order")[0]
    applied(session, one)
    Card.objects.filter(pk=one.pk).update(removed_at=timezone.now())
    first = report(session).cards[0]
    assert first.is_removed and first.applications == 1


def test_it_costs_the_same_however_many_watched(session: LiveSession, django_assert_num_queries: Any) -> None:
    region(TONGJIANG)
    Viewing.objects.bulk_create(
        Viewing(
            session=session, visitor=f"{number}", seconds=number % 900, is_replay=bool(number % 7 == 0),
            region_code=TONGJIANG if number % 3 else "",
        )
        for number in range(5_000)
    )  # fmt: skip
    with django_assert_num_queries(8):
        found = report(session)
    assert found.visitors == 5_000


# The page and the file -----------------------------------------------------------------------------------------------


@pytest.fixture
def ran(session: LiveSession) -> LiveSession:
    """With something in every figure."""
    assert session.live_at
    one = session.cards.order_by("order")[0]
    pinned(session, one, 0, 3)
    applied(session, one, "interviewed")
    watched(session, "a", 90)
    Audience.objects.create(session=session, minute=session.live_at, viewers=17)
    ReplayFactory(session=session)
    return session


def page(client: Client, session: LiveSession) -> Any:
    return client.get(reverse("studio:report", args=[session.pk]))


def sheet(client: Client, session: LiveSession) -> str:
    response = client.get(reverse("studio:report_file", args=[session.pk]))
    assert response.headers["Content-Disposition"] == f'attachment; filename="live-{session.pk}.xlsx"'
    with ZipFile(io.BytesIO(response.content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("role", ["park", "officer", "admin"])
def test_staff_read_it_with_what_each_figure_means(client: Client, ran: LiveSession, role: str) -> None:
    client.force_login(user_in(role))
    body = page(client, ran).content.decode()
    for words in (
        "看过的人",
        "最多同时在看",
        "缝纫工",
        "暂无数据",
        "不到 5 人",
        "17",
        "讲解",
        "没登录的浏览器 1 个",
        "要有到岗以后的跟踪记录",
    ):
        assert words in body
    assert "style=" not in body.partition("<main")[2].partition("</main>")[0]


def test_members_of_the_host_read_it_and_others_do_not(client: Client) -> None:
    employer = EmployerFactory()
    session = LiveSessionFactory(replay=True, host=employer)
    client.force_login(MemberFactory(employer=employer).user)
    assert page(client, session).status_code == 200
    client.force_login(MemberFactory().user)
    assert page(client, session).status_code == 404
    for role in ("seeker", "broker"):
        client.force_login(user_in(role))
        assert page(client, session).status_code == 403


def test_a_colleague_of_the_crew_reads_it_within_few_queries(
    client: Client, ran: LiveSession, django_assert_max_num_queries: Any
) -> None:
    client.force_login(user_in("park"))
    with django_assert_max_num_queries(20):
        assert page(client, ran).status_code == 200
    assert client.post(reverse("studio:report", args=[ran.pk])).status_code == 405


def test_before_the_start_there_is_nothing_to_read(client: Client) -> None:
    session = LiveSessionFactory(announced=True)
    client.force_login(session.made_by)
    body = page(client, session).content.decode()
    assert "还没有开播" in body and "最多同时在看" not in body


def test_a_session_on_another_platform_says_what_is_not_counted(client: Client) -> None:
    session = LiveSessionFactory(ended=True, platform="douyin", platform_url="https://live.douyin.com/1")
    client.force_login(session.made_by)
    body = page(client, session).content.decode()
    assert "在别的平台" in body and "最多同时在看" in body and "回放正在做" not in body


def test_the_file_holds_the_figures_and_nobodys_name_and_computes_nothing(client: Client, ran: LiveSession) -> None:
    LiveSession.objects.filter(pk=ran.pk).update(title="=HYPERLINK(1)")
    worker = ran.applications.get().application.worker
    client.force_login(ran.made_by)
    text = sheet(client, ran)
    assert ">'=HYPERLINK(1)<" in text and ">缝纫工（" not in text and "缝纫工（" in text
    assert worker.name not in text and ran.made_by.name not in text and (worker.phone or "?") not in text


def test_the_replay_is_hidden_shown_and_withdrawn_from_the_page(client: Client, ran: LiveSession, letters: Any) -> None:
    client.force_login(ran.made_by)
    address = reverse("studio:replay_hide", args=[ran.pk])
    refused = client.post(address, {"reason": " "})
    assert refused.status_code == 422 and "请写一句原因" in refused.content.decode()
    assert client.post(address, {"reason": "说错了工价"}).status_code == 302
    assert "说错了工价" in page(client, ran).content.decode()
    assert client.post(reverse("studio:replay_show", args=[ran.pk])).status_code == 302
    assert "保存到" in page(client, ran).content.decode()
    assert client.post(reverse("studio:replay_withdraw", args=[ran.pk]), {"reason": "企业要求"}).status_code == 302
    assert "已删除" in page(client, ran).content.decode()
    assert client.post(reverse("studio:replay_again", args=[ran.pk])).status_code == 409


def test_a_replay_whose_cards_are_all_closed_says_so(client: Client, ran: LiveSession) -> None:
    client.force_login(ran.made_by)
    assert "还可以报名" in page(client, ran).content.decode()
    for card in ran.cards.all():
        card.posting.valid_until = timezone.localdate() - timedelta(days=1)
        card.posting.save(update_fields=["valid_until"])
    assert "岗位都不招了" in page(client, ran).content.decode()
