from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from jinba.core.later import later
from jinba.notices.models import Notice


@transaction.atomic
def tell(*, recipient: Any, kind: str, dedupe_key: str, title: str, body: str = "", url: str = "") -> Notice | None:
    """Write a notice in the caller's transaction; a second one with the same key is None. No recipient, no notice."""
    if recipient is None:
        return None
    words = {"kind": kind, "title": title[:80], "body": body[:300], "url": url[:200]}
    notice, created = Notice.objects.get_or_create(recipient=recipient, dedupe_key=dedupe_key, defaults=words)
    if not created:
        return None
    later("jinba.notices.tasks.deliver", notice_id=notice.pk)
    return notice


@transaction.atomic
def deliver(*, notice_id: int) -> bool:
    """Make one notice visible to its recipient; False when that was done before."""
    return bool(
        Notice.objects.filter(pk=notice_id, delivered_at__isnull=True).update(delivered_at=timezone.now())
    )


@transaction.atomic
def show_new(*, user: Any) -> list[Notice]:
    """The delivered notices that the user's pages have not yet popped up, each returned exactly once."""
    fresh = list(
        Notice.objects.of(user).delivered().filter(shown_at__isnull=True).select_for_update(skip_locked=True)[:5]
    )
    Notice.objects.filter(pk__in=[notice.pk for notice in fresh]).update(shown_at=timezone.now())
    return fresh


@transaction.atomic
def mark_read(*, user: Any, notice_ids: list[int] | None = None) -> int:
    """Mark the user's own notices read, all of them without `notice_ids`; returns how many were new."""
    unread = Notice.objects.of(user).unread()
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    return unread.update(read_at=timezone.now(), shown_at=timezone.now())


@transaction.atomic
def post_again(*, limit: int = 500) -> int:
    """Post letters for notices that wait although their first letter must have arrived; returns how many."""
    due = Notice.objects.waiting().filter(created_at__lt=timezone.now() - timedelta(seconds=5))
    rows = list(due.select_for_update(skip_locked=True).order_by("next_try_at")[:limit])
    for notice in rows:
        notice.attempts += 1
        notice.next_try_at = timezone.now() + timedelta(seconds=min(10 * 2**notice.attempts, 3600))
        later("jinba.notices.tasks.deliver", notice_id=notice.pk)
    Notice.objects.bulk_update(rows, ["attempts", "next_try_at"])
    return len(rows)
