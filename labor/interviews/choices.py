from django.db.models import IntegerChoices, TextChoices


class State(TextChoices):
    """What staff and employers see; a worker reads `labor.interviews.words`."""

    PROPOSED = "proposed", "待确认"
    CONFIRMED = "confirmed", "已确认"
    RESCHEDULING = "rescheduling", "改期中"
    LIVE = "live", "进行中"
    DONE = "done", "已完成"
    NO_SHOW = "no_show", "爽约"
    CANCELLED = "cancelled", "已取消"


# One of these an application has at most.
OPEN = (State.PROPOSED, State.CONFIRMED, State.RESCHEDULING, State.LIVE)
# These have a time, and hold the people and the booth for it.
TIMED = (State.CONFIRMED, State.LIVE)


class Side(TextChoices):
    WORKER = "worker", "求职者"
    EMPLOYER = "employer", "用人单位"
    PARK = "park", "服务专区"
    SYSTEM = "system", "系统"


class Mode(TextChoices):
    VIDEO = "video", "视频"
    PHONE = "phone", "电话"
    ONSITE = "onsite", "现场"


class SittingKind(TextChoices):
    SLOTS = "slots", "各选一个时间"
    QUEUE = "queue", "同一时段排队，一个一个叫"


class CancelReason(TextChoices):
    """Why an interview does not take place; `APPLICATION_OVER` is the system's own."""

    UNWILLING = "unwilling", "不想去这家了"
    NO_TIME = "no_time", "时间安排不过来"
    ILL = "ill", "身体不舒服"
    FULL = "full", "岗位已满"
    UNSUITABLE = "unsuitable", "条件不合"
    BOOTH = "booth", "面试间用不了"
    APPLICATION_OVER = "application_over", "报名已经结束"
    UNANSWERED = "unanswered", "没有选时间"
    NOT_HELD = "not_held", "双方都没有进行"
    OTHER = "other", "其他"


class Lead(IntegerChoices):
    """Minutes before the start at which people are reminded."""

    DAY = 1440, "前一天"
    HOURS = 120, "两小时前"
    SOON = 15, "15 分钟前"


class Held(IntegerChoices):
    """Whose time a `BookedTime` holds; the number is part of the stored key and never changes."""

    WORKER = 0, "求职者"
    USER = 1, "用户"
    BOOTH = 2, "面试间"


class SeatKind(TextChoices):
    WORKER = "worker", "求职者"
    RECRUITER = "recruiter", "面试官"
    HELPER = "helper", "陪同人员"
    INTERPRETER = "interpreter", "翻译"
    HOST = "host", "专区工作人员"


class TextWhy(TextChoices):
    """Why somebody without an account gets a text with the link to his seat."""

    INVITED = "invited", "面试时间定了"
    CHANGED = "changed", "面试改了时间"
    CANCELLED = "cancelled", "面试取消了"
    REMINDED = "reminded", "面试快到了"
    CALLED = "called", "轮到您了"


class WalkInState(TextChoices):
    WAITING = "waiting", "等候"
    CALLED = "called", "已叫到"
    SERVED = "served", "已办完"
    LEFT = "left", "先走了"


# Who waits or is in a booth; one of these a worker has at most at a time.
HERE = (WalkInState.WAITING, WalkInState.CALLED)


class Compared(TextChoices):
    """By what the host knew whom he let in."""

    PHONE = "phone", "他报的手机尾号"
    ID_NAME = "id_name", "身份证上的姓名"


class Result(TextChoices):
    PASSED = "passed", "通过"
    UNDECIDED = "undecided", "待定"
    FAILED = "failed", "未通过"


class NextStep(TextChoices):
    """What the employer does after the interview, and the stage to which it takes the application."""

    OFFER = "offer", "发录用"
    PRIOR = "prior", "预录用（体检、培训）"
    AGAIN = "again", "再面一次"
    WAIT = "wait", "过几天答复"
    POOL = "pool", "放进人才池"
    REJECT = "reject", "不合适"


class RecordingState(TextChoices):
    ASKED = "asked", "等大家同意"
    REFUSED = "refused", "有人不同意"
    RUNNING = "running", "正在录"
    KEPT = "kept", "已保存"
    DELETED = "deleted", "已删除"
