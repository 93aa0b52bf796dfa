"""When a recruiter interviews: single times, a morning in series, or a queue that is called one by one."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from employers.models import JobPosting
from jinba.accounts.choices import STAFF_ROLES, Role
from labor.interviews.choices import OPEN, Mode, SittingKind

# The room opens so long before the start.
OPENS_BEFORE = timedelta(minutes=30)


class SittingQuerySet(models.QuerySet["Sitting"]):
    def seen_by(self, user: Any) -> "SittingQuerySet":
        """The employer's members and officers; others come to a sitting by their interview."""
        if user.role in STAFF_ROLES:
            return self
        if user.role == Role.EMPLOYER:
            return self.filter(posting__employer__members__user=user)
        return self.none()

    def taking_walk_ins(self) -> "SittingQuerySet":
        """Queues that go on now, by video, and take whoever comes to the zone."""
        now = timezone.now()
        return self.filter(
            takes_walk_ins=True, kind=SittingKind.QUEUE, mode=Mode.VIDEO, closed_at=None,
            starts_at__lte=now + OPENS_BEFORE, ends_at__gt=now,
        )  # fmt: skip


class Sitting(models.Model):
    """A recruiter's time for one posting (面试场次). Its slots, or for a queue the whole of it, are booked for him."""

    posting = models.ForeignKey(JobPosting, models.PROTECT, related_name="sittings", verbose_name="岗位")
    recruiter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sittings", verbose_name="面试官"
    )
    kind = models.CharField("方式", max_length=6, choices=SittingKind.choices, default=SittingKind.SLOTS)
    mode = models.CharField("形式", max_length=6, choices=Mode.choices, default=Mode.VIDEO)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    minutes = models.PositiveSmallIntegerField("每人几分钟", default=20)
    place = models.CharField("现场地址", max_length=120, blank=True)
    note = models.CharField("给求职者的话", max_length=200, blank=True)
    takes_walk_ins = models.BooleanField("接现场来的人", default=False, help_text="没有约的人到服务专区来，也能排进来")
    answer_by = models.DateTimeField("最晚什么时候选", null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁约的")
    made_at = models.DateTimeField("约的时间", default=timezone.now)
    closed_at = models.DateTimeField("收场时间", null=True, blank=True, help_text="之后没人选的时间不再留着")
    slip = models.CharField(
        "表单编号", max_length=64, blank=True, default="", editable=False, help_text="同一张表交两次是同一场"
    )

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "面试场次"
        ordering = ("-starts_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["made_by", "slip"], condition=Q(slip__gt=""), name="%(app_label)s_%(class)s_once_per_form"
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="%(app_label)s_%(class)s_forward"),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=180), name="%(app_label)s_%(class)s_minutes"
            ),
        ]
        indexes = [
            models.Index(fields=["recruiter", "starts_at"], name="sitting_by_recruiter"),
            models.Index(fields=["ends_at"], name="sitting_to_close", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.posting} {timezone.localtime(self.starts_at):%m-%d %H:%M}"

    @property
    def is_queue(self) -> bool:
        return self.kind == SittingKind.QUEUE


class SlotQuerySet(models.QuerySet["Slot"]):
    def free(self) -> "SlotQuerySet":
        """Still to come, and nobody's."""
        rows = self.filter(withdrawn_at__isnull=True, starts_at__gt=timezone.now(), sitting__closed_at__isnull=True)
        return rows.exclude(interviews__state__in=OPEN)


class Slot(models.Model):
    """One of the times of a sitting; the recruiter is booked for it as soon as it is offered."""

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="slots", verbose_name="场次")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    withdrawn_at = models.DateTimeField("收回时间", null=True, blank=True)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "面试时间"
        ordering = ("starts_at",)
        constraints = [
            models.UniqueConstraint(fields=["sitting", "starts_at"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="%(app_label)s_%(class)s_forward"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%m-%d %H:%M}"
