"""The rundown: which postings are spoken of, in which order, and when each was."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from employers.models import JobPosting
from labor.live.models.sessions import LiveSession


class Card(models.Model):
    """A posting in a session's rundown (岗位卡)."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="cards", verbose_name="场次")
    posting = models.ForeignKey(JobPosting, models.PROTECT, related_name="live_cards", verbose_name="岗位")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    note = models.CharField("讲什么", max_length=200, blank=True, help_text="只有主播看得到")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁加的")
    removed_at = models.DateTimeField("撤下时间", null=True, blank=True, help_text="直播中撤下的岗位留着记录")

    class Meta:
        verbose_name = verbose_name_plural = "岗位卡"
        ordering = ("order", "id")
        constraints = [models.UniqueConstraint(fields=["session", "posting"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return str(self.posting)


class Pin(models.Model):
    """The card that the anchor spoke of from `from_at` to `to_at`; one at a time. Chapters of the replay."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="pins", verbose_name="场次")
    card = models.ForeignKey(Card, models.PROTECT, related_name="pins", verbose_name="岗位卡")
    from_at = models.DateTimeField("从", default=timezone.now)
    to_at = models.DateTimeField("到", null=True, blank=True)
    seats_left = models.PositiveIntegerField("当时还招几人")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁放上的")

    class Meta:
        verbose_name = verbose_name_plural = "讲解"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(to_at__isnull=True), name="%(app_label)s_%(class)s_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gte=F("from_at")), name="%(app_label)s_%(class)s_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.from_at:%H:%M:%S}"
