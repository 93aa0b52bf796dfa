from django.db.models import TextChoices


class EmployerState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "需补正"
    VERIFIED = "verified", "已认证"
    DUE = "due", "待复核"
    SUSPENDED = "suspended", "已暂停"
    BANNED = "banned", "黑名单"


# Whose postings may be seen and applied to.
TRUSTED_STATES = (EmployerState.VERIFIED, EmployerState.DUE)


class Origin(TextChoices):
    REGISTERED = "registered", "自行注册"
    IMPORTED = "imported", "导入"
    DEMO = "demo", "演示"


class OrgType(TextChoices):
    COMPANY = "company", "企业"
    SOLE = "sole", "个体工商户"
    COOPERATIVE = "cooperative", "合作社"
    COLLECTIVE = "collective", "集体经济组织"
    INSTITUTION = "institution", "机构"


class Scale(TextChoices):
    TINY = "1-19", "20 人以下"
    SMALL = "20-99", "20–99 人"
    MIDDLE = "100-499", "100–499 人"
    LARGE = "500-999", "500–999 人"
    HUGE = "1000-9999", "1000–9999 人"
    GIANT = "10000+", "10000 人以上"


class MemberRole(TextChoices):
    OWNER = "owner", "负责人"
    RECRUITER = "recruiter", "招聘人员"


class PostingState(TextChoices):
    """`expired` is no state: it is a published posting past its `valid_until`."""

    DRAFT = "draft", "草稿"
    REVIEW = "review", "待审核"
    REJECTED = "rejected", "已驳回"
    PUBLISHED = "published", "招聘中"
    PAUSED = "paused", "已暂停"
    FILLED = "filled", "已招满"
    REMOVED = "removed", "已下架"
    ARCHIVED = "archived", "已归档"


class Engagement(TextChoices):
    """An ordinary job, or one of the flexible ways in which talent serves the other city (柔性引才)."""

    REGULAR = "regular", "普通岗位"
    MIGRATORY = "migratory", "候鸟式"
    REHIRED = "rehired", "返聘式"
    PART_TIME = "part_time", "兼职式"
    MENTOR = "mentor", "导师制"


class EmploymentKind(TextChoices):
    FULL_TIME = "full_time", "全日制"
    PART_TIME = "part_time", "非全日制"
    DISPATCH = "dispatch", "劳务派遣"
    SEASONAL = "seasonal", "短期·季节工"
    CASUAL = "casual", "零工"
    INTERNSHIP = "internship", "实习"


class PayMode(TextChoices):
    MONTHLY = "monthly", "月薪"
    HOURLY = "hourly", "计时"
    PIECE = "piece", "计件"
    DAILY = "daily", "日结"
    COMMISSION = "commission", "底薪加提成"


class PayUnit(TextChoices):
    MONTH = "month", "月"
    DAY = "day", "天"
    HOUR = "hour", "小时"


class RestRule(TextChoices):
    TWO_DAYS = "two_days", "双休"
    ONE_DAY = "one_day", "单休"
    FOUR_A_MONTH = "four_a_month", "月休 4 天"
    TWO_A_MONTH = "two_a_month", "月休 2 天"
    ROTA = "rota", "排班轮休"


class Hazard(TextChoices):
    STANDING = "standing", "久站"
    LINE = "line", "流水线"
    CLEANROOM = "cleanroom", "无尘服"
    NOISE = "noise", "噪声"
    HEAT = "heat", "高温"
    DUST = "dust", "粉尘"
    CHEMICAL = "chemical", "化学品"
    HEIGHT = "height", "登高"
    HEAVY = "heavy", "搬重物"


class Insurance(TextChoices):
    FULL = "full", "五险"
    FULL_FUND = "full_fund", "五险一金"
    INJURY = "injury", "工伤险"
    NEGOTIABLE = "negotiable", "协商"


class Meals(TextChoices):
    ALL = "all", "包三餐"
    WORK = "work", "包工作餐"
    SUBSIDY = "subsidy", "有餐补"
    NONE = "none", "自理"


class Housing(TextChoices):
    FREE = "free", "免费宿舍"
    PAID = "paid", "收费宿舍"
    SUBSIDY = "subsidy", "有房补"
    NONE = "none", "不提供"


class Travel(TextChoices):
    NONE = "none", "不提供"
    REFUND = "refund", "报销路费"
    PICK_UP = "pick_up", "车站接送"
    COACH = "coach", "包车接送"


class InterviewMode(TextChoices):
    VIDEO = "video", "视频面试"
    ON_SITE = "on_site", "现场面试"
    PHONE = "phone", "电话面试"
    NONE = "none", "免面试"
