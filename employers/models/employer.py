"""Who hires, and who acts for them."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from employers.choices import TRUSTED_STATES, EmployerState, MemberRole, OrgType, Origin, Scale
from jinba.accounts.choices import STAFF_ROLES, Side
from jinba.core.encryption import EncryptedTextField
from jinba.core.history import keep_history
from jinba.core.models import Dated
from jinba.reference.models import Region, Zone

VALID_DAYS = 180  # so long a verification holds
SIDE_BY_CITY = {"3307": Side.EAST, "5119": Side.WEST}


class EmployerQuerySet(models.QuerySet["Employer"]):
    def trusted(self) -> "EmployerQuerySet":
        return self.filter(state__in=TRUSTED_STATES)

    def public(self) -> "EmployerQuerySet":
        return self.filter(Q(state__in=TRUSTED_STATES) | Q(origin=Origin.IMPORTED))

    def seen_by(self, user: Any) -> "EmployerQuerySet":
        """The employers whose desk the user may open: members their own, officers all."""
        if user.role in STAFF_ROLES:
            return self
        return self.filter(members__user=user)


@keep_history()
class Employer(Dated):
    name = models.CharField("单位名称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, null=True, blank=True, unique=True)
    origin = models.CharField("来源", max_length=12, choices=Origin.choices, default=Origin.REGISTERED)
    source_name = models.CharField("来源名称", max_length=40, blank=True)
    org_type = models.CharField("单位类型", max_length=12, choices=OrgType.choices, default=OrgType.COMPANY)
    industry = models.CharField("行业", max_length=60, blank=True)
    scale = models.CharField("规模", max_length=12, choices=Scale.choices, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="employers", verbose_name="所在地"
    )
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, verbose_name="所在园区")
    address = models.CharField("详细地址", max_length=160, blank=True)
    intro = models.TextField("单位介绍", max_length=2000, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = EncryptedTextField("联系电话", null=True, blank=True, bound_to="employers_employer.contact_phone")
    state = models.CharField("认证状态", max_length=12, choices=EmployerState.choices, default=EmployerState.DRAFT)
    state_reason = models.CharField("原因", max_length=200, blank=True)
    verified_at = models.DateTimeField("认证时间", null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认证人"
    )

    objects = EmployerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "用人单位"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                # An officer took it from who had no right to it, for the real firm to register.
                condition=Q(uscc__isnull=False) | Q(origin=Origin.IMPORTED) | Q(state=EmployerState.BANNED),
                name="%(app_label)s_%(class)s_has_credit_code",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=TRUSTED_STATES) | Q(verified_at__isnull=False),
                name="%(app_label)s_%(class)s_verified_when",
            ),
        ]
        indexes = [
            models.Index(fields=["origin", "name"], name="employer_by_origin_name"),
            models.Index(fields=["state", "id"], name="employer_by_state"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("employers:detail", args=[self.pk])

    @property
    def is_trusted(self) -> bool:
        return self.state in TRUSTED_STATES

    @property
    def verified_until(self) -> datetime | None:
        """The end of its verification; from then on it is suspended until it is looked at again (C10)."""
        return self.verified_at + timedelta(days=VALID_DAYS) if self.verified_at else None

    @property
    def is_imported(self) -> bool:
        return self.origin == Origin.IMPORTED

    @property
    def side(self) -> str:
        return SIDE_BY_CITY.get((self.region_id or "")[:4], "")


class EmployerEvent(models.Model):
    """One step of an employer's verification; rows are only added."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="events", verbose_name="用人单位")
    from_state = models.CharField("原状态", max_length=12, choices=EmployerState.choices)
    to_state = models.CharField("新状态", max_length=12, choices=EmployerState.choices)
    reason = models.CharField("原因", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "认证记录"
        ordering = ("id",)
        indexes = [models.Index(fields=["at"], name="employer_event_by_time")]

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"


class Member(models.Model):
    """A user who acts for an employer."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="members", verbose_name="用人单位")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="membership", verbose_name="用户"
    )
    role = models.CharField("角色", max_length=10, choices=MemberRole.choices)
    joined_at = models.DateTimeField("加入时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "单位成员"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.user} · {self.employer}"

    @property
    def is_owner(self) -> bool:
        return self.role == MemberRole.OWNER


class MemberInvitation(models.Model):
    """A phone number invited to join an employer; the link carries the token, of which only the digest is kept."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="invitations", verbose_name="用人单位")
    name = models.CharField("姓名", max_length=40)
    phone = EncryptedTextField("手机号", null=True)
    phone_index = models.CharField("手机号索引", max_length=64, editable=False)
    role = models.CharField("角色", max_length=10, choices=MemberRole.choices, default=MemberRole.RECRUITER)
    token_digest = models.CharField("令牌摘要", max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="邀请人")
    invited_at = models.DateTimeField("邀请时间", default=timezone.now)
    expires_at = models.DateTimeField("失效时间")
    accepted_at = models.DateTimeField("接受时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "成员邀请"
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "phone_index"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="%(app_label)s_%(class)s_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.employer}"

    @staticmethod
    def digest_of(token: str) -> str:
        """What is kept of a token; the token itself is only in the text to the invited person."""
        return hashlib.sha256(token.encode()).hexdigest()

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()
