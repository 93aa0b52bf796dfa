"""What may not go on ends by itself: the papers under which a session went on air hold no more."""

import logging

from jinba.core.errors import Refused
from labor.live import gates
from labor.live.actions import airing
from labor.live.choices import State
from labor.live.models import LiveSession

logger = logging.getLogger(__name__)


def enforce() -> int:
    """Stop each session on air whose host is not verified any more, or that no licence covers; returns how many.

    It is asked anew every few seconds, because whoever suspends an employer knows nothing of sessions. Of an employer
    that is only a guest the cards close (`pinning.notice_closed`), and the session goes on.
    """
    stopped = 0
    for session in LiveSession.objects.filter(state=State.LIVE).select_related("host").order_by("pk"):
        if not (why := gates.what_stops(session)):
            continue
        try:
            airing.abort(session=session, by=None, reason=why[0].removesuffix("。"))
            stopped += 1
        except Refused as refusal:
            logger.warning("live: session %s was not stopped: %s", session.pk, refusal.message)
    return stopped
