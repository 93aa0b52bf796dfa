"""Who may act for a worker, since when and until when, and what he did."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jinba.core.history import keep_history
from labor.workers.choices import ActKind, DelegationEnd, DelegationMethod
from labor.workers.models.worker import Worker

REQUEST_LASTS = timedelta(days=14)


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def live(self) -> "DelegationQuerySet":
        """Agreed, not ended, and not run out."""
        return self.filter(ended_at__isnull=True, ends_on__gte=timezone.localdate())

    def run_out(self) -> "DelegationQuerySet":
        """Past their day, and not yet marked so."""
        return self.filter(ended_at__isnull=True, ends_on__lt=timezone.localdate())

    def ending(self, *, within: timedelta) -> "DelegationQuerySet":
        """Live ones whose last day is near."""
        return self.live().filter(ends_on__lte=timezone.localdate() + within)


@keep_history(exclude=("tell_at", "tell_tries", "tell_asked_at", "told_at"))
class Delegation(models.Model):
    """A worker lets a broker or somebody of the park act for him until a day; he can end it at any time."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="delegations", verbose_name="劳动者")
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations", verbose_name="受托人"
    )
    method = models.CharField("怎么同意的", max_length=10, choices=DelegationMethod.choices)
    text = models.CharField("委托内容", max_length=500)
    version = models.PositiveSmallIntegerField("文本版本")
    agreed_at = models.DateTimeField("同意时间", default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人")
    ends_on = models.DateField("有效期至")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )
    end_reason = models.CharField("结束原因", max_length=10, choices=DelegationEnd.choices, blank=True)

    # Who has no account is told by one text (`actions.telling_by_text`). Without `tell_at` there is nothing to send.
    tell_at = models.DateTimeField("该发短信的时间", null=True, blank=True, editable=False)
    tell_tries = models.PositiveSmallIntegerField("短信试了几次", default=0, db_default=0, editable=False)
    tell_asked_at = models.DateTimeField("短信交给服务商的时间", null=True, blank=True, editable=False)
    told_at = models.DateTimeField("短信告知本人的时间", null=True, blank=True, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委托"
        ordering = ("-id",)
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "helper"], condition=Q(ended_at__isnull=True), name="%(app_label)s_%(class)s_one_live"
            ),
        ]
        indexes = [
            models.Index(fields=["helper", "ended_at", "-id"], name="delegation_by_helper"),
            models.Index(fields=["tell_at", "id"], name="delegation_to_tell", condition=Q(tell_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.worker} → {self.helper}"

    @property
    def is_live(self) -> bool:
        return self.ended_at is None and self.ends_on >= timezone.localdate()


class DelegationRequestQuerySet(models.QuerySet["DelegationRequest"]):
    def waiting(self) -> "DelegationRequestQuerySet":
        """Not answered, and not too old to be."""
        return self.filter(answered_at__isnull=True, asked_at__gt=timezone.now() - REQUEST_LASTS)


class DelegationRequest(models.Model):
    """A helper asks a worker who has an account to entrust himself to him; the worker alone answers."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="delegation_requests", verbose_name="劳动者")
    helper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="受托人")
    ends_on = models.DateField("有效期至")
    asked_at = models.DateTimeField("请求时间", default=timezone.now)
    is_going_on = models.BooleanField("认领后继续", default=False, help_text="他在本人认领以前就受托代办")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    is_agreed = models.BooleanField("同意", null=True, blank=True)

    objects = DelegationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委托请求"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "helper"],
                condition=Q(answered_at__isnull=True),
                name="%(app_label)s_%(class)s_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.helper} → {self.worker}"


class WorkerAct(models.Model):
    """Something that somebody did for a worker, under his delegation. Rows are only added; the worker can read them."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="acts", verbose_name="劳动者")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="acts", verbose_name="委托")
    kind = models.CharField("办了什么", max_length=16, choices=ActKind.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "代办记录"
        ordering = ("-id",)
        indexes = [models.Index(fields=["worker", "-id"], name="act_by_worker")]

    def __str__(self) -> str:
        return f"{self.by} · {self.get_kind_display()}"
