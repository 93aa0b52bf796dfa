import logging
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from employers.choices import EmployerState, PostingState
from employers.models import JobPosting
from employers.posting_moves import ENDS
from jinba.core.locks import locked, locked_one, patient
from labor.applications.actions.history import shift, tell_worker
from labor.applications.choices import CloseReason, Stage
from labor.applications.models import Application
from labor.applications.moves import BEFORE_OFFER

logger = logging.getLogger(__name__)

AT_ONCE = 200
# Nobody can accept an offer of a posting that an officer removed, or of a banned employer: it ends too.
REFUTED = Q(state=PostingState.REMOVED) | Q(employer__state=EmployerState.BANNED)
WITH_OFFERS = (*BEFORE_OFFER, Stage.OFFERED)


def _ending(posting: JobPosting) -> tuple[Stage, ...]:
    """The stages that do not outlive what became of the posting."""
    if posting.state == PostingState.REMOVED or posting.employer.state == EmployerState.BANNED:
        return WITH_OFFERS
    return BEFORE_OFFER if posting.state in ENDS else ()


def posting_closed(*, posting_id: int) -> int:
    """Close what runs when the posting, or its employer, is gone for good; returns how many.

    A pause closes nothing. Offers of a posting that its employer ended stand, those of one that was removed do not.
    """
    closed = 0
    while some := _close_some(posting_id=posting_id):
        closed += some
    return closed


@patient
def _close_some(*, posting_id: int) -> int:
    posting = locked_one(JobPosting.objects.select_related("employer").defer("search"), pk=posting_id)
    stages = _ending(posting)
    if not stages:
        return 0
    running = Application.objects.filter(posting=posting, stage__in=stages).order_by("pk")
    ids = list(running.values_list("pk", flat=True)[:AT_ONCE])
    rows = locked(Application.objects.select_related("worker__user", "posting").filter(stage__in=stages), ids=ids)
    for application in rows:
        event = shift(application=application, to=Stage.JOB_CANCELLED, by=None, reason=CloseReason.POSTING_CLOSED)
        tell_worker(event=event, posting=posting)
    return len(rows)


def close_what_is_left(*, within: timedelta = timedelta(days=7)) -> int:
    """Find postings that ended lately and still have running applications: their letter was lost, or came too early."""
    recent = JobPosting.objects.filter(updated_at__gte=timezone.now() - within)
    ended, refuted = recent.filter(Q(state__in=ENDS) | REFUTED), recent.filter(REFUTED)
    left = Application.objects.filter(
        Q(posting__in=ended, stage__in=BEFORE_OFFER) | Q(posting__in=refuted, stage=Stage.OFFERED)
    )
    return sum(_closed(posting_id=pk) for pk in left.values_list("posting_id", flat=True).distinct()[:100])


def _closed(*, posting_id: int) -> int:
    try:
        return posting_closed(posting_id=posting_id)
    except Exception:  # the others need not wait for this one; the next round comes to it again
        logger.exception("closing: posting %s", posting_id)
        return 0
