"""What they offer."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from employers.choices import (
    TRUSTED_STATES,
    EmploymentKind,
    Engagement,
    Hazard,
    Housing,
    Insurance,
    InterviewMode,
    Meals,
    Origin,
    PayMode,
    PayUnit,
    PostingState,
    RestRule,
    Travel,
)
from employers.models.employer import Employer
from jinba.accounts.choices import STAFF_ROLES
from jinba.core.history import keep_history
from jinba.core.models import Dated
from jinba.reference.choices import Education, Shift, SkillLevel
from jinba.reference.models import Occupation, Region, Skill, Trade, Zone


def today() -> date:
    """The date in Beijing, by which a posting's validity is counted."""
    return timezone.localdate()


class JobPostingQuerySet(models.QuerySet["JobPosting"]):
    def visible(self) -> "JobPostingQuerySet":
        """What the public may see: the one predicate for list, search, detail, sitemap, matching and applying.

        Published, still valid, and offered by an employer that is verified, or reposted with its source named.
        """
        return self.filter(
            Q(employer__state__in=TRUSTED_STATES) | Q(employer__origin=Origin.IMPORTED, source_name__gt=""),
            state=PostingState.PUBLISHED,
            valid_until__gte=today(),
        )

    def open(self) -> "JobPostingQuerySet":
        """Visible and to be applied for here: reposts are only shown, with the way to their source."""
        return self.visible().filter(employer__state__in=TRUSTED_STATES, filled__lt=F("headcount"))

    def expired(self) -> "JobPostingQuerySet":
        return self.filter(state=PostingState.PUBLISHED, valid_until__lt=today())

    def seen_by(self, user: Any) -> "JobPostingQuerySet":
        """The postings that the user may manage: members those of their employer, officers all."""
        if user.role in STAFF_ROLES:
            return self
        return self.filter(employer__members__user=user)

    def with_card(self) -> "JobPostingQuerySet":
        """All that a posting card shows, in one query; the long texts stay in the database."""
        return self.select_related("employer", "region", "zone", "trade").defer("duties", "requirements", "search")


