"""The employer asks applicants to an interview: the page, its three ways of giving times, what it refuses."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.core.slips import new_slip
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.interviews.choices import Mode, SittingKind
from labor.interviews.models import Interview, Sitting
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import MemberFactory, owner_of
from tests.factories.interviews import InterviewFactory, SittingFactory, SlotFactory, days_ahead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def application() -> Application:
    return ApplicationFactory()


@pytest.fixture
def client(application: Application) -> Client:
    return signed_in(owner_of(application.posting.employer))


def address(application: Application, *picked: Application) -> str:
    query = "&".join(f"application={one.pk}" for one in picked)
    return reverse("interviewing:offer", args=[application.posting_id]) + (f"?{query}" if query else "")


def day_and_clock(at: datetime) -> tuple[str, str]:
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d}", f"{local:%H:%M}"


def sheet(asked: Application, /, *times: datetime, **more: Any) -> dict[str, Any]:
    """What the form sends with these single times, unless `more` says otherwise."""
    data: dict[str, Any] = {
        "slip": new_slip(), "application": [asked.pk], "recruiter": owner_of(asked.posting.employer).pk,
        "mode": "video", "minutes": "20", "way": "times", "pause": "5", "note": "请准备身份证",
    }  # fmt: skip
    for row, at in enumerate(times, start=1):
        data[f"on_{row}"], data[f"at_{row}"] = day_and_clock(at)
    return data | more


def morning(asked: Application, /, **more: Any) -> dict[str, Any]:
    day, _ = day_and_clock(days_ahead(2))
    return sheet(asked, way="series", day=day, starts="09:00", ends="10:10", **more)


# The page ------------------------------------------------------------------------------------------------------------


def test_those_picked_are_ticked_and_who_cannot_be_asked_is_named(application: Application, client: Client) -> None:
    other, asked = (ApplicationFactory(posting=application.posting) for _ in range(2))
    InterviewFactory(application=asked)
    gone = ApplicationFactory(posting=application.posting, stage=Stage.REJECTED)
    page = client.get(address(application, application, asked, gone))
    assert [(one["pk"], one["is_chosen"]) for one in page.context["people"]] == [
        (application.pk, True),
        (other.pk, False),
    ]
    assert f"{asked.worker.name}、{gone.worker.name}现在不能约" in text_of(page)


def test_who_took_his_consent_back_is_neither_listed_nor_named(application: Application, client: Client) -> None:
    Application.objects.filter(pk=application.pk).update(consent_withdrawn_at=timezone.now())
    page = client.get(address(application, application))
    assert page.context["people"] == []
    assert application.worker.masked_name in text_of(page) and application.worker.name not in text_of(page)


def test_a_mangled_pick_picks_nobody(application: Application, client: Client) -> None:
    page = client.get(address(application) + "?application=x&application=-1&application=" + "9" * 30)
    assert page.status_code == 200 and not any(one["is_chosen"] for one in page.context["people"])


def test_thirty_people_need_as_many_queries_as_three(
    application: Application, client: Client, django_assert_max_num_queries: Any
) -> None:
    ApplicationFactory.create_batch(2, posting=application.posting)
    with django_assert_max_num_queries(16) as few:
        client.get(address(application, application))
    ApplicationFactory.create_batch(27, posting=application.posting)
    with django_assert_max_num_queries(len(few)):
        client.get(address(application, application))


def test_colleagues_may_ask_strangers_find_nothing_and_other_roles_are_turned_away(application: Application) -> None:
    colleague = signed_in(MemberFactory(employer=application.posting.employer, recruiter=True).user)
    stranger = signed_in(MemberFactory().user)
    for method in ("get", "post"):
        assert getattr(stranger, method)(address(application)).status_code == 404
        for role in set(Role) - {Role.EMPLOYER}:
            assert getattr(signed_in(user_in(role)), method)(address(application)).status_code == 403
    assert colleague.put(address(application)).status_code == 405
    assert colleague.get(address(application)).status_code == 200
    assert colleague.post(address(application), sheet(application, days_ahead(1))).status_code == 302
    assert Interview.objects.get().made_by == Sitting.objects.get().made_by != owner_of(application.posting.employer)


# Asking --------------------------------------------------------------------------------------------------------------


def test_single_times_are_offered_and_the_page_shows_who_was_asked(application: Application, client: Client) -> None:
    other = ApplicationFactory(posting=application.posting)
    times = [days_ahead(1), days_ahead(1, 14, 30)]
    data = sheet(application, *times, application=[application.pk, other.pk], mode="onsite", place="二号门保安室")
    page = client.post(address(application), data, follow=True)
    sitting = Sitting.objects.get()
    assert page.redirect_chain[-1][0] == reverse("interviewing:sitting", args=[sitting.pk])
    assert "已经问了 2 个人" in text_of(page)
    assert application.worker.name in text_of(page) and other.worker.name in text_of(page)
    assert list(sitting.slots.values_list("starts_at", flat=True)) == times
    assert (sitting.mode, sitting.place, sitting.note) == (Mode.ONSITE, "二号门保安室", "请准备身份证")


def test_a_colleague_may_be_the_one_who_asks_the_questions(application: Application, client: Client) -> None:
    colleague = MemberFactory(employer=application.posting.employer, recruiter=True).user
    client.post(address(application), sheet(application, days_ahead(1), recruiter=colleague.pk))
    assert Interview.objects.get().recruiter == colleague


def test_a_series_is_shown_before_it_is_sent(application: Application, client: Client) -> None:
    data = morning(application)
    shown = client.post(address(application), data)
    assert shown.status_code == 200 and not Sitting.objects.exists()
    assert [one["value"] for one in shown.context["series"]["times"]] == ["09:00", "09:25", "09:50"]
    seen = {"series_seen": shown.context["series"]["shown_for"], "keep": ["09:00", "09:50"]}
    assert client.post(address(application), data | seen).status_code == 302
    starts = [timezone.localtime(slot.starts_at) for slot in Sitting.objects.get().slots.all()]
    assert [f"{at:%H:%M}" for at in starts] == ["09:00", "09:50"]


def test_a_series_that_was_changed_after_it_was_shown_is_shown_again(application: Application, client: Client) -> None:
    shown = client.post(address(application), morning(application))
    seen = {"series_seen": shown.context["series"]["shown_for"], "keep": ["09:00"]}
    again = client.post(address(application), morning(application, **seen) | {"ends": "11:00"})
    assert again.status_code == 200 and len(again.context["series"]["times"]) == 5
    assert not Sitting.objects.exists()


def test_looking_at_a_series_asks_for_nothing_else_yet(application: Application, client: Client) -> None:
    data = morning(application, application=[], note="x" * 300, look="1")
    page = client.post(address(application), data)
    assert page.status_code == 200 and len(page.context["series"]["times"]) == 3
    assert "请选要约的人" not in text_of(page)
    missing = client.post(address(application), data | {"ends": ""})
    assert missing.status_code == 422 and missing.context["form"].errors == {"ends": ["请写几点。"]}


def test_times_of_a_series_at_which_the_recruiter_is_taken_are_not_ticked(
    application: Application, client: Client
) -> None:
    taken = SittingFactory(posting=application.posting, starts_at=days_ahead(2, 9, 30))
    SlotFactory(sitting=taken)
    page = client.post(address(application), morning(application, look="1"))
    assert [bool(one["taken"]) for one in page.context["series"]["times"]] == [False, True, False]
    assert "已有安排 09:30–09:50" in text_of(page)


def test_a_queue_takes_the_whole_time(application: Application, client: Client) -> None:
    client.post(address(application), morning(application) | {"way": "queue"})
    sitting = Sitting.objects.get()
    assert sitting.kind == SittingKind.QUEUE and sitting.ends_at - sitting.starts_at == timedelta(minutes=70)


def test_one_may_answer_until_the_evening_of_the_day_named(application: Application, client: Client) -> None:
    day, _ = day_and_clock(days_ahead(1))
    client.post(address(application), sheet(application, days_ahead(3), answer_on=day))
    assert Sitting.objects.get().answer_by == days_ahead(1, 20)


def test_a_double_tap_makes_one_sitting(application: Application, client: Client) -> None:
    data = sheet(application, days_ahead(1))
    answers = [client.post(address(application), data) for _ in range(2)]
    assert Sitting.objects.count() == Interview.objects.count() == 1
    assert {answer["Location"] for answer in answers} == {
        reverse("interviewing:sitting", args=[Sitting.objects.get().pk])
    }


def test_another_form_for_the_same_person_is_refused(application: Application, client: Client) -> None:
    client.post(address(application), sheet(application, days_ahead(1)))
    again = client.post(address(application), sheet(application, days_ahead(3)))
    assert again.status_code == 422 and Sitting.objects.count() == 1
    assert "有人刚刚不能约了" in text_of(again)


# Refusals ------------------------------------------------------------------------------------------------------------


def refused(client: Client, application: Application, data: dict[str, Any]) -> dict[str, str]:
    """The fields that the answer complains about, each with its sentence; nobody was asked."""
    page = client.post(address(application), data)
    assert page.status_code == 422 and not Interview.objects.filter(application=application).exists()
    return {name: str(errors[0]) for name, errors in page.context["form"].errors.items()}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"application": []}, {"application": "请选要约的人。"}),
        ({"minutes": ""}, {"minutes": "请填写每人多久。"}),
        ({"minutes": "4"}, {"minutes": "每人 5 到 180 分钟。"}),
        ({"on_1": "", "at_1": ""}, {"on_1": "请至少写一个时间。"}),
        ({"at_1": ""}, {"at_1": "请写几点。"}),
        ({"on_1": ""}, {"on_1": "请选哪一天。"}),
        ({"at_1": "午饭后"}, {"at_1": "请写成 9:30 这样的时间。"}),
        ({"on_2": "2026-02-31", "at_2": "9:00"}, {"on_2": "请选一个日子。"}),
        ({"way": "queue"}, {"day": "请选哪一天。", "starts": "请写几点。", "ends": "请写几点。"}),
        ({"answer_on": "2020-01-01"}, {"answer_on": "最晚回答的时间要在现在之后，最后一个面试时间之前。"}),
        ({"recruiter": "0"}, {"recruiter": "请选本单位的一位成员。"}),
    ],
)
def test_what_is_missing_or_wrong_stands_at_its_field(
    application: Application, client: Client, changed: dict[str, Any], wrong: dict[str, str]
) -> None:
    assert refused(client, application, sheet(application, days_ahead(1)) | changed) == wrong


def test_times_as_people_type_them_are_understood(application: Application, client: Client) -> None:
    typed = {"at_1": "9点半", "on_2": day_and_clock(days_ahead(1))[0], "at_2": "14：05"}
    assert client.post(address(application), sheet(application, days_ahead(1)) | typed).status_code == 302
    starts = [f"{timezone.localtime(slot.starts_at):%H:%M}" for slot in Sitting.objects.get().slots.all()]
    assert starts == ["09:30", "14:05"]


def test_a_time_of_the_past_is_named_at_its_row(application: Application, client: Client) -> None:
    wrong = refused(client, application, sheet(application, days_ahead(1), days_ahead(-1)))
    assert wrong.keys() == {"at_2"} and "已经过了" in wrong["at_2"]


def test_an_overlap_names_the_time_that_is_taken_at_its_row(application: Application, client: Client) -> None:
    taken = SittingFactory(posting=application.posting, starts_at=days_ahead(2, 9, 30))
    SlotFactory(sitting=taken)
    data = sheet(application, days_ahead(1), days_ahead(2, 9, 40), note="早点来")
    wrong = refused(client, application, data)
    assert wrong.keys() == {"at_2"} and "上午 9:30" in wrong["at_2"] and "已经有别的面试" in wrong["at_2"]
    page = text_of(client.post(address(application), data))
    assert "早点来" in page and 'value="09:40"' in page


def test_fewer_times_than_people_is_refused_at_the_times(application: Application, client: Client) -> None:
    other = ApplicationFactory(posting=application.posting)
    wrong = refused(client, application, sheet(application, days_ahead(1), application=[application.pk, other.pk]))
    assert wrong.keys() == {"on_1"} and "有 2 个人要选，只有 1 个时间" in wrong["on_1"]


def test_a_queue_too_short_for_its_people_is_refused_at_its_end(application: Application, client: Client) -> None:
    others = ApplicationFactory.create_batch(4, posting=application.posting)
    people = [one.pk for one in (application, *others)]
    wrong = refused(client, application, morning(application, application=people) | {"way": "queue"})
    assert wrong.keys() == {"ends"} and "还够 3 个人，约了 5 个" in wrong["ends"]


def test_a_series_without_room_for_anybody_is_refused_at_its_end(application: Application, client: Client) -> None:
    wrong = refused(client, application, morning(application) | {"ends": "09:05"})
    assert wrong == {"ends": "这段时间里一个人也放不下，请把结束时间写晚一些。"}


def test_a_series_of_which_nothing_is_kept_is_refused(application: Application, client: Client) -> None:
    shown = client.post(address(application), morning(application))
    wrong = refused(client, application, morning(application, series_seen=shown.context["series"]["shown_for"]))
    assert wrong == {"keep": "请至少留一个时间。"}


def test_an_employer_under_review_asks_nobody(application: Application, client: Client) -> None:
    employer = application.posting.employer
    type(employer).objects.filter(pk=employer.pk).update(state="suspended")
    wrong = refused(client, application, sheet(application, days_ahead(1)))
    assert wrong == {"__all__": "单位现在不是已认证状态，不能约面试。"}
