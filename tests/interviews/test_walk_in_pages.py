"""The queue of walk-ins as the host works with it, and the numbers for the waiting area."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from labor.interviews import drop_in
from labor.interviews.actions import walk_ins
from labor.interviews.choices import State, WalkInState
from labor.interviews.models import Interview, WalkIn
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory, InterviewFactory, SittingFactory, SlotFactory, in_minutes
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
QUEUE, BOARD = "/booths/walk-ins/", "/booths/board/"


@pytest.fixture
def host() -> User:
    return user_in("park", name="何值班")


@pytest.fixture
def client(host: User) -> Client:
    client = Client()
    client.force_login(host)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


def page(name: str, pk: int) -> str:
    return reverse(f"booths:{name}", args=[pk])


def test_nobody_waits_for_no_minutes(client: Client, host: User) -> None:
    rows = [walk_ins.register(worker=WorkerFactory(helper=host), by=host) for _ in range(2)]
    WalkIn.objects.filter(pk=rows[1].pk).update(came_at=timezone.now() - timedelta(minutes=12))
    shown = text_of(client.get(QUEUE))
    assert "刚到" in shown and "等了 1" in shown and "0 分钟" not in shown.replace("10 分钟", "")


# Finding and registering


def test_a_person_is_found_by_his_phone_and_gets_a_number(client: Client, host: User) -> None:
    worker = WorkerFactory(name="苟小花", phone="13912345678", helper=host)
    found = client.post(QUEUE, {"phone": "139 1234 5678"})
    assert found["Location"] == page("walk_in_new", worker.pk) and "139" not in found["Location"]
    assert "只是来问问" in text_of(client.get(found["Location"]))
    answer = client.post(found["Location"], {"about": "ask"}, follow=True)
    assert "苟小花是 1 号" in text_of(answer)
    assert WalkIn.objects.get().worker == worker


def test_two_people_with_one_phone_are_both_shown(client: Client, host: User) -> None:
    for name in ("苟小花", "苟大山"):
        WorkerFactory(name=name, phone="13912345678", helper=host)
    shown = text_of(client.post(QUEUE, {"phone": "13912345678"}))
    assert "苟小花" in shown and "苟大山" in shown


def test_another_helpers_person_is_not_found_and_gets_no_number(client: Client, host: User) -> None:
    worker = WorkerFactory(name="苟小花", phone="13912345678", helper=user_in("broker"))
    shown = text_of(client.post(QUEUE, {"phone": "13912345678"}))
    assert "不在您的名单里" in shown and "苟小花" not in shown and reverse("helpers:new") in shown
    for method in (client.get, client.post):
        assert method(page("walk_in_new", worker.pk)).status_code == 404


def test_what_is_no_phone_is_said(client: Client) -> None:
    answer = client.post(QUEUE, {"phone": "12"})
    assert answer.status_code == 422 and "11 位手机号" in text_of(answer)


# What he came for


def test_options_are_todays_interviews_queues_that_are_on_and_free_times(host: User) -> None:
    worker = WorkerFactory(helper=host)
    mine = {"application__worker": worker}
    soon = InterviewFactory(confirmed=True, starts_at=in_minutes(10), **mine)
    queue = InterviewFactory(queue=True, sitting=SittingFactory(queue=True, starts_at=in_minutes(-10)), **mine)
    later = SittingFactory(starts_at=in_minutes(20))
    times = InterviewFactory(sitting=later, slots=0, **mine)
    slot = SlotFactory(sitting=later)
    InterviewFactory(**mine)  # asked for another day
    InterviewFactory(done=True, **mine)
    InterviewFactory(confirmed=True, mode="phone", starts_at=in_minutes(60), **mine)
    InterviewFactory(confirmed=True, starts_at=in_minutes(10))  # somebody else's
    found = [(one.interview, one.slot) for one in drop_in.options(worker=worker)]
    wanted = [(soon, None), (queue, None), (times, slot), (None, None)]
    assert set(found) <= set(wanted) and found[-1] == (None, None) and (queue, None) in found
    if in_minutes(21).astimezone().date() == in_minutes(0).astimezone().date():
        assert set(found) == set(wanted)


def test_a_queue_that_is_on_gives_him_his_place_in_it(client: Client, host: User) -> None:
    worker = WorkerFactory(helper=host)
    sitting = SittingFactory(queue=True, starts_at=in_minutes(-10))
    interview = InterviewFactory(
        queue=True, sitting=sitting, application__worker=worker, application__posting=sitting.posting
    )
    client.post(page("walk_in_new", worker.pk), {"about": f"i{interview.pk}"})
    interview.refresh_from_db()
    assert (interview.state, interview.queue_number, interview.booth) == (State.CONFIRMED, 1, None)
    assert WalkIn.objects.get().interview == interview


def test_a_free_time_of_today_is_picked_with_a_booth(client: Client, host: User) -> None:
    worker, booth = WorkerFactory(helper=host), BoothFactory()
    sitting = SittingFactory(starts_at=in_minutes(3))
    interview = InterviewFactory(
        sitting=sitting, slots=0, application__worker=worker, application__posting=sitting.posting
    )
    slot = SlotFactory(sitting=sitting)
    row = walk_ins.come(worker=worker, by=host, interview=interview, slot=slot)
    interview.refresh_from_db()
    assert (interview.state, interview.slot, interview.booth) == (State.CONFIRMED, slot, booth)
    assert row.interview == interview


def test_what_cannot_be_picked_gives_no_number(client: Client, host: User) -> None:
    worker = WorkerFactory(helper=host)
    sitting = SittingFactory(queue=True, starts_at=in_minutes(-10))
    interview = InterviewFactory(
        queue=True, sitting=sitting, application__worker=worker, application__posting=sitting.posting
    )
    address, told = page("walk_in_new", worker.pk), {"about": f"i{interview.pk}"}
    Interview.objects.filter(pk=interview.pk).update(mode="phone")  # the page was open for a while
    assert client.post(address, told).status_code == 422
    assert client.post(address, {}).status_code == 422 and not WalkIn.objects.exists()
    Interview.objects.filter(pk=interview.pk).update(mode="video")
    assert client.post(address, told).status_code == 302 and WalkIn.objects.exists()


# The list


def test_a_number_is_called_and_ended_on_the_page(client: Client, host: User) -> None:
    booth, other = BoothFactory(name="云窗一号"), BoothFactory(name="云窗二号")
    rows = [walk_ins.register(worker=WorkerFactory(helper=host), by=host) for _ in range(3)]
    assert "请 1 号到云窗一号" in text_of(
        client.post(page("walk_in_call", rows[0].pk), {"booth": booth.pk}, follow=True)
    )
    again = client.post(
        page("walk_in_call", rows[0].pk),
        {"booth": other.pk},
        follow=True,
        headers={"Referer": f"http://testserver{QUEUE}"},
    )
    assert "1 号已经叫到云窗一号了" in text_of(again)
    assert "请选一个面试间" in text_of(client.post(page("walk_in_call", rows[1].pk), {}, follow=True))
    assert "1 号办完了" in text_of(client.post(page("walk_in_done", rows[0].pk), follow=True))
    assert "2 号先走了" in text_of(client.post(page("walk_in_left", rows[1].pk), follow=True))
    states = list(WalkIn.objects.order_by("number").values_list("state", flat=True))
    assert states == [WalkInState.SERVED, WalkInState.LEFT, WalkInState.WAITING]


def test_the_list_masks_names_and_stays_quick(client: Client, host: User) -> None:
    BoothFactory()
    walk_ins.register(worker=WorkerFactory(name="欧阳明华", helper=host), by=host)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as few:
        shown = text_of(client.get(QUEUE))
    assert "欧阳**" in shown and "欧阳明华" not in shown
    for _ in range(5):
        walk_ins.register(worker=WorkerFactory(helper=host), by=host)
    with CaptureQueriesContext(connection) as many:
        client.get(QUEUE)
    assert len(many) == len(few) <= 10


def test_the_board_has_numbers_and_no_names(client: Client, host: User) -> None:
    assert "没有人在等" in text_of(client.get(BOARD))
    booth = BoothFactory(name="云窗一号")
    rows = [walk_ins.register(worker=WorkerFactory(name="欧阳明华", helper=host), by=host) for _ in range(14)]
    walk_ins.call(walk_in=rows[0], booth=booth, by=host)
    shown = text_of(client.get(BOARD))
    assert "1 号" in shown and "请到 云窗一号" in shown and "后面还有 1 位" in shown and "欧阳" not in shown
    piece = text_of(client.get(BOARD, headers={"HX-Request": "true"}))
    assert "<html" not in piece and "云窗一号" in piece
