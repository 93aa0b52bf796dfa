"""Who saw whose personal data in clear, and what left the house as a file. Rows are only added."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from jinba.privacy.choices import ExportState, Purpose, Subject


class PersonalDataAccess(models.Model):
    """One look at one person's data, written in the transaction that shows it (个人信息保护法 §51, §54)."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁看的")
    role = models.CharField("当时角色", max_length=16)
    organisation = models.CharField(
        "当时单位", max_length=120, blank=True, db_default="", default="", help_text="看的人代表哪家用人单位"
    )
    subject = models.CharField("看谁的", max_length=10, choices=Subject.choices)
    subject_id = models.BigIntegerField("编号")
    fields = ArrayField(models.CharField(max_length=30), verbose_name="看了什么")
    purpose = models.CharField("用途", max_length=12, choices=Purpose.choices)
    reason = models.CharField("原因", max_length=200)
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "查看个人信息的记录"
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["subject", "subject_id", "-id"], name="access_by_subject"),
            models.Index(fields=["by", "-id"], name="access_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.by} → {self.get_subject_display()} {self.subject_id}"


class ExportRecord(models.Model):
    """A file of records that somebody took out: what, why, how many rows, masked or not."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁导出的")
    what = models.CharField("导出什么", max_length=40)
    format = models.CharField("格式", max_length=8)
    filters = models.CharField("筛选条件", max_length=400, blank=True)
    reason = models.CharField("原因", max_length=200)
    is_masked = models.BooleanField("已打码", default=True)
    state = models.CharField("状态", max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    rows = models.PositiveIntegerField("行数", default=0)
    file = models.CharField("存放位置", max_length=200, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)
    next_try_at = models.DateTimeField("下次处理", default=timezone.now)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导出记录"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.what} {self.rows} 行"
