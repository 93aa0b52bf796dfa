"""What an interview makes of its application: parts of transactions of `labor.interviews`, which tell both sides."""

from typing import Any

from labor.applications.actions.history import shift
from labor.applications.choices import Stage
from labor.applications.models import Application
from labor.applications.moves import EMPLOYER, INTERVIEW, can_move

# From here somebody can be asked to an interview.
BEFORE_INTERVIEW = (Stage.APPLIED, Stage.PROCESSING, Stage.NEED_INFO, Stage.SHORTLISTED)
CAN_BE_ASKED = (*BEFORE_INTERVIEW, Stage.INTERVIEW_SCHEDULED, Stage.INTERVIEWED)


def schedule(*, application: Application, by: Any, note: str = "") -> None:
    """A locked application has an interview from now on; what was not read through yet is, by the same tap."""
    if application.stage in BEFORE_INTERVIEW and application.stage != Stage.SHORTLISTED:
        _step(application, Stage.SHORTLISTED, by)
    _step(application, Stage.INTERVIEW_SCHEDULED, by, note)


def unschedule(*, application: Application, by: Any, note: str = "") -> None:
    """Its interview does not take place: a locked application that still runs goes back to where it can be asked."""
    if application.stage == Stage.INTERVIEW_SCHEDULED:
        _step(application, Stage.SHORTLISTED, by, note)


def interviewed(*, application: Application, by: Any) -> None:
    """The interview took place, even one that was taken for missed."""
    if application.stage == Stage.SHORTLISTED:
        _step(application, Stage.INTERVIEW_SCHEDULED, by)
    if application.stage == Stage.INTERVIEW_SCHEDULED:
        _step(application, Stage.INTERVIEWED, by)


def _step(application: Application, to: Stage, by: Any, note: str = "") -> None:
    if application.stage == to:
        return
    if not (can_move(application.stage, to, INTERVIEW) or can_move(application.stage, to, EMPLOYER)):
        raise ValueError(f"an interview takes no application from {application.stage} to {to}")
    shift(application=application, to=to, by=by, note=note)
