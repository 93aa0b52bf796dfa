"""What a worker agreed to: each purpose and recipient by itself, word for word, and when it was taken back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jinba.core.history import keep_history
from labor.workers.choices import ConsentPurpose
from labor.workers.models.worker import Worker


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at__isnull=True)


@keep_history()
class Consent(models.Model):
    """One agreement (个人信息保护法 §14, §23). Rows stay; a withdrawal (§15) sets `withdrawn_at`."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="consents", verbose_name="劳动者")
    purpose = models.CharField("用途", max_length=16, choices=ConsentPurpose.choices)
    recipient = models.CharField("提供给谁", max_length=120, blank=True)
    recipient_id = models.BigIntegerField("用人单位编号", null=True, blank=True)
    version = models.PositiveSmallIntegerField("文本版本")
    text = models.CharField("文本", max_length=500)
    text_digest = models.CharField("文本摘要", max_length=64)
    given_at = models.DateTimeField("同意时间", default=timezone.now)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="操作人",
        help_text="本人，或受他委托的人",
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "同意记录"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                # New words are agreed to beside the old ones, which stay on record.
                fields=["worker", "purpose", "recipient", "version"],
                condition=Q(withdrawn_at__isnull=True),
                name="%(app_label)s_%(class)s_one_standing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.get_purpose_display()}"
