from django.db.models import TextChoices


class Stage(TextChoices):
    """What the employer and the staff see; the worker reads `PUBLIC_WORDS`."""

    APPLIED = "applied", "已报名"
    PROCESSING = "processing", "已受理"
    NEED_INFO = "need_info", "待补充"
    SHORTLISTED = "shortlisted", "初审通过"
    INTERVIEW_SCHEDULED = "interview_scheduled", "约面"
    INTERVIEWED = "interviewed", "已面试"
    PRIOR_TO_HIRE = "prior_to_hire", "预录用"
    OFFERED = "offered", "已发录用"
    ACCEPTED = "accepted", "已接受"
    ONBOARDED = "onboarded", "已到岗"
    POOL = "pool", "人才池"
    REJECTED = "rejected", "未录用"
    WITHDRAWN = "withdrawn", "求职者放弃"
    OBSOLETE = "obsolete", "他处就业"
    TIMED_OUT = "timed_out", "超时关闭"
    JOB_CANCELLED = "job_cancelled", "岗位取消"
    RETRACTED = "retracted", "录用撤销"


LIVE = (
    Stage.APPLIED,
    Stage.PROCESSING,
    Stage.NEED_INFO,
    Stage.SHORTLISTED,
    Stage.INTERVIEW_SCHEDULED,
    Stage.INTERVIEWED,
    Stage.PRIOR_TO_HIRE,
    Stage.OFFERED,
    Stage.ACCEPTED,
    Stage.ONBOARDED,
)
CLOSED = tuple(stage for stage in Stage if stage not in LIVE)
# Here the next word is the employer's.
UNANSWERED = (Stage.APPLIED, Stage.PROCESSING, Stage.SHORTLISTED, Stage.INTERVIEWED, Stage.PRIOR_TO_HIRE)
# And here the worker's.
WORKERS_TURN = (Stage.NEED_INFO, Stage.OFFERED)
HIRED = (Stage.ACCEPTED, Stage.ONBOARDED)

PUBLIC_WORDS = {
    Stage.APPLIED: "已报名",
    Stage.PROCESSING: "企业在看",
    Stage.NEED_INFO: "企业在看",
    Stage.SHORTLISTED: "企业在看",
    Stage.INTERVIEW_SCHEDULED: "等你面试",
    Stage.INTERVIEWED: "等结果",
    Stage.PRIOR_TO_HIRE: "等结果",
    Stage.OFFERED: "已录用",
    Stage.ACCEPTED: "已录用",
    Stage.ONBOARDED: "已录用",
    Stage.REJECTED: "没通过",
    Stage.POOL: "没通过",
    Stage.RETRACTED: "没通过",
    Stage.WITHDRAWN: "已结束",
    Stage.OBSOLETE: "已结束",
    Stage.TIMED_OUT: "已结束",
    Stage.JOB_CANCELLED: "已结束",
}


class CloseReason(TextChoices):
    UNREACHABLE = "unreachable", "联系不上"
    MISSED_INTERVIEW = "missed_interview", "面试未到"
    HIRED_ELSEWHERE = "hired_elsewhere", "已在别处就业"
    IN_TRAINING = "in_training", "培训中"
    STAYS_HOME = "stays_home", "不愿外出"
    NOT_INTERESTED = "not_interested", "无意向"
    SKILLS = "skills", "技能不符"
    FULL = "full", "岗位已满"
    DUPLICATE = "duplicate", "重复报名"
    AUTOMATIC = "automatic", "自动关闭"
    POSTING_CLOSED = "posting_closed", "岗位已关闭"
    OTHER = "other", "其他"


class Via(TextChoices):
    SELF = "self", "自己报名"
    INVITED = "invited", "企业邀请"
    BROKER = "broker", "经纪人代报"
    KIOSK = "kiosk", "服务台代报"
    LIVE = "live", "直播间"
