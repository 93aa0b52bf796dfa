"""How often somebody stayed away from an interview."""

from typing import Any

from employers.models import Employer
from labor.interviews.choices import Side, State
from labor.interviews.models import Interview
from labor.interviews.models.interviews import InterviewQuerySet
from labor.workers.models import Worker


def no_shows_of(who: Worker | Employer) -> InterviewQuerySet:
    """The interviews to which a worker, or an employer, did not come; their number is what counts."""
    missed = Interview.objects.filter(state=State.NO_SHOW)
    theirs: dict[str, Any]
    if isinstance(who, Worker):
        theirs = {"no_show_by": Side.WORKER, "application__worker": who}
    else:
        theirs = {"no_show_by": Side.EMPLOYER, "application__posting__employer": who}
    return missed.filter(**theirs)
