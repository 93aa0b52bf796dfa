from celery import shared_task

from jinba.accounts import actions as accounts
from jinba.accounts import idempotency


@shared_task(name="jinba.accounts.tasks.forget_codes")
def forget_codes() -> None:
    accounts.forget_codes()


@shared_task(name="jinba.accounts.tasks.forget_sessions")
def forget_sessions() -> None:
    accounts.forget_sessions()


@shared_task(name="jinba.accounts.tasks.forget_answers")
def forget_answers() -> None:
    idempotency.forget_answers()
