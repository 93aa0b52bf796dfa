"""A process that fills a room: python -m tests.concurrency.live_sender SESSION SENDERS EACH PAUSE [--unlocked].

SENDERS threads add EACH entries, resting up to PAUSE seconds between two, within transactions that last up to 5 ms.
Writes [seq, moment by the monotonic clock] of each as JSON. With --unlocked numbers are given without holding the
room's row until commit: the control that must fail.
"""

import json
import os
import random
import sys
import threading
import time
from typing import Any

WITHIN_TRANSACTION = 0.005  # seconds


def unlocked(*, session_id: int, kind: str, message: Any = None, data: Any = None) -> Any:
    """As `entries.add`, but the number comes from a counter of its own, as a careless room would have it."""
    from django.db import connection

    from jinba.core.push import push
    from labor.live.models import Entry

    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('live_control')")
        seq = cursor.fetchone()[0]
    entry = Entry.objects.create(session_id=session_id, seq=seq, kind=kind, data=data)
    push("live", f"room.{session_id}")
    return entry


def main(session_id: int, senders: int, each: int, pause: float, is_locked: bool) -> None:
    from django.db import connection, connections, transaction

    from labor.live.actions import entries
    from labor.live.choices import EntryKind

    if not is_locked:
        with connection.cursor() as cursor:
            cursor.execute("CREATE SEQUENCE live_control")
    add = entries.add if is_locked else unlocked
    sent: list[tuple[int, float]] = []

    def send(number: int) -> None:
        chance = random.Random(number)
        try:
            for _ in range(each):
                with transaction.atomic():
                    at = time.monotonic()
                    entry = add(session_id=session_id, kind=EntryKind.ANNOUNCED, data={"text": f"第{number}人"})
                    time.sleep(chance.random() * WITHIN_TRANSACTION)
                sent.append((entry.seq, at))
                time.sleep(chance.random() * pause)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not is_locked:
        with connection.cursor() as cursor:
            cursor.execute("DROP SEQUENCE live_control")
    sys.stdout.write(json.dumps(sent))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinba.settings")
    import django

    django.setup()
    room, people, times, rest = sys.argv[1:5]
    main(int(room), int(people), int(times), float(rest), "--unlocked" not in sys.argv)
