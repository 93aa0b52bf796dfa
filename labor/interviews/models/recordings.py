"""Recordings: only when everybody in the room agreed, encrypted, and only for a time (个人信息保护法 §13, §19, §29)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labor.interviews.choices import RecordingState
from labor.interviews.models.interviews import Interview
from labor.interviews.models.rooms import Seat


class Recording(models.Model):
    interview = models.ForeignKey(Interview, models.PROTECT, related_name="recordings", verbose_name="面试")
    state = models.CharField("状态", max_length=8, choices=RecordingState.choices, default=RecordingState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁要录的")
    asked_at = models.DateTimeField("什么时候问的", default=timezone.now)
    started_at = models.DateTimeField("开始录", null=True, blank=True)
    heard_at = models.DateTimeField("最近一段", null=True, blank=True, help_text="太久没有新的一段，录像就算停了")
    ended_at = models.DateTimeField("录完", null=True, blank=True)
    ended_by = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁让停的")
    content_type = models.CharField("格式", max_length=60, blank=True)
    bytes = models.PositiveBigIntegerField("大小（字节）", default=0)
    retain_until = models.DateField("保存到", null=True, blank=True)
    deleted_at = models.DateTimeField("删除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "面试录像"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["interview"],
                condition=Q(state__in=["asked", "running"]),
                name="%(app_label)s_%(class)s_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["retain_until"], name="recording_to_delete", condition=Q(state="kept"))]

    def __str__(self) -> str:
        return f"{self.interview_id} {self.get_state_display()}"


class RecordingConsent(models.Model):
    """One person's word about one recording, with the text that he was asked."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="consents", verbose_name="录像")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+", verbose_name="座位")
    is_given = models.BooleanField("同意")
    text = models.CharField("同意的内容", max_length=300)
    at = models.DateTimeField("时间", default=timezone.now)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "录像同意"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["recording", "seat"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.seat} {'同意' if self.is_given else '不同意'}"


class RecordingPart(models.Model):
    """A piece of the recording, an encrypted file of its own; together, in order, they are the film."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="parts", verbose_name="录像")
    number = models.PositiveIntegerField("序号")
    file = models.CharField("文件", max_length=100, editable=False)
    bytes = models.PositiveIntegerField("大小（字节）")

    class Meta:
        verbose_name = verbose_name_plural = "录像片段"
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["recording", "number"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.number}"
