"""Many workers at once: a workbook on its way in, and people who seem to be there twice."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labor.workers.choices import BatchState, PairReason, PairState
from labor.workers.models.worker import Worker


class RegistrationBatch(models.Model):
    """A workbook of workers. First it is only checked; nobody is registered before somebody confirms."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    file_name = models.CharField("文件名", max_length=120)
    file = models.CharField("存放位置", max_length=200, blank=True, help_text="加密存放，办完即删")
    sha256 = models.CharField("摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=BatchState.choices, default=BatchState.WAITING)
    rows = models.PositiveIntegerField("行数", default=0)
    done = models.PositiveIntegerField("已处理", default=0)
    problems = models.PositiveIntegerField("有问题的行", default=0)
    duplicates = models.PositiveIntegerField("疑似重复的行", default=0)
    registered = models.PositiveIntegerField("登记人数", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    consented_text = models.CharField("委托说明", max_length=500, blank=True)
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)
    next_try_at = models.DateTimeField("下次处理", default=timezone.now)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批量登记"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.file_name}（{self.get_state_display()}）"


class BatchProblem(models.Model):
    """What is wrong with one cell, or whom one row resembles. Never the cell's own content: it may be personal."""

    batch = models.ForeignKey(RegistrationBatch, models.CASCADE, related_name="found", verbose_name="批次")
    row = models.PositiveIntegerField("行")
    column = models.CharField("列", max_length=20, blank=True)
    text = models.CharField("问题", max_length=200)
    resembles = models.ForeignKey(
        Worker, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="疑似同一人"
    )
    is_fatal = models.BooleanField("必须改", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "批量登记的问题"
        ordering = ("row", "id")

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.column}"


class DuplicatePair(models.Model):
    """Two profiles that seem to be one person; somebody decides."""

    first = models.ForeignKey(Worker, models.CASCADE, related_name="+", verbose_name="先登记的")
    second = models.ForeignKey(Worker, models.CASCADE, related_name="+", verbose_name="后登记的")
    reason = models.CharField("像在哪里", max_length=12, choices=PairReason.choices)
    state = models.CharField("状态", max_length=10, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField("发现时间", default=timezone.now)
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="%(app_label)s_%(class)s_in_order"),
        ]
        indexes = [models.Index(fields=["state", "found_at"], name="pair_by_state")]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"
