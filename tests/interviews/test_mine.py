"""The worker's list and page of interviews, and what his helper sees of them."""

from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.spoken import by_day, clock_of, day_of, left, near
from labor.applications.choices import Stage
from labor.interviews.cards import next_of
from labor.interviews.choices import Mode, NextStep, Result, Side
from labor.interviews.models import Interview, InterviewEvent, Scorecard
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import (
    BoothFactory,
    InterviewFactory,
    SlotFactory,
    days_ahead,
    host_of,
    in_minutes,
)
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = pytest.mark.django_db
MINE = "/interviews/"


def read(client: Client, user: User, url: str, status: int = 200, **headers: str) -> str:
    client.force_login(user)
    answer = client.get(url, headers=headers or None)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def page(interview: Interview) -> str:
    return reverse("interviews:detail", args=[interview.pk])


def user_of(interview: Interview) -> User:
    user = interview.application.worker.user
    assert user is not None
    return user


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.get_default_timezone())


# Times as one says them


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ((2026, 11, 24, 10, 0), "明天 上午 10:00（11 月 24 日 周二）"),
        ((2026, 11, 23, 12, 5), "今天 中午 12:05（11 月 23 日 周一）"),
        ((2026, 11, 25, 14, 30), "后天 下午 2:30（11 月 25 日 周三）"),
        ((2026, 11, 22, 19, 0), "昨天 晚上 7:00（11 月 22 日 周日）"),
        ((2026, 12, 1, 5, 0), "12 月 1 日 周二 凌晨 5:00"),
    ],
)
def test_near_days_have_names(at: tuple[int, ...], words: str) -> None:
    assert near(beijing(*at), beijing(2026, 11, 23, 23, 59)) == words


def test_a_day_is_beijings() -> None:
    """At 17:30 UTC it is tomorrow already."""
    assert day_of(beijing(2026, 11, 24, 1, 30), beijing(2026, 11, 24, 1, 0)) == "今天（11 月 24 日 周二）"
    assert clock_of(beijing(2026, 11, 24, 0, 30)) == "凌晨 0:30"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "1 分钟"),
        (1, "1 分钟"),
        (59, "59 分钟"),
        (60, "1 小时"),
        (185, "3 小时 5 分钟"),
        (31 * 60 + 9, "1 天 7 小时"),
        (80 * 60, "3 天"),
    ],
)
def test_how_long_it_is_still(minutes: int, words: str) -> None:
    now = beijing(2026, 11, 23, 9, 0)
    assert left(now + timedelta(minutes=minutes), now) == words


def test_things_stand_under_their_day() -> None:
    slots = [SlotFactory(starts_at=at) for at in (days_ahead(1, 9), days_ahead(1, 10), days_ahead(2, 9))]
    days = by_day(slots, timezone.now())
    assert [len(rows) for _, rows in days] == [2, 1] and days[0][0].startswith("明天（")


# The list


def test_the_list_shows_first_what_waits_for_a_word(client: Client) -> None:
    worker = WorkerFactory()
    titles = {"asked": "冲压工甲", "coming": "冲压工乙", "over": "冲压工丙"}
    InterviewFactory(done=True, application__worker=worker, application__posting__title=titles["over"])
    InterviewFactory(
        confirmed=True, at=days_ahead(1, 10), application__worker=worker, application__posting__title=titles["coming"]
    )
    InterviewFactory(application__worker=worker, application__posting__title=titles["asked"])
    InterviewFactory(application__posting__title="别人的面试")
    text = read(client, worker.user, MINE)
    places = [text.index(titles[name]) for name in ("asked", "coming", "over")]
    assert places == sorted(places)
    assert "去选时间" in text and "明天（" in text and "上午 10:00" in text and "面试完了：等企业给结果" in text
    assert "别人的面试" not in text


def test_a_room_that_is_on_stands_before_all_else(client: Client) -> None:
    worker = WorkerFactory()
    for _ in range(5):
        InterviewFactory(application__worker=worker)
    InterviewFactory(confirmed=True, at=days_ahead(1, 10), application__worker=worker)
    on = InterviewFactory(confirmed=True, application__worker=worker)
    cards = next_of(worker.user)
    assert [card.link_text for card in cards] == ["进入面试", "去选时间", "去选时间"]
    assert cards[0].interview == on and cards[0].href == f"/rooms/{on.pk}/"
    text = read(client, worker.user, MINE)
    assert text.index("现在可以进") < text.index("要选时间") < text.index("明天（")


