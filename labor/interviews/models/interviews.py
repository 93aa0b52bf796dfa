"""An interview: a worker and a recruiter meet about one application."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.models import Dated
from labor.applications.models import Application
from labor.interviews.choices import OPEN, TIMED, CancelReason, Lead, Mode, Side, State
from labor.interviews.models.booths import Booth
from labor.interviews.models.sittings import OPENS_BEFORE, Sitting, Slot

# The room closes so long after the end.
CLOSES_AFTER = timedelta(hours=2)


class InterviewQuerySet(models.QuerySet["Interview"]):
    def open(self) -> "InterviewQuerySet":
        return self.filter(state__in=OPEN)

    def timed(self) -> "InterviewQuerySet":
        """Those that have a time which still counts."""
        return self.filter(state__in=TIMED)

    def seen_by(self, user: Any) -> "InterviewQuerySet":
        """Workers see their own, employers those to their postings, helpers those of their people, officers all.

        Park staff see besides whatever takes place in a booth: they host it.
        """
        if user.role in STAFF_ROLES:
            return self
        if user.role == Role.EMPLOYER:
            return self.filter(application__posting__employer__members__user=user)
        if user.role in (Role.BROKER, Role.PARK):
            mine = Q(application__worker__in=user.delegations.live().values("worker"))
            return self.filter(mine | Q(booth__isnull=False)) if user.role == Role.PARK else self.filter(mine)
        return self.filter(application__worker__user=user)


class Interview(Dated):
    application = models.ForeignKey(Application, models.PROTECT, related_name="interviews", verbose_name="报名")
    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="interviews", verbose_name="场次")
    slot = models.ForeignKey(
        Slot, models.PROTECT, null=True, blank=True, related_name="interviews", verbose_name="时间段"
    )
    round = models.PositiveSmallIntegerField("第几轮", default=1)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PROPOSED)
    mode = models.CharField("形式", max_length=6, choices=Mode.choices, default=Mode.VIDEO)
    recruiter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="interviews", verbose_name="面试官"
    )
    starts_at = models.DateTimeField("开始", null=True, blank=True)
    ends_at = models.DateTimeField("结束", null=True, blank=True)
    booth = models.ForeignKey(
        Booth, models.PROTECT, null=True, blank=True, related_name="interviews", verbose_name="面试间"
    )
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="陪同人"
    )
    queue_number = models.PositiveSmallIntegerField("排队号", null=True, blank=True)
    called_at = models.DateTimeField("叫到的时间", null=True, blank=True)
    wish = models.CharField("想改到什么时候", max_length=200, blank=True)
    no_show_by = models.CharField("谁没来", max_length=8, choices=Side.choices, blank=True)
    cancelled_by = models.CharField("谁取消的", max_length=8, choices=Side.choices, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=16, choices=CancelReason.choices, blank=True)
    worker_came_at = models.DateTimeField("求职者到了", null=True, blank=True)
    employer_came_at = models.DateTimeField("用人单位到了", null=True, blank=True)
    live_at = models.DateTimeField("开始谈", null=True, blank=True)
    ended_at = models.DateTimeField("谈完", null=True, blank=True)
    by_phone_at = models.DateTimeField("改打电话的时间", null=True, blank=True)
    by_phone_side = models.CharField("谁要改打电话", max_length=8, choices=Side.choices, blank=True)
    feedback = models.CharField("给求职者的话", max_length=300, blank=True)
    changes = models.PositiveSmallIntegerField("改过几次", default=0, help_text="日历文件的 SEQUENCE")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁约的")

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "面试"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state__in=OPEN), name="%(app_label)s_%(class)s_one_open"
            ),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state__in=OPEN), name="%(app_label)s_%(class)s_one_per_slot"
            ),
            models.UniqueConstraint(fields=["sitting", "queue_number"], name="%(app_label)s_%(class)s_queue_number"),
            models.CheckConstraint(
                condition=~Q(state__in=TIMED)
                | Q(starts_at__isnull=False, starts_at__lt=F("ends_at"), ends_at__isnull=False),
                name="%(app_label)s_%(class)s_timed",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.NO_SHOW) | Q(no_show_by__in=[Side.WORKER, Side.EMPLOYER]),
                name="%(app_label)s_%(class)s_no_show_of_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CANCELLED) | (Q(cancelled_by__gt="") & Q(cancel_reason__gt="")),
                name="%(app_label)s_%(class)s_cancelled_why",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "starts_at"], name="interview_by_time"),
            models.Index(fields=["booth", "starts_at"], name="interview_by_booth", condition=Q(booth__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("interviews:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def opens_at(self) -> datetime | None:
        return self.starts_at - OPENS_BEFORE if self.starts_at else None

    def closes_at(self) -> datetime | None:
        return self.ends_at + CLOSES_AFTER if self.ends_at else None

    def is_on(self, now: datetime) -> bool:
        """Whether its room may be entered now."""
        opens, closes = self.opens_at(), self.closes_at()
        return self.state in TIMED and opens is not None and closes is not None and opens <= now < closes


class InterviewEvent(models.Model):
    """One move of an interview. Rows are only added; a database trigger holds that."""

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="events", verbose_name="面试")
    from_state = models.CharField("原状态", max_length=12, choices=State.choices, blank=True)
    to_state = models.CharField("新状态", max_length=12, choices=State.choices)
    side = models.CharField("哪一方", max_length=8, choices=Side.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    note = models.CharField("说明", max_length=200, blank=True)
    starts_at = models.DateTimeField("当时约的时间", null=True, blank=True)
    for_worker = models.BooleanField("代劳动者办", default=False)
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "面试记录"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"


class Reminder(models.Model):
    """A word before the start. It counts only while the interview is confirmed for the same `starts_at`."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="reminders", verbose_name="面试")
    starts_at = models.DateTimeField("为哪个时间")
    lead = models.PositiveSmallIntegerField("提前", choices=Lead.choices)
    due_at = models.DateTimeField("何时提醒")
    done_at = models.DateTimeField("处理时间", null=True, blank=True)
    is_sent = models.BooleanField("提醒了", default=False, help_text="没提醒：改期、取消或已经晚了")

    class Meta:
        verbose_name = verbose_name_plural = "面试提醒"
        ordering = ("due_at",)
        constraints = [
            models.UniqueConstraint(fields=["interview", "starts_at", "lead"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [models.Index(fields=["due_at"], name="reminder_due", condition=Q(done_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.interview_id} {self.get_lead_display()}"


class CalendarFeed(models.Model):
    """The secret address at which a user's calendar program reads his interviews."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed", verbose_name="用户"
    )
    digest = models.CharField("地址摘要", max_length=64, unique=True)
    made_at = models.DateTimeField("创建时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"

    def __str__(self) -> str:
        return str(self.user)
