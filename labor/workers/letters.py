from jinba.core.later import later
from labor.workers.models import Worker


def match_again(worker: Worker) -> None:
    """After commit: what fits the worker now that he or his wishes changed."""
    later("labor.matching.tasks.match_worker", worker_id=worker.pk)
