from celery import shared_task

from jinba.notices import actions as notices


@shared_task(name="jinba.notices.tasks.send_due")
def send_due() -> None:
    notices.send_due()


@shared_task(name="jinba.notices.tasks.sweep")
def sweep() -> None:
    notices.wake_senders()


@shared_task(name="jinba.notices.tasks.forget_proofs")
def forget_proofs() -> None:
    notices.forget_old_proofs()
