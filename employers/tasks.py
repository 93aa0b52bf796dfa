from celery import shared_task

from employers.actions import employers, searches


@shared_task(name="employers.tasks.mark_all_due")
def mark_all_due() -> None:
    employers.mark_all_due()


@shared_task(name="employers.tasks.tell_of_new_postings")
def tell_of_new_postings() -> None:
    searches.tell_of_new()
