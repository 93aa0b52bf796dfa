"""A process that tells notices, and rolls some back: python -m tests.concurrency.notice_teller FIRST LAST VAIN SECONDS.

One notice to each user from FIRST to LAST; before each of VAIN users, spread among them, one that never happens.
"""

import os
import sys
import time


def main(first: int, last: int, vain: list[int], seconds: float) -> None:
    from django.db import transaction

    from jinba.accounts.models import User
    from jinba.notices import actions as notices

    class Never(Exception):
        pass

    def tell(user_id: int) -> None:
        notices.tell(
            recipient=User(pk=user_id), kind="application.offered", dedupe_key="storm", title="企业录用您了", url="/"
        )

    pause = seconds / (last - first + 1)
    every = max((last - first + 1) // max(len(vain), 1), 1)
    for number, user_id in enumerate(range(first, last + 1)):
        if vain and number % every == 0:
            try:
                with transaction.atomic():
                    tell(vain.pop())
                    raise Never
            except Never:
                pass
        tell(user_id)
        time.sleep(pause)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
    import django

    django.setup()
    start, end, in_vain, within = sys.argv[1:5]
    main(int(start), int(end), [int(word) for word in in_vain.split(",") if word], float(within))
