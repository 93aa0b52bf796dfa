"""Rooms at whose doors somebody stands: links that open or wait, and a colleague's interview."""

from typing import Any

from employers.models import JobPosting
from labor.interviews.choices import SeatKind
from labor.interviews.links import token_of
from labor.workers.models import Worker
from tests.factories.employers import JobPostingFactory, MemberFactory
from tests.factories.interviews import SittingFactory, days_ahead, in_minutes
from tests.factories.rooms import room, seat
from tests.factories.workers import WorkerFactory


def room_doors(mine: Worker, posting: JobPosting) -> dict[str, Any]:
    """Tokens of links of a worker without account, and rooms by id; `posting` is the owner's, `mine` the seeker."""
    worker = WorkerFactory(unclaimed=True, name="欧阳晓芸")
    long = {"application__posting": JobPostingFactory(title=posting.title, employer__name=posting.employer.name)}
    now = room(application__worker=worker, at=in_minutes(20), **long)
    later = room(application__worker=worker, at=days_ahead(2, 9))
    colleague = MemberFactory(employer=posting.employer, recruiter=True).user
    theirs = SittingFactory(posting=posting, recruiter=colleague, starts_at=in_minutes(15))
    hers = room(application__posting=posting, sitting=theirs, at=in_minutes(15))
    # Open still, though it should have begun long ago: no other time of theirs is touched.
    own = room(application__worker=mine, application__posting__employer=posting.employer, at=in_minutes(-100))
    return {
        "room": own.pk,
        "room_link": token_of(seat(now, SeatKind.WORKER)),
        "room_link_early": token_of(seat(later, SeatKind.WORKER)),
        "room_colleague": hers.pk,
    }
