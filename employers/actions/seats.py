"""The seats of a posting. A hire takes one by a conditional UPDATE: whatever runs at once, hires fit the headcount."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from employers.choices import PostingState
from employers.models import JobPosting, PostingEvent
from jinba.core.later import later


@transaction.atomic
def take_seat(*, posting_id: int) -> bool:
    """Count one hire more; False when the headcount is reached. Locks the posting; the last seat makes it filled."""
    posting = JobPosting.objects.filter(pk=posting_id)
    if not posting.filter(filled__lt=F("headcount")).update(filled=F("filled") + 1):
        return False
    full = posting.filter(filled=F("headcount"), state=PostingState.PUBLISHED)
    if full.update(state=PostingState.FILLED, updated_at=timezone.now()):
        _tell_of(posting_id, PostingState.PUBLISHED, PostingState.FILLED, "招满了")
    return True


@transaction.atomic
def give_seat_back(*, posting_id: int) -> None:
    """Count one hire less, because somebody who was hired will not come; a filled posting is published again."""
    posting = JobPosting.objects.filter(pk=posting_id)
    posting.filter(filled__gt=0).update(filled=F("filled") - 1)
    free = posting.filter(filled__lt=F("headcount"), state=PostingState.FILLED)
    if free.update(state=PostingState.PUBLISHED, updated_at=timezone.now()):
        _tell_of(posting_id, PostingState.FILLED, PostingState.PUBLISHED, "又有了名额")


def _tell_of(posting_id: int, from_state: PostingState, to_state: PostingState, reason: str) -> None:
    PostingEvent.objects.create(posting_id=posting_id, from_state=from_state, to_state=to_state, reason=reason)
    later("labor.matching.tasks.match_posting", posting_id=posting_id)
