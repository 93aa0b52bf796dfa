from celery import shared_task

from jinba.notices import actions as notices


@shared_task(name="jinba.notices.tasks.deliver")
def deliver(*, notice_id: int) -> None:
    notices.deliver(notice_id=notice_id)


@shared_task(name="jinba.notices.tasks.sweep")
def sweep() -> None:
    notices.post_again()
