"""Questions that job seekers asked about a posting, with the answers that were given in public."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from employers.models.posting import JobPosting


class PostingAnswerQuerySet(models.QuerySet["PostingAnswer"]):
    def shown(self) -> "PostingAnswerQuerySet":
        """What the posting's page shows, the latest first."""
        return self.filter(hidden_at__isnull=True)


class PostingAnswer(models.Model):
    """One question and its answer, shown on the posting's page until somebody hides it."""

    posting = models.ForeignKey(JobPosting, models.CASCADE, related_name="answers", verbose_name="岗位")
    question = models.CharField("问题", max_length=200)
    answer = models.CharField("答复", max_length=300)
    source = models.CharField("从哪里来", max_length=80, blank=True, help_text="例如：直播问答")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁答的")
    answered_at = models.DateTimeField("答复时间", default=timezone.now)
    hidden_at = models.DateTimeField("不再显示", null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁隐藏的"
    )
    hidden_why = models.CharField("为什么隐藏", max_length=200, blank=True)

    objects = PostingAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位问答"
        ordering = ("-answered_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["posting", "question"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return self.question
