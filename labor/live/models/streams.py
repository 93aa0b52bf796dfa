"""The pictures: who may send them, in which pieces they came, and the replay."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labor.live.choices import ReplayState, Source
from labor.live.models.sessions import LiveSession


class StreamKey(models.Model):
    """The secret of a streaming program. Only its digest is kept: it is shown once, and a new one ends the old."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="stream_keys", verbose_name="场次")
    digest = models.CharField("密钥摘要", max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁要的")
    made_at = models.DateTimeField("时间", default=timezone.now)
    ended_at = models.DateTimeField("作废时间", null=True, blank=True)
    used_at = models.DateTimeField("最近使用", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "推流密钥"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(ended_at__isnull=True), name="%(app_label)s_%(class)s_one_valid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.made_at:%m-%d %H:%M}"


class Part(models.Model):
    """A stretch of pictures from one connection. A new one ends the one before, wherever that comes from.

    Its segments lie in `<stream>/p<number>/`; `base` is how many segments the parts before had: they are numbered on.
    """

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="parts", verbose_name="场次")
    number = models.PositiveSmallIntegerField("第几段")
    source = models.CharField("来源", max_length=8, choices=Source.choices)
    is_rehearsal = models.BooleanField("开播前的预览", default=False)
    holder = models.UUIDField("连接", help_text="谁在写：换了人，旧的就停")
    base = models.PositiveIntegerField("前面有几片", default=0)
    segments = models.PositiveIntegerField("几片", default=0)
    seconds = models.FloatField("多长（秒）", default=0)
    bytes = models.PositiveBigIntegerField("大小（字节）", default=0)
    started_at = models.DateTimeField("开始", default=timezone.now)
    first_at = models.DateTimeField("第一片的画面时间", null=True, blank=True)
    heard_at = models.DateTimeField("最近一片", null=True, blank=True)
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    error = models.CharField("出了什么错", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "画面片段"
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="%(app_label)s_%(class)s_numbered"),
            models.UniqueConstraint(
                fields=["session"], condition=Q(ended_at__isnull=True), name="%(app_label)s_%(class)s_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.number}"


class Replay(models.Model):
    """What remains to be watched. `segments`: [name, seconds, begins a new part] in order, in the storage `replays`.

    `folder` holds them and cannot be guessed; `left_folder` is the one that they still have to be moved out of.
    `stretches`: [time of the first picture, seconds] of each part that is in it, in order.
    """

    session = models.OneToOneField(LiveSession, models.PROTECT, related_name="replay", verbose_name="场次")
    state = models.CharField("状态", max_length=8, choices=ReplayState.choices, default=ReplayState.MAKING)
    folder = models.CharField("文件夹", max_length=40, blank=True, editable=False)
    left_folder = models.CharField("原来的文件夹", max_length=40, blank=True, editable=False)
    segments = models.JSONField("片段", default=list, editable=False)
    stretches = models.JSONField("各段的时间", default=list, editable=False)
    seconds = models.FloatField("多长（秒）", default=0)
    bytes = models.PositiveBigIntegerField("大小（字节）", default=0)
    made_at = models.DateTimeField("做好的时间", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("试了几次", default=0)
    next_try_at = models.DateTimeField("下次试", null=True, blank=True)
    error = models.CharField("出了什么错", max_length=200, blank=True)
    retain_until = models.DateField("保存到", null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁隐藏的"
    )
    hidden_reason = models.CharField("隐藏原因", max_length=200, blank=True)
    deleted_at = models.DateTimeField("删除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "直播回放"
        ordering = ("-session",)
        indexes = [
            models.Index(fields=["next_try_at"], name="replay_to_make", condition=Q(state="making")),
            models.Index(fields=["retain_until"], name="replay_to_delete", condition=Q(state__in=["ready", "hidden"])),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.get_state_display()}"