@keep_history(exclude=("search", "search_version", "filled"))
class JobPosting(Dated):
    """A job offer. It has no field for gender, age, marital status, ethnicity or height: none may be asked."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="postings", verbose_name="用人单位")
    title = models.CharField("岗位名称", max_length=80)
    engagement = models.CharField("岗位类别", max_length=12, choices=Engagement.choices, default=Engagement.REGULAR)
    trade = models.ForeignKey(
        Trade, models.PROTECT, null=True, blank=True, related_name="postings", verbose_name="工种"
    )
    occupation = models.ForeignKey(Occupation, models.PROTECT, null=True, blank=True, verbose_name="职业分类")
    employment_kind = models.CharField(
        "用工类型", max_length=12, choices=EmploymentKind.choices, default=EmploymentKind.FULL_TIME
    )
    headcount = models.PositiveIntegerField("招聘人数", default=1)
    filled = models.PositiveIntegerField("已录用人数", default=0, editable=False)
    contract_months = models.PositiveSmallIntegerField("合同期限（月）", null=True, blank=True)
    probation_months = models.PositiveSmallIntegerField("试用期（月）", default=0)
    days_planned = models.PositiveSmallIntegerField("计划服务天数", null=True, blank=True)
    duties = models.TextField("工作内容", max_length=3000, blank=True)
    requirements = models.TextField("招聘条件", max_length=3000, blank=True)
    education_min = models.PositiveSmallIntegerField("最低学历", choices=Education.choices, default=Education.ANY)
    years_min = models.PositiveSmallIntegerField("工作经验（年）", default=0)
    certificates = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name="必备证书")

    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="postings", verbose_name="工作地点"
    )
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="postings", verbose_name="园区或开发区"
    )
    address = models.CharField("详细地址", max_length=160, blank=True)

    pay_mode = models.CharField("计薪方式", max_length=12, choices=PayMode.choices, default=PayMode.MONTHLY)
    pay_unit = models.CharField("工资单位", max_length=8, choices=PayUnit.choices, default=PayUnit.MONTH)
    base_pay_min = models.PositiveIntegerField("基本工资（元）", null=True, blank=True)
    base_pay_max = models.PositiveIntegerField("最高工资（元）", null=True, blank=True)
    monthly_min = models.PositiveIntegerField("折合月薪下限（元）", null=True, editable=False)
    monthly_max = models.PositiveIntegerField("折合月薪上限（元）", null=True, editable=False)
    piece_rate_note = models.CharField("计件单价说明", max_length=200, blank=True)
    pay_day = models.PositiveSmallIntegerField("每月几号发工资", null=True, blank=True)
    overtime_rule = models.CharField("加班怎么算", max_length=200, blank=True)

    shift = models.CharField("班次", max_length=10, choices=Shift.choices, default=Shift.DAY)
    has_nights = models.BooleanField("上夜班", default=False)
    hours_per_day = models.DecimalField("每天工作小时", max_digits=3, decimal_places=1, default=8)
    rest_rule = models.CharField("休息", max_length=12, choices=RestRule.choices, default=RestRule.ONE_DAY)
    hazards = ArrayField(
        models.CharField(max_length=10, choices=Hazard.choices), default=list, blank=True, verbose_name="工作条件与危害"
    )
    safety_note = models.CharField("安全防护", max_length=200, blank=True)

    social_insurance = models.CharField("社会保险", max_length=12, choices=Insurance.choices, default=Insurance.FULL)
    insurance_from_month = models.PositiveSmallIntegerField("第几个月开始交", default=1)
    meals = models.CharField("吃饭", max_length=8, choices=Meals.choices, default=Meals.NONE)
    meal_subsidy = models.PositiveSmallIntegerField("餐补（元/月）", null=True, blank=True)
    housing = models.CharField("住宿", max_length=8, choices=Housing.choices, default=Housing.NONE)
    couple_rooms = models.BooleanField("有夫妻房", default=False)
    housing_fee = models.PositiveSmallIntegerField("住宿费（元/月）", null=True, blank=True)
    has_air_con = models.BooleanField("宿舍有空调", default=False)
    has_hot_water = models.BooleanField("宿舍有热水", default=False)
    travel = models.CharField("路费与接送", max_length=8, choices=Travel.choices, default=Travel.NONE)
    benefits = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name="其他福利")

    interview_mode = models.CharField(
        "面试方式", max_length=8, choices=InterviewMode.choices, default=InterviewMode.VIDEO
    )
    start_by = models.DateField("最晚到岗日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)

    source_name = models.CharField("信息来源", max_length=40, blank=True)
    source_url = models.URLField("来源网址", max_length=300, blank=True)
    source_key = models.CharField("来源行标识", max_length=64, null=True, blank=True, unique=True, editable=False)

    state = models.CharField("状态", max_length=10, choices=PostingState.choices, default=PostingState.DRAFT)
    state_reason = models.CharField("原因", max_length=200, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    search = SearchVectorField("检索词", null=True, editable=False)
    search_version = models.PositiveSmallIntegerField("分词版本", default=0, editable=False)
    lexicon_version = models.CharField(
        "词库版本",
        max_length=16,
        blank=True,
        db_default="",
        default="",
        editable=False,
        help_text="最近一次按哪一版词库检查过",
    )

    objects = JobPostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(headcount__gte=1), name="%(app_label)s_%(class)s_headcount"),
            models.CheckConstraint(
                condition=Q(filled__lte=F("headcount")), name="%(app_label)s_%(class)s_hires_fit_headcount"
            ),
            models.CheckConstraint(
                condition=Q(base_pay_max__isnull=True) | Q(base_pay_max__gte=F("base_pay_min")),
                name="%(app_label)s_%(class)s_pay_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state=PostingState.PUBLISHED)
                | Q(valid_until__isnull=False, published_at__isnull=False, region__isnull=False)
                & (Q(base_pay_min__isnull=False) | Q(source_name__gt="")),
                name="%(app_label)s_%(class)s_published_is_complete",
            ),
        ]
        indexes = [
            # The public list walks this one alone: it carries all that the filters look at.
            models.Index(
                fields=["-published_at", "-id"],
                include=[
                    "valid_until",
                    "employer",
                    "source_name",
                    "region",
                    "zone",
                    "trade",
                    "engagement",
                    "monthly_min",
                    "shift",
                    "has_nights",
                    "housing",
                    "meals",
                    "couple_rooms",
                    "social_insurance",
                ],
                name="posting_published",
                condition=Q(state=PostingState.PUBLISHED),
            ),
            models.Index(fields=["employer", "state"], name="posting_by_employer"),
            models.Index(fields=["state", "updated_at"], name="posting_by_state"),
            # What officers filter and search by.
            models.Index(fields=["engagement", "-id"], name="posting_by_engagement"),
            models.Index(fields=["employment_kind", "-id"], name="posting_by_kind"),
            models.Index(fields=["title"], name="posting_by_title", opclasses=["varchar_pattern_ops"]),
            # What the lexicon's present version has not seen yet, of all that may be out again.
            models.Index(
                fields=["lexicon_version", "id"],
                name="posting_by_lexicon",
                condition=Q(state__in=("published", "paused", "review", "filled")),
            ),
            GinIndex(
                fields=["search"],
                name="posting_search",
                fastupdate=False,
                condition=Q(state=PostingState.PUBLISHED),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("postings:detail", args=[self.pk])

    @property
    def is_expired(self) -> bool:
        return self.state == PostingState.PUBLISHED and self.valid_until is not None and self.valid_until < today()

    @property
    def is_repost(self) -> bool:
        return bool(self.source_name)

    @property
    def is_flexible(self) -> bool:
        return self.engagement != Engagement.REGULAR

    @property
    def seats_left(self) -> int:
        return max(0, self.headcount - self.filled)

    @property
    def shown_state(self) -> str:
        return "已过期" if self.is_expired else self.get_state_display()

    @property
    def place(self) -> str:
        """Where the work is, as people say it: the park or zone if there is one, and the county."""
        region = self.region.path if self.region else ""
        return f"{region}·{self.zone.short_name}" if self.zone else region


class PostingSkill(models.Model):
    posting = models.ForeignKey(JobPosting, models.CASCADE, related_name="skills", verbose_name="岗位")
    skill = models.ForeignKey(Skill, models.PROTECT, verbose_name="技能")
    level = models.PositiveSmallIntegerField("程度", choices=SkillLevel.choices, default=SkillLevel.BASIC)

    class Meta:
        verbose_name = verbose_name_plural = "岗位技能"
        constraints = [
            models.UniqueConstraint(fields=["posting", "skill"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.get_level_display()}"


class PostingEvent(models.Model):
    """One step in a posting's life; rows are only added."""

    posting = models.ForeignKey(JobPosting, models.PROTECT, related_name="events", verbose_name="岗位")
    from_state = models.CharField("原状态", max_length=10, choices=PostingState.choices)
    to_state = models.CharField("新状态", max_length=10, choices=PostingState.choices)
    reason = models.CharField("原因", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "岗位记录"
        ordering = ("id",)
        indexes = [models.Index(fields=["at"], name="posting_event_by_time")]

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"
