"""A live session (直播带岗): who hosts it, when, where, and how far it is."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from employers.choices import TRUSTED_STATES
from employers.models import Employer
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.models import Dated
from labor.live.choices import COMING, PUBLIC, CrewPart, Platform, Side, State
from labor.live.models.studios import Studio


class LiveSessionQuerySet(models.QuerySet["LiveSession"]):
    def public(self) -> "LiveSessionQuerySet":
        """What visitors may see."""
        return self.filter(state__in=PUBLIC)

    def seen_by(self, user: Any) -> "LiveSessionQuerySet":
        """Sessions that the user may plan or run: the zone's for its staff, an employer's for its members.

        Anchors and moderators see theirs besides, whoever hosts; officers see all.
        """
        if user.role in STAFF_ROLES:
            return self
        crew = Q(pk__in=CrewMember.objects.filter(user=user).values("session"))
        if user.role == Role.PARK:
            return self.filter(Q(host__isnull=True) | crew)
        if user.role == Role.EMPLOYER:
            # Who speaks for another employer's postings does so as its member: who left it, or whose employer may not
            # recruit any more, sees nothing any more.
            invited = crew & Q(
                cards__posting__employer__members__user=user,
                cards__posting__employer__state__in=TRUSTED_STATES,
                cards__removed_at__isnull=True,
            )
            return self.filter(Q(host__members__user=user) | invited).distinct()
        return self.none()


class LiveSession(Dated):
    """One broadcast. `host` is the employer that hosts it; without one the service zone itself does."""

    title = models.CharField("标题", max_length=60)
    intro = models.CharField("介绍", max_length=500, blank=True)
    host = models.ForeignKey(
        Employer, models.PROTECT, null=True, blank=True, related_name="live_sessions", verbose_name="主办单位"
    )
    studio = models.ForeignKey(
        Studio, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name="直播间"
    )
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PLANNED)
    state_reason = models.CharField("原因", max_length=200, blank=True)
    cover = models.CharField("封面", max_length=100, blank=True, editable=False)
    platform = models.CharField("同时在哪里播", max_length=10, choices=Platform.choices, blank=True)
    platform_url = models.URLField(
        "外部直播地址", max_length=300, blank=True, help_text="填了就用那边的画面，本站不放自己的直播画面"
    )
    emergency_plan = models.CharField(
        "应急预案", max_length=500, blank=True, help_text="断线、乱说话、突发情况时谁做什么"
    )
    slow_seconds = models.PositiveSmallIntegerField("发言间隔（秒）", default=3)
    rehearsed_at = models.DateTimeField("彩排时间", null=True, blank=True, editable=False)
    rehearsal = models.JSONField("彩排结果", default=dict, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    approved_at = models.DateTimeField("审核通过时间", null=True, blank=True, editable=False)
    # For which start it was announced last; what visitors heard, also while the plan is changed.
    announced_for = models.DateTimeField("预告的时间", null=True, blank=True, editable=False)
    licences = models.JSONField("开播时的许可与认证", default=list, blank=True, editable=False)
    live_at = models.DateTimeField("开播时间", null=True, blank=True, editable=False)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True, editable=False)
    # The folder of its pictures: nobody can guess it, and a withdrawn replay gets another.
    stream = models.CharField("流", max_length=40, unique=True, editable=False)
    peak_viewers = models.PositiveIntegerField("最多同时观看", default=0, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", verbose_name="谁建的"
    )
    slip = models.CharField("表单编号", max_length=64, blank=True, default="", editable=False)

    objects = LiveSessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "直播场次"
        ordering = ("-starts_at",)
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="%(app_label)s_%(class)s_forward"),
            models.UniqueConstraint(
                fields=["made_by", "slip"], condition=Q(slip__gt=""), name="%(app_label)s_%(class)s_once_per_form"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.LIVE, State.ENDED, State.REPLAY, State.ABORTED])
                | Q(live_at__isnull=False, approved_at__isnull=False),
                name="%(app_label)s_%(class)s_live_was_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ENDED, State.REPLAY, State.ABORTED]) | Q(ended_at__isnull=False),
                name="%(app_label)s_%(class)s_over_has_an_end",
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="live_by_time")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("live:watch", args=[self.pk])

    @property
    def host_name(self) -> str:
        return self.host.name if self.host else "巴中人力资源服务产业园"

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC

    @property
    def is_coming(self) -> bool:
        return self.state in COMING

    @property
    def is_on(self) -> bool:
        return self.state == State.LIVE

    @property
    def is_elsewhere(self) -> bool:
        """Whether the picture is on another platform."""
        return bool(self.platform_url)


class CrewMember(models.Model):
    """Who speaks (anchor) or keeps order (moderator); both may run the console."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="crew", verbose_name="场次")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="live_crew", verbose_name="用户")
    part = models.CharField("角色", max_length=10, choices=CrewPart.choices, default=CrewPart.ANCHOR)
    shown_name = models.CharField("对外称呼", max_length=20, help_text="例如：招聘主管 李姐")

    class Meta:
        verbose_name = verbose_name_plural = "主播和场控"
        ordering = ("part", "id")
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.shown_name}（{self.get_part_display()}）"


class SessionEvent(models.Model):
    """One move of a session. Rows are only added; a database trigger holds that."""

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="events", verbose_name="场次")
    from_state = models.CharField("原状态", max_length=10, choices=State.choices, blank=True)
    to_state = models.CharField("新状态", max_length=10, choices=State.choices)
    side = models.CharField("哪一方", max_length=8, choices=Side.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    reason = models.CharField("原因", max_length=200, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "场次记录"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"


class Reservation(models.Model):
    """Somebody wants to be told when it begins. Reminded before (`reminded_at`) and at the start (`called_at`)."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="reservations", verbose_name="场次")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="live_reservations", verbose_name="用户"
    )
    made_at = models.DateTimeField("预约时间", default=timezone.now)
    reminded_for = models.DateTimeField("为哪个时间提醒过", null=True, blank=True)
    called_at = models.DateTimeField("开播时告诉过", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "直播预约"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.user} → {self.session}"
