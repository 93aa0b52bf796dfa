"""Days on which a booth is not as usual, and the pages of a day."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.interviews.actions import answering, booths, sweeping
from labor.interviews.actions.seating import seat_all
from labor.interviews.booth_plan import plan_of, stray_interviews
from labor.interviews.choices import Held, SeatKind, Side, State
from labor.interviews.models import BookedTime, Booth, BoothDay, Interview, OpeningHours, Seat
from tests.concurrency.crowd import crowd, persistent
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory, InterviewFactory, days_ahead
from tests.factories.workers import DelegationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
DAY = "/booths/"


@pytest.fixture
def host() -> User:
    return user_in("park", name="何值班")


@pytest.fixture
def booth(host: User) -> Booth:
    return BoothFactory(host=host, name="云窗一号")


@pytest.fixture
def client(host: User) -> Client:
    client = Client()
    client.force_login(host)
    return client


def on(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def booked(booth: Booth, days: int = 3, hour: int = 9, **fields: Any) -> Interview:
    return InterviewFactory(confirmed=True, booth=booth, starts_at=days_ahead(days, hour), **fields)


def text_of(response: Any) -> str:
    return response.content.decode()


# Closing


def test_a_closed_booths_interviews_move_to_another_one_at_the_same_time(booth: Booth, host: User) -> None:
    other = BoothFactory(name="云窗二号")
    interview, later = booked(booth), booked(booth, days=4)
    starts_at = interview.starts_at
    assert [(fate.interview, fate.to) for fate in booths.fates(booth=booth, on=on(3))] == [(interview, other)]
    (fate,) = booths.close_day(booth=booth, on=on(3), reason="停电检修", by=host)
    assert (fate.interview.pk, fate.to) == (interview.pk, other)
    interview.refresh_from_db()
    later.refresh_from_db()
    assert (interview.booth, interview.starts_at, interview.state) == (other, starts_at, State.CONFIRMED)
    assert later.booth == booth
    assert BookedTime.objects.of(Held.BOOTH, other.pk).get().interview == interview
    assert not BookedTime.objects.of(Held.BOOTH, booth.pk).filter(interview=interview).exists()
    told = set(Notice.objects.filter(kind="interview.changed").values_list("recipient", flat=True))
    assert interview.application.worker.user_id in told


def test_where_no_booth_is_free_both_sides_are_asked_for_another_time(booth: Booth, host: User) -> None:
    interview = booked(booth)
    BoothFactory(name="云窗二号", host=False)  # has no opening hours
    (fate,) = booths.close_day(booth=booth, on=on(3), reason="停电检修", by=host)
    assert fate.to is None
    interview.refresh_from_db()
    assert (interview.state, interview.booth, interview.starts_at) == (State.RESCHEDULING, None, None)
    event = interview.events.last()
    assert event is not None and (event.side, event.by) == (Side.PARK, host) and "停电检修" in event.note
    assert not BookedTime.objects.filter(interview=interview).exists()
    told = Notice.objects.filter(kind="interview.changed")
    assert {interview.application.worker.user_id, interview.recruiter_id} <= set(
        told.values_list("recipient", flat=True)
    )
    assert told.filter(recipient=interview.application.worker.user, body__contains="停电检修").exists()


def test_what_has_begun_or_is_over_stays(booth: Booth, host: User) -> None:
    BoothFactory()
    live = InterviewFactory(live=True, booth=booth)
    done = InterviewFactory(done=True, booth=booth)
    assert booths.close_day(booth=booth, on=on(0), reason="停电", by=host) == []
    live.refresh_from_db()
    done.refresh_from_db()
    assert (live.booth, done.booth) == (booth, booth)


def test_a_closed_day_can_be_booked_no_more_and_opens_again(booth: Booth, host: User) -> None:
    interview = InterviewFactory(confirmed=True, starts_at=days_ahead(3, 9))
    worker = interview.application.worker.user
    booths.close_day(booth=booth, on=on(3), reason="停电", by=host)
    with pytest.raises(Refused, match="不开放"):
        answering.change_booth(interview=interview, booth=booth, by=worker)
    booths.as_usual(booth=booth, on=on(3), by=host)
    booths.as_usual(booth=booth, on=on(3), by=host)
    assert answering.change_booth(interview=interview, booth=booth, by=worker).booth == booth


def test_what_was_not_moved_is_found_by_the_sweep(booth: Booth, host: User) -> None:
    other, interview = BoothFactory(), booked(booth)
    assert sweeping.clear_closed_days() == 0 and stray_interviews() == []
    BoothDay.objects.create(booth=booth, on=on(3), reason="停电", by=host)  # closed, and then the server died
    assert stray_interviews() == [interview]
    assert sweeping.clear_closed_days() == 1
    interview.refresh_from_db()
    assert interview.booth == other and stray_interviews() == []


def test_a_host_who_may_act_for_the_worker_moves_him_as_well(booth: Booth, host: User) -> None:
    moved, lost = booked(booth), booked(booth, hour=11)
    for interview in (moved, lost):
        DelegationFactory(worker=interview.application.worker, helper=host)
    other = BoothFactory(host=False)
    OpeningHours.objects.create(booth=other, weekday=on(3).weekday(), opens=time(8), closes=time(10), host=host)
    booths.close_day(booth=booth, on=on(3), reason="停电", by=host)
    moved.refresh_from_db()
    lost.refresh_from_db()
    assert moved.booth == other and lost.state == State.RESCHEDULING
    assert lost.events.last().side == Side.PARK  # type: ignore[union-attr]


def test_an_officer_who_closes_a_booth_moves_people_too(booth: Booth) -> None:
    other, interview = BoothFactory(), booked(booth)
    booths.close_day(booth=booth, on=on(3), reason="停电", by=user_in("officer"))
    interview.refresh_from_db()
    assert (interview.booth, interview.state) == (other, State.CONFIRMED)


@pytest.mark.parametrize(
    ("days", "reason", "words"), [(-1, "停电", "过去"), (400, "停电", "一年"), (3, " ", "原因"), (3, "停" * 61, "60")]
)
def test_a_closing_that_makes_no_sense_is_refused(days: int, reason: str, words: str, booth: Booth, host: User) -> None:
    with pytest.raises(Refused, match=words):
        booths.close_day(booth=booth, on=on(days), reason=reason, by=host)
    assert not BoothDay.objects.exists()


def test_only_the_park_and_officers_arrange_days(booth: Booth, host: User) -> None:
    told: dict[str, Any] = {"booth": booth, "on": on(3)}
    for role in ("broker", "seeker", "employer"):
        with pytest.raises(Refused, match="服务专区"):
            booths.close_day(**told, reason="停电", by=user_in(role))
        with pytest.raises(Refused, match="服务专区"):
            booths.as_usual(**told, by=user_in(role))
    booths.close_day(**told, reason="停电", by=user_in("officer"))
    assert BoothDay.objects.get().host is None


# Somebody else on duty


def test_a_stand_in_takes_the_hosts_seat(booth: Booth, host: User) -> None:
    interview, other = booked(booth), user_in("park", name="苏替班")
    seat_all(interview=interview)
    mine = Seat.objects.valid().get(interview=interview, kind=SeatKind.HOST)
    assert mine.user == host
    booths.stand_in(booth=booth, on=on(3), host=other, by=host)
    assert Seat.objects.valid().get(interview=interview, kind=SeatKind.HOST).user == other
    booths.as_usual(booth=booth, on=on(3), by=host)
    assert Seat.objects.valid().get(interview=interview, kind=SeatKind.HOST).user == host


def test_a_stand_in_is_of_the_park(booth: Booth, host: User) -> None:
    for other in (user_in("broker"), user_in("park", is_active=False)):
        with pytest.raises(Refused, match="工作人员"):
            booths.stand_in(booth=booth, on=on(3), host=other, by=host)
    booths.stand_in(booth=booth, on=on(3), host=user_in("park"), by=host)
    assert BoothDay.objects.get().by == host


def duty_notices(user: User) -> list[tuple[str, str]]:
    """Kind and title, the last one first."""
    return list(Notice.objects.filter(recipient=user, kind__startswith="booth.").values_list("kind", "title"))


def test_a_stand_in_reads_when_and_where_and_when_it_is_taken_back(booth: Booth, host: User) -> None:
    first, second = user_in("park", name="苏替班"), user_in("park", name="江替班")
    booths.stand_in(booth=booth, on=on(3), host=first, by=host, reason="去培训")
    booths.stand_in(booth=booth, on=on(3), host=first, by=host, reason="去县里培训")
    notice = Notice.objects.get(recipient=first)
    assert "云窗一号" in notice.title and f"{on(3).month} 月 {on(3).day} 日" in notice.title
    assert "00:00–23:59" in notice.body and booth.place in notice.body and "原因：去培训。" in notice.body
    assert notice.url == f"{DAY}?day={on(3)}" and notice.kind == "booth.stand_in"
    booths.stand_in(booth=booth, on=on(3), host=second, by=host)
    booths.stand_in(booth=booth, on=on(3), host=first, by=host)
    booths.as_usual(booth=booth, on=on(3), by=host)
    booths.stand_in(booth=booth, on=on(3), host=first, by=host)
    booths.close_day(booth=booth, on=on(3), reason="停电", by=host)
    told = [kind for kind, _ in duty_notices(first)][::-1]
    assert told == ["booth.stand_in", "booth.stand_in_over"] * 3
    assert sorted(kind for kind, _ in duty_notices(second)) == ["booth.stand_in", "booth.stand_in_over"]
    assert all("云窗一号" in title for _, title in duty_notices(second)) and not duty_notices(host)


def test_who_puts_himself_on_duty_knows_it(booth: Booth, host: User) -> None:
    other = user_in("park")
    booths.stand_in(booth=booth, on=on(3), host=other, by=other)
    booths.as_usual(booth=booth, on=on(3), by=other)
    assert not Notice.objects.exists()


def test_on_a_closed_day_nobody_stands_in(client: Client, booth: Booth, host: User) -> None:
    shut, other = BoothFactory(name="云窗二号", host=False), user_in("park")
    page = text_of(client.get(DAY, {"day": on(3).isoformat()}))
    assert "云窗一号换人值班" in page and "云窗二号换人值班" not in page
    with pytest.raises(Refused, match="平常这一天就不开"):
        booths.stand_in(booth=shut, on=on(3), host=other, by=host)
    booths.close_day(booth=booth, on=on(3), reason="春节放假", by=host)
    page = text_of(client.get(DAY, {"day": on(3).isoformat()}))
    assert "换人值班" not in page and "云窗一号恢复平常安排" in page
    with pytest.raises(Refused, match="这一天不开放"):
        booths.stand_in(booth=booth, on=on(3), host=other, by=host)
    address = reverse("booths:stand_in", args=[booth.pk])
    answer = client.post(address, {"day": on(3).isoformat(), "host": other.pk})
    assert answer.status_code == 422 and "请先恢复平常的安排" in text_of(answer)
    assert BoothDay.objects.get().host is None and not Notice.objects.filter(recipient=other).exists()


def test_where_the_host_has_left_somebody_can_stand_in(client: Client, booth: Booth, host: User) -> None:
    OpeningHours.objects.update(host=user_in("park", is_active=False))
    assert "云窗一号换人值班" in text_of(client.get(DAY, {"day": on(3).isoformat()}))
    booths.stand_in(booth=booth, on=on(3), host=user_in("park", name="苏替班"), by=host)
    assert "苏替班" in text_of(client.get(DAY, {"day": on(3).isoformat()}))


# The day drawn


def test_a_day_is_drawn_from_opening_to_closing(host: User) -> None:
    booth = BoothFactory(host=False)
    for opens, closes in ((time(9), time(12)), (time(13, 30), time(17))):
        OpeningHours.objects.create(booth=booth, weekday=on(3).weekday(), opens=opens, closes=closes, host=host)
    interview, stray = booked(booth, hour=10), booked(booth, hour=12)
    plan = plan_of(on(3))
    assert [timezone.localtime(hour).hour for hour in plan.hours] == list(range(9, 17))
    (row,) = plan.rows
    drawn = [(f"{timezone.localtime(bar.starts_at):%H:%M}", bar.steps, bar.is_open, bar.interview) for bar in row.bars]
    assert drawn == [
        ("09:00", 12, True, None),
        ("10:00", 4, True, interview),
        ("10:20", 20, True, None),
        ("12:00", 4, False, stray),
        ("12:20", 14, False, None),
        ("13:30", 42, True, None),
    ]
    assert sum(bar.steps for bar in row.bars) == 8 * plan.steps_of_an_hour
    assert [bar.interview for bar in row.strays] == [stray] and stray_interviews() == [stray]


def test_a_day_without_anything_has_office_hours() -> None:
    BoothFactory(host=False)
    assert len(plan_of(on(1)).hours) == 8


# Pages


def test_the_page_of_a_day_shows_who_is_booked_masked(client: Client, booth: Booth) -> None:
    interview = booked(booth, application__worker__name="欧阳明华")
    page = text_of(client.get(DAY, {"day": on(3).isoformat()}))
    assert "云窗一号" in page and "何值班" in page and "欧阳**" in page and "欧阳明华" not in page
    assert interview.application.worker.phone not in page
    today = text_of(client.get(DAY))
    assert "欧阳" not in today and reverse("booths:kiosk", args=[booth.pk]) in today
    for nonsense in ("2026-02-31", "x", "9999-01-01"):
        assert client.get(DAY, {"day": nonsense}).status_code == 200
    assert f"{on(-1):%Y-%m-%d}" in text_of(client.get(DAY))


def test_officers_look_at_the_day_and_change_nothing(booth: Booth) -> None:
    officer = Client()
    officer.force_login(user_in("officer"))
    page = text_of(officer.get(DAY))
    assert "云窗一号" in page and "不开放…" not in page and "屏幕页" not in page
    assert officer.get(reverse("booths:close", args=[booth.pk])).status_code == 403


def test_without_booths_the_page_says_what_to_do(client: Client) -> None:
    assert "还没有面试间" in text_of(client.get(DAY))


def test_many_bookings_cost_no_more_queries(client: Client, booth: Booth) -> None:
    booked(booth)
    address = f"{DAY}?day={on(3)}"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for hour in range(10, 16):
        booked(booth, hour=hour)
        BoothFactory()
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 12


def test_closing_shows_who_is_booked_first_and_then_moves_them(client: Client, booth: Booth) -> None:
    BoothFactory(name="云窗二号")
    interview = booked(booth)
    address = reverse("booths:close", args=[booth.pk])
    page = text_of(client.get(address, {"day": on(3).isoformat()}))
    assert interview.application.worker.masked_name in page and "换到云窗二号" in page
    refused = client.post(address, {"day": on(3).isoformat()})
    assert refused.status_code == 422 and "请写一句原因" in text_of(refused)
    answer = client.post(address, {"day": on(3).isoformat(), "reason": "停电检修"}, follow=True)
    assert "1 场面试换到了别的面试间" in text_of(answer) and "停电检修" in text_of(answer)
    again = client.post(reverse("booths:as_usual", args=[booth.pk]), {"day": on(3).isoformat()}, follow=True)
    assert "恢复平常" in text_of(again) and not BoothDay.objects.exists()


def test_a_past_day_stays_as_it_was(client: Client, booth: Booth) -> None:
    told = {"day": on(-1).isoformat(), "reason": "停电"}
    answer = client.post(reverse("booths:close", args=[booth.pk]), told)
    assert answer.status_code == 422 and "过去的日子" in text_of(answer)


def test_another_host_is_chosen_on_a_page(client: Client, booth: Booth) -> None:
    other = user_in("park", name="苏替班")
    address = reverse("booths:stand_in", args=[booth.pk])
    assert "苏替班" in text_of(client.get(address, {"day": on(3).isoformat()}))
    assert client.post(address, {"day": on(3).isoformat(), "host": user_in("broker").pk}).status_code == 422
    answer = client.post(address, {"day": on(3).isoformat(), "host": other.pk}, follow=True)
    assert "由苏替班值班" in text_of(answer)
    assert BoothDay.objects.get().host == other


@pytest.mark.parametrize("name", ["close", "stand_in", "kiosk"])
def test_a_booth_out_of_use_has_no_pages(name: str, client: Client, booth: Booth) -> None:
    address = reverse(f"booths:{name}", args=[booth.pk])
    assert client.get(address).status_code == 200
    Booth.objects.update(is_active=False)
    assert client.get(address).status_code == 404


# Races


@pytest.mark.django_db(transaction=True)
def test_nothing_is_booked_in_a_booth_after_it_was_closed() -> None:
    host = user_in("park")
    rounds = []
    for number in range(16):
        booth = BoothFactory(host=host)
        interview = InterviewFactory(confirmed=True, starts_at=days_ahead(3 + number % 5, 8 + number % 9))
        rounds.append((booth, interview))

    def tap(turn: tuple[str, Booth, Interview]) -> Any:
        what, booth, interview = turn
        assert interview.starts_at
        if what == "close":
            day = timezone.localdate(interview.starts_at)
            return booths.close_day(booth=booth, on=day, reason="停电", by=host)
        return answering.change_booth(interview=interview, booth=booth, by=interview.application.worker.user)

    turns = []
    for number, (booth, interview) in enumerate(rounds):
        pair = [("close", booth, interview), ("book", booth, interview)]
        turns += pair if number % 2 else pair[::-1]
    answers = crowd(persistent(tap), turns, people=6)
    wrong = [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refused)]
    assert wrong == []
    assert BoothDay.objects.filter(host=None).count() == len(rounds)
    for booth, interview in rounds:
        interview.refresh_from_db()
        assert interview.booth_id != booth.pk
    assert stray_interviews() == []
