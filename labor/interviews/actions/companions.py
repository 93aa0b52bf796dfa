"""Who comes along does so for the worker, and not any longer than he is entrusted."""

from django.db.models import Exists, OuterRef, QuerySet

from jinba.core.locks import patient
from labor.interviews.actions import booking, seating
from labor.interviews.actions.history import gather, noted
from labor.interviews.choices import TIMED, Held, Side, State
from labor.interviews.models import Interview
from labor.workers.models import Delegation


def without_delegation() -> QuerySet[Interview]:
    """Those still to come, or going on, whose companion is not entrusted by the worker any more."""
    live = Delegation.objects.live().filter(helper=OuterRef("helper"), worker=OuterRef("application__worker"))
    return Interview.objects.timed().filter(~Exists(live), helper__isnull=False)


@patient
def see_off(*, interview_id: int) -> bool:
    """The companion comes no more: his time is his own again and his seat is gone. False when he may come after all."""
    interview = gather(pk=interview_id)
    helper = interview.helper
    if helper is None or interview.state not in TIMED or not without_delegation().filter(pk=interview_id).exists():
        return False
    booking.free(interview=interview, held=Held.USER, held_id=helper.pk)
    seating.unseat(interview=interview, user=helper)
    noted(interview=interview, side=Side.SYSTEM, by=None, note="陪同人的委托结束了，不再陪同", helper=None)
    if interview.state == State.CONFIRMED:  # the host of the booth, if it was him, has a seat as such
        seating.seat_all(interview=interview)
    return True