def test_a_room_that_is_on_is_one_tap_from_the_list(client: Client) -> None:
    interview = InterviewFactory(confirmed=True)
    text = read(client, user_of(interview), MINE)
    assert "进入面试" in text and f'href="/rooms/{interview.pk}/"' in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rescheduling": True, "slots": 0}, "要换时间，等企业给新的时间"),
        ({"rescheduling": True}, "企业给了新的时间，请选一个"),
        ({"slots": 0}, "给的时间都被选走了"),
        ({"cancelled": True}, "取消了：时间安排不过来"),
        ({"no_show": True}, "没有到"),
        ({"no_show": True, "no_show_by": Side.EMPLOYER}, "企业没来"),
        ({"live": True}, "正在面试"),
        ({"confirmed": True, "mode": Mode.PHONE}, "打电话"),
        ({"confirmed": True, "queue": True}, "1 号"),
    ],
)
def test_every_state_reads_in_plain_words(client: Client, fields: dict[str, Any], words: str) -> None:
    interview = InterviewFactory(**fields)
    assert words in read(client, user_of(interview), MINE)


def test_the_list_costs_the_same_for_many(client: Client, django_assert_max_num_queries: Any) -> None:
    worker = WorkerFactory()
    for days in range(1, 7):
        InterviewFactory(confirmed=True, at=days_ahead(days), application__worker=worker)
        InterviewFactory(application__worker=worker)
    client.force_login(worker.user)
    with django_assert_max_num_queries(6):
        assert client.get(MINE).content.decode().count("<article") == 12


def test_a_helper_reads_his_peoples_by_day(client: Client) -> None:
    broker = user_in("broker")
    first, second = (WorkerFactory(name=name, helper=broker) for name in ("苟一一", "苟二二"))
    InterviewFactory(confirmed=True, at=days_ahead(2, 9), application__worker=second)
    InterviewFactory(confirmed=True, at=days_ahead(1, 9), application__worker=first)
    InterviewFactory(confirmed=True, application__worker__name="别家的人")
    text = read(client, broker, MINE)
    assert "他们的面试" in text and "明天（" in text and "后天（" in text
    assert text.index("苟一一") < text.index("苟二二") and "别家的人" not in text


@pytest.mark.parametrize("role", ["employer", "officer", "admin"])
def test_the_list_is_the_workers(client: Client, role: str) -> None:
    client.force_login(user_in(role))
    assert client.get(MINE).status_code == 403
    assert client.post(MINE).status_code in (403, 405)


# The page


def test_the_page_says_who_when_and_how(client: Client) -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 10))
    text = read(client, user_of(interview), page(interview))
    posting = interview.application.posting
    assert posting.title in text and posting.employer.name in text and "已认证" in text
    assert "明天 上午 10:00（" in text and "不用装软件" in text
    assert "进入面试</a>" not in text and "开始前 30 分钟起" in text
    assert f'href="/rooms/{interview.pk}/check/"' in text
    assert f'href="/interviews/{interview.pk}/interview.ics"' in text
    assert "没有来" not in text


def test_the_way_in_is_big_while_the_room_is_on(client: Client) -> None:
    interview = InterviewFactory(confirmed=True)
    text = read(client, user_of(interview), page(interview))
    assert f'<a class="btn btn--go btn--big btn--wide" href="/rooms/{interview.pk}/">进入面试</a>' in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mode": Mode.PHONE, "at": days_ahead(1, 9)}, "到时候企业打您的电话"),
        ({"mode": Mode.ONSITE, "at": days_ahead(1, 9)}, "五金大道 8 号"),
        ({"at": in_minutes(-300)}, "时间过了，等企业写结果"),
    ],
)
def test_the_page_tells_how_one_takes_part(client: Client, fields: dict[str, Any], words: str) -> None:
    interview = InterviewFactory(confirmed=True, **fields)
    assert words in read(client, user_of(interview), page(interview))


@pytest.mark.parametrize("fields", [{"cancelled": True}, {"rescheduling": True}])
def test_a_time_that_is_off_leaves_the_calendar(client: Client, fields: dict[str, Any]) -> None:
    interview = InterviewFactory(**fields)
    if interview.starts_at is None:
        assert "手机日历里也去掉" not in read(client, user_of(interview), page(interview))
        at = days_ahead(1, 9)
        InterviewEvent.objects.create(interview=interview, to_state=interview.state, side=Side.WORKER, starts_at=at)
    text = read(client, user_of(interview), page(interview))
    assert "手机日历里也去掉" in text and "存进手机日历" not in text
    body = client.get(reverse("interviews:calendar_file", args=[interview.pk])).content.decode()
    assert "STATUS:CANCELLED" in body


