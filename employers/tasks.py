from time import monotonic

from celery import shared_task

from employers.actions import documents, employers, flags, licences, searches

# So long does one letter look through the stock before it makes room for others.
SECONDS_PER_LETTER = 20


@shared_task(name="employers.tasks.watch_verifications")
def watch_verifications() -> None:
    """Suspensions first: who falls due only now, because nobody looked for long, has a day to be heard."""
    while employers.suspend_overdue():
        pass
    while employers.mark_all_due():
        pass


@shared_task(name="employers.tasks.watch_papers")
def watch_papers() -> None:
    """Licences and papers that run out, and files that no row knows."""
    licences.watch()
    documents.warn_of_ends()
    documents.forget_stray_files()


@shared_task(name="employers.tasks.watch_own_licence")
def watch_own_licence() -> None:
    licences.watch_ours()


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
