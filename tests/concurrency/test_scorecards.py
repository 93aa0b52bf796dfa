"""The same card from many pages at once: one result, no save lost unsaid, and nobody recorded who was just let in."""

from typing import Any

import pytest
from django.conf import settings as live_settings

from jinba.notices.models import Notice
from labor.applications.choices import Stage
from labor.interviews.actions import entering, recording
from labor.interviews.actions.scoring import CardData, Stale, hand_in, save_card
from labor.interviews.choices import NextStep, RecordingState, Result, SeatKind, State
from labor.interviews.models import Interview, Recording, Scorecard
from tests.concurrency.crowd import crowd, persistent
from tests.factories.interviews import InterviewFactory
from tests.factories.rooms import admitted, room, seat

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.usefixtures("letters", "nudges")]

PAGES, CONNECTIONS = 60, 12
PASSED = CardData(result=Result.PASSED, next_step=NextStep.OFFER, feedback="欢迎您来")


def test_many_taps_hand_in_once() -> None:
    interview = InterviewFactory(live=True)

    def tap(number: int) -> Any:
        return hand_in(interview=Interview.objects.get(pk=interview.pk), by=interview.recruiter, data=PASSED).pk

    answers = crowd(persistent(tap), list(range(PAGES)), people=CONNECTIONS)
    assert len(set(answers)) == 1, answers
    interview.refresh_from_db()
    interview.application.refresh_from_db()
    assert (interview.state, interview.application.stage) == (State.DONE, Stage.OFFERED)
    assert interview.events.filter(to_state=State.DONE).count() == 1
    assert Notice.objects.filter(kind="interview.result").count() == 1


def test_of_many_saves_on_one_version_one_is_kept_and_the_others_are_told() -> None:
    interview = InterviewFactory(live=True)

    def save(number: int) -> str:
        fresh = Interview.objects.get(pk=interview.pk)
        save_card(interview=fresh, by=interview.recruiter, data=CardData(notes=f"第 {number} 页"), version=0)
        return f"第 {number} 页"

    answers = crowd(persistent(save), list(range(PAGES)), people=CONNECTIONS)
    kept = [answer for answer in answers if isinstance(answer, str)]
    assert [type(answer) for answer in answers if not isinstance(answer, str)] == [Stale] * (PAGES - 1)
    assert [Scorecard.objects.get().notes] == kept


def test_who_is_let_in_while_it_begins_is_never_recorded_without_his_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_settings, "INTERVIEW_RECORDING", True)
    for _ in range(20):
        interview = admitted(room(live=True))
        by = interview.recruiter
        late = seat(interview, SeatKind.WORKER)
        one = recording.ask(interview=interview, by=by)
        recording.answer(recording=one, seat=seat(interview, SeatKind.RECRUITER), is_given=True)
        entering.send_away(seat=late, by=by)

        def act(what: str, one: Recording = one, late: Any = late, by: Any = by) -> str:
            if what == "start":
                recording.start(recording=Recording.objects.get(pk=one.pk), by=by, content_type="video/webm")
            else:
                entering.admit(seat=late, by=by)
            return what

        crowd(persistent(act), ["start", "admit"], people=2)
        one.refresh_from_db()
        late.refresh_from_db()
        assert late.is_admitted
        assert one.state != RecordingState.RUNNING, "he had not agreed"
