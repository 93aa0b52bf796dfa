"""A sitting on the employer's desk: times and who took them, more people, closing; a queue that is called."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting
from jinba.accounts.choices import Role
from labor.interviews.actions import seating
from labor.interviews.choices import SeatKind, State
from labor.interviews.models import Interview, Seat, Sitting
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import InterviewFactory, SittingFactory, SlotFactory, days_ahead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


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


@pytest.fixture
def morning(posting: JobPosting) -> Sitting:
    """Three times of tomorrow, the second of them taken."""
    sitting = SittingFactory(posting=posting, starts_at=days_ahead(1))
    for number in range(3):
        SlotFactory(sitting=sitting, starts_at=days_ahead(1) + timedelta(minutes=20 * number))
    taken = days_ahead(1) + timedelta(minutes=20)
    InterviewFactory(application__posting=posting, sitting=sitting, confirmed=True, at=taken, starts_at=taken)
    return sitting


@pytest.fixture
def queue(posting: JobPosting) -> Sitting:
    """It has begun; three wait."""
    for number in (1, 2, 3):
        waiting(posting, number)
    return Sitting.objects.get(kind="queue")


def waiting(posting: JobPosting, number: int) -> Interview:
    start = timezone.now().replace(minute=0, second=0, microsecond=0)
    made: Interview = InterviewFactory(
        application__posting=posting, confirmed=True, queue=True, queue_number=number, at=start, starts_at=start,
        ends_at=start + timedelta(hours=3),
    )  # fmt: skip
    return made


def comes(interview: Interview) -> None:
    """The worker sits in the waiting room."""
    seating.seat_all(interview=interview)
    Seat.objects.filter(interview=interview, kind=SeatKind.WORKER).update(
        connection="00000000-0000-0000-0000-000000000001", seen_at=timezone.now(), arrived_at=timezone.now()
    )


def at(name: str, sitting: Sitting, *more: int) -> str:
    return reverse(f"interviewing:{name}", args=[sitting.pk, *more])


def numbered(sitting: Sitting, number: int) -> Interview:
    return Interview.objects.get(sitting=sitting, queue_number=number)


def test_the_page_shows_who_took_which_time(morning: Sitting, client: Client) -> None:
    asked = InterviewFactory(application__posting=morning.posting, sitting=morning, slots=0)
    page = client.get(at("sitting", morning))
    taken = morning.interviews.get(state=State.CONFIRMED)
    slots = page.context["slots"]
    assert [slot["line"] and slot["line"].name for slot in slots] == [None, taken.application.worker.name, None]
    assert [slot["may_withdraw"] for slot in slots] == [True, False, True]
    assert [line.name for line in page.context["unanswered"]] == [asked.application.worker.name]


def test_a_free_time_is_withdrawn_a_taken_one_is_not(morning: Sitting, client: Client) -> None:
    free, taken, _ = morning.slots.all()
    assert "收回了" in text_of(client.post(at("withdraw", morning, free.pk), follow=True))
    assert "已经有人选了，不能收回" in text_of(client.post(at("withdraw", morning, taken.pk)))
    assert [slot.withdrawn_at is None for slot in morning.slots.all()] == [False, True, True]
    other = SittingFactory(posting=morning.posting)
    assert client.post(at("withdraw", other, taken.pk)).status_code == 404


def test_more_people_are_asked_to_it(morning: Sitting, client: Client) -> None:
    one, foreign = ApplicationFactory(posting=morning.posting), ApplicationFactory()
    assert f'value="{one.pk}"' in text_of(client.get(at("sitting", morning)))
    nobody = client.post(at("invite_more", morning), {"application": [foreign.pk, "x", "9" * 30]}, follow=True)
    assert "请先勾选要约的人" in text_of(nobody)
    done = client.post(at("invite_more", morning), {"application": [one.pk]}, follow=True)
    assert "又问了 1 个人" in text_of(done)
    assert morning.interviews.filter(application=one, state=State.PROPOSED).exists()
    assert not Interview.objects.filter(application=foreign).exists()


def test_more_people_than_times_are_refused_in_words(morning: Sitting, client: Client) -> None:
    people = [one.pk for one in ApplicationFactory.create_batch(3, posting=morning.posting)]
    assert "有 3 个人要选，只有 2 个时间" in text_of(client.post(at("invite_more", morning), {"application": people}))
    assert morning.interviews.count() == 1


def test_closing_gives_free_times_back(morning: Sitting, client: Client) -> None:
    asked = InterviewFactory(application__posting=morning.posting, sitting=morning, slots=0)
    page = text_of(client.post(at("close", morning), follow=True))
    assert "这一场收了" in page and "收了这一场" not in page
    asked.refresh_from_db()
    assert asked.state == State.CANCELLED and morning.slots.filter(withdrawn_at=None).count() == 1


def test_thirty_people_need_as_many_queries_as_three(
    morning: Sitting, queue: Sitting, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(14) as slots:
        client.get(at("sitting", morning))
    with django_assert_max_num_queries(14) as people:
        client.get(at("sitting", queue))
    for number in range(4, 31):
        SlotFactory(sitting=morning, starts_at=days_ahead(1) + timedelta(minutes=20 * number))
        waiting(queue.posting, number)
        ApplicationFactory(posting=queue.posting)
    with django_assert_max_num_queries(len(slots)):
        client.get(at("sitting", morning))
    with django_assert_max_num_queries(len(people)):
        client.get(at("sitting", queue))


# The queue -----------------------------------------------------------------------------------------------------------


def test_the_queue_says_who_is_there_and_how_many_are_before_him(queue: Sitting, client: Client) -> None:
    comes(numbered(queue, 2))
    Interview.objects.filter(pk=numbered(queue, 3).pk).update(called_at=timezone.now())
    page = client.get(at("sitting", queue))
    assert [(place["number"], place["before"], place["is_here"]) for place in page.context["places"]] == [
        (1, 0, False), (2, 1, True), (3, 2, False),
    ]  # fmt: skip
    assert "还有 3 人在等" in text_of(page) and "叫过一次" in text_of(page)


def test_the_queue_asks_for_itself_every_five_seconds_while_it_is_on(queue: Sitting, client: Client) -> None:
    piece = text_of(client.get(at("sitting", queue), headers={"HX-Request": "true"}))
    assert 'hx-trigger="every 5s"' in piece and "<html" not in piece and "叫下一位" in piece
    Sitting.objects.filter(pk=queue.pk).update(closed_at=timezone.now())
    over = text_of(client.get(at("sitting", queue), headers={"HX-Request": "true"}))
    assert "every 5s" not in over and "叫下一位" not in over and "已经结束" in over


def test_calling_takes_the_first_who_is_there(queue: Sitting, client: Client) -> None:
    comes(numbered(queue, 2))
    called = numbered(queue, 2)
    assert "叫了 2 号" in text_of(client.post(at("call", queue), follow=True))
    called.refresh_from_db()
    assert called.state == State.LIVE
    page = client.get(at("sitting", queue))
    assert page.context["places"][0]["is_now"] and page.context["places"][0]["number"] == 2
    assert reverse("rooms:room", args=[called.pk]) in text_of(page)


def test_calling_when_nobody_is_there_says_so(queue: Sitting, client: Client) -> None:
    assert "等的人现在都不在线" in text_of(client.post(at("call", queue), follow=True))
    assert not Interview.objects.exclude(state=State.CONFIRMED).exists()


def test_who_is_skipped_goes_to_the_end(queue: Sitting, client: Client) -> None:
    first = numbered(queue, 1)
    assert "现在是 4 号" in text_of(client.post(at("skip", queue, first.pk), follow=True))
    page = client.get(at("sitting", queue))
    assert [place["number"] for place in page.context["places"]] == [2, 3, 4]
    client.post(at("skip", queue, first.pk))
    first.refresh_from_db()
    assert first.queue_number == 4  # the last one stays where he is


def test_only_who_waits_in_this_queue_is_skipped(queue: Sitting, client: Client) -> None:
    other = InterviewFactory(application__posting=queue.posting)
    assert client.post(at("skip", queue, other.pk)).status_code == 404
    done = numbered(queue, 1)
    comes(done)
    client.post(at("call", queue))
    assert "只能把还在排队的人往后排" in text_of(client.post(at("skip", queue, done.pk)))
    assert numbered(queue, 1).pk == done.pk


def test_a_sitting_of_slots_is_not_called(morning: Sitting, client: Client) -> None:
    assert "不用叫号" in text_of(client.post(at("call", morning)))


def test_colleagues_may_act_strangers_find_nothing_and_other_roles_are_turned_away(queue: Sitting) -> None:
    first = numbered(queue, 1)
    deeds = [at("call", queue), at("close", queue), at("invite_more", queue), at("skip", queue, first.pk)]
    colleague = signed_in(MemberFactory(employer=queue.posting.employer, recruiter=True).user)
    stranger = signed_in(MemberFactory().user)
    assert colleague.get(at("sitting", queue)).status_code == 200
    assert colleague.post(at("sitting", queue)).status_code == 405
    assert stranger.get(at("sitting", queue)).status_code == 404
    assert {stranger.post(address).status_code for address in deeds} == {404}
    assert {colleague.get(address).status_code for address in deeds} == {405}
    for role in set(Role) - {Role.EMPLOYER}:
        other = signed_in(user_in(role))
        assert {other.post(address).status_code for address in deeds} == {403}
        assert other.get(at("sitting", queue)).status_code == 403
    assert "队里还有 3 个人" in text_of(colleague.post(at("close", queue)))
    assert Sitting.objects.get().closed_at is None
