"""Times and states as people read them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from labor.interviews.choices import CancelReason, Mode, Side, SittingKind, State
from labor.interviews.models import Interview, InterviewEvent, Sitting
from labor.interviews.words import (
    HOW,
    NEXT_STEPS,
    WORKERS_WORDS,
    happened,
    history_words,
    next_step,
    public_word,
    time_of,
    when,
    when_range,
    why_cancelled,
)
from tests.factories.accounts import UserFactory
from tests.factories.interviews import InterviewFactory

YEAR = timezone.localtime().year


def at(hour: int, minute: int = 0, *, day: int = 25, month: int = 11, year: int = YEAR) -> datetime:
    """A moment given by the clock of Greenwich."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(2), "上午 10:00"),
        (at(16, 5, day=24), "凌晨 0:05"),
        (at(22, 0, day=24), "上午 6:00"),
        (at(4), "中午 12:00"),
        (at(5, 30), "下午 1:30"),
        (at(10), "晚上 6:00"),
        (at(15, 59), "晚上 11:59"),
    ],
)
def test_a_time_of_the_day_is_beijings_in_plain_words(moment: datetime, words: str) -> None:
    weekday = "一二三四五六日"[timezone.localtime(moment).weekday()]
    assert when(moment) == f"11 月 25 日 周{weekday} {words}"


def test_no_season_moves_the_clock() -> None:
    """Beijing knows no summer time: the same hour of Greenwich is the same hour there in January and July."""
    for month in (1, 3, 4, 7, 10, 11):
        assert when(at(1, 30, month=month)).endswith("上午 9:30")


def test_another_year_is_named() -> None:
    assert when(at(2, year=YEAR + 1)).startswith(f"{YEAR + 1} 年 11 月 25 日")
    assert when(at(16, 30, month=12, day=31)).startswith(f"{YEAR + 1} 年 1 月 1 日")


def test_what_is_the_same_at_both_ends_is_said_once() -> None:
    assert when_range(at(2), at(2, 20)).endswith("上午 10:00–10:20")
    assert when_range(at(3, 50), at(4, 10)).endswith("上午 11:50–中午 12:10")
    assert when_range(at(15), at(17)).count("月") == 2


def test_every_state_and_way_has_words() -> None:
    assert set(WORKERS_WORDS) == set(NEXT_STEPS) == set(State)
    assert set(HOW) == set(Mode)


def test_a_worker_reads_where_it_stands() -> None:
    sitting = Sitting(starts_at=at(1), ends_at=at(3))
    interview = Interview(state=State.PROPOSED, sitting=sitting)
    assert (public_word(interview), time_of(interview)) == ("请选时间", "时间还没定")
    assert "选一个" in next_step(interview)
    sitting.kind = SittingKind.QUEUE
    assert "上午 9:00–11:00 一个一个叫" in next_step(interview)
    interview.state, interview.starts_at, interview.ends_at, interview.queue_number = State.CONFIRMED, at(1), at(3), 5
    assert time_of(interview).endswith("上午 9:00–11:00 排队面试，您是 5 号")
    interview.mode = Mode.PHONE
    assert "手机畅通" in next_step(interview)
    interview.cancel_reason = CancelReason.ILL
    assert why_cancelled(interview) == "身体不舒服"


def step(**fields: object) -> InterviewEvent:
    return InterviewEvent(**{"side": Side.WORKER, "from_state": "confirmed", "to_state": "rescheduling", **fields})


def test_each_side_reads_the_history_from_where_it_stands() -> None:
    assert happened(step()) == "您要改时间"
    assert happened(step(note="下午也行"), is_worker=False) == "求职者要改时间：下午也行"
    assert happened(step(side=Side.EMPLOYER)) == "企业要改时间"
    assert happened(step(side=Side.PARK)) == "服务专区要改时间"
    assert happened(step(to_state="confirmed", from_state="proposed", starts_at=at(2))).startswith("您选了时间，11 月")
    assert happened(step(side=Side.EMPLOYER, to_state="live")) == "面试开始了"
    assert happened(step(side=Side.SYSTEM, to_state="no_show", note="求职者没有来")) == "求职者没有来"
    assert happened(step(side=Side.EMPLOYER, from_state="confirmed", to_state="confirmed", note="改到一号")) == (
        "企业：改到一号"
    )
    assert happened(step(side=Side.SYSTEM, to_state="cancelled")) == "系统取消了面试"
    helper = UserFactory.build(broker=True, name="岳芳")
    assert happened(step(for_worker=True, by=helper)) == "岳芳替您要改时间"
    assert happened(step(for_worker=True, by=helper), is_worker=False) == "岳芳替求职者要改时间"
    assert happened(step(side=Side.EMPLOYER, by=helper), is_worker=False) == "岳芳要改时间"


@pytest.mark.django_db
def test_the_history_begins_with_the_last_step() -> None:
    interview = InterviewFactory(confirmed=True)
    InterviewEvent.objects.create(
        interview=interview, from_state="confirmed", to_state="confirmed", side=Side.EMPLOYER, note="改了地方"
    )
    rows = history_words(interview, now=timezone.now() + timedelta(minutes=1))
    assert rows[0]["title"] == "企业：改了地方" and len(rows) == 2
    assert rows[0]["when"].startswith(("今天", "昨天"))
