from celery import shared_task

from labor.interviews.actions import reminding, sweeping


@shared_task(name="labor.interviews.tasks.remind")
def remind() -> None:
    reminding.remind()


@shared_task(name="labor.interviews.tasks.sweep")
def sweep() -> None:
    sweeping.sweep()
