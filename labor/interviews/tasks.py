from celery import shared_task

from labor.interviews.actions import forgetting, reminding, sweeping, texting


@shared_task(name="labor.interviews.tasks.remind")
def remind() -> None:
    reminding.remind()


@shared_task(name="labor.interviews.tasks.sweep")
def sweep() -> None:
    sweeping.sweep()


@shared_task(name="labor.interviews.tasks.text")
def text() -> None:
    """Texts to those who have no account."""
    texting.send()


@shared_task(name="labor.interviews.tasks.forget_rooms")
def forget_rooms() -> None:
    forgetting.forget()
