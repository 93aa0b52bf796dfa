"""The remote interview rooms of the service zone: places with a screen, opening hours and somebody who helps."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from jinba.accounts.choices import STAFF_ROLES, Role
from labor.interviews.choices import HERE, Compared, WalkInState
from labor.workers.models import Worker


class BoothQuerySet(models.QuerySet["Booth"]):
    def in_use(self) -> "BoothQuerySet":
        return self.filter(is_active=True)


class Booth(models.Model):
    """One interview room (面试间). Who sits in it needs neither phone nor account."""

    name = models.CharField("名称", max_length=30, unique=True)
    place = models.CharField("在哪里", max_length=120, help_text="例如：巴中人力资源服务产业园二楼东侧")
    note = models.CharField("给求职者的话", max_length=200, blank=True, help_text="怎么走、带什么")
    is_active = models.BooleanField("启用", default=True)

    objects = BoothQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "面试间"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """On this weekday the booth can be booked from `opens` to `closes`, Beijing time, and `host` is on duty."""

    booth = models.ForeignKey(Booth, models.CASCADE, related_name="hours", verbose_name="面试间")
    weekday = models.PositiveSmallIntegerField(
        "星期", choices=[(number, f"星期{word}") for number, word in enumerate("一二三四五六日")]
    )
    opens = models.TimeField("从")
    closes = models.TimeField("到")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="值班人",
        limit_choices_to={"role": "park"},
    )

    class Meta:
        verbose_name = verbose_name_plural = "开放时间"
        ordering = ("booth", "weekday", "opens")
        constraints = [
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="%(app_label)s_%(class)s_forward"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="%(app_label)s_%(class)s_weekday"),
            models.UniqueConstraint(fields=["booth", "weekday", "opens"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.booth} {self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class BoothDay(models.Model):
    """A day that is not as usual: closed, or with another host."""

    booth = models.ForeignKey(Booth, models.CASCADE, related_name="days", verbose_name="面试间")
    on = models.DateField("日期")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="替班人",
        limit_choices_to={"role": "park"}, help_text="不填就是这一天不开放",
    )  # fmt: skip
    reason = models.CharField("原因", max_length=60, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="谁安排的"
    )

    class Meta:
        verbose_name = verbose_name_plural = "特别安排"
        ordering = ("booth", "on")
        constraints = [models.UniqueConstraint(fields=["booth", "on"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.booth} {self.on:%m-%d} {self.host.name if self.host else '不开放'}"


class WalkInQuerySet(models.QuerySet["WalkIn"]):
    def seen_by(self, user: Any) -> "WalkInQuerySet":
        """Park staff host everybody who comes; officers look."""
        return self if user.role in STAFF_ROLES or user.role == Role.PARK else self.none()

    def today(self) -> "WalkInQuerySet":
        return self.filter(on=timezone.localdate())

    def here(self) -> "WalkInQuerySet":
        """Who waits or is in a booth."""
        return self.filter(state__in=HERE)


class WalkIn(models.Model):
    """Somebody came without an appointment and waits for a booth. Numbers begin at 1 each day."""

    on = models.DateField("日期")
    number = models.PositiveSmallIntegerField("号")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="walk_ins", verbose_name="劳动者")
    interview = models.ForeignKey(
        "interviews.Interview", models.PROTECT, null=True, blank=True, related_name="walk_ins", verbose_name="面试"
    )
    booth = models.ForeignKey(
        Booth, models.PROTECT, null=True, blank=True, related_name="walk_ins", verbose_name="面试间"
    )
    state = models.CharField("状态", max_length=8, choices=WalkInState.choices, default=WalkInState.WAITING)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    came_at = models.DateTimeField("来的时间", default=timezone.now)
    called_at = models.DateTimeField("叫到的时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = WalkInQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "现场排号"
        ordering = ("on", "number")
        constraints = [
            models.UniqueConstraint(fields=["on", "number"], name="%(app_label)s_%(class)s_number"),
            models.UniqueConstraint(
                fields=["on", "worker"], condition=Q(state="waiting"), name="%(app_label)s_%(class)s_waits_once"
            ),
            models.UniqueConstraint(
                fields=["on", "booth"], condition=Q(state="called"), name="%(app_label)s_%(class)s_one_in_a_booth"
            ),
            models.CheckConstraint(
                condition=~Q(state="called") | Q(booth__isnull=False, called_at__isnull=False),
                name="%(app_label)s_%(class)s_called_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on:%m-%d} {self.number} 号"


class LetIn(models.Model):
    """Park staff made sure who stood before the booth's screen and opened the worker's seat there for him.

    While `over_at` is empty he sits in it.
    """

    interview = models.ForeignKey("interviews.Interview", models.PROTECT, related_name="let_in", verbose_name="面试")
    seat = models.ForeignKey("interviews.Seat", models.CASCADE, related_name="let_in", verbose_name="座位")
    booth = models.ForeignKey(Booth, models.PROTECT, related_name="let_in", verbose_name="面试间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁请进的")
    compared = models.CharField("核对了什么", max_length=8, choices=Compared.choices, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)
    over_at = models.DateTimeField("离开时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "面试间请进记录"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["booth"], condition=Q(over_at__isnull=True), name="%(app_label)s_%(class)s_one_in_a_booth"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booth} {self.at:%m-%d %H:%M}"
