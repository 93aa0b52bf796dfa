"""What the sweep finds and settles: ended applications, silence, missed meetings, forgotten results, merged workers."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from jinba.core.locks import Busy
from jinba.notices.models import Notice
from labor.applications import actions as applications
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.interviews import tasks
from labor.interviews.actions import answering, changing, offering, sweeping
from labor.interviews.choices import CancelReason, Held, Mode, SeatKind, Side, State
from labor.interviews.models import BookedTime, BoothDay, Interview, Sitting, Slot
from labor.interviews.no_shows import no_shows_of
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.interviews import (
    BoothFactory,
    InterviewFactory,
    SittingFactory,
    SlotFactory,
    days_ahead,
    in_minutes,
)
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def fresh(interview: Interview) -> Interview:
    return Interview.objects.select_related("application").get(pk=interview.pk)


def ended(hours_ago: float, **fields: Any) -> Interview:
    """Confirmed, and its time ended so long ago."""
    return InterviewFactory(confirmed=True, starts_at=in_minutes(int(-60 * hours_ago) - 20), **fields)


# With the application ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["proposed", "confirmed", "rescheduling", "live"])
def test_an_application_that_ends_takes_its_open_interview_along(state: str) -> None:
    interview = InterviewFactory(**({} if state == "proposed" else {state: True}))
    applications.withdraw(
        application=interview.application, by=interview.application.worker.user, reason="stays_home"
    )  # fmt: skip
    tasks.sweep()
    interview = fresh(interview)
    assert (interview.state, interview.cancelled_by, interview.cancel_reason) == (
        State.CANCELLED, Side.SYSTEM, CancelReason.APPLICATION_OVER,
    )  # fmt: skip
    assert not interview.times.exists() and interview.application.stage == Stage.WITHDRAWN
    assert sweeping.sweep() == 0


def test_a_hire_elsewhere_ends_the_interview_too() -> None:
    interview = InterviewFactory(confirmed=True)
    worker = interview.application.worker
    hired = InterviewFactory(done=True, application__worker=worker, application__stage=Stage.OFFERED).application
    applications.accept(application=hired, by=worker.user)
    assert sweeping.sweep() == 1
    assert fresh(interview).state == State.CANCELLED


def test_what_still_runs_is_left_alone() -> None:
    for fields in ({}, {"confirmed": True}, {"live": True}, {"rescheduling": True}, {"done": True}):
        InterviewFactory(**fields)
    assert sweeping.sweep() == 0


def test_one_that_cannot_be_settled_does_not_hold_the_others_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [InterviewFactory(application__stage=Stage.REJECTED) for _ in range(2)]
    cancel = sweeping.cancel

    def stumbles(*, interview: Interview, **fields: Any) -> Interview:
        if interview == rows[0]:
            raise RuntimeError("broken")
        return cancel(interview=interview, **fields)

    monkeypatch.setattr(sweeping, "cancel", stumbles)
    assert sweeping.sweep() == 1
    assert [fresh(row).state for row in rows] == [State.PROPOSED, State.CANCELLED]
    assert "broken" in caplog.text


# Silence -------------------------------------------------------------------------------------------------------------


def test_who_does_not_answer_in_time_is_not_waited_for() -> None:
    interview, other = InterviewFactory(), InterviewFactory()
    Sitting.objects.filter(pk=interview.sitting_id).update(answer_by=timezone.now() - HOUR)
    assert sweeping.sweep() == 1
    interview = fresh(interview)
    assert (interview.cancel_reason, interview.application.stage) == (CancelReason.UNANSWERED, Stage.SHORTLISTED)
    assert fresh(other).state == State.PROPOSED
    told = Notice.objects.get(recipient=interview.application.worker.user)
    assert "没有选时间" in told.body


def test_a_sitting_that_is_over_closes_and_with_it_what_nobody_answered() -> None:
    interview = InterviewFactory()
    Sitting.objects.filter(pk=interview.sitting_id).update(starts_at=in_minutes(-90), ends_at=in_minutes(-30))
    sweeping.sweep()
    assert fresh(interview).cancel_reason == CancelReason.UNANSWERED
    sitting = Sitting.objects.get(pk=interview.sitting_id)
    assert sitting.closed_at is not None and sweeping.sweep() == 0


def test_a_queue_closes_when_its_last_one_is_through_or_its_room_is_closed() -> None:
    past = {"at": in_minutes(-61)}
    empty = SittingFactory(queue=True, starts_at=in_minutes(-61), ends_at=in_minutes(-1))
    waiting = InterviewFactory(live=True, queue=True, **past)
    sweeping.close_sittings()
    closed = {row.pk: row.closed_at is not None for row in Sitting.objects.all()}
    assert closed == {empty.pk: True, waiting.sitting_id: False}
    Sitting.objects.filter(pk=waiting.sitting_id).update(starts_at=in_minutes(-190), ends_at=in_minutes(-130))
    sweeping.close_sittings()
    assert Sitting.objects.get(pk=waiting.sitting_id).closed_at is not None
    assert not BookedTime.objects.filter(sitting__isnull=False).exists()


def test_who_wants_another_time_is_waited_for_a_week() -> None:
    interview = InterviewFactory(rescheduling=True)
    Sitting.objects.filter(pk=interview.sitting_id).update(closed_at=timezone.now())
    assert sweeping.end_unanswered() == 0
    Interview.objects.filter(pk=interview.pk).update(updated_at=timezone.now() - timedelta(days=8))
    assert sweeping.end_unanswered() == 1
    assert fresh(interview).cancel_reason == CancelReason.UNANSWERED


@pytest.mark.parametrize("closes", [False, True], ids=["the last day", "the sitting"])
def test_who_picks_while_the_sweep_looks_keeps_his_time(monkeypatch: pytest.MonkeyPatch, closes: bool) -> None:
    module = offering if closes else sweeping
    interview = InterviewFactory()
    past = {"ends_at": in_minutes(-1), "starts_at": in_minutes(-90)} if closes else {"answer_by": in_minutes(-1)}
    Sitting.objects.filter(pk=interview.sitting_id).update(**past)
    cancel = module.cancel

    def is_slower(*, interview: Interview, **fields: Any) -> Interview:
        slot = Slot.objects.filter(sitting=interview.sitting_id)[0]
        answering.pick(interview=interview, slot=slot, by=fresh(interview).application.worker.user)
        return cancel(interview=interview, **fields)

    monkeypatch.setattr(module, "cancel", is_slower)
    sweeping.close_sittings() if closes else sweeping.end_unanswered()
    interview = fresh(interview)
    assert (interview.state, interview.application.stage) == (State.CONFIRMED, Stage.INTERVIEW_SCHEDULED)
    assert interview.times.exists()


def test_a_closed_day_that_somebody_holds_does_not_end_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    host, tried = UserFactory(park=True), []
    days = [
        BoothDay.objects.create(booth=BoothFactory(), on=timezone.localdate(), reason="停电", by=host) for _ in range(2)
    ]  # fmt: skip

    def clear(*, day: BoothDay, by: Any) -> list[Any]:
        tried.append(day)
        if day == days[0]:
            raise Busy
        return [day]

    monkeypatch.setattr(sweeping.booths, "clear", clear)
    assert sweeping.sweep() == 1 and tried == days


# Who was there -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("came", "missing"), [("worker", Side.EMPLOYER), ("employer", Side.WORKER)])
def test_check_ins_say_who_stayed_away(came: str, missing: Side) -> None:
    interview = ended(0.6, **{f"{came}_came_at": in_minutes(-60)})
    early = ended(0.2, **{f"{came}_came_at": in_minutes(-30)})
    assert sweeping.sweep() == 1
    interview = fresh(interview)
    assert (interview.state, interview.no_show_by, interview.events.latest("pk").side) == (
        State.NO_SHOW, missing, Side.SYSTEM,
    )  # fmt: skip
    assert interview.application.stage == Stage.SHORTLISTED
    whose = interview.application.worker if missing == Side.WORKER else interview.application.posting.employer
    assert no_shows_of(whose).count() == 1
    assert fresh(early).state == State.CONFIRMED  # people may still be late


def asked_for_result(interview: Interview) -> int:
    return Notice.objects.filter(recipient=interview.recruiter, kind="interview.result_wanted").count()


@pytest.mark.parametrize("fields", [{}, {"worker_came_at": in_minutes(-60), "employer_came_at": in_minutes(-59)}])
def test_when_nobody_or_both_came_the_employer_is_asked_once_and_a_day_later_it_is_over(
    fields: dict[str, datetime],
) -> None:
    interview, old = ended(1, **fields), ended(25)
    assert [sweeping.settle_missed(), sweeping.settle_missed()] == [2, 0]
    assert asked_for_result(interview) == 1 and fresh(interview).state == State.CONFIRMED
    old = fresh(old)
    assert (old.state, old.cancel_reason, old.application.stage) == (
        State.CANCELLED, CancelReason.NOT_HELD, Stage.SHORTLISTED,
    )  # fmt: skip


def test_who_asks_for_a_call_that_nobody_makes_was_kept_waiting() -> None:
    asked, called = (InterviewFactory(confirmed=True, worker_came_at=in_minutes(0)) for _ in range(2))
    for interview in (asked, called):
        changing.call_by_phone(interview=interview, by_side=Side.WORKER, by=None)
    changing.call_by_phone(interview=called, by_side=Side.EMPLOYER, by=called.recruiter)
    Interview.objects.update(starts_at=in_minutes(-90), ends_at=in_minutes(-70))
    assert sweeping.settle_missed() == 2
    assert (fresh(asked).state, fresh(asked).no_show_by) == (State.NO_SHOW, Side.EMPLOYER)
    assert (fresh(called).state, fresh(called).by_phone_side) == (State.CONFIRMED, Side.WORKER)
    assert asked_for_result(called) == 1


def test_by_telephone_and_on_the_spot_the_employer_has_longer() -> None:
    phone, onsite, instead = ended(25, mode=Mode.PHONE), ended(26, mode=Mode.ONSITE), ended(27)
    Interview.objects.filter(pk=instead.pk).update(
        by_phone_at=timezone.now(), by_phone_side=Side.EMPLOYER, worker_came_at=timezone.now()
    )  # fmt: skip
    assert sweeping.settle_missed() == 3
    assert {fresh(row).state for row in (phone, onsite, instead)} == {State.CONFIRMED}
    late = ended(80, mode=Mode.PHONE)
    sweeping.sweep()
    assert fresh(late).cancel_reason == CancelReason.NOT_HELD


def test_in_a_queue_the_recruiter_was_there_when_he_talked_with_others() -> None:
    first = InterviewFactory(done=True, queue=True, queue_number=1, at=in_minutes(-120))
    sitting = first.sitting
    others = {"sitting": sitting, "application__posting": sitting.posting, "at": sitting.starts_at}
    waited = InterviewFactory(confirmed=True, queue=True, queue_number=2, worker_came_at=in_minutes(-70), **others)
    away = InterviewFactory(confirmed=True, queue=True, queue_number=3, **others)
    sweeping.settle_missed()
    assert (fresh(waited).state, asked_for_result(waited)) == (State.CONFIRMED, 1)
    assert (fresh(away).state, fresh(away).no_show_by) == (State.NO_SHOW, Side.WORKER)


def test_a_talk_without_result_is_asked_for_and_in_the_end_counts_as_held() -> None:
    interview = InterviewFactory(live=True, starts_at=in_minutes(-180))
    other = InterviewFactory(live=True, starts_at=in_minutes(-100))
    assert sweeping.settle_talks() == 1
    assert (asked_for_result(interview), asked_for_result(other)) == (1, 0)
    old = InterviewFactory(live=True, starts_at=in_minutes(-8 * 24 * 60))
    sweeping.settle_talks()
    assert (fresh(old).state, fresh(old).application.stage) == (State.DONE, Stage.INTERVIEWED)
    assert fresh(interview).state == State.LIVE


# Merged workers ------------------------------------------------------------------------------------------------------


def merged(interview: Interview, kept: Any) -> None:
    """The application is another's, as a merge leaves it."""
    Application.objects.filter(pk=interview.application_id).update(worker=kept)