def test_a_booth_is_told_with_its_place_and_note(client: Client) -> None:
    booth = BoothFactory(name="云窗一号", place="园区二楼东侧", note="走东门")
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9), booth=booth)
    text = read(client, user_of(interview), page(interview))
    assert "云窗一号，园区二楼东侧" in text and "走东门" in text and "工作人员帮您接通" in text


def test_an_employer_that_stayed_away_is_known_for_it(client: Client) -> None:
    posting = JobPostingFactory()
    for _ in range(2):
        InterviewFactory(no_show=True, no_show_by=Side.EMPLOYER, application__posting=posting)
    InterviewFactory(no_show=True, application__posting=posting)
    interview = InterviewFactory(application__posting=posting)
    assert "2 次约了面试没有来" in read(client, user_of(interview), page(interview))


def test_a_place_in_the_queue_is_told(client: Client) -> None:
    first = InterviewFactory(confirmed=True, queue=True)
    posting, at = first.application.posting, first.starts_at
    more = [
        InterviewFactory(confirmed=True, queue=True, queue_number=n, at=at, application__posting=posting)
        for n in (2, 3)
    ]  # fmt: skip
    last = more[-1]
    assert last.sitting == first.sitting
    piece = reverse("interviews:now", args=[last.pk])
    text = read(client, user_of(last), piece, **{"HX-Request": "true"})
    assert "3 号" in text and "前面还有 <strong>2</strong> 位" in text and 'hx-trigger="every' in text
    assert "<html" not in text
    assert "下一个就是您" in read(client, user_of(first), page(first))


def test_the_piece_alone_leads_to_the_page(client: Client) -> None:
    interview = InterviewFactory(confirmed=True)
    client.force_login(user_of(interview))
    assert client.get(reverse("interviews:now", args=[interview.pk]))["Location"] == page(interview)


def test_afterwards_the_result_and_the_words_of_the_employer_stand_there(client: Client) -> None:
    interview = InterviewFactory(done=True, feedback="手很稳，下周来体检。")
    card = Scorecard.objects.create(
        interview=interview, by=interview.recruiter, result=Result.PASSED, next_step=NextStep.OFFER, notes="要价高"
    )
    draft = read(client, user_of(interview), page(interview))
    assert "通过" not in draft  # not handed in yet
    card.handed_in_at = timezone.now()
    card.save(update_fields=["handed_in_at"])
    text = read(client, user_of(interview), page(interview))
    assert "结果：通过了" in text and "手很稳，下周来体检。" in text
    assert "要价高" not in text and "进入面试" not in text
    assert "去不去，请回答" not in text


def test_who_is_wanted_is_one_tap_from_his_answer(client: Client) -> None:
    interview = InterviewFactory(done=True, application__stage=Stage.OFFERED)
    text = read(client, user_of(interview), page(interview))
    assert "去不去，请回答" in text and interview.application.get_absolute_url() in text


def test_a_page_costs_few_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    booths = [BoothFactory() for _ in range(3)]
    asked = InterviewFactory(slots=3)
    confirmed = InterviewFactory(confirmed=True, booth=booths[0])
    for interview, most in ((asked, 13), (confirmed, 11)):
        client.force_login(user_of(interview))
        with django_assert_max_num_queries(most):
            assert client.get(page(interview)).status_code == 200


def test_strangers_find_nothing(client: Client) -> None:
    interview = InterviewFactory(confirmed=True)
    for stranger in (WorkerFactory().user, user_in("broker"), user_in("park"), MemberFactory().user):
        read(client, stranger, page(interview), 404)
    client.force_login(user_in("officer"))
    assert client.get(page(interview)).status_code == 403
    client.force_login(user_of(interview))
    assert client.post(page(interview)).status_code == 405


def test_an_employer_is_led_to_his_own_page(client: Client) -> None:
    interview = InterviewFactory(confirmed=True)
    client.force_login(interview.recruiter)
    assert client.get(page(interview))["Location"] == f"/employers/interviews/{interview.pk}/"


