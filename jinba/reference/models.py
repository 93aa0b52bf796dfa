"""Codes that the whole product shares. Their rows come from `jinba/reference/data/` by `load_reference`."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jinba.accounts.choices import Side
from jinba.core.history import keep_history
from jinba.reference.choices import RegionLevel, ZoneKind


class RegionQuerySet(models.QuerySet["Region"]):
    def provinces(self) -> "RegionQuerySet":
        return self.filter(level=RegionLevel.PROVINCE)

    def within(self, code: str) -> "RegionQuerySet":
        """The region itself and all below it: a code begins with the code of what it lies in."""
        return self.filter(code__startswith=code)


class Region(models.Model):
    """A division of GB/T 2260: 2, 4, 6 or 9 digits for province, city, county, township."""

    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    path = models.CharField("全称", max_length=160, help_text="浙江省金华市义乌市")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    level = models.CharField("级别", max_length=10, choices=RegionLevel.choices)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.path


class Zone(models.Model):
    """A functional zone or co-built park that has no GB/T 2260 code of its own."""

    code = models.CharField("本地代码", max_length=20, primary_key=True)
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=30)
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name="别名")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所在区划")
    kind = models.CharField("类别", max_length=8, choices=ZoneKind.choices)
    side = models.CharField("所属地", max_length=8, choices=Side.choices)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "功能区与园区"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Occupation(models.Model):
    """GB/T 6565 occupation classes: 1, 3 or 5 digits."""

    code = models.CharField("代码", max_length=8, primary_key=True)
    name = models.CharField("名称", max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="上级")
    level = models.PositiveSmallIntegerField("级别")

    class Meta:
        verbose_name = verbose_name_plural = "职业分类"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class TradeFamily(models.Model):
    """A group of trades that workers see as one kind of work."""

    code = models.PositiveSmallIntegerField("代码", primary_key=True)
    name = models.CharField("名称", max_length=30)

    class Meta:
        verbose_name = verbose_name_plural = "工种大类"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Trade(models.Model):
    """A trade (工种) in the words of the people who do it."""

    code = models.PositiveSmallIntegerField("代码", primary_key=True)
    name = models.CharField("名称", max_length=40)
    family = models.ForeignKey(TradeFamily, models.PROTECT, related_name="trades", verbose_name="大类")
    occupation = models.ForeignKey(Occupation, models.PROTECT, null=True, blank=True, verbose_name="职业")
    aliases = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="别名")

    class Meta:
        verbose_name = verbose_name_plural = "工种"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    code = models.PositiveSmallIntegerField("代码", primary_key=True)
    name = models.CharField("名称", max_length=40)
    family = models.ForeignKey(TradeFamily, models.PROTECT, null=True, blank=True, verbose_name="大类")
    aliases = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="别名")

    class Meta:
        verbose_name = verbose_name_plural = "技能"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """A certificate; its code (0–63) is its bit in the matching engine."""

    code = models.PositiveSmallIntegerField("代码", primary_key=True)
    name = models.CharField("名称", max_length=60)
    aliases = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="别名")

    class Meta:
        verbose_name = verbose_name_plural = "证书"
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(condition=models.Q(code__lt=64), name="%(app_label)s_%(class)s_code_is_a_bit"),
        ]

    def __str__(self) -> str:
        return self.name


class LoadedFile(models.Model):
    """Which content of a data file is in the tables, so that an unchanged one is not read again."""

    name = models.CharField("文件", max_length=80, primary_key=True)
    digest = models.CharField("摘要", max_length=64)
    loaded_at = models.DateTimeField("载入时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "已载入的数据文件"

    def __str__(self) -> str:
        return self.name


@keep_history()
class MinimumWage(models.Model):
    """The lowest lawful pay in a region from a day on; the latest row that has begun counts (最低工资规定)."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="minimum_wages", verbose_name="地区")
    starts_on = models.DateField("从哪天起")
    monthly = models.PositiveIntegerField("每月（元）")
    hourly = models.DecimalField("每小时（元，非全日制）", max_digits=5, decimal_places=1)
    source = models.CharField("依据", max_length=160, blank=True)
    is_verified = models.BooleanField(
        "已核对", default=False, help_text="核对过文件才能用来拦岗位；没核对的只提示审核人员"
    )

    class Meta:
        verbose_name = verbose_name_plural = "最低工资标准"
        ordering = ("region_id", "-starts_on")
        constraints = [
            models.UniqueConstraint(fields=["region", "starts_on"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.region.name} {self.starts_on} 起"
