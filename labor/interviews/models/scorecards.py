"""What a recruiter asks and writes: by posting the questions and criteria, by interview the card."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from employers.models import JobPosting
from labor.applications.choices import CloseReason
from labor.interviews.choices import NextStep, Result
from labor.interviews.models.interviews import Interview

MOST_CRITERIA, MOST_QUESTIONS = 8, 12


class Criterion(models.Model):
    """What the interviewers of a posting give points for. One that is not used any more stays with its old cards."""

    posting = models.ForeignKey(JobPosting, models.CASCADE, related_name="criteria", verbose_name="岗位")
    name = models.CharField("看什么", max_length=20)
    weight = models.PositiveSmallIntegerField("占几分重", default=1, help_text="1 到 5")
    ordinal = models.PositiveSmallIntegerField("顺序", default=0)
    is_used = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "评分项"
        ordering = ("posting", "ordinal", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["posting", "name"], condition=Q(is_used=True), name="%(app_label)s_%(class)s_once"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=5), name="%(app_label)s_%(class)s_weight"),
        ]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """A question that the interviewers of a posting want to ask everybody."""

    posting = models.ForeignKey(JobPosting, models.CASCADE, related_name="questions", verbose_name="岗位")
    text = models.CharField("问题", max_length=120)
    ordinal = models.PositiveSmallIntegerField("顺序", default=0)
    is_used = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "面试问题"
        ordering = ("posting", "ordinal", "pk")

    def __str__(self) -> str:
        return self.text


class Scorecard(models.Model):
    """One recruiter's card of one interview: a draft until it is handed in, with which the interview is done."""

    interview = models.OneToOneField(Interview, models.PROTECT, related_name="scorecard", verbose_name="面试")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="面试官")
    notes = models.CharField("自己看的记录", max_length=1000, blank=True)
    asked = models.JSONField("问过的问题", default=list, blank=True, help_text="问题编号")
    result = models.CharField("结果", max_length=10, choices=Result.choices, blank=True)
    next_step = models.CharField("下一步", max_length=8, choices=NextStep.choices, blank=True)
    close_reason = models.CharField("原因", max_length=20, choices=CloseReason.choices, blank=True)
    feedback = models.CharField("给求职者的话", max_length=300, blank=True)
    version = models.PositiveIntegerField("保存过几次", default=0)
    saved_at = models.DateTimeField("保存时间", default=timezone.now)
    handed_in_at = models.DateTimeField("交的时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评分表"

    def __str__(self) -> str:
        return f"{self.interview_id} {self.get_result_display()}"


class Score(models.Model):
    """Points of one criterion, with its weight as it was."""

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="scores", verbose_name="评分表")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name="评分项")
    weight = models.PositiveSmallIntegerField("占几分重")
    points = models.PositiveSmallIntegerField("分", help_text="1 到 5")

    class Meta:
        verbose_name = verbose_name_plural = "评分"
        ordering = ("criterion__ordinal", "pk")
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "criterion"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(condition=Q(points__gte=1, points__lte=5), name="%(app_label)s_%(class)s_points"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.points}"
