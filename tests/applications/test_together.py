"""Couples and fellow villagers apply together: each for himself, all at once or not at all."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.applications import actions as applications
from labor.applications.choices import CloseReason, Stage
from labor.applications.models import Application, CompanionAsk, GroupApplication
from labor.workers.choices import GroupKind, Need
from labor.workers.models import Consent, Worker, WorkerGroup
from tests.concurrency.crowd import crowd
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import JobPostingFactory, owner_of
from tests.factories.workers import WorkerFactory, WorkerGroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def villagers(*people: Worker) -> WorkerGroup:
    group = WorkerGroupFactory(kind=GroupKind.VILLAGERS)
    Worker.objects.filter(pk__in=[one.pk for one in people]).update(group=group)
    return group


def together(people: list[Worker], by: Any, posting: Any = None, group: Any = None) -> GroupApplication:
    return applications.apply_together(
        group=group or villagers(*people), posting=posting or JobPostingFactory(headcount=9), by=by, workers=people
    )


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def broker() -> Any:
    return user_in(Role.BROKER, name="王帮办")


def test_a_helpers_people_apply_at_once_each_with_his_own_consent(broker: Any) -> None:
    people = WorkerFactory.create_batch(3, unclaimed=True, registered_by=broker)
    made = together(people, broker)
    assert (made.people, made.kind, made.applied_by) == (3, GroupKind.VILLAGERS, broker)
    rows = list(made.applications.all())
    assert {row.worker_id for row in rows} == {one.pk for one in people}
    assert Consent.objects.filter(purpose="apply", given_by=broker).count() == 3
    assert all(row.events.get().for_worker for row in rows)
    assert not CompanionAsk.objects.exists()


def test_twice_is_once(broker: Any) -> None:
    people = WorkerFactory.create_batch(2, helper=broker)
    group, posting = villagers(*people), JobPostingFactory(headcount=5)
    first = together(people, broker, posting, group)
    assert together(people, broker, posting, group) == first
    assert (Application.objects.count(), GroupApplication.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_taps_at_the_same_moment_make_one_group(broker: Any) -> None:
    people = WorkerFactory.create_batch(3, helper=broker)
    group, posting = villagers(*people), JobPostingFactory(headcount=5)
    crowd(lambda number: together(people, broker, posting, group), range(8), people=8)
    assert (Application.objects.count(), GroupApplication.objects.count()) == (3, 1)


def test_who_has_an_account_of_his_own_is_asked_and_comes_by_one_tap() -> None:
    wife, husband = WorkerFactory(name="苟小花"), WorkerFactory(name="岳成林")
    made = together([wife, husband], wife.user)
    assert [row.worker for row in made.applications.all()] == [wife]
    ask = made.asks.get()
    assert Notice.objects.get(recipient=husband.user).title.endswith("您去不去？")
    client, address = signed_in(husband.user), reverse("applications:companion", args=[ask.pk])
    page = text_of(client.get(address))
    assert "苟**" in page and "苟小花" not in page
    assert "您去不去" in text_of(client.get("/applications/")) and "您去不去" in text_of(client.get("/desk/"))
    answer = client.post(address, {"answer": "yes"})
    application = Application.objects.get(worker=husband)
    assert answer["Location"] == application.get_absolute_url()
    assert (application.together, application.applied_by) == (made, husband.user)
    assert Notice.objects.filter(recipient=wife.user, kind="companion_answered").get().title.startswith("岳**说也去")
    client.post(address, {"answer": "yes"})
    assert Application.objects.filter(worker=husband).count() == 1


def test_who_stays_is_not_applied_for_and_the_others_go_on() -> None:
    wife, husband = WorkerFactory(), WorkerFactory(name="岳成林")
    ask = together([wife, husband], wife.user).asks.get()
    client, address = signed_in(husband.user), reverse("applications:companion", args=[ask.pk])
    assert client.post(address, {"answer": "maybe"}).status_code == 422
    client.post(address, {"answer": "no"})
    assert not Application.objects.filter(worker=husband).exists()
    page = text_of(signed_in(wife.user).get(reverse("applications:together", args=[ask.together_id])))
    assert "这次不去：岳**" in page
    # He may think better of it.
    assert applications.go_along(ask=ask, by=husband.user).together == ask.together


def test_nobody_answers_what_another_is_asked() -> None:
    wife, husband = WorkerFactory(), WorkerFactory()
    ask = together([wife, husband], wife.user).asks.get()
    for by in (wife.user, UserFactory(), user_in(Role.BROKER)):
        with pytest.raises(Refused, match="不是问您的"):
            applications.go_along(ask=ask, by=by)
        with pytest.raises(Refused, match="不是问您的"):
            applications.stay(ask=ask, by=by)
    assert signed_in(WorkerFactory().user).get(reverse("applications:companion", args=[ask.pk])).status_code == 404


def test_who_applied_by_himself_before_is_joined_and_not_asked(broker: Any) -> None:
    mine, other = WorkerFactory(helper=broker), WorkerFactory()
    posting = JobPostingFactory(headcount=5)
    before = applications.apply(worker=other, posting=posting, by=other.user)
    made = together([mine, other], broker, posting)
    before.refresh_from_db()
    assert before.together == made and not CompanionAsk.objects.exists()


def test_one_who_may_not_stops_all(broker: Any) -> None:
    first, young = WorkerFactory(helper=broker), WorkerFactory(helper=broker, name="何小龙", birth_date="2020-01-01")
    with pytest.raises(Refused, match="何小龙：不满 16 岁"):
        together([first, young], broker)
    assert not Application.objects.exists() and not GroupApplication.objects.exists()
    assert not first.acts.exists()


def test_what_is_refused(broker: Any) -> None:
    mine, other = WorkerFactory(helper=broker), WorkerFactory(helper=broker)
    stranger = WorkerFactory(unclaimed=True)
    group = villagers(mine, other, stranger)
    posting = JobPostingFactory(headcount=5)
    cases: list[tuple[list[Worker], Any, Any, str]] = [
        ([mine], broker, posting, "至少要两个人"),
        ([mine, mine], broker, posting, "至少要两个人"),
        ([mine, WorkerFactory(helper=broker)], broker, posting, "不在这个结伴里"),
        ([mine, stranger], broker, posting, "没有委托您，也没有自己的账号"),
        ([mine, other], user_in(Role.BROKER), posting, "没有您能代办的人"),
        ([mine, other], user_in(Role.OFFICER), posting, "没有您能代办的人"),
        ([mine, other], broker, JobPostingFactory(filled_up=True), "招满"),
    ]
    for people, by, wanted, words in cases:
        with pytest.raises(Refused, match=words):
            together(people, by, wanted, group)
    Worker.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(Refused, match="不在这个结伴里"):
        together([mine, other], broker, posting, group)
    assert not Application.objects.exists()


def test_fewer_seats_than_people_are_said_and_not_refused(broker: Any) -> None:
    people = WorkerFactory.create_batch(2, helper=broker)
    group, posting = villagers(*people), JobPostingFactory(headcount=1)
    client = signed_in(broker)
    address = reverse("applications:apply_together", args=[posting.pk, group.pk])
    assert "只剩 1 个名额，你们有 2 个人" in text_of(client.get(address))
    answer = client.post(address, {"picked": [one.pk for one in people]})
    made = GroupApplication.objects.get()
    assert answer["Location"] == reverse("applications:together", args=[made.pk])
    assert "已报名 2 人" in text_of(client.get(answer["Location"]))


def test_a_couple_reads_about_its_room(broker: Any) -> None:
    group = WorkerGroupFactory(kind=GroupKind.COUPLE)
    for _ in range(2):
        WorkerFactory(helper=broker, group=group, couple_room_need=Need.MUST)
    client = signed_in(broker)
    has, has_not = JobPostingFactory(couple_rooms=True), JobPostingFactory()
    assert "这家有夫妻房" in text_of(client.get(reverse("applications:apply_together", args=[has.pk, group.pk])))
    assert "没写有夫妻房" in text_of(client.get(reverse("applications:apply_together", args=[has_not.pk, group.pk])))


def test_who_is_left_out_is_not_applied_for(broker: Any) -> None:
    people = WorkerFactory.create_batch(3, helper=broker)
    group, posting = villagers(*people), JobPostingFactory(headcount=5)
    address = reverse("applications:apply_together", args=[posting.pk, group.pk])
    signed_in(broker).post(address, {"picked": [people[0].pk, people[1].pk]})
    assert Application.objects.count() == 2


def test_a_stranger_finds_no_group() -> None:
    wife, husband = WorkerFactory(), WorkerFactory()
    made = together([wife, husband], wife.user)
    stranger = signed_in(WorkerFactory().user)
    assert stranger.get(reverse("applications:together", args=[made.pk])).status_code == 404
    assert (
        stranger.get(reverse("applications:apply_together", args=[made.posting_id, made.group_id])).status_code == 404
    )


# The employer's side


def test_the_board_shows_them_as_one_and_one_tap_moves_them(broker: Any) -> None:
    people = WorkerFactory.create_batch(2, helper=broker)
    posting = JobPostingFactory(headcount=9)
    applications.apply(worker=people[0], posting=posting, by=broker)
    between = WorkerFactory(name="何居中")
    applications.apply(worker=between, posting=posting, by=between.user)
    made = together(people, broker, posting)
    client = signed_in(owner_of(posting.employer))
    board = text_of(client.get(reverse("applicants:board", args=[posting.pk])))
    assert board.count("同乡 2 人一起") == 2
    places = [board.index(f'value="{row.pk}"') for row in made.applications.order_by("pk")]
    assert not places[0] < board.index("何居中") < places[1]
    first, second = made.applications.order_by("pk")
    page = text_of(client.get(reverse("applicants:detail", args=[first.pk])))
    assert "同乡一起报的（2 人在办）" in page and reverse("applicants:detail", args=[second.pk]) in page
    answer = client.post(
        reverse("applicants:bulk", args=[posting.pk]), {"picked": [first.pk, second.pk], "move": Stage.SHORTLISTED}
    )
    assert "2 人中办好了 2 人" in text_of(answer)


def test_each_is_decided_by_himself(broker: Any) -> None:
    people = WorkerFactory.create_batch(2, helper=broker)
    made = together(people, broker)
    first, second = made.applications.order_by("pk")
    owner = owner_of(made.posting.employer)
    applications.move(application=first, to=Stage.REJECTED, by=owner, reason=CloseReason.SKILLS)
    second.refresh_from_db()
    assert second.stage == Stage.APPLIED
    page = text_of(signed_in(owner).get(reverse("applicants:board", args=[made.posting_id])))
    assert "2 人一起" not in page  # one is left
