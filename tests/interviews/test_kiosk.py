"""The booth's own screen: the right worker sits down, and his seat is forgotten when he goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.errors import Refused
from labor.interviews.actions import kiosk, walk_ins
from labor.interviews.actions.seating import seat_all
from labor.interviews.choices import Mode, SeatKind, State
from labor.interviews.models import Booth, Interview, LetIn, Seat
from labor.interviews.screen import guests, last_four
from tests.concurrency.crowd import crowd, persistent
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory, InterviewFactory, days_ahead, in_minutes
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def host() -> User:
    return user_in("park", name="何值班")


@pytest.fixture
def booth(host: User) -> Booth:
    return BoothFactory(host=host)


@pytest.fixture
def interview(booth: Booth) -> Interview:
    return seated(booth, application__worker__name="欧阳明华")


@pytest.fixture
def client(host: User) -> Client:
    client = Client()
    client.force_login(host)
    return client


def seated(booth: Booth | None, **fields: Any) -> Interview:
    interview: Interview = InterviewFactory(**{"confirmed": True, "booth": booth} | fields)
    seat_all(interview=interview)
    return interview


def enter(interview: Interview, booth: Booth, by: User) -> LetIn:
    return kiosk.let_in(interview=interview, booth=booth, last_four_seen=last_four(interview), by=by)


def text_of(response: Any) -> str:
    return response.content.decode()


def page(name: str, *args: int) -> str:
    return reverse(f"booths:{name}", args=args)


# Letting in


def test_whoever_is_let_in_has_come_and_it_is_written_down(interview: Interview, booth: Booth, host: User) -> None:
    entry = enter(interview, booth, host)
    seat = Seat.objects.valid().get(interview=interview, kind=SeatKind.WORKER)
    assert (entry.seat, entry.by, entry.booth, entry.over_at) == (seat, host, booth, None)
    interview.refresh_from_db()
    assert interview.worker_came_at == entry.at and interview.state == State.CONFIRMED
    assert enter(interview, booth, host).pk == entry.pk  # a double tap
    kiosk.over(booth=booth)
    again = enter(interview, booth, host)
    assert again.pk != entry.pk and LetIn.objects.filter(over_at=None).get() == again
    interview.refresh_from_db()
    assert interview.worker_came_at == entry.at  # the first time counts


def test_the_next_one_takes_the_place_of_whoever_was_there(interview: Interview, booth: Booth, host: User) -> None:
    following = seated(booth, starts_at=interview.ends_at)
    enter(interview, booth, host)
    second = enter(following, booth, host)
    assert LetIn.objects.filter(over_at=None).get() == second


def test_only_the_park_lets_in(interview: Interview, booth: Booth, host: User) -> None:
    for by in (user_in("broker"), user_in("officer"), interview.recruiter):
        with pytest.raises(Refused, match="工作人员办"):
            enter(interview, booth, by)
    assert enter(interview, booth, host).by == host


def test_the_digits_have_to_be_those_of_the_worker(interview: Interview, booth: Booth, host: User) -> None:
    for digits in ("", "0000x", last_four(seated(booth, starts_at=in_minutes(40)))):
        with pytest.raises(Refused, match="尾号对不上"):
            kiosk.let_in(interview=interview, booth=booth, last_four_seen=digits, by=host)
    assert not LetIn.objects.exists()
    assert enter(interview, booth, host).interview == interview


def test_another_booths_interview_is_not_entered_here(interview: Interview, host: User) -> None:
    with pytest.raises(Refused, match="已经不在"):
        enter(interview, BoothFactory(), host)
    assert interview.booth is not None and enter(interview, interview.booth, host)


def test_nobody_is_let_in_before_its_time_or_to_a_telephone(booth: Booth, host: User) -> None:
    early = seated(booth, starts_at=in_minutes(31))
    by_phone = InterviewFactory(confirmed=True, mode=Mode.PHONE, booth=booth, starts_at=in_minutes(-25))
    if timezone.localdate(early.starts_at) == timezone.localdate():
        with pytest.raises(Refused, match="还没到时间"):
            enter(early, booth, host)
    with pytest.raises(Refused, match="电话面试"):
        enter(by_phone, booth, host)
    assert enter(seated(booth, starts_at=in_minutes(5)), booth, host)


def test_a_seat_that_was_taken_back_is_not_opened(interview: Interview, booth: Booth, host: User) -> None:
    Seat.objects.filter(interview=interview).update(revoked_at=timezone.now())
    with pytest.raises(Refused, match="收回"):
        enter(interview, booth, host)
    seat_all(interview=interview)
    assert enter(interview, booth, host)


def test_what_is_over_is_not_expected(booth: Booth, host: User) -> None:
    done = InterviewFactory(done=True, booth=booth)
    with pytest.raises(Refused, match="已经不在"):
        enter(done, booth, host)
    assert guests(booth=booth) == []


# Who is expected


def test_a_walk_in_called_into_the_booth_is_expected_there(booth: Booth, host: User) -> None:
    worker = WorkerFactory(helper=host)
    interview = seated(None, application__worker=worker)
    row = walk_ins.register(worker=worker, by=host, interview=interview)
    assert guests(booth=booth) == []
    with pytest.raises(Refused, match="已经不在"):
        enter(interview, booth, host)
    walk_ins.call(walk_in=row, booth=booth, by=host)
    (guest,) = guests(booth=booth)
    assert (guest.interview, guest.number, guest.may_enter) == (interview, row.number, True)
    assert guests(booth=BoothFactory()) == []
    assert enter(interview, booth, host)
    walk_ins.done(walk_in=row, by=host)
    assert guests(booth=booth) == []


def test_those_of_today_come_in_their_order(booth: Booth) -> None:
    second, first = seated(booth, starts_at=in_minutes(30)), seated(booth, starts_at=in_minutes(5))
    seated(booth, starts_at=days_ahead(1))
    same_day = timezone.localdate(second.starts_at) == timezone.localdate()
    assert [guest.interview for guest in guests(booth=booth)] == ([first, second] if same_day else [first])


# Pages


def test_the_screen_shows_no_whole_name_and_no_whole_number(client: Client, interview: Interview, booth: Booth) -> None:
    worker = interview.application.worker
    for address in (page("kiosk", booth.pk), page("let_in", booth.pk, interview.pk)):
        text = text_of(client.get(address))
        assert "欧阳**" in text and last_four(interview) in text
        assert worker.name not in text and worker.phone not in text and worker.masked_phone not in text


def test_the_worker_sits_down_and_his_seat_is_forgotten_when_he_leaves(
    client: Client, interview: Interview, booth: Booth
) -> None:
    room = reverse("rooms:room", args=[interview.pk])
    answer = client.post(page("let_in", booth.pk, interview.pk), {"last_four": last_four(interview)})
    assert answer["Location"] == f"{room}?kiosk=1"
    seat = Seat.objects.valid().get(interview=interview, kind=SeatKind.WORKER)
    assert client.session["seats"] == {str(interview.pk): [seat.pk, seat.key]}
    shown = text_of(client.get(answer["Location"]))
    assert 'data-kind="worker"' in shown and page("back", booth.pk) in shown
    assert "site-header" not in shown and "data-nudges" not in shown and "退出" not in shown
    waiting = text_of(client.get(page("kiosk", booth.pk)))
    assert "有人正在这里面试" in waiting and "欧阳" not in waiting
    assert client.post(page("back", booth.pk))["Location"] == page("kiosk", booth.pk)
    assert client.session["seats"] == {} and "kiosk" not in client.session
    assert LetIn.objects.get().over_at is not None
    assert 'data-kind="worker"' not in text_of(client.get(room))


def test_when_the_interview_is_over_the_screen_gives_the_seat_up(
    client: Client, interview: Interview, booth: Booth
) -> None:
    client.post(page("let_in", booth.pk, interview.pk), {"last_four": last_four(interview)})
    ended = timezone.now() - timedelta(hours=3)
    Interview.objects.filter(pk=interview.pk).update(starts_at=ended - timedelta(minutes=20), ends_at=ended)
    answer = client.get(reverse("rooms:room", args=[interview.pk]))
    assert answer.status_code == 302 and answer["Location"] == page("kiosk", booth.pk)
    assert "有人正在" not in text_of(client.get(answer["Location"]))
    assert client.session["seats"] == {} and LetIn.objects.get().over_at is not None


def test_the_next_worker_does_not_get_the_seat_of_the_one_before(
    client: Client, interview: Interview, booth: Booth
) -> None:
    following = seated(booth, starts_at=interview.ends_at)
    for one in (interview, following):
        client.post(page("let_in", booth.pk, one.pk), {"last_four": last_four(one)})
    assert list(client.session["seats"]) == [str(following.pk)]


def test_wrong_digits_come_back_with_a_sentence(client: Client, interview: Interview, booth: Booth) -> None:
    answer = client.post(page("let_in", booth.pk, interview.pk), {"last_four": "9"}, follow=True)
    assert "尾号对不上" in text_of(answer) and "seats" not in client.session


def test_an_interview_of_another_booth_is_not_found(client: Client, interview: Interview, booth: Booth) -> None:
    other = BoothFactory()
    assert client.get(page("let_in", booth.pk, interview.pk)).status_code == 200
    assert client.get(page("let_in", other.pk, interview.pk)).status_code == 404
    assert client.post(page("let_in", other.pk, interview.pk), {"last_four": last_four(interview)}).status_code == 404
    assert not LetIn.objects.exists()


def test_a_refresh_asks_for_the_list_alone(client: Client, interview: Interview, booth: Booth) -> None:
    piece = text_of(client.get(page("kiosk", booth.pk), headers={"HX-Request": "true"}))
    assert "<html" not in piece and "欧阳**" in piece


def test_leaving_a_booth_in_which_nobody_sits_changes_nothing(client: Client, booth: Booth) -> None:
    assert client.post(page("back", booth.pk)).status_code == 302
    assert client.get(page("back", booth.pk)).status_code == 405


# Races


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_let_in_once_and_never_two_people() -> None:
    host, booth = user_in("park"), BoothFactory()
    first = seated(booth)
    second = seated(booth, starts_at=first.ends_at)
    answers = crowd(persistent(lambda one: enter(one, booth, host).pk), [first, first, second] * 4, people=4)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert LetIn.objects.filter(booth=booth, over_at=None).count() == 1
