from django.conf import settings
from django.db import models
from django.utils import timezone


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: object) -> "NoticeQuerySet":
        return self.filter(recipient=user)

    def delivered(self) -> "NoticeQuerySet":
        return self.filter(delivered_at__isnull=False)

    def unread(self) -> "NoticeQuerySet":
        return self.delivered().filter(read_at__isnull=True)

    def waiting(self) -> "NoticeQuerySet":
        return self.filter(delivered_at__isnull=True, next_try_at__lte=timezone.now())


class Notice(models.Model):
    """A word to one user: the outbox row itself, written in the transaction of what it tells of."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="收件人"
    )
    kind = models.CharField("种类", max_length=40)
    dedupe_key = models.CharField("去重键", max_length=120)
    title = models.CharField("标题", max_length=80)
    body = models.CharField("内容", max_length=300, blank=True)
    url = models.CharField("链接", max_length=200, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    next_try_at = models.DateTimeField("下次投递", default=timezone.now)
    attempts = models.PositiveSmallIntegerField("投递次数", default=0)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    shown_at = models.DateTimeField("提示时间", null=True, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["recipient", "dedupe_key"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_by_recipient"),
            models.Index(fields=["next_try_at"], name="notice_waiting", condition=models.Q(delivered_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title
