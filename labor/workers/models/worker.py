"""Who looks for work, and what they can and want."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils import timezone

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.accounts.models import phone_index
from jinba.core.encryption import EncryptedTextField
from jinba.core.history import keep_history
from jinba.core.masking import masked_name, masked_phone
from jinba.core.models import Dated
from jinba.reference.choices import Education, Shift, SkillLevel
from jinba.reference.models import Region, Skill
from labor.workers.choices import GroupKind, JobStatus, Need, RegisteredVia, ReturnWish


class WorkerGroup(models.Model):
    """People who want to go together: a couple, or fellow villagers."""

    kind = models.CharField("种类", max_length=10, choices=GroupKind.choices)
    code = models.CharField("结伴码", max_length=8, unique=True, help_text="同伴输入它加入")
    created_at = models.DateTimeField("创建时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "结伴"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


class WorkerQuerySet(models.QuerySet["Worker"]):
    def active(self) -> "WorkerQuerySet":
        return self.filter(is_active=True)

    def seeking(self) -> "WorkerQuerySet":
        """Who takes part in matching."""
        return self.active().exclude(job_status=JobStatus.NOT_NOW)

    def matched(self) -> "WorkerQuerySet":
        """Who is recommended: those who seek and have not switched personal recommendation off (PIPL §24)."""
        return self.seeking().filter(is_personalised=True)

    def with_phone(self, phone: str) -> "WorkerQuerySet":
        return self.filter(phone_index=phone_index(phone))

    def unclaimed(self) -> "WorkerQuerySet":
        """Registered by somebody else, and not yet signed in by themselves."""
        return self.filter(user__isnull=True)

    def seen_by(self, user: Any) -> "WorkerQuerySet":
        """Workers see themselves, brokers and park staff who entrusted themselves to them, officers all."""
        if user.role in STAFF_ROLES:
            return self
        if user.role in (Role.BROKER, Role.PARK):
            return self.filter(delegations__in=user.delegations.live())
        return self.filter(user=user)


@keep_history(exclude=("answered", "link_code"))
class Worker(Dated):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="worker", verbose_name="用户"
    )
    name = models.CharField("姓名", max_length=40)
    phone = EncryptedTextField("手机号", null=True, blank=True, bound_to="workers_worker.phone")
    phone_index = models.CharField("手机号索引", max_length=64, blank=True, db_index=True, editable=False)
    resident_id = EncryptedTextField("身份证号", null=True, blank=True, bound_to="workers_worker.resident_id")
    resident_id_index = models.CharField("身份证号索引", max_length=64, null=True, blank=True, editable=False)
    resident_id_last4 = models.CharField(
        "身份证末四位", max_length=4, blank=True, db_default="", default="", editable=False
    )
    birth_date = models.DateField("出生日期", null=True, blank=True)
    home = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="家在哪里")
    village = models.CharField("村（社区）", max_length=60, blank=True)
    education = models.PositiveSmallIntegerField("学历", choices=Education.choices, default=Education.ANY)
    years = models.PositiveSmallIntegerField("干了几年", default=0)

    trades = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        verbose_name="想干的工种",
        help_text="按先后，最多 3 个",
    )
    is_open_to_any = models.BooleanField("什么活都行", default=True)
    places = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name="想去的地方",
        help_text="区划或园区代码，按先后",
    )
    refused_places = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="不去的地方")
    min_pay = models.PositiveIntegerField("每月最少要挣（元）", default=0)
    housing_need = models.PositiveSmallIntegerField("住宿", choices=Need.choices, default=Need.NONE)
    couple_room_need = models.PositiveSmallIntegerField("夫妻房", choices=Need.choices, default=Need.NONE)
    wants_meals = models.BooleanField("想包吃", default=False)
    shifts = ArrayField(
        models.CharField(max_length=10, choices=Shift.choices),
        default=list,
        blank=True,
        verbose_name="能上的班",
        help_text="空着表示都行",
    )
    certificates = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name="证书")
    available_from = models.DateField("什么时候能上班", null=True, blank=True)
    group = models.ForeignKey(
        WorkerGroup, models.SET_NULL, null=True, blank=True, related_name="workers", verbose_name="结伴"
    )
    return_wish = models.CharField("返乡打算", max_length=6, choices=ReturnWish.choices, blank=True)
    job_status = models.CharField("找工作状态", max_length=8, choices=JobStatus.choices, default=JobStatus.LOOKING)
    is_personalised = models.BooleanField("按我的情况推荐", default=True)

    answered = ArrayField(
        models.CharField(max_length=16),
        default=list,
        db_default=[],
        blank=True,
        editable=False,
        verbose_name="答过的问题",
        help_text="默认值也可能是本人的回答，所以另记",
    )

    registered_via = models.CharField(
        "登记方式", max_length=8, choices=RegisteredVia.choices, default=RegisteredVia.SELF
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    link_code = models.CharField(
        "来自短链接",
        max_length=12,
        blank=True,
        db_default="",
        default="",
        editable=False,
        help_text="登记时跟着哪个短链接来",
    )
    claim_tries = models.PositiveSmallIntegerField(
        "认领时试错", default=0, db_default=0, editable=False, help_text="试错 5 次就锁住，由园区工作人员打开"
    )
    is_active = models.BooleanField("有效", default=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", verbose_name="已并入", editable=False
    )

    erased_at = models.DateTimeField("注销时间", null=True, blank=True, editable=False)
    retain_until = models.DateField(
        "保存到", null=True, blank=True, editable=False, help_text="注销以后，报名和招聘记录依法再留三年，不留本人身份"
    )

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "劳动者"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(trades__len__lte=3), name="%(app_label)s_%(class)s_three_trades"),
            # One number, one person; a profile that was merged away keeps its number beside the one it went into.
            models.UniqueConstraint(
                fields=["resident_id_index"],
                condition=Q(is_active=True),
                name="%(app_label)s_%(class)s_one_resident_id",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False),
                name="%(app_label)s_%(class)s_merged_is_over",
            ),
        ]
        # Officers search by the beginning of a name, whatever the database's collation.
        indexes = [
            models.Index(fields=["name"], name="worker_by_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["village"], name="worker_by_village", opclasses=["varchar_pattern_ops"]),
            # What officers filter a million by, each with the order of their list.
            models.Index(Left("home_id", 6), F("id").desc(), name="worker_by_county"),
            models.Index(fields=["job_status", "-id"], name="worker_by_status"),
            models.Index(fields=["registered_via", "-id"], name="worker_by_way"),
            models.Index(fields=["-id"], name="worker_together", condition=Q(group__isnull=False)),
            models.Index(fields=["-id"], name="worker_over", condition=Q(is_active=False)),
            models.Index(fields=["link_code"], name="worker_by_link", condition=Q(link_code__gt="")),
        ]

    def __str__(self) -> str:
        return masked_name(self.name)

    def set_phone(self, phone: str) -> None:
        """Set a normalised number together with its index; empty clears both."""
        self.phone = phone or None
        self.phone_index = phone_index(phone)

    def former(self) -> "list[Worker]":
        """The profiles that became part of this one, also by way of others: they are the same person."""
        found: list[Worker] = []
        rows = list(Worker.objects.filter(merged_into=self).select_related("user"))
        while rows:
            found += rows
            rows = list(Worker.objects.filter(merged_into__in=rows).select_related("user"))
        return found

    @property
    def masked_name(self) -> str:
        return masked_name(self.name)

    @property
    def masked_resident_id(self) -> str:
        return f"{'*' * 14}{self.resident_id_last4}" if self.resident_id_last4 else ""

    @property
    def masked_phone(self) -> str:
        return masked_phone(self.phone)

    def age_on(self, day: date) -> int | None:
        """Full years on that day; None when the birth date is not known."""
        born = self.birth_date
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class WorkerSkill(models.Model):
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="skills", verbose_name="劳动者")
    skill = models.ForeignKey(Skill, models.PROTECT, verbose_name="技能")
    level = models.PositiveSmallIntegerField("程度", choices=SkillLevel.choices, default=SkillLevel.BASIC)

    class Meta:
        verbose_name = verbose_name_plural = "劳动者技能"
        constraints = [
            models.UniqueConstraint(fields=["worker", "skill"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.get_level_display()}"
