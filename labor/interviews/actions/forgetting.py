"""What a room leaves behind goes after a while: the words after 30 days, and with them the numbers of the invited."""

from datetime import timedelta

from django.utils import timezone

from labor.interviews.models import ChatLine, Seat, SeatText

KEPT = timedelta(days=30)
AT_ONCE = 5_000


def forget() -> int:
    """Delete lines and texts, and phones of seats, older than KEPT; returns how many lines went. Twice does no harm."""
    before, gone = timezone.now() - KEPT, 0
    while True:
        ids = list(ChatLine.objects.filter(at__lt=before).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        gone += len(ids)
        ChatLine.objects.filter(pk__in=ids).delete()
        if len(ids) < AT_ONCE:
            break
    old = Seat.objects.filter(link_ends_at__lt=before)
    SeatText.objects.filter(seat__in=old.values("pk")).delete()
    old.exclude(phone=None).update(phone=None)
    return gone
