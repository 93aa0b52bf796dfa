"""What a worker may say of himself, who may say it, and what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from labor.workers import actions as workers
from labor.workers.choices import JobStatus, Need, ReturnWish
from labor.workers.models import Worker
from tests.factories.accounts import UserFactory, user_in
from tests.factories.reference import CertificateFactory, SkillFactory, TradeFactory, ZoneFactory, both_cities, region
from tests.factories.workers import WorkerFactory, WorkerSkillFactory

Letters = list[tuple[str, dict[str, Any]]]
pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> Worker:
    both_cities()
    ZoneFactory()
    ZoneFactory(park=True)
    return WorkerFactory()


def years_ago(years: int, days: int = 0) -> date:
    today = timezone.localdate()
    try:
        return today.replace(year=today.year - years) + timedelta(days=days)
    except ValueError:  # 29 February
        return today.replace(year=today.year - years, day=28) + timedelta(days=days)


def answer(worker: Worker, **fields: Any) -> Worker:
    workers.answer(worker=worker, by=worker.user, **fields)
    return Worker.objects.get(pk=worker.pk)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "何大明"),
        ("village", "诺水村"),
        ("education", 3),
        ("years", 0),
        ("years", 60),
        ("is_open_to_any", False),
        ("places", ["330784", "3307", "511921-lxtj"]),
        ("places", []),
        ("refused_places", ["5119", "330702-kfq"]),
        ("min_pay", 5500),
        ("housing_need", Need.MUST),
        ("couple_room_need", Need.WANTS),
        ("wants_meals", True),
        ("shifts", ["day", "two"]),
        ("return_wish", ReturnWish.LATER),
        ("job_status", JobStatus.NOT_NOW),
        ("available_from", None),
        ("birth_date", None),
    ],
)
def test_an_answer_is_kept(field: str, value: Any, worker: Worker) -> None:
    assert getattr(answer(worker, **{field: value}), field) == value


def test_codes_of_trades_and_certificates_are_kept_in_the_workers_order(worker: Worker) -> None:
    first, second = TradeFactory(), TradeFactory()
    certificate = CertificateFactory()
    told = answer(worker, trades=[second.pk, first.pk, second.pk], certificates=[certificate.pk])
    assert told.trades == [second.pk, first.pk]
    assert told.certificates == [certificate.pk]


def test_every_shift_means_any_shift(worker: Worker) -> None:
    assert answer(worker, shifts=["flexible", "day", "two", "three", "rotating"]).shifts == []


def test_a_day_that_is_past_means_today(worker: Worker) -> None:
    assert answer(worker, available_from=date(2020, 1, 1)).available_from == timezone.localdate()


def test_sixteen_years_today_are_enough(worker: Worker) -> None:
    assert answer(worker, birth_date=years_ago(16)).birth_date == years_ago(16)


def test_the_home_is_a_county_or_a_township(worker: Worker) -> None:
    assert answer(worker, home=region("511921100")).home_id == "511921100"


def test_a_new_name_is_the_users_too(worker: Worker) -> None:
    assert answer(worker, name="何大明").user.name == "何大明"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "1", "真名"),
        ("village", "村" * 61, "60 个字"),
        ("education", 7, "没有这个选项"),
        ("years", -1, "0 到 60"),
        ("years", 61, "0 到 60"),
        ("years", "三", "0 到 60"),
        ("trades", [9999], "没有这个选项"),
        ("certificates", [63], "没有这个选项"),
        ("places", ["110101"], "没有这个地方"),
        ("places", ["3307' OR 1=1"], "没有这个地方"),
        ("refused_places", ["51"], "没有这个地方"),
        ("min_pay", -1, "0 到"),
        ("min_pay", 100_001, "0 到"),
        ("housing_need", 3, "没有这个选项"),
        ("couple_room_need", "x", "没有这个选项"),
        ("shifts", ["night"], "没有这个选项"),
        ("return_wish", "maybe", "没有这个选项"),
        ("job_status", "", "没有这个选项"),
        ("available_from", date(2099, 1, 1), "一年以内"),
        ("birth_date", date(2099, 1, 1), "不对"),
        ("birth_date", date(1900, 1, 1), "不对"),
        # Not the worker's to say.
        ("phone", "13900000000", "不能这样改"),
        ("user", None, "不能这样改"),
        ("is_active", False, "不能这样改"),
        ("is_personalised", False, "不能这样改"),
        ("registered_by", None, "不能这样改"),
        ("answered", ["pay"], "不能这样改"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(field: str, value: Any, words: str, worker: Worker) -> None:
    before = Worker.objects.values().get(pk=worker.pk)
    with pytest.raises(Refused, match=words):
        answer(worker, **{"village": "诺水村", field: value})
    assert Worker.objects.values().get(pk=worker.pk) == before


def test_a_day_short_of_sixteen_is_refused_with_the_reason(worker: Worker) -> None:
    with pytest.raises(Refused, match="未满 16 周岁"):
        answer(worker, birth_date=years_ago(16, days=1))


def test_a_home_above_the_county_is_refused(worker: Worker) -> None:
    with pytest.raises(Refused, match="选到县"):
        answer(worker, home=region("5119"))


def test_a_fourth_trade_is_refused(worker: Worker) -> None:
    with pytest.raises(Refused, match="最多选 3 个"):
        answer(worker, trades=[trade.pk for trade in TradeFactory.create_batch(4)])


@pytest.mark.parametrize("field", ["places", "refused_places"])
def test_no_place_is_both_wanted_and_refused(field: str, worker: Worker) -> None:
    other = "refused_places" if field == "places" else "places"
    worker = answer(worker, **{other: ["330784"]})
    with pytest.raises(Refused, match="“永康市”既在想去里") as refusal:
        answer(worker, **{field: ["330784"]})
    assert refusal.value.field == field


# Skills


def test_skills_are_kept_with_their_levels_and_replaced_as_a_whole(worker: Worker) -> None:
    old, kept, new = SkillFactory.create_batch(3)
    WorkerSkillFactory(worker=worker, skill=old)
    WorkerSkillFactory(worker=worker, skill=kept, level=1)
    answer(worker, skills={kept.pk: 3, new.pk: 2})
    assert dict(worker.skills.values_list("skill_id", "level")) == {kept.pk: 3, new.pk: 2}
    answer(worker, skills={})
    assert not worker.skills.exists()


def test_unknown_skills_unknown_levels_and_too_many_are_refused(worker: Worker) -> None:
    skill = SkillFactory()
    many = {skill.pk: 1 for skill in SkillFactory.create_batch(31)}
    for levels, words in (({9999: 1}, "没有这个选项"), ({skill.pk: 4}, "没有这个选项"), (many, "最多选 30 样")):
        with pytest.raises(Refused, match=words):
            answer(worker, skills=levels)
    assert not worker.skills.exists()


# Letters and memory


def test_one_letter_for_each_change_and_none_for_the_same_again(
    worker: Worker, letters: Letters, django_capture_on_commit_callbacks: Any
) -> None:
    skill = SkillFactory()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            answer(worker, question="pay", min_pay=5000, years=3, skills={skill.pk: 1})
    assert letters == [("labor.matching.tasks.match_worker", {"worker_id": worker.pk})]


def test_a_question_is_remembered_as_answered_even_by_its_default(worker: Worker) -> None:
    worker = answer(worker, question="pay", min_pay=0)
    assert answer(worker, question="pay", min_pay=0).answered == ["pay"]


# Who may


def test_a_helper_speaks_for_a_worker_until_he_claims_his_profile() -> None:
    waiting = WorkerFactory(unclaimed=True)
    broker = waiting.registered_by
    workers.answer(worker=waiting, by=broker, years=3)
    workers.claim(worker=waiting, words=waiting.name)
    with pytest.raises(Refused, match="只有本人"):
        workers.answer(worker=waiting, by=broker, years=4)
    waiting.refresh_from_db()
    assert waiting.years == 3


@pytest.mark.parametrize("role", list(Role))
def test_nobody_else_changes_a_profile(role: str) -> None:
    for worker in (WorkerFactory(), WorkerFactory(unclaimed=True)):
        with pytest.raises(Refused, match="只有本人"):
            workers.answer(worker=worker, by=user_in(role), years=3)


def test_a_disabled_profile_is_not_changed(worker: Worker) -> None:
    Worker.objects.update(is_active=False)
    with pytest.raises(Refused, match="已停用"):
        answer(worker, years=3)


# Personal recommendation


def test_personal_recommendation_is_switched_by_the_worker_alone() -> None:
    worker, waiting = WorkerFactory(), WorkerFactory(unclaimed=True)
    assert not workers.set_personalised(worker=worker, by=worker.user, on=False).is_personalised
    assert workers.set_personalised(worker=worker, by=worker.user, on=True).is_personalised
    for other, by in ((worker, UserFactory()), (waiting, waiting.registered_by)):
        with pytest.raises(Refused, match="只有本人"):
            workers.set_personalised(worker=other, by=by, on=False)
        other.refresh_from_db()
        assert other.is_personalised
