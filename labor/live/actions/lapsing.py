"""What was announced and never began ends by itself, so that nobody waits for it."""

from datetime import timedelta

from django.utils import timezone

from jinba.core.locks import locked_one, patient
from labor.live.actions import reserving, studios, telling
from labor.live.actions.history import shift
from labor.live.choices import Side, State
from labor.live.models import LiveSession

GRACE = timedelta(minutes=30)  # after its planned end
AT_ONCE = 50
REASON = "到时间没有开播"
WAITING = (State.PLANNED, State.REVIEW, State.ANNOUNCED)


def lapse() -> int:
    """Cancel what did not begin before its end; returns how many. Crew and those who reserved are told."""
    late = LiveSession.objects.filter(state__in=WAITING, ends_at__lte=timezone.now() - GRACE).order_by("ends_at")
    return sum(_lapse(pk) for pk in list(late.values_list("pk", flat=True)[:AT_ONCE]))


@patient
def _lapse(pk: int) -> bool:
    session = locked_one(LiveSession.objects.select_related("host"), pk=pk)
    if session.state not in WAITING or session.ends_at > timezone.now() - GRACE:
        return False
    was_announced = session.announced_for is not None  # also when its plan was changed afterwards
    event = shift(session=session, to=State.CANCELLED, side=Side.SYSTEM, by=None, reason=REASON)
    studios.release(session=session)
    telling.cancelled(session=session, event=event)
    if was_announced:
        reserving.tell_cancelled(session=session)
    return True
