"""Who watched, for how long, and who applied."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from labor.applications.models import Application
from labor.live.models.cards import Card
from labor.live.models.sessions import LiveSession


class Viewing(models.Model):
    """One visitor of one session. Who without account watched is a random number of his browser, and no person."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="viewings", verbose_name="场次")
    visitor = models.CharField("浏览器编号的摘要", max_length=32)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="用户"
    )
    region_code = models.CharField("区县", max_length=12, blank=True, help_text="填过的，或者海报所在的")
    link_code = models.CharField("来自短链接", max_length=12, blank=True)
    is_replay = models.BooleanField("看的回放", default=False)
    seconds = models.PositiveIntegerField("看了多久（秒）", default=0)
    first_at = models.DateTimeField("第一次", default=timezone.now)
    last_at = models.DateTimeField("最近一次", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "观看"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["session", "visitor", "is_replay"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.seconds} 秒"


class Presence(models.Model):
    """How many sockets one server process holds open for a room now; old rows do not count."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="presences", verbose_name="场次")
    process = models.UUIDField("进程")
    viewers = models.PositiveIntegerField("在看")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "在看人数"
        constraints = [models.UniqueConstraint(fields=["session", "process"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.viewers}"


class Audience(models.Model):
    """The most viewers at once within a minute of the session."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="audience", verbose_name="场次")
    minute = models.DateTimeField("哪一分钟")
    viewers = models.PositiveIntegerField("在看")

    class Meta:
        verbose_name = verbose_name_plural = "观看曲线"
        ordering = ("minute",)
        constraints = [models.UniqueConstraint(fields=["session", "minute"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.minute:%H:%M} {self.viewers}"


class LiveApplication(models.Model):
    """An application came out of a session: from which card, at which second, live or from the replay."""

    application = models.OneToOneField(
        Application, models.CASCADE, primary_key=True, related_name="from_live", verbose_name="报名"
    )
    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="applications", verbose_name="场次")
    card = models.ForeignKey(Card, models.PROTECT, related_name="applications", verbose_name="岗位卡")
    second = models.PositiveIntegerField("第几秒", help_text="从开播或从回放开头算")
    is_replay = models.BooleanField("看回放时", default=False)
    is_pinned = models.BooleanField("正在讲这个岗位时", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "直播带来的报名"
        ordering = ("-application",)

    def __str__(self) -> str:
        return f"{self.application} ← {self.session}"
