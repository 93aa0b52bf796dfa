"""A worker meets a posting."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.history import keep_history
from jinba.core.models import Dated
from labor.applications.choices import (
    CLOSED,
    HIRED,
    LIVE,
    PUBLIC_WORDS,
    UNANSWERED,
    WORKERS_TURN,
    CloseReason,
    Stage,
    Via,
)
from labor.workers.choices import GroupKind
from labor.workers.models import Worker, WorkerGroup


class GroupApplication(models.Model):
    """People who go together applied to one posting together: the employer sees them as one."""

    posting = models.ForeignKey(JobPosting, models.PROTECT, related_name="group_applications", verbose_name="岗位")
    group = models.ForeignKey(WorkerGroup, models.SET_NULL, null=True, related_name="+", verbose_name="结伴")
    kind = models.CharField("种类", max_length=10, choices=GroupKind.choices)
    people = models.PositiveSmallIntegerField("人数")
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报名人")
    applied_at = models.DateTimeField("报名时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "结伴报名"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.people} 人 → {self.posting}"


class ApplicationQuerySet(models.QuerySet["Application"]):
    def live(self) -> "ApplicationQuerySet":
        return self.filter(stage__in=LIVE)

    def hired(self) -> "ApplicationQuerySet":
        return self.filter(stage__in=HIRED)

    def seen_by(self, user: Any) -> "ApplicationQuerySet":
        """Workers see their own, employers those to their postings, brokers those of their people, officers all."""
        if user.role in STAFF_ROLES:
            return self
        if user.role == Role.EMPLOYER:
            return self.filter(posting__employer__members__user=user)
        if user.role in (Role.BROKER, Role.PARK):
            return self.filter(worker__delegations__in=user.delegations.live())
        return self.filter(worker__user=user)


@keep_history(exclude=("link_code", "reminded_at"))
class Application(Dated):
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="applications", verbose_name="劳动者")
    posting = models.ForeignKey(JobPosting, models.PROTECT, related_name="applications", verbose_name="岗位")
    stage = models.CharField("阶段", max_length=20, choices=Stage.choices, default=Stage.APPLIED)
    stage_since = models.DateTimeField("进入时间", default=timezone.now)
    via = models.CharField("途径", max_length=8, choices=Via.choices, default=Via.SELF)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="报名人"
    )
    consented_at = models.DateTimeField("同意提供信息的时间", default=timezone.now)
    consent_text = models.CharField("同意的内容", max_length=300)
    consent_withdrawn_at = models.DateTimeField("撤回授权的时间", null=True, blank=True, editable=False)
    together = models.ForeignKey(
        GroupApplication, models.SET_NULL, null=True, blank=True, related_name="applications", verbose_name="结伴报名"
    )
    link_code = models.CharField(
        "来自短链接",
        max_length=12,
        blank=True,
        db_default="",
        default="",
        editable=False,
        help_text="报名时跟着哪个短链接来",
    )
    reminded_at = models.DateTimeField("催办时间", null=True, blank=True, editable=False)
    close_reason = models.CharField("结束原因", max_length=20, choices=CloseReason.choices, blank=True)
    close_note = models.CharField("结束说明", max_length=200, blank=True)
    resumes_as = models.CharField("恢复到", max_length=20, choices=Stage.choices, blank=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报名"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "posting"], condition=Q(stage__in=LIVE), name="%(app_label)s_%(class)s_one_live"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=LIVE) | Q(close_reason__gt=""), name="%(app_label)s_%(class)s_closed_why"
            ),
        ]
        indexes = [
            models.Index(fields=["posting", "stage", "stage_since"], name="application_board"),
            models.Index(fields=["worker", "-id"], name="application_by_worker"),
            models.Index(fields=["stage", "-id"], name="application_by_stage"),
            models.Index(fields=["link_code"], name="application_by_link", condition=Q(link_code__gt="")),
            # What employers have left lying: looked for once an hour.
            models.Index(fields=["stage_since"], name="application_silent", condition=Q(stage__in=UNANSWERED)),
            models.Index(fields=["stage_since"], name="application_workers_turn", condition=Q(stage__in=WORKERS_TURN)),
        ]

    def __str__(self) -> str:
        return f"{self.worker} → {self.posting}"

    def get_absolute_url(self) -> str:
        return reverse("applications:detail", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.stage in LIVE

    @property
    def shows_person(self) -> bool:
        """Whether the employer may still read who it is: not after the worker took his consent back."""
        return self.consent_withdrawn_at is None

    @property
    def allows_contact(self) -> bool:
        """Whether the employer may still see the worker's number: while it runs, and while the consent stands."""
        return self.is_live and self.shows_person

    @property
    def is_closed(self) -> bool:
        return self.stage in CLOSED

    @property
    def public_word(self) -> str:
        """The worker's own word for where it stands."""
        return PUBLIC_WORDS[Stage(self.stage)]


class CompanionAsk(models.Model):
    """Somebody of a group that applied together is asked whether he comes along; he answers for himself."""

    together = models.ForeignKey(GroupApplication, models.CASCADE, related_name="asks", verbose_name="结伴报名")
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="companion_asks", verbose_name="劳动者")
    asked_at = models.DateTimeField("问的时间", default=timezone.now)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    is_coming = models.BooleanField("一起去", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "结伴询问"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["together", "worker"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} → {self.together}"


class ApplicationEvent(models.Model):
    """One move of an application. Rows are only added; a database trigger holds that."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="events", verbose_name="报名")
    from_stage = models.CharField("原阶段", max_length=20, choices=Stage.choices, blank=True)
    to_stage = models.CharField("新阶段", max_length=20, choices=Stage.choices)
    reason = models.CharField("原因", max_length=20, choices=CloseReason.choices, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    for_worker = models.BooleanField("代劳动者办", default=False, db_default=False, help_text="操作人受劳动者委托")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "报名记录"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.get_from_stage_display()} → {self.get_to_stage_display()}"


class PostingInvitation(models.Model):
    """An employer asks a suggested worker to look at a posting; the worker alone decides to apply."""

    posting = models.ForeignKey(JobPosting, models.CASCADE, related_name="invitations", verbose_name="岗位")
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="invitations", verbose_name="劳动者")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="邀请人")
    invited_at = models.DateTimeField("邀请时间", default=timezone.now)
    declined_at = models.DateTimeField("谢绝时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位邀请"
        constraints = [
            models.UniqueConstraint(fields=["posting", "worker"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.posting} → {self.worker}"
