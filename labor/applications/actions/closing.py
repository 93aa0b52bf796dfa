from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from employers.choices import EmployerState
from employers.models import JobPosting
from employers.posting_moves import ENDS
from jinba.core.locks import locked, locked_one, patient
from labor.applications.actions.history import shift, tell_worker
from labor.applications.choices import CloseReason, Stage
from labor.applications.models import Application
from labor.applications.moves import BEFORE_OFFER

AT_ONCE = 200


def posting_closed(*, posting_id: int) -> int:
    """Close what ran before an offer when the posting, or its employer, is gone for good; returns how many.

    A pause closes nothing.
    """
    closed = 0
    while some := _close_some(posting_id=posting_id):
        closed += some
    return closed


@patient
def _close_some(*, posting_id: int) -> int:
    posting = locked_one(JobPosting.objects.select_related("employer").defer("search"), pk=posting_id)
    if posting.state not in ENDS and posting.employer.state != EmployerState.BANNED:
        return 0
    running = Application.objects.filter(posting=posting, stage__in=BEFORE_OFFER).order_by("pk")
    ids = list(running.values_list("pk", flat=True)[:AT_ONCE])
    rows = locked(Application.objects.select_related("worker__user", "posting").filter(stage__in=BEFORE_OFFER), ids=ids)
    for application in rows:
        event = shift(application=application, to=Stage.JOB_CANCELLED, by=None, reason=CloseReason.POSTING_CLOSED)
        tell_worker(event=event, posting=posting)
    return len(rows)


def close_what_is_left(*, within: timedelta = timedelta(days=7)) -> int:
    """Find postings that ended lately and still have running applications: their letter was lost, or came too early."""
    gone = Q(state__in=ENDS) | Q(employer__state=EmployerState.BANNED)
    recent = JobPosting.objects.filter(gone, updated_at__gte=timezone.now() - within)
    left = Application.objects.filter(posting__in=recent, stage__in=BEFORE_OFFER)
    return sum(posting_closed(posting_id=pk) for pk in left.values_list("posting_id", flat=True).distinct()[:100])
