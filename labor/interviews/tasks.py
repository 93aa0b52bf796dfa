from celery import shared_task

from labor.interviews.actions import forgetting, recording, reminding, sweeping, texting


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


@shared_task(name="labor.interviews.tasks.sweep_recordings")
def sweep_recordings() -> None:
    recording.sweep()


@shared_task(name="labor.interviews.tasks.clear_recordings")
def clear_recordings() -> None:
    recording.clear_orphans()
