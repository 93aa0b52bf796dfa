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
    AGENCY = "agency", "人力资源服务机构"


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


class DocumentKind(TextChoices):
    """What is looked at before an employer recruits (人力资源市场暂行条例 §26)."""

    LICENCE = "licence", "营业执照"
    LETTER = "letter", "招聘简章"
    AGENT_ID = "agent_id", "经办人身份证明"
    PROXY = "proxy", "委托证明"
    PERMIT = "permit", "人力资源服务许可证"


class DocumentState(TextChoices):
    SUBMITTED = "submitted", "待审核"
    APPROVED = "approved", "已通过"
    RETURNED = "returned", "需补正"
    REJECTED = "rejected", "不通过"
    REPLACED = "replaced", "已更换"


# An employer that was handed in, and whose papers are to be looked at therefore.
HANDED_IN = (EmployerState.SUBMITTED, EmployerState.VERIFIED, EmployerState.DUE, EmployerState.SUSPENDED)


class LicenceKind(TextChoices):
    PLACEMENT = "placement", "人力资源服务许可证"
    DISPATCH = "dispatch", "劳务派遣经营许可证"
    RECORD = "record", "人力资源服务备案"
    ONLINE = "online", "网络招聘服务（许可证载明）"


class PhraseFamily(TextChoices):
    """Why a posting is looked at by a person."""

    GENDER = "gender", "性别限制"
    MARRIAGE = "marriage", "婚育限制"
    ETHNICITY = "ethnicity", "民族限制"
    RELIGION = "religion", "宗教限制"
    HOUSEHOLD = "household", "户籍地域限制"
    HEALTH = "health", "健康与残疾限制"
    AGE = "age", "年龄说法"
    FEE = "fee", "向劳动者收费"
    DEPOSIT = "deposit", "押金担保"
    PAPERS = "papers", "扣押证件"
    FRAUD = "fraud", "疑似虚假"
    CONTACT = "contact", "私留联系方式"
    PAY = "pay", "工资"
    INSURANCE = "insurance", "社会保险"
    MINOR = "minor", "未成年工"


class FlagState(TextChoices):
    OPEN = "open", "待看"
    DISMISSED = "dismissed", "没有问题"
    UPHELD = "upheld", "要求修改"
    GONE = "gone", "已改掉"


class ReportKind(TextChoices):
    FAKE = "fake", "岗位是假的"
    FEE = "fee", "要交钱或押金"
    PAPERS = "papers", "扣身份证等证件"
    PAY = "pay", "工资和写的不一样"
    DISCRIMINATION = "discrimination", "歧视（性别、户籍、民族等）"
    MINOR = "minor", "招童工"
    CLOSED = "closed", "已经不招人了"
    RUDE = "rude", "骚扰或欺骗"
    OTHER = "other", "其他"


class ReportState(TextChoices):
    RECEIVED = "received", "已登记"
    CHECKING = "checking", "核查中"
    TRUE = "true", "属实"
    UNTRUE = "untrue", "不属实"
    UNCLEAR = "unclear", "无法核实"
    ANSWERED = "answered", "已答复"
    REVIEW = "review", "复核中"


REPORT_OPEN = tuple(state for state in ReportState if state != ReportState.ANSWERED)
