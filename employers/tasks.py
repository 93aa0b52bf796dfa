from celery import shared_task

from employers.actions import employers


@shared_task(name="employers.tasks.mark_all_due")
def mark_all_due() -> None:
    employers.mark_all_due()
