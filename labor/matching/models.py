"""Match runs and their results. These rows are the truth; a Celery worker that dies loses nothing but time."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labor.matching.choices import RunState


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def current(self) -> "MatchRun | None":
        """The run whose results readers see."""
        return self.filter(is_current=True).defer("postings").first()

    def running(self) -> "MatchRunQuerySet":
        return self.filter(state=RunState.RUNNING)


class MatchRun(models.Model):
    """One matching of all seeking workers with all open postings, seen by readers only once it is current."""

    state = models.CharField("状态", max_length=8, choices=RunState.choices, default=RunState.RUNNING)
    is_current = models.BooleanField("当前结果", default=False)
    spec_version = models.PositiveSmallIntegerField("规则版本")
    period = models.CharField("周期", max_length=20, blank=True, help_text="夜间运行的日期；同一日期只运行一次")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    day = models.DateField("按哪一天算", help_text="年龄和可到岗日期按这一天算，整次运行不变")
    places = ArrayField(models.CharField(max_length=20), default=list, editable=False, verbose_name="地点编号")
    postings = models.BinaryField("岗位快照", editable=False)
    postings_count = models.PositiveIntegerField("岗位数", default=0)
    workers_count = models.PositiveIntegerField("劳动者数", default=0)
    started_at = models.DateTimeField("开始时间", default=timezone.now)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    blocks_total = models.PositiveIntegerField("分块数", default=0)
    result_hash = models.CharField("结果摘要", max_length=64, blank=True)
    failure = models.CharField("失败原因", max_length=300, blank=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "匹配运行"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="%(app_label)s_%(class)s_one_current"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=RunState.RUNNING), name="%(app_label)s_%(class)s_one_running"
            ),
            models.UniqueConstraint(
                fields=["period"], condition=Q(period__gt=""), name="%(app_label)s_%(class)s_once_per_period"
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 次匹配"

    @property
    def blocks_done(self) -> int:
        return self.blocks.filter(done_at__isnull=False).count()

    @property
    def progress(self) -> int:
        """Percent of the blocks that are done."""
        if self.state == RunState.DONE:
            return 100
        return 100 * self.blocks_done // self.blocks_total if self.blocks_total else 0


class MatchBlock(models.Model):
    """A slice of a run's workers, claimed with FOR UPDATE SKIP LOCKED and done in the claiming transaction."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="blocks", verbose_name="运行")
    ordinal = models.PositiveIntegerField("序号")
    first_id = models.BigIntegerField("起始编号")
    last_id = models.BigIntegerField("结束编号")
    partial = models.BinaryField("岗位候选", null=True, editable=False)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "匹配分块"
        constraints = [
            models.UniqueConstraint(fields=["run", "ordinal"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [
            models.Index(fields=["run", "ordinal"], name="block_to_do", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.ordinal}"


class WorkerMatches(models.Model):
    """The best postings of one worker, packed: int64 ids and uint32 scores, best first."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="+", verbose_name="运行")
    worker_id = models.BigIntegerField("劳动者")
    posting_ids = models.BinaryField("岗位")
    scores = models.BinaryField("得分")
    feasible = models.PositiveIntegerField("合适的岗位数", default=0)
    computed_at = models.DateTimeField("计算时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "劳动者的匹配"
        constraints = [
            models.UniqueConstraint(fields=["run", "worker_id"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.worker_id}"


class PostingMatches(models.Model):
    """The best workers for one posting, packed: int64 ids and uint32 scores, best first."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="+", verbose_name="运行")
    posting_id = models.BigIntegerField("岗位")
    worker_ids = models.BinaryField("劳动者")
    scores = models.BinaryField("得分")
    computed_at = models.DateTimeField("计算时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "岗位的匹配"
        constraints = [
            models.UniqueConstraint(fields=["run", "posting_id"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.posting_id}"
