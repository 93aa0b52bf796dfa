"""Match runs that go on."""

from jinba.core.queues import Waiting, queue, waiting
from labor.matching.models import MatchRun


@queue(title="匹配", url="admin:matching_matchrun_changelist", perm="matching.change_matchrun", order=60)
def runs() -> Waiting:
    return waiting(MatchRun.objects.running(), since="started_at")
