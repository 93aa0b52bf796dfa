"""Words to users. A notice is its own outbox row: written with what it tells of, made visible by a task, shown once."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from jinba.core.later import later
from jinba.notices.models import Notice

SHOWN_AT_ONCE = 20
LONGEST_PAUSE = 60  # seconds between two letters for the same notice
INSERT = """
INSERT INTO notices_notice (recipient_id, kind, dedupe_key, title, body, url, created_at, next_try_at, attempts)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0)
ON CONFLICT (recipient_id, dedupe_key) DO NOTHING RETURNING id
"""


@transaction.atomic
def tell(*, recipient: Any, kind: str, dedupe_key: str, title: str, body: str = "", url: str = "") -> Notice | None:
    """Write a notice in the caller's transaction; a second one with the same key is None. No recipient, no notice."""
    if recipient is None:
        return None
    ids = _insert([recipient.pk], kind, dedupe_key, title, body, url)
    return Notice.objects.get(pk=ids[0]) if ids else None


@transaction.atomic
def tell_all(
    *, recipient_ids: Iterable[int], kind: str, dedupe_key: str, title: str, body: str = "", url: str = ""
) -> int:
    """The same word to several users; returns for how many it is new."""
    return len(_insert(recipient_ids, kind, dedupe_key, title, body, url))


def _insert(recipient_ids: Iterable[int], kind: str, dedupe_key: str, title: str, body: str, url: str) -> list[int]:
    # One statement instead of get_or_create's four: notices are written in transactions that hold locks.
    now = timezone.now()
    ids = []
    with connection.cursor() as cursor:
        for recipient_id in sorted(set(recipient_ids)):
            cursor.execute(
                INSERT, [recipient_id, kind, dedupe_key, _cut(title, 80), _cut(body, 300), url[:200], now, now]
            )
            ids += [row[0] for row in cursor.fetchall()]
    for notice_id in ids:
        later("jinba.notices.tasks.deliver", notice_id=notice_id)
    return ids


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


@transaction.atomic
def deliver(*, notice_id: int) -> bool:
    """Make one notice visible to its recipient; False when that was done before."""
    return bool(Notice.objects.filter(pk=notice_id, delivered_at__isnull=True).update(delivered_at=timezone.now()))


@transaction.atomic
def show_new(*, user: Any) -> list[Notice]:
    """The delivered notices that the user's pages have not yet popped up, each returned exactly once."""
    fresh = Notice.objects.of(user).delivered().filter(shown_at__isnull=True, read_at__isnull=True).order_by("pk")
    rows = list(fresh.select_for_update(skip_locked=True)[:SHOWN_AT_ONCE])
    if rows:
        Notice.objects.filter(pk__in=[notice.pk for notice in rows]).update(shown_at=timezone.now())
    return rows


@transaction.atomic
def mark_read(*, user: Any, notice_ids: list[int] | None = None) -> int:
    """Mark the user's own notices read, all of them without `notice_ids`; returns how many were new."""
    unread = Notice.objects.of(user).unread()
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    now = timezone.now()
    return unread.update(read_at=now, shown_at=Coalesce(F("shown_at"), now))


@transaction.atomic
def post_again(*, limit: int = 500) -> int:
    """Post letters for notices that wait although their first letter must have arrived; returns how many."""
    now = timezone.now()
    due = Notice.objects.waiting().filter(created_at__lt=now - timedelta(seconds=5))
    rows = list(due.select_for_update(skip_locked=True).order_by("next_try_at")[:limit])
    for notice in rows:
        notice.attempts = min(notice.attempts + 1, 100)
        notice.next_try_at = now + timedelta(seconds=min(10 * 2 ** min(notice.attempts, 5), LONGEST_PAUSE))
        later("jinba.notices.tasks.deliver", notice_id=notice.pk)
    Notice.objects.bulk_update(rows, ["attempts", "next_try_at"])
    return len(rows)
