"""One interview on the employer's desk: what stands there, and every deed with its refusals."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting
from jinba.accounts.choices import Role
from jinba.privacy.models import PersonalDataAccess
from labor.applications.models import Application
from labor.interviews.actions import seating
from labor.interviews.choices import Mode, SeatKind, Side, State
from labor.interviews.models import BookedTime, Interview, Seat
from tests.factories.accounts import user_in
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import InterviewFactory, SittingFactory, SlotFactory, days_ahead, in_minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
PHONE = "13612345678"


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
def interview(posting: JobPosting) -> Interview:
    """Confirmed for in ten minutes; its room is on."""
    made: Interview = InterviewFactory(application__posting=posting, confirmed=True)
    seating.seat_all(interview=made)
    return made


def at(name: str, interview: Interview, *more: int) -> str:
    return reverse(f"interviewing:{name}", args=[interview.pk, *more])


def state_of(interview: Interview) -> str:
    return Interview.objects.get(pk=interview.pk).state


def new_times(*times: Any) -> dict[str, str]:
    data = {}
    for row, time in enumerate(times, start=1):
        local = timezone.localtime(time)
        data |= {f"on_{row}": f"{local:%Y-%m-%d}", f"at_{row}": f"{local:%H:%M}"}
    return data


# The page ------------------------------------------------------------------------------------------------------------


def test_the_page_says_who_when_and_how_it_stands(
    interview: Interview, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(13):
        page = text_of(client.get(at("detail", interview)))
    assert interview.application.worker.name in page and interview.application.posting.title in page
    assert "约好了" in page and "进入面试室" in page and "面试室里有谁" in page and "取消面试" in page
    assert interview.application.worker.phone not in page
    assert reverse("interviews:calendar_file", args=[interview.pk]) in page
    assert "对方没来" not in page and "写评分和结果" not in page


@pytest.mark.parametrize(
    ("fields", "shown", "hidden"),
    [
        ({}, ["等对方选时间", "也可以换一批"], ["进入面试室", "对方没来"]),
        ({"wish": "下周一"}, ["时间不合适", "下周一", "给对方新的时间"], ["进入面试室"]),
        ({"rescheduling": True, "slots": 0}, ["请给新时间", "给对方新的时间"], ["进入面试室"]),
        ({"live": True, "at": in_minutes(-5)}, ["正在谈", "写评分和结果", "改时间"], ["对方没来"]),
        ({"done": True, "feedback": "下周一来体检"}, ["谈完了", "下周一来", "看评分和结果"], ["取消面试", "打电话"]),
        ({"no_show": True, "at": in_minutes(-90)}, ["对方没来", "也可以补写结果"], ["取消面试", "给对方新的时间"]),
        ({"cancelled": True}, ["取消了", "为什么取消"], ["取消面试", "评分", "给对方新的时间", "打电话"]),
    ],
)  # fmt: skip
def test_every_state_offers_what_can_be_done(
    posting: JobPosting, client: Client, fields: dict[str, Any], shown: list[str], hidden: list[str]
) -> None:
    page = text_of(client.get(at("detail", InterviewFactory(application__posting=posting, **fields))))
    body = page[page.index('id="main"') :]
    assert [words for words in shown if words not in body] == []
    assert [words for words in hidden if words in body] == []


def test_who_took_his_consent_back_is_masked_and_not_called(interview: Interview, client: Client) -> None:
    worker = interview.application.worker
    Application.objects.filter(pk=interview.application_id).update(consent_withdrawn_at=timezone.now())
    page = text_of(client.get(at("detail", interview)))
    assert worker.name not in page and worker.masked_name in page and "给对方打电话" not in page
    assert client.get(at("phone", interview))["Location"] == at("detail", interview)
    refused = text_of(client.post(at("phone", interview), {"purpose": "hiring"}))
    assert worker.phone not in refused and "不再显示他的电话" in refused


def test_colleagues_may_act_strangers_find_nothing_and_other_roles_are_turned_away(interview: Interview) -> None:
    guest = seating.invite(
        interview=interview, kind=SeatKind.INTERPRETER, name="阿依", phone=PHONE, by=interview.recruiter
    )
    colleague = signed_in(MemberFactory(employer=interview.application.posting.employer, recruiter=True).user)
    stranger = signed_in(MemberFactory().user)
    pages = ["detail", "cancel", "phone"]
    deeds = [*(at(name, interview) for name in ("again", "cancel", "invite", "no_show", "other_time", "phone"))]
    deeds.append(at("revoke", interview, guest.pk))
    for name in pages:
        assert colleague.get(at(name, interview)).status_code == 200
        assert stranger.get(at(name, interview)).status_code == 404
    for address in deeds:
        assert stranger.post(address).status_code == 404
    for address in (at("detail", interview), at("again", interview)):
        assert colleague.put(address).status_code == 405
    for role in set(Role) - {Role.EMPLOYER}:
        other = signed_in(user_in(role))
        assert {other.get(at(name, interview)).status_code for name in pages} == {403}
        assert {other.post(address).status_code for address in deeds} == {403}
    assert state_of(interview) == State.CONFIRMED
    assert colleague.post(at("cancel", interview), {"reason": "full"}).status_code == 302
    assert state_of(interview) == State.CANCELLED


# Another time --------------------------------------------------------------------------------------------------------


def test_new_times_take_the_place_of_the_old_one(interview: Interview, client: Client) -> None:
    times = [days_ahead(2), days_ahead(2, 14)]
    page = client.post(at("again", interview), new_times(*times), follow=True)
    assert "新的时间已经发给对方" in text_of(page)
    interview.refresh_from_db()
    assert interview.state == State.RESCHEDULING and interview.starts_at is None
    assert list(interview.sitting.slots.values_list("starts_at", flat=True)) == times


def test_new_times_that_do_not_go_are_refused_at_their_row(interview: Interview, client: Client) -> None:
    SlotFactory(sitting=SittingFactory(posting=interview.application.posting, starts_at=days_ahead(3)))

    def wrong(data: dict[str, str]) -> dict[str, str]:
        page = client.post(at("again", interview), data)
        assert page.status_code == 422
        return {name: str(errors[0]) for name, errors in page.context["again_form"].errors.items()}

    assert wrong({}) == {"on_1": "请至少写一个时间。"}
    assert wrong(new_times(days_ahead(2)) | {"on_2": "2030-01-01"}) == {"at_2": "请写几点。"}
    past, taken = (wrong(new_times(days_ahead(2), time)) for time in (days_ahead(-1), days_ahead(3)))
    assert past.keys() == taken.keys() == {"at_2"}
    assert "已经过了" in past["at_2"] and "上午 9:00 面试官或陪同人已经有别的面试" in taken["at_2"]
    assert state_of(interview) == State.CONFIRMED


def test_one_that_has_begun_is_given_another_time(posting: JobPosting, client: Client) -> None:
    live = InterviewFactory(application__posting=posting, live=True, at=in_minutes(-5))
    assert "请给对方几个新的时间" in text_of(client.post(at("other_time", live), follow=True))
    assert state_of(live) == State.RESCHEDULING
    assert not BookedTime.objects.filter(interview=live).exists()


# Not at all ----------------------------------------------------------------------------------------------------------


def test_cancelling_asks_why(interview: Interview, client: Client) -> None:
    asked = text_of(client.get(at("cancel", interview)))
    assert "岗位已满" in asked and "没有选时间" not in asked
    assert "请选一个原因" in text_of(client.post(at("cancel", interview)))
    other = client.post(at("cancel", interview), {"reason": "other", "note": ""})
    assert other.status_code == 422 and other.context["form"].errors.keys() == {"note"}
    assert state_of(interview) == State.CONFIRMED
    page = client.post(at("cancel", interview), {"reason": "full", "note": "对不住了"}, follow=True)
    assert "已经告诉对方" in text_of(page) and "对不住了" in text_of(page)
    assert state_of(interview) == State.CANCELLED


def test_what_is_done_is_not_cancelled(posting: JobPosting, client: Client) -> None:
    done = InterviewFactory(application__posting=posting, done=True)
    assert "已经结束，不能再改" in text_of(client.post(at("cancel", done), {"reason": "full"}))
    assert state_of(done) == State.DONE


def test_who_did_not_come_is_noted_after_ten_minutes(posting: JobPosting, client: Client) -> None:
    row = InterviewFactory(application__posting=posting, confirmed=True, at=in_minutes(-5))
    home = at("detail", row)
    early = client.post(at("no_show", row), HTTP_REFERER=f"http://testserver{home}", follow=True)
    assert "请再等一等" in text_of(early) and state_of(row) == State.CONFIRMED
    late = InterviewFactory(application__posting=posting, confirmed=True, at=in_minutes(-45))
    assert "记下了：对方没来" in text_of(client.post(at("no_show", late), follow=True))
    late.refresh_from_db()
    assert (late.state, late.no_show_by) == (State.NO_SHOW, Side.WORKER)


# By telephone --------------------------------------------------------------------------------------------------------


def test_the_number_is_shown_for_a_reason_and_the_fallback_is_noted(interview: Interview, client: Client) -> None:
    worker = interview.application.worker
    asked = text_of(client.get(at("phone", interview)))
    assert worker.masked_phone in asked and worker.phone not in asked
    assert not PersonalDataAccess.objects.exists()
    shown = client.post(at("phone", interview), {"purpose": "hiring", "reason": ""})
    assert worker.phone in text_of(shown) and "no-store" in shown["Cache-Control"]
    assert PersonalDataAccess.objects.get().subject_id == worker.pk
    interview.refresh_from_db()
    assert interview.by_phone_at is not None and interview.by_phone_side == Side.EMPLOYER


def test_a_number_for_a_telephone_interview_is_no_fallback(posting: JobPosting, client: Client) -> None:
    row = InterviewFactory(application__posting=posting, confirmed=True, mode=Mode.PHONE)
    shown = client.post(at("phone", row), {"purpose": "hiring", "reason": ""})
    assert row.application.worker.phone in text_of(shown)
    row.refresh_from_db()
    assert row.by_phone_at is None and PersonalDataAccess.objects.count() == 1


def test_a_number_without_a_reason_is_not_shown(interview: Interview, client: Client) -> None:
    refused = client.post(at("phone", interview), {"purpose": "other", "reason": ""})
    assert refused.status_code == 422 and interview.application.worker.phone not in text_of(refused)
    assert not PersonalDataAccess.objects.exists() and state_of(interview) == State.CONFIRMED
    assert Interview.objects.get().by_phone_at is None


# Who is in the room --------------------------------------------------------------------------------------------------


def test_an_interpreter_is_invited_and_let_go(interview: Interview, client: Client) -> None:
    data = {"kind": "interpreter", "name": "阿依", "phone": PHONE}
    assert "链接已经用短信发给阿依" in text_of(client.post(at("invite", interview), data, follow=True))
    seat = Seat.objects.get(interview=interview, kind=SeatKind.INTERPRETER)
    page = text_of(client.get(at("detail", interview)))
    assert "阿依" in page and "还没打开链接" in page and PHONE not in page
    assert "阿依的链接作废了" in text_of(client.post(at("revoke", interview, seat.pk), follow=True))
    seat.refresh_from_db()
    assert seat.revoked_at is not None


def test_an_invitation_that_does_not_go_is_refused_at_its_field(interview: Interview, client: Client) -> None:
    data = {"kind": "interpreter", "name": "阿依", "phone": PHONE}
    for changed, field in (
        ({"name": ""}, "name"), ({"phone": "12"}, "phone"), ({"phone": interview.application.worker.phone}, "phone"),
    ):  # fmt: skip
        page = client.post(at("invite", interview), data | changed)
        assert page.status_code == 422 and page.context["guest_form"].errors.keys() == {field}
    assert Seat.objects.filter(interview=interview).count() == 2


def test_a_seat_is_taken_back_only_in_its_own_interview(interview: Interview, client: Client) -> None:
    guest = seating.invite(
        interview=interview, kind=SeatKind.INTERPRETER, name="阿依", phone=PHONE, by=interview.recruiter
    )
    other = InterviewFactory(application__posting=interview.application.posting, confirmed=True, at=in_minutes(60 * 24))
    assert client.post(at("revoke", other, guest.pk)).status_code == 404
    own = Seat.objects.get(interview=interview, kind=SeatKind.WORKER)
    assert "只能收回请来的人" in text_of(client.post(at("revoke", interview, own.pk)))
    assert Seat.objects.valid().filter(interview=interview).count() == 3
