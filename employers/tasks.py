from time import monotonic

from celery import shared_task

from employers.actions import employers, flags, searches

# So long does one letter look through the stock before it makes room for others.
SECONDS_PER_LETTER = 20


@shared_task(name="employers.tasks.mark_all_due")
def mark_all_due() -> None:
    employers.mark_all_due()


@shared_task(name="employers.tasks.tell_of_new_postings")
def tell_of_new_postings() -> None:
    searches.tell_of_new()


@shared_task(name="employers.tasks.rescan")
def rescan() -> None:
    """Postings that the lexicon's present version has not seen; the sweep starts it again wherever it was killed."""
    until = monotonic() + SECONDS_PER_LETTER
    while flags.rescan():
        if monotonic() > until:
            flags.go_on()
            return
