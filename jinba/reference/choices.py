from django.db.models import IntegerChoices, TextChoices


class RegionLevel(TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县（市、区）"
    TOWNSHIP = "township", "乡镇（街道）"


class ZoneKind(TextChoices):
    ZONE = "zone", "开发区"
    PARK = "park", "共建园区"


class Education(IntegerChoices):
    """Ordered; 0 on a posting means that no education is asked."""

    ANY = 0, "不限"
    PRIMARY = 1, "小学及以下"
    JUNIOR = 2, "初中"
    SENIOR = 3, "高中·中专·技校"
    COLLEGE = 4, "大专"
    BACHELOR = 5, "本科"
    GRADUATE = 6, "研究生"


class Shift(TextChoices):
    DAY = "day", "长白班"
    TWO = "two", "两班倒"
    THREE = "three", "三班倒"
    ROTATING = "rotating", "轮班"
    FLEXIBLE = "flexible", "时间灵活"


class SkillLevel(IntegerChoices):
    BASIC = 1, "会一点"
    SKILLED = 2, "熟练"
    EXPERT = 3, "能带徒弟"
