from celery import shared_task

from labor.workers.actions import delegations


@shared_task(name="labor.workers.tasks.care_for_delegations")
def care_for_delegations() -> None:
    """Once a day: mark what ran out, tell of what is about to."""
    delegations.expire()
    delegations.tell_of_endings()
