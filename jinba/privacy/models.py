"""Who saw whose personal data in clear, and what left the house as a file. Rows are only added."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from jinba.core.encryption import EncryptedTextField
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
    """Records that somebody took out as files: which, why, how many rows, masked or not.

    The row is its own work order: parts are written one after the other from `last_id` on, each in one transaction.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁导出的")
    what = models.CharField("导出什么", max_length=40, help_text="模型，如 workers.worker")
    title = models.CharField("内容", max_length=40, blank=True)
    format = models.CharField("格式", max_length=8)
    filters = models.CharField("筛选条件", max_length=400, blank=True, help_text="号码已打码")
    query = EncryptedTextField("筛选条件原文", null=True, blank=True)
    reason = models.CharField("原因", max_length=200)
    is_masked = models.BooleanField("已打码", default=True)
    state = models.CharField("状态", max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    planned = models.PositiveIntegerField("应有行数", default=0)
    rows = models.PositiveIntegerField("行数", default=0)
    last_id = models.BigIntegerField("写到的编号", default=0, editable=False)
    files = ArrayField(models.CharField(max_length=200), default=list, blank=True, editable=False)
    failure = models.CharField("说明", max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField("没写成的次数", default=0, editable=False)
    downloads = models.PositiveIntegerField("下载次数", default=0)
    downloaded_at = models.DateTimeField("最近下载", null=True, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)
    next_try_at = models.DateTimeField("下次处理", default=timezone.now)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导出记录"
        ordering = ("-id",)
        permissions = [("export_unmasked", "导出不打码的个人信息")]
        indexes = [
            models.Index(fields=["by", "-id"], name="export_by_user"),
            models.Index(
                fields=["next_try_at"], name="export_to_do", condition=models.Q(state__in=["waiting", "running"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.what} {self.rows} 行"

    @property
    def progress(self) -> int:
        """Percent of the planned rows that are written."""
        if self.state == ExportState.DONE:
            return 100
        return min(99, 100 * self.rows // self.planned) if self.planned else 0

    @property
    def is_under_way(self) -> bool:
        return self.state in (ExportState.WAITING, ExportState.RUNNING)
