from celery import shared_task

from labor.workers.actions import batches, delegations, duplicates, telling_by_text


@shared_task(name="labor.workers.tasks.care_for_delegations")
def care_for_delegations() -> None:
    """Once a day: mark what ran out, tell of what is about to."""
    delegations.expire()
    delegations.tell_of_endings()


@shared_task(name="labor.workers.tasks.tell_by_text")
def tell_by_text() -> None:
    """Texts to who has no account, that somebody acts for him."""
    telling_by_text.tell_by_text()


@shared_task(name="labor.workers.tasks.check_batch")
def check_batch(*, batch_id: int) -> None:
    batches.check(batch_id=batch_id)


@shared_task(name="labor.workers.tasks.register_batch")
def register_batch(*, batch_id: int) -> None:
    batches.register_people(batch_id=batch_id)


@shared_task(name="labor.workers.tasks.sweep_batches")
def sweep_batches() -> None:
    """Rosters whose letters were lost, or whose workers were killed."""
    batches.call_hands()


@shared_task(name="labor.workers.tasks.forget_rosters")
def forget_rosters() -> None:
    batches.forget()


@shared_task(name="labor.workers.tasks.find_duplicates")
def find_duplicates() -> None:
    duplicates.find_all()
