"""What watches over postings: phrases that the law forbids, what they hit, and what the public reports."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from employers.choices import REPORT_OPEN, FlagState, PhraseFamily, ReportKind, ReportState
from employers.models.posting import JobPosting
from jinba.core.encryption import EncryptedTextField
from jinba.core.history import keep_history


@keep_history()
class Phrase(models.Model):
    """A phrase of the lexicon. Its version is the digest of all active phrases: see `employers.lexicon`."""

    family = models.CharField("类别", max_length=16, choices=PhraseFamily.choices)
    text = models.CharField("说法", max_length=40, unique=True)
    advice = models.CharField("怎么改", max_length=120, blank=True)
    is_active = models.BooleanField("使用中", default=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="添加人"
    )
    added_at = models.DateTimeField("添加时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "词库"
        ordering = ("family", "text")

    def __str__(self) -> str:
        return self.text


class PostingFlag(models.Model):
    """Something in a posting that a person should look at. A flag rejects nothing by itself."""

    posting = models.ForeignKey(JobPosting, models.CASCADE, related_name="flags", verbose_name="岗位")
    family = models.CharField("类别", max_length=16, choices=PhraseFamily.choices)
    field = models.CharField("哪一项", max_length=40)
    text = models.CharField("命中的说法", max_length=80)
    excerpt = models.CharField("上下文", max_length=120, blank=True)
    advice = models.CharField("怎么改", max_length=120, blank=True)
    lexicon_version = models.CharField("词库版本", max_length=16)
    state = models.CharField("状态", max_length=10, choices=FlagState.choices, default=FlagState.OPEN)
    note = models.CharField("处理说明", max_length=200, blank=True)
    raised_at = models.DateTimeField("发现时间", default=timezone.now)
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "岗位提示"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["posting", "field", "text"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [models.Index(fields=["state", "raised_at"], name="flag_by_state")]

    def __str__(self) -> str:
        return f"{self.posting}：{self.text}"


class PostingReportQuerySet(models.QuerySet["PostingReport"]):
    def open(self) -> "PostingReportQuerySet":
        return self.filter(state__in=REPORT_OPEN)

    def overdue(self) -> "PostingReportQuerySet":
        return self.open().filter(due_at__lt=timezone.now())


class PostingReport(models.Model):
    """Somebody says that something is wrong with a posting (人力资源市场暂行条例 §29, §40). No account is needed."""

    posting = models.ForeignKey(JobPosting, models.PROTECT, related_name="reports", verbose_name="岗位")
    kind = models.CharField("问题", max_length=16, choices=ReportKind.choices)
    # People write telephone numbers and names into it.
    text = EncryptedTextField("说明", null=True, blank=True)
    contact = EncryptedTextField("联系方式", null=True, blank=True)
    token_digest = models.CharField("查询码摘要", max_length=64, unique=True, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="举报人"
    )
    address_index = models.CharField("来源摘要", max_length=64, blank=True, db_index=True, editable=False)
    reported_at = models.DateTimeField("时间", default=timezone.now)
    due_at = models.DateTimeField("最晚答复")
    state = models.CharField("状态", max_length=12, choices=ReportState.choices, default=ReportState.RECEIVED)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )

    objects = PostingReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位举报"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answer__gt="", answered_at__isnull=False),
                name="%(app_label)s_%(class)s_answered_how",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="report_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.posting}"


class PostingReportEvent(models.Model):
    """One step of a report; rows are only added."""

    report = models.ForeignKey(PostingReport, models.PROTECT, related_name="events", verbose_name="举报")
    from_state = models.CharField("原状态", max_length=12, choices=ReportState.choices, blank=True)
    to_state = models.CharField("新状态", max_length=12, choices=ReportState.choices)
    note = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "举报记录"
        ordering = ("id",)
        indexes = [models.Index(fields=["at"], name="report_event_by_time")]

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"
