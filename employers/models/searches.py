"""What somebody looks for, kept so that new postings come to him."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class SavedSearch(models.Model):
    """A filter of the posting list; its owner hears of new postings once a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches", verbose_name="用户"
    )
    query = models.CharField("筛选条件", max_length=400, help_text="列表地址中问号后面的部分，已整理")
    label = models.CharField("名称", max_length=80)
    is_on = models.BooleanField("每天提醒", default=True)
    created_at = models.DateTimeField("创建时间", default=timezone.now)
    seen_until = models.DateTimeField("已提醒到", default=timezone.now, help_text="此后发布的岗位还没有提醒过")
    next_at = models.DateTimeField("下次检查", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "岗位订阅"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["user", "query"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [models.Index(fields=["next_at"], name="saved_search_due", condition=models.Q(is_on=True))]

    def __str__(self) -> str:
        return self.label
