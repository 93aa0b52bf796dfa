"""The papers behind an employer, and the licences under which anybody may place workers at all."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from employers.choices import HANDED_IN, DocumentKind, DocumentState, LicenceKind
from employers.models.employer import Employer
from employers.models.posting import today
from jinba.accounts.choices import STAFF_ROLES
from jinba.core.encrypted_files import private_files
from jinba.core.history import keep_history
from jinba.core.models import Dated


def document_path(document: "EmployerDocument", name: str) -> str:
    """A name of our own: nothing that a stranger typed gets into a path."""
    return f"documents/{document.employer_id}/{uuid.uuid4().hex}.bin"


class EmployerDocumentQuerySet(models.QuerySet["EmployerDocument"]):
    def current(self) -> "EmployerDocumentQuerySet":
        """The latest of each kind; those it replaced stay as history."""
        return self.exclude(state=DocumentState.REPLACED)

    def waiting(self) -> "EmployerDocumentQuerySet":
        """What an officer has to look at: not what an employer is still getting together."""
        return self.filter(state=DocumentState.SUBMITTED, employer__state__in=HANDED_IN)

    def seen_by(self, user: Any) -> "EmployerDocumentQuerySet":
        """Papers carry personal data: the employer's owners and the officers, nobody else."""
        if user.role in STAFF_ROLES:
            return self
        return self.filter(employer__members__user=user, employer__members__role="owner")


@keep_history(exclude=("file",))
class EmployerDocument(models.Model):
    """One of the papers that the law wants seen before anybody recruits (人力资源市场暂行条例 §26)."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="documents", verbose_name="用人单位")
    kind = models.CharField("种类", max_length=12, choices=DocumentKind.choices)
    # A picture, or a PDF of nothing but pictures, encrypted (`jinba.core.uploads`, `jinba.core.encrypted_files`).
    file = models.FileField("文件", upload_to=document_path, storage=private_files, max_length=200)
    content_type = models.CharField("文件类型", max_length=40)
    pages = models.PositiveSmallIntegerField("页数", default=1)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("摘要", max_length=64)
    original_name = models.CharField("原文件名", max_length=120, blank=True)
    valid_to = models.DateField("有效期至", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=DocumentState.choices, default=DocumentState.SUBMITTED)
    reason = models.CharField("原因", max_length=200, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)

    objects = EmployerDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位材料"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "kind"],
                condition=~Q(state="replaced"),
                name="%(app_label)s_%(class)s_one_current",
            ),
        ]
        indexes = [models.Index(fields=["state", "uploaded_at"], name="document_by_state")]

    def __str__(self) -> str:
        return f"{self.employer} · {self.get_kind_display()}"

    @property
    def is_in_force(self) -> bool:
        """Whether it has not run out today in Beijing; one without a date lasts."""
        return self.valid_to is None or self.valid_to >= today()

    @property
    def is_good(self) -> bool:
        return self.state == DocumentState.APPROVED and self.is_in_force

    @property
    def is_pdf(self) -> bool:
        return self.content_type == "application/pdf"


class EmployerDocumentEvent(models.Model):
    """One step of a paper's review; rows are only added."""

    document = models.ForeignKey(EmployerDocument, models.PROTECT, related_name="events", verbose_name="材料")
    from_state = models.CharField("原状态", max_length=10, choices=DocumentState.choices, blank=True)
    to_state = models.CharField("新状态", max_length=10, choices=DocumentState.choices)
    reason = models.CharField("原因", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "材料记录"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"


class LicenceQuerySet(models.QuerySet["Licence"]):
    def valid(self) -> "LicenceQuerySet":
        """In force today in Beijing."""
        return self.filter(is_active=True, valid_from__lte=today(), valid_to__gte=today())

    def of_platform(self) -> "LicenceQuerySet":
        return self.filter(employer__isnull=True)

    def to_place(self) -> "LicenceQuerySet":
        """Those under which workers may be placed; a licence for dispatch alone is none."""
        return self.filter(kind=LicenceKind.PLACEMENT)


@keep_history()
class Licence(Dated):
    """A licence or record for placing workers (人力资源服务许可证). Without `employer` it is this zone's own."""

    employer = models.ForeignKey(
        Employer, models.PROTECT, null=True, blank=True, related_name="licences", verbose_name="机构"
    )
    kind = models.CharField("种类", max_length=12, choices=LicenceKind.choices)
    holder = models.CharField("持证单位", max_length=120)
    number = models.CharField("编号", max_length=60)
    scope = models.CharField("服务范围", max_length=200, blank=True)
    issuer = models.CharField("发证机关", max_length=80)
    valid_from = models.DateField("有效期自")
    valid_to = models.DateField("有效期至")
    fee_note = models.CharField("收费标准", max_length=200, default="对求职者不收取任何费用")
    supervision_phone = models.CharField("监督电话", max_length=40, blank=True)
    is_active = models.BooleanField("使用中", default=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "许可与备案"
        ordering = ("employer_id", "-valid_to")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=models.F("valid_from")), name="%(app_label)s_%(class)s_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} · {self.get_kind_display()}"

    @property
    def days_left(self) -> int:
        """Days until its last day; negative when it has run out."""
        return (self.valid_to - today()).days
