"""From planned to announced: the crew hands a session in, an officer approves it or says why not."""

from typing import Any

from django.utils import timezone

from jinba.accounts.choices import STAFF_ROLES
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from labor.live import gates
from labor.live.actions import reserving, telling
from labor.live.actions.history import must_move, shift
from labor.live.actions.planning import checked_reason, must_plan
from labor.live.choices import Side, State
from labor.live.models import LiveSession

NOT_AN_OFFICER = "只有审核人员能审核直播。"


class NotReady(Refused):
    """Refused for what is missing: `problems` are all of its sentences, the message is the first of them."""

    def __init__(self, problems: list[str]) -> None:
        more = f"（还有 {len(problems) - 1} 处）" if len(problems) > 1 else ""
        super().__init__(problems[0] + more)
        self.problems = problems


@patient
def submit(*, session: LiveSession, by: Any) -> LiveSession:
    """The crew asks for approval; refused while anything is missing that an officer would look for."""
    session = _locked(session)
    must_plan(session=session, by=by)
    if session.state == State.REVIEW:
        return session
    must_move(session=session, to=State.REVIEW, side=Side.CREW)
    _check(session)
    event = shift(session=session, to=State.REVIEW, side=Side.CREW, by=by)
    telling.submitted(session=session, event=event)
    return session


@patient
def take_back(*, session: LiveSession, by: Any) -> LiveSession:
    """The crew wants to change what waits for approval."""
    session = _locked(session)
    must_plan(session=session, by=by)
    if session.state == State.PLANNED:
        return session
    if session.state != State.REVIEW:
        raise Refused(f"这场直播现在是“{session.get_state_display()}”，不在审核中，不用撤回。")
    shift(session=session, to=State.PLANNED, side=Side.CREW, by=by, reason="撤回修改")
    return session


@patient
def approve(*, session: LiveSession, by: Any) -> LiveSession:
    """An officer lets it be announced; what was in order when it was handed in is asked again.

    Whoever reserved it at another time, before it was changed, is told.
    """
    session = _locked(session)
    _must_be_officer(by)
    must_move(session=session, to=State.ANNOUNCED, side=Side.OFFICER)
    _check(session)
    was_for = session.announced_for
    event = shift(
        session=session, to=State.ANNOUNCED, side=Side.OFFICER, by=by, approved_by=by, approved_at=timezone.now(),
        announced_for=session.starts_at,
    )  # fmt: skip
    telling.approved(session=session, event=event)
    if was_for is not None and was_for != session.starts_at:
        reserving.tell_moved(session=session, event=event)
    return session


@patient
def return_(*, session: LiveSession, by: Any, reason: str) -> LiveSession:
    """An officer gives it back with a reason, also when it was announced already."""
    reason = checked_reason(reason=reason)
    session = _locked(session)
    _must_be_officer(by)
    must_move(session=session, to=State.PLANNED, side=Side.OFFICER)
    reserving.stop_reminding(session=session)
    event = shift(
        session=session, to=State.PLANNED, side=Side.OFFICER, by=by, reason=reason, approved_by=None, approved_at=None
    )
    telling.returned(session=session, event=event)
    return session


def _locked(session: LiveSession) -> LiveSession:
    return locked_one(LiveSession.objects.select_related("host"), pk=session.pk)


def _must_be_officer(by: Any) -> None:
    if by.role not in STAFF_ROLES:
        raise Refused(NOT_AN_OFFICER)


def _check(session: LiveSession) -> None:
    if session.starts_at <= timezone.now():
        raise NotReady([gates.TIME_IS_OVER])
    if missing := gates.problems_to_review(session):
        raise NotReady(missing)
