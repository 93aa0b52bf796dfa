"""What a worker taps on the page of his interview, and what his helper taps for him."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.applications.choices import Stage
from labor.interviews.actions import wishing
from labor.interviews.choices import CancelReason, Mode, Side, State
from labor.interviews.models import BookedTime, Interview, Slot
from labor.workers.models import WorkerAct
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import MemberFactory
from tests.factories.interviews import BoothFactory, InterviewFactory, SlotFactory, days_ahead, host_of, in_minutes
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet(letters: Any, nudges: Any) -> None:
    """Nothing leaves the house."""


def user_of(interview: Interview) -> User:
    user = interview.application.worker.user
    assert user is not None
    return user


def at(name: str, interview: Interview) -> str:
    return reverse(f"interviews:{name}", args=[interview.pk])


def slots_of(interview: Interview) -> list[Slot]:
    return list(interview.sitting.slots.order_by("starts_at"))


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def again(interview: Interview) -> Interview:
    return Interview.objects.get(pk=interview.pk)


# A time


def test_a_time_is_taken_with_one_tap(client: Client) -> None:
    interview = InterviewFactory()
    slot = slots_of(interview)[1]
    client.force_login(user_of(interview))
    answer = client.post(at("pick", interview), {"slot": slot.pk, "place": "own", "helper": ""}, follow=True)
    assert answer.redirect_chain[-1][0] == at("detail", interview)
    interview = again(interview)
    assert (interview.state, interview.slot, interview.booth) == (State.CONFIRMED, slot, None)
    assert "定了：" in text_of(answer) and "就这个时间" not in text_of(answer)


def test_a_time_that_was_just_taken_comes_back_with_those_that_are_left(client: Client) -> None:
    interview = InterviewFactory(slots=3)
    first, second, third = slots_of(interview)
    InterviewFactory(confirmed=True, sitting=interview.sitting, slot=first, at=first.starts_at)
    client.force_login(user_of(interview))
    chosen = {"slot": first.pk, "place": "own", "helper": ""}
    answer = client.post(at("pick", interview), chosen)
    text = text_of(answer)
    assert answer.status_code == 422 and "刚被占用，请另选一个" in text
    assert f'value="{first.pk}"' not in text
    assert f'value="{second.pk}"' in text and f'value="{third.pk}"' in text
    assert client.post(at("pick", interview), {**chosen, "slot": second.pk}).status_code == 302


@pytest.mark.parametrize("slot", ["", "0", "x", "9" * 30, "²"])
def test_without_a_time_nothing_is_taken(client: Client, slot: str) -> None:
    interview = InterviewFactory()
    client.force_login(user_of(interview))
    answer = client.post(at("pick", interview), {"slot": slot, "place": "own"})
    assert answer.status_code == 422 and "请先点一个时间" in text_of(answer)
    assert again(interview).state == State.PROPOSED


def test_a_time_of_another_sitting_is_not_his(client: Client) -> None:
    interview, other = InterviewFactory(), InterviewFactory()
    client.force_login(user_of(interview))
    assert client.post(at("pick", interview), {"slot": slots_of(other)[0].pk}).status_code == 422
    assert again(interview).state == State.PROPOSED


def test_times_stand_under_their_days(client: Client) -> None:
    interview = InterviewFactory(slots=0)
    for when in (days_ahead(1, 9), days_ahead(1, 14, 30), days_ahead(2, 10)):
        SlotFactory(sitting=interview.sitting, starts_at=when)
    client.force_login(user_of(interview))
    text = text_of(client.get(at("detail", interview)))
    places = [text.index(words) for words in ("明天（", "上午 9:00", "下午 2:30", "后天（", "上午 10:00")]
    assert places == sorted(places)


def test_a_booth_is_booked_with_the_time(client: Client) -> None:
    booth = BoothFactory(name="云窗一号")
    interview = InterviewFactory()
    slot = slots_of(interview)[0]
    client.force_login(user_of(interview))
    assert "去云窗一号，有人帮忙" in text_of(client.get(at("detail", interview)))
    client.post(at("pick", interview), {"slot": slot.pk, "place": booth.pk})
    interview = again(interview)
    assert interview.booth == booth
    assert BookedTime.objects.filter(interview=interview).count() == 2


def test_a_booth_that_is_taken_at_that_time_is_said_and_the_choice_stays(client: Client) -> None:
    booth, free = BoothFactory(name="云窗一号"), BoothFactory(name="云窗二号")
    interview = InterviewFactory()
    first = slots_of(interview)[0]
    InterviewFactory(confirmed=True, at=first.starts_at, booth=booth)
    client.force_login(user_of(interview))
    answer = client.post(at("pick", interview), {"slot": first.pk, "place": booth.pk})
    text = text_of(answer)
    assert answer.status_code == 422 and again(interview).state == State.PROPOSED
    assert f'value="{first.pk}" checked' in text
    assert "云窗二号" in text and "去云窗一号" not in text
    assert client.post(at("pick", interview), {"slot": first.pk, "place": free.pk}).status_code == 302


def test_the_places_of_a_time_are_those_that_are_open_and_free(client: Client) -> None:
    BoothFactory(name="云窗一号")
    taken = BoothFactory(name="云窗二号")
    BoothFactory(name="云窗三号", host=False)
    interview = InterviewFactory()
    first, second = slots_of(interview)
    InterviewFactory(confirmed=True, at=first.starts_at, booth=taken)
    client.force_login(user_of(interview))
    url = at("places", interview)
    answer = client.get(url, {"slot": first.pk, "place": "own"}, headers={"HX-Request": "true"})
    assert "云窗一号" in text_of(answer)
    assert "云窗二号" not in text_of(answer) and "云窗三号" not in text_of(answer)
    answer = client.get(url, {"slot": second.pk, "place": taken.pk}, headers={"HX-Request": "true"})
    assert "云窗二号" in text_of(answer) and f'value="{taken.pk}" checked' in text_of(answer)
    assert "<html" not in text_of(answer)
    assert client.get(url, {"slot": first.pk}).status_code == 302  # without htmx


def test_a_telephone_call_needs_no_booth(client: Client) -> None:
    BoothFactory(name="云窗一号")
    interview = InterviewFactory(mode=Mode.PHONE)
    client.force_login(user_of(interview))
    assert "云窗一号" not in text_of(client.get(at("detail", interview)))


# A queue


def test_who_comes_to_the_queue_gets_his_number(client: Client) -> None:
    ahead = InterviewFactory(confirmed=True, queue=True, at=days_ahead(1, 9))
    interview = InterviewFactory(queue=True, sitting=ahead.sitting, application__posting=ahead.application.posting)
    client.force_login(user_of(interview))
    text = text_of(client.get(at("detail", interview)))
    assert "我来" in text and "一个一个面" in text
    answer = client.post(at("pick", interview), {"place": "own"}, follow=True)
    interview = again(interview)
    assert (interview.state, interview.queue_number) == (State.CONFIRMED, 2)
    assert "您是 2 号" in text_of(answer) and "前面还有 <strong>1</strong> 位" in text_of(answer)


# For somebody else


def test_a_helper_picks_for_his_worker_and_comes_along(client: Client) -> None:
    broker = user_in("broker")
    interview = InterviewFactory(application__worker=WorkerFactory(helper=broker))
    client.force_login(broker)
    client.post(at("pick", interview), {"slot": slots_of(interview)[0].pk, "place": "own", "helper": broker.pk})
    interview = again(interview)
    assert (interview.state, interview.helper) == (State.CONFIRMED, broker)
    assert WorkerAct.objects.filter(worker=interview.application.worker, by=broker).count() == 1


def test_a_worker_asks_his_helper_along(client: Client) -> None:
    broker = user_in("broker", name="何经纪")
    interview = InterviewFactory(application__worker=WorkerFactory(helper=broker))
    client.force_login(user_of(interview))
    assert "请何经纪陪我一起" in text_of(client.get(at("detail", interview)))
    client.post(at("pick", interview), {"slot": slots_of(interview)[0].pk, "place": "own", "helper": broker.pk})
    assert again(interview).helper == broker


def test_nobody_else_comes_along(client: Client) -> None:
    interview = InterviewFactory()
    client.force_login(user_of(interview))
    chosen = {"slot": slots_of(interview)[0].pk, "place": "own", "helper": user_in("broker").pk}
    assert client.post(at("pick", interview), chosen).status_code == 422
    assert again(interview).state == State.PROPOSED


DOORS = ("pick", "places", "place", "other_time", "decline", "missed", "now")


@pytest.mark.parametrize("name", DOORS)
def test_no_door_opens_for_strangers(client: Client, name: str) -> None:
    interview = InterviewFactory(confirmed=True)
    for stranger in (WorkerFactory().user, user_in("broker")):
        client.force_login(stranger)
        assert client.get(at(name, interview)).status_code == 404
        assert client.post(at(name, interview)).status_code in (404, 405)
    for role in ("employer", "officer"):
        client.force_login(user_in(role))
        assert client.get(at(name, interview)).status_code == 403
    client.force_login(user_of(interview))
    assert client.delete(at(name, interview)).status_code == 405


@pytest.mark.parametrize("name", ["place", "other_time", "decline", "missed"])
def test_the_host_of_a_booth_cannot_answer_for_a_worker(client: Client, name: str) -> None:
    booth = BoothFactory()
    interview = InterviewFactory(confirmed=True, at=in_minutes(-12), booth=booth)
    client.force_login(host_of(booth))
    client.post(at(name, interview), {"reason": "no_time", "place": "own"})
    interview = again(interview)
    assert interview.booth == booth and interview.state == State.CONFIRMED


# Another place, another time, not at all


def test_the_place_is_changed_afterwards(client: Client) -> None:
    booth = BoothFactory(name="云窗一号")
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9))
    client.force_login(user_of(interview))
    assert "云窗一号" in text_of(client.get(at("place", interview)))
    client.post(at("place", interview), {"place": booth.pk})
    assert again(interview).booth == booth
    assert f'value="{booth.pk}" checked' in text_of(client.get(at("place", interview)))
    client.post(at("place", interview), {"place": "own"})
    assert again(interview).booth is None


def test_a_place_has_to_be_chosen(client: Client) -> None:
    booth = BoothFactory()
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9), booth=booth)
    client.force_login(user_of(interview))
    answer = client.post(at("place", interview), {"place": "nowhere"})
    assert answer.status_code == 422 and "请选一个地方" in text_of(answer)
    assert again(interview).booth == booth


def test_without_a_free_booth_the_own_phone_is_enough(client: Client) -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9))
    client.force_login(user_of(interview))
    assert "用自己的手机就行" in text_of(client.get(at("place", interview)))


def test_another_time_is_asked_for_with_a_wish(client: Client) -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9))
    client.force_login(user_of(interview))
    assert "就不算了" in text_of(client.get(at("other_time", interview)))
    client.post(at("other_time", interview), {"wish": "后天下午"})
    interview = again(interview)
    assert (interview.state, interview.wish, interview.starts_at) == (State.RESCHEDULING, "后天下午", None)


def test_too_long_a_wish_comes_back_as_it_was(client: Client) -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9))
    client.force_login(user_of(interview))
    answer = client.post(at("other_time", interview), {"wish": "早" * 201})
    assert answer.status_code == 422 and "早" * 201 in text_of(answer)
    assert again(interview).state == State.CONFIRMED


def test_another_free_time_is_taken_in_place_of_the_one_he_has(client: Client) -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9))
    other = SlotFactory(sitting=interview.sitting, starts_at=days_ahead(1, 10))
    client.force_login(user_of(interview))
    text = text_of(client.get(at("other_time", interview)))
    assert "直接选" in text and f'value="{other.pk}"' in text
    client.post(at("pick", interview), {"slot": other.pk, "place": "own"})
    interview = again(interview)
    assert (interview.state, interview.slot) == (State.CONFIRMED, other)
    taken = SlotFactory(sitting=interview.sitting, starts_at=days_ahead(1, 11))
    InterviewFactory(confirmed=True, sitting=interview.sitting, slot=taken, at=taken.starts_at)
    left = SlotFactory(sitting=interview.sitting, starts_at=days_ahead(1, 12))
    answer = client.post(at("pick", interview), {"slot": taken.pk, "place": "own"})
    assert answer.status_code == 422 and f'value="{left.pk}"' in text_of(answer)
    assert again(interview).slot == other


@pytest.mark.parametrize("fields", [{}, {"rescheduling": True}, {"slots": 0}])
def test_whom_no_time_suits_says_which_would(client: Client, fields: dict[str, Any]) -> None:
    broker = user_in("broker")
    interview = InterviewFactory(application__worker=WorkerFactory(helper=broker), **fields)
    state = interview.state
    client.force_login(broker)
    assert "给的时间都不行吗" in text_of(client.get(at("other_time", interview)))
    answer = client.post(at("other_time", interview), {"wish": " "})
    assert answer.status_code == 422 and "请写一句什么时候方便" in text_of(answer)
    for _ in range(2):
        assert client.post(at("other_time", interview), {"wish": "晚上 7 点以后"}).status_code == 302
    interview = again(interview)
    assert (interview.state, interview.wish) == (state, "晚上 7 点以后")
    assert interview.events.filter(side=Side.WORKER).count() == 1
    assert WorkerAct.objects.filter(worker=interview.application.worker, by=broker).count() == 1
    told = Notice.objects.get(recipient=interview.recruiter)
    assert "晚上 7 点以后" in told.body and interview.application.worker.name not in told.title
    assert "希望晚上 7 点以后" in text_of(client.get(at("detail", interview)))


def test_a_wish_is_the_workers_and_only_before_it_is_agreed() -> None:
    asked, agreed = InterviewFactory(), InterviewFactory(confirmed=True, at=days_ahead(1, 9))
    with pytest.raises(Refused, match="由求职者"):
        wishing.wish(interview=asked, by=asked.recruiter, wish="明天")
    with pytest.raises(Refused, match="时间已经定了"):
        wishing.wish(interview=agreed, by=user_of(agreed), wish="明天")
    with pytest.raises(Refused, match="不归您办"):
        wishing.wish(interview=asked, by=WorkerFactory().user, wish="明天")
    over = InterviewFactory(application=ApplicationFactory(stage=Stage.REJECTED))
    with pytest.raises(Refused, match="已经结束"):
        wishing.wish(interview=over, by=user_of(over), wish="明天")
    assert not Interview.objects.exclude(wish="").exists()


@pytest.mark.parametrize("fields", [{}, {"confirmed": True, "at": days_ahead(1, 9)}, {"rescheduling": True}])
def test_who_does_not_come_says_why(client: Client, fields: dict[str, Any]) -> None:
    interview = InterviewFactory(**fields)
    client.force_login(user_of(interview))
    assert "不去这次面试吗" in text_of(client.get(at("decline", interview)))
    answer = client.post(at("decline", interview), {"note": ""})
    assert answer.status_code == 422 and "请选一个原因" in text_of(answer)
    answer = client.post(at("decline", interview), {"reason": "other", "note": ""})
    assert answer.status_code == 422 and "请写一句是什么原因" in text_of(answer)
    assert again(interview).state != State.CANCELLED
    client.post(at("decline", interview), {"reason": "no_time", "note": "要割稻子"})
    interview = again(interview)
    assert (interview.state, interview.cancelled_by) == (State.CANCELLED, Side.WORKER)
    assert interview.cancel_reason == CancelReason.NO_TIME


def test_an_employer_that_does_not_come_is_named_after_ten_minutes(client: Client) -> None:
    early, late = InterviewFactory(confirmed=True, at=in_minutes(-9)), InterviewFactory(confirmed=True)
    for interview in (early, late):
        client.force_login(user_of(interview))
        assert client.get(at("missed", interview)).status_code == 302
        client.post(at("missed", interview))
        assert again(interview).state == State.CONFIRMED
    waited = InterviewFactory(confirmed=True, at=in_minutes(-11))
    client.force_login(user_of(waited))
    assert "我到了，企业没来" in text_of(client.get(at("detail", waited)))
    assert "再等等" in text_of(client.get(at("missed", waited)))
    client.post(at("missed", waited))
    waited = again(waited)
    assert (waited.state, waited.no_show_by) == (State.NO_SHOW, Side.EMPLOYER)


def test_an_employer_that_was_seen_cannot_be_named(client: Client) -> None:
    interview = InterviewFactory(confirmed=True, at=in_minutes(-11), employer_came_at=timezone.now())
    client.force_login(user_of(interview))
    assert "企业没来" not in text_of(client.get(at("detail", interview)))
    client.post(at("missed", interview))
    assert again(interview).state == State.CONFIRMED


def test_an_employer_that_calls_others_of_the_queue_cannot_be_named(client: Client) -> None:
    waits = InterviewFactory(confirmed=True, queue=True, queue_number=2, at=in_minutes(-11))
    client.force_login(user_of(waits))
    assert "我到了，企业没来" in text_of(client.get(at("detail", waits)))
    InterviewFactory(
        live=True, queue=True, sitting=waits.sitting, at=in_minutes(-11), application__posting=waits.sitting.posting
    )
    assert "我到了，企业没来" not in text_of(client.get(at("detail", waits)))
    client.post(at("missed", waits))
    assert again(waits).state == State.CONFIRMED


@pytest.mark.parametrize("name", ["place", "other_time", "decline", "missed"])
def test_nothing_is_asked_about_what_is_over(client: Client, name: str) -> None:
    interview = InterviewFactory(done=True)
    client.force_login(user_of(interview))
    assert client.get(at(name, interview))["Location"] == at("detail", interview)
    client.post(at(name, interview), {"reason": "no_time"})
    assert again(interview).state == State.DONE


def test_a_double_tap_changes_nothing_more(client: Client) -> None:
    interview = InterviewFactory()
    chosen = {"slot": slots_of(interview)[0].pk, "place": "own"}
    client.force_login(user_of(interview))
    for _ in range(2):
        assert client.post(at("pick", interview), chosen).status_code == 302
    assert interview.events.filter(to_state=State.CONFIRMED).count() == 1


def test_an_employer_cannot_answer_for_the_worker(client: Client) -> None:
    interview = InterviewFactory()
    client.force_login(MemberFactory(employer=interview.application.posting.employer).user)
    assert client.post(at("pick", interview), {"slot": slots_of(interview)[0].pk}).status_code == 403
