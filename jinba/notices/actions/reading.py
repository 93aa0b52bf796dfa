from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from jinba.notices.models import Notice

SHOWN_AT_ONCE = 20


@transaction.atomic
def show_new(*, user: Any) -> list[Notice]:
    """The notices that the user's pages have not yet popped up, each returned exactly once."""
    fresh = Notice.objects.of(user).filter(shown_at__isnull=True, read_at__isnull=True).order_by("pk")
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
