"""Who owes an answer is reminded once, and what stays unanswered ends with an honest word."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from jinba.notices.models import Notice
from labor.applications import actions as applications
from labor.applications import tasks
from labor.applications.actions import silence
from labor.applications.choices import UNANSWERED, CloseReason, Stage
from labor.applications.models import Application
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_letters(letters: list[Any], nudges: list[str]) -> None:
    """Nothing is posted or pushed here."""


def waiting(days: float, stage: str = Stage.APPLIED, **fields: Any) -> Application:
    """An application that has lain at a stage for so many days."""
    application = ApplicationFactory(stage=stage, stage_since=timezone.now() - timedelta(days=days), **fields)
    owner_of(application.posting.employer)
    return application


def reminded(days_ago: float = 5, *, days: float = 15.1, stage: str = Stage.APPLIED, **fields: Any) -> Application:
    application = waiting(days, stage, **fields)
    Application.objects.filter(pk=application.pk).update(reminded_at=timezone.now() - timedelta(days=days_ago))
    return application


def told(user: Any) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", "title"))


def later_today() -> None:
    """Another round on the same day: what was said stays said."""
    tasks.remind()
    tasks.close_silent()


# Reminding -----------------------------------------------------------------------------------------------------------


def test_an_employer_hears_once_of_all_who_wait_for_seven_days() -> None:
    posting = JobPostingFactory()
    owner, colleague = owner_of(posting.employer), MemberFactory(employer=posting.employer).user
    waiting(7.1, posting=posting), waiting(9, Stage.SHORTLISTED, posting=posting), waiting(6.9, posting=posting)
    elsewhere = waiting(8)
    assert applications.remind() == 3
    later_today()
    one = [("silence.waiting", f"“{posting.title}”有 2 个人等您回复")]
    assert told(owner) == told(colleague) == one
    assert "等了 9 天" in Notice.objects.filter(recipient=owner)[0].body
    assert len(told(owner_of(elsewhere.posting.employer))) == 1
    assert not told(elsewhere.worker.user)


@pytest.mark.parametrize("stage", sorted(set(Stage) - set(UNANSWERED) - {Stage.NEED_INFO, Stage.OFFERED}))
def test_nobody_is_hurried_where_nobody_owes_an_answer(stage: str) -> None:
    waiting(30, stage)
    assert applications.remind() == applications.close_silent() == 0


def test_who_waits_longer_since_this_morning_is_in_tomorrows_word(monkeypatch: pytest.MonkeyPatch) -> None:
    posting = JobPostingFactory()
    waiting(8, posting=posting)
    assert applications.remind() == 1
    second = waiting(7.1, posting=posting)
    assert applications.remind() == 0
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(silence.timezone, "now", lambda: tomorrow)
    assert applications.remind() == 1
    second.refresh_from_db()
    assert second.reminded_at == tomorrow
    assert [title for _, title in told(owner_of(posting.employer))] == [f"“{posting.title}”有 1 个人等您回复"] * 2


def test_a_step_starts_the_clock_anew() -> None:
    application = reminded(1, days=7.5)
    applications.move(application=application, to=Stage.PROCESSING, by=owner_of(application.posting.employer))
    assert applications.remind() == 0
    now = timezone.now()
    Application.objects.update(stage_since=now - timedelta(days=7.1), reminded_at=now - timedelta(days=8))
    assert applications.remind() == 1


def test_an_employer_without_members_holds_nobody_up() -> None:
    application = waiting(8)
    application.posting.employer.members.all().delete()
    assert applications.remind() == 1
    assert applications.remind() == 0


def test_a_worker_hears_once_that_the_next_word_is_his() -> None:
    offered, asked = waiting(2.1, Stage.OFFERED), waiting(7.1, Stage.NEED_INFO)
    waiting(1.9, Stage.OFFERED), waiting(6.9, Stage.NEED_INFO)
    assert applications.remind() == 2
    later_today()
    assert told(offered.worker.user) == [("turn.offered", f"{offered.posting.title}：企业要您了，去不去请回答")]
    assert told(asked.worker.user) == [("turn.need_info", f"{asked.posting.title}：企业还在等您补充")]
    assert not told(owner_of(offered.posting.employer))


# Closing -------------------------------------------------------------------------------------------------------------


def test_after_fifteen_days_it_ends_and_the_worker_reads_whose_fault_it_was() -> None:
    application = reminded()
    assert applications.close_silent() == 1
    later_today()
    application.refresh_from_db()
    assert (application.stage, application.close_reason) == (Stage.TIMED_OUT, CloseReason.AUTOMATIC)
    event = application.events.latest("pk")
    assert (event.from_stage, event.by) == (Stage.APPLIED, None)
    (notice,) = Notice.objects.filter(recipient=application.worker.user)
    assert notice.body == "企业 15 天没有回复，系统帮您结束了这次报名。不是您的问题，看看这些岗位。"
    assert notice.url == reverse("matching:jobs_for_me")
    posting = application.posting
    assert told(owner_of(posting.employer)) == [("silence.ended", f"“{posting.title}”有 1 个报名自动结束了")]


def test_nothing_ends_before_its_time_nor_unannounced() -> None:
    reminded(days=14.9)
    waiting(40)  # nobody reminded: beat was not running
    reminded(2.9, days=40)  # reminded late
    assert applications.close_silent() == 0
    old = reminded(20, days=16)  # reminded at an earlier stage
    assert applications.close_silent() == 0
    assert old.stage == Stage.APPLIED


def test_an_offer_without_an_answer_ends_and_takes_no_seat_with_it() -> None:
    application = reminded(13, days=15.1, stage=Stage.OFFERED)
    before = application.posting.filled
    assert applications.close_silent() == 1
    application.posting.refresh_from_db()
    assert application.posting.filled == before
    assert "没有回答" in Notice.objects.get(recipient=application.worker.user).body
    assert told(owner_of(application.posting.employer))[0][0] == "application.timed_out"


def test_who_was_asked_for_more_may_apply_again_after_it_ended() -> None:
    application = reminded(8, stage=Stage.NEED_INFO)
    assert applications.close_silent() == 1
    assert "可以再报一次" in Notice.objects.get(recipient=application.worker.user).body
    again = applications.apply(
        worker=application.worker, posting=application.posting, by=User.objects.get(pk=application.worker.user_id)
    )
    assert again.pk != application.pk


def test_many_end_in_batches_and_one_posting_that_fails_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(silence, "AT_ONCE", 2)
    posting = JobPostingFactory()
    for _ in range(5):
        reminded(posting=posting)
    broken, third = reminded(), reminded()
    close = silence._close_some

    def fail(*, posting_id: int, now: Any) -> int:
        if posting_id == broken.posting_id:
            raise RuntimeError("this one fails")
        return close(posting_id=posting_id, now=now)

    monkeypatch.setattr(silence, "_close_some", fail)
    assert applications.close_silent() == 6
    assert "this one fails" in caplog.text
    third.refresh_from_db()
    assert third.stage == Stage.TIMED_OUT


def test_an_answer_at_the_last_moment_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    application = reminded()
    owner, lock = owner_of(application.posting.employer), silence.locked

    def answered_meanwhile(rows: Any, **how: Any) -> Any:
        applications.move(application=application, to=Stage.PROCESSING, by=owner)
        return lock(rows, **how)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(silence, "locked", answered_meanwhile)
        assert applications.close_silent() == 0


# The board -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "stage", "words"),
    [
        (3, Stage.APPLIED, "3 天前<"),
        (12.1, Stage.APPLIED, "12 天前，还剩 2 天会自动结束"),
        (14.5, Stage.INTERVIEWED, "14 天前，今天会自动结束"),
        (12.1, Stage.INTERVIEW_SCHEDULED, "12 天前<"),
    ],
)
def test_the_employer_sees_the_clock(days: float, stage: str, words: str) -> None:
    application = waiting(days, stage)
    client = Client()
    client.force_login(owner_of(application.posting.employer), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("applicants:board", args=[application.posting_id])).content.decode()
    assert words in page
