"""What about interviews waits for somebody at a desk."""

from jinba.core.queues import Waiting, queue, waiting
from labor.interviews.booth_plan import stray_interviews
from labor.interviews.models import SeatText


@queue(title="没人值班的面试", url="booths:day", perm="interviews.view_booth", order=40)
def strays() -> Waiting:
    """Booked in a booth that is not open at that time."""
    return Waiting(len(stray_interviews()))


@queue(
    title="没发出去的面试短信", url="admin:interviews_seattext_changelist", query="sending=yes",
    perm="interviews.view_seattext", order=41,
)  # fmt: skip
def texts() -> Waiting:
    """On their way for a while already: the vendor does not take them."""
    return waiting(SeatText.objects.filter(next_try_at__isnull=False, tries__gt=0), since="next_try_at")