def test_a_helper_reads_for_whom_he_acts(client: Client) -> None:
    broker = user_in("broker")
    interview = InterviewFactory(application__worker=WorkerFactory(name="苟大勇", helper=broker))
    text = read(client, broker, page(interview))
    assert "您在帮苟大勇办" in text and "就这个时间" in text and "我陪他一起面" in text


def test_a_helper_without_a_seat_has_no_way_in(client: Client) -> None:
    broker = user_in("broker")
    interview = InterviewFactory(confirmed=True, application__worker=WorkerFactory(helper=broker))
    assert "进入面试</a>" not in read(client, broker, page(interview))
    Interview.objects.update(helper=broker)
    assert "进入面试</a>" in read(client, broker, page(interview))


def test_the_host_of_a_booth_may_look_and_not_act(client: Client) -> None:
    booth = BoothFactory()
    interview = InterviewFactory(
        confirmed=True, at=days_ahead(1, 9), booth=booth, application__worker__name="苟大勇"
    )  # fmt: skip
    text = read(client, host_of(booth), page(interview))
    assert "苟大勇" not in text and "这里只能看" in text
    assert "不去面试了" not in text and "换个地方面试" not in text


# From the application


def test_an_application_is_one_tap_from_its_interview(client: Client) -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 10))
    InterviewFactory(cancelled=True, application=interview.application)
    user = user_of(interview)
    text = read(client, user, interview.application.get_absolute_url())
    assert f'href="{page(interview)}"' in text and "明天 上午 10:00" in text
    listed = read(client, user, "/applications/")
    way = reverse("interviews:of_application", args=[interview.application_id])
    assert f'href="{way}"' in listed and f'href="{page(interview)}"' in listed
    assert client.get(way)["Location"] == page(interview)


def test_an_application_without_interview_leads_back_to_itself(client: Client) -> None:
    application = ApplicationFactory()
    way = reverse("interviews:of_application", args=[application.pk])
    client.force_login(application.worker.user)
    assert client.get(way)["Location"] == application.get_absolute_url()
    client.force_login(WorkerFactory().user)
    assert client.get(way).status_code == 404


def test_an_employer_finds_the_interview_beside_the_applicant(client: Client) -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 10))
    text = read(client, interview.recruiter, reverse("applicants:detail", args=[interview.application_id]))
    assert f'href="/employers/interviews/{interview.pk}/"' in text and "明天 上午 10:00" in text


# On the first page


@pytest.mark.parametrize("role", ["seeker", "employer", "broker", "park"])
def test_the_next_interview_stands_on_the_first_page(client: Client, role: str) -> None:
    helper = user_in(role) if role in ("broker", "park") else None
    worker = WorkerFactory(helper=helper)
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 10), application__worker=worker)
    InterviewFactory(confirmed=True, at=days_ahead(1, 11), booth=BoothFactory())
    reader = {"seeker": worker.user, "employer": interview.recruiter}.get(role, helper)
    text = read(client, reader, "/desk/")
    assert "明天 上午 10:00" in text and "看全部面试" in text and "11:00" not in text


@pytest.mark.parametrize("role", ["seeker", "employer", "broker"])
def test_the_first_page_costs_one_query_for_interviews(client: Client, role: str) -> None:
    helper, posting = user_in("broker"), JobPostingFactory()
    worker = WorkerFactory(helper=helper)
    for hour in range(5):
        # One worker has one open interview at one posting, so every second one is somebody else's.
        whose = {"worker": worker} if hour == 0 else {"worker": WorkerFactory(helper=helper)}
        at = days_ahead(1, 9 + hour)
        InterviewFactory(confirmed=True, at=at, application=ApplicationFactory(
            posting=posting, stage=Stage.INTERVIEW_SCHEDULED, **whose
        ))  # fmt: skip
    client.force_login({"seeker": worker.user, "employer": owner_of(posting.employer)}.get(role, helper))
    with CaptureQueriesContext(connection) as captured:
        assert "看全部面试" in client.get("/desk/").content.decode()
    asked = [one["sql"] for one in captured if 'FROM "interviews_interview" INNER JOIN' in one["sql"]]
    assert len(asked) == 1, asked


def test_nobody_is_helped_whose_delegation_has_run_out(client: Client) -> None:
    broker = user_in("broker")
    worker = WorkerFactory()
    DelegationFactory(worker=worker, helper=broker, run_out=True)
    interview = InterviewFactory(confirmed=True, application__worker=worker)
    read(client, broker, page(interview), 404)
