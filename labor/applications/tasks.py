from celery import shared_task

from labor.applications import actions as applications


@shared_task(name="labor.applications.tasks.posting_closed")
def posting_closed(*, posting_id: int) -> None:
    applications.posting_closed(posting_id=posting_id)


@shared_task(name="labor.applications.tasks.sweep")
def sweep() -> None:
    applications.close_what_is_left()


@shared_task(name="labor.applications.tasks.remind")
def remind() -> None:
    applications.remind()


@shared_task(name="labor.applications.tasks.close_silent")
def close_silent() -> None:
    applications.close_silent()