def test_times_follow_a_merged_worker() -> None:
    interview = InterviewFactory(confirmed=True, starts_at=days_ahead(2))
    gone, kept = interview.application.worker, WorkerFactory()
    merged(interview, kept)
    assert sweeping.sweep() == 1
    assert not BookedTime.objects.of(Held.WORKER, gone.pk).exists()
    assert BookedTime.objects.of(Held.WORKER, kept.pk).get().interview == interview
    assert interview.seats.valid().get(kind=SeatKind.WORKER).user == kept.user
    assert sweeping.sweep() == 0


def test_times_that_meet_after_a_merge_are_picked_anew() -> None:
    at = days_ahead(2)
    stays = InterviewFactory(confirmed=True, starts_at=at)
    interview = InterviewFactory(confirmed=True, starts_at=at + timedelta(minutes=10))
    merged(interview, stays.application.worker)
    assert sweeping.sweep() == 1
    interview = fresh(interview)
    assert (interview.state, fresh(stays).state) == (State.RESCHEDULING, State.CONFIRMED)
    assert not interview.times.exists() and "碰上" in interview.events.latest("pk").note
    assert Notice.objects.filter(recipient=stays.application.worker.user, kind="interview.changed").count() == 1
    assert Notice.objects.filter(recipient=interview.recruiter, kind="interview.changed").count() == 1
    slot = SlotFactory(sitting=interview.sitting, starts_at=days_ahead(3))
    assert answering.pick(interview=interview, slot=slot, by=stays.application.worker.user).state == State.CONFIRMED


def test_the_no_shows_of_two_sides_are_counted_apart() -> None:
    mine = InterviewFactory(no_show=True)
    InterviewFactory(no_show=True, no_show_by=Side.EMPLOYER, application__worker=mine.application.worker,
                     application__posting=JobPostingFactory(employer=mine.application.posting.employer))  # fmt: skip
    InterviewFactory(no_show=True)
    assert no_shows_of(mine.application.worker).get() == mine
    assert no_shows_of(mine.application.posting.employer).count() == 1
