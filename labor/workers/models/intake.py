"""Many workers at once: a workbook on its way in, and people who seem to be there twice."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.encryption import EncryptedTextField
from labor.workers.choices import BatchState, PairReason, PairState, TwinChoice
from labor.workers.models.worker import Worker


class RegistrationBatchQuerySet(models.QuerySet["RegistrationBatch"]):
    def at_work(self) -> "RegistrationBatchQuerySet":
        """What a worker process has to do something about."""
        return self.filter(state__in=BatchState.at_work())

    def seen_by(self, user: Any) -> "RegistrationBatchQuerySet":
        """Who uploaded it, and officers; what stands in the rows is for the uploader alone."""
        return self if user.role in STAFF_ROLES else self.filter(by=user)


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
    skipped = models.PositiveIntegerField("已登记过的人", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    notes = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name="读表时的提醒")
    months = models.PositiveSmallIntegerField("委托几个月", default=12)
    attempts = models.PositiveSmallIntegerField("试过几次", default=0)
    consented_text = models.CharField("委托说明", max_length=500, blank=True)
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)
    next_try_at = models.DateTimeField("下次处理", default=timezone.now)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = RegistrationBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批量登记"
        ordering = ("-id",)
        indexes = [models.Index(fields=["by", "-id"], name="batch_by_user")]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.get_state_display()}）"


class BatchPart(models.Model):
    """Some hundred people of a workbook in their clean form, between the check and the registration."""

    batch = models.ForeignKey(RegistrationBatch, models.CASCADE, related_name="parts", verbose_name="批次")
    first_row = models.PositiveIntegerField("第一行")
    last_row = models.PositiveIntegerField("最后一行")
    people = EncryptedTextField("人员")

    class Meta:
        verbose_name = verbose_name_plural = "批量登记的一段"
        ordering = ("batch_id", "first_row")
        constraints = [
            models.UniqueConstraint(fields=["batch", "first_row"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"第 {self.first_row}–{self.last_row} 行"


class BatchProblem(models.Model):
    """What is wrong with one cell, or whom one row resembles. Never the cell's own content: it may be personal."""

    batch = models.ForeignKey(RegistrationBatch, models.CASCADE, related_name="found", verbose_name="批次")
    row = models.PositiveIntegerField("行")
    column = models.CharField("列", max_length=20, blank=True)
    text = models.CharField("问题", max_length=200)
    resembles = models.ForeignKey(
        Worker, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="疑似同一人"
    )
    resembles_row = models.PositiveIntegerField("和表里哪一行像", null=True, blank=True)
    is_fatal = models.BooleanField("必须改", default=True)
    is_certain = models.BooleanField("一定是同一人", default=False, help_text="姓名和手机号都一样，或者身份证号一样")
    choice = models.CharField("怎么办", max_length=10, choices=TwinChoice.choices, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批量登记的问题"
        ordering = ("row", "id")
        indexes = [models.Index(fields=["batch", "row"], name="batch_problem_by_row")]

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.column}"


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def open(self) -> "DuplicatePairQuerySet":
        return self.filter(state=PairState.OPEN)

    def seen_by(self, user: Any) -> "DuplicatePairQuerySet":
        """Officers see all, park staff those of whom both entrusted themselves to them."""
        if user.role in STAFF_ROLES:
            return self
        if user.role != Role.PARK:
            return self.none()
        own = Worker.objects.seen_by(user).values("pk")
        return self.filter(first__in=own, second__in=own)


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

    objects = DuplicatePairQuerySet.as_manager()

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


class MergeRecord(models.Model):
    """Two profiles became one: what was chosen, what moved and what stood there before. Enough to undo it by hand."""

    kept = models.ForeignKey(Worker, models.PROTECT, related_name="merges", verbose_name="留下的")
    gone = models.ForeignKey(Worker, models.PROTECT, related_name="+", verbose_name="并入的")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁合并的")
    at = models.DateTimeField("时间", default=timezone.now)
    reason = models.CharField("为什么是同一人", max_length=200)
    taken = ArrayField(
        models.CharField(max_length=30), default=list, verbose_name="取自并入的", help_text="哪些栏目用了并入那份的内容"
    )
    before = EncryptedTextField("留下的原来的内容", help_text="JSON")
    moved = models.JSONField("移过来的", default=dict, help_text="表 → 行号")

    class Meta:
        verbose_name = verbose_name_plural = "合并记录"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"
