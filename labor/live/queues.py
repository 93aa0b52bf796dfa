"""What about live sessions waits for an officer."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from jinba.core.queues import Waiting, flow, per_day, queue, waiting
from labor.live.choices import State
from labor.live.models import LiveSession, SessionEvent


@queue(
    title="直播审核", url="admin:live_livesession_changelist", perm="live.change_livesession",
    late_after=timedelta(days=1), order=23,
)  # fmt: skip
def sessions_to_review() -> Waiting:
    return waiting(LiveSession.objects.filter(state=State.REVIEW), since="updated_at", by="starts_at")


@flow(perm="live.change_livesession")
def review_flow(since: datetime) -> Any:
    rows, came_in = SessionEvent.objects.all(), Q(to_state=State.REVIEW)
    return per_day(rows, at="at", since=since, came_in=came_in, settled=Q(from_state=State.REVIEW))
