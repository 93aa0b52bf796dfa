from django.db.models import IntegerChoices, TextChoices


class Need(IntegerChoices):
    NONE = 0, "不需要"
    WANTS = 1, "最好有"
    MUST = 2, "必须有"


class JobStatus(TextChoices):
    LOOKING = "looking", "没活干，正在找"
    WORKING = "working", "在上班，想换"
    NOT_NOW = "not_now", "暂时不找"


class ReturnWish(TextChoices):
    UNSET = "", "没说"
    YES = "yes", "想回巴中干活"
    LATER = "later", "过几年再回"
    NO = "no", "想在外面干"


class RegisteredVia(TextChoices):
    SELF = "self", "自己注册"
    BROKER = "broker", "经纪人代办"
    KIOSK = "kiosk", "服务台代办"
    IMPORT = "import", "批量导入"
    DEMO = "demo", "演示数据"


class GroupKind(TextChoices):
    COUPLE = "couple", "夫妻"
    VILLAGERS = "villagers", "同乡"


class ConsentPurpose(TextChoices):
    REGISTER = "register", "登记求职资料"
    APPLY = "apply", "报名时提供给用人单位"
    DELEGATE = "delegate", "委托他人代办"
    RESIDENT_ID = "resident_id", "核对身份证号"
    RECOMMEND = "recommend", "按我的情况推荐岗位"
    TEXTS = "texts", "短信提醒"


class DelegationMethod(TextChoices):
    SELF = "self", "本人在手机上同意"
    CODE = "code", "本人报了短信验证码"
    PAPER = "paper", "签了纸质委托书"
    SPOKEN = "spoken", "当面或电话口头同意"
    LIST = "list", "名册上签了字"


class DelegationEnd(TextChoices):
    WORKER = "worker", "本人结束"
    HELPER = "helper", "受托人退出"
    EXPIRED = "expired", "到期"
    CLAIMED = "claimed", "本人认领后自己办"
    OFFICER = "officer", "主管部门结束"
    MERGED = "merged", "资料合并"
    RENEWED = "renewed", "续期"


class ActKind(TextChoices):
    REGISTER = "register", "登记资料"
    ANSWER = "answer", "填写资料"
    APPLY = "apply", "报名"
    MOVE = "move", "答复企业"
    GROUP = "group", "结伴"
    CONSENT = "consent", "同意或撤回"
    INVITATION = "invitation", "谢绝邀请"
    OTHER = "other", "其他"


class BatchState(TextChoices):
    WAITING = "waiting", "等待检查"
    CHECKING = "checking", "正在检查"
    CHECKED = "checked", "等待确认"
    REFUSED = "refused", "有问题，没有登记"
    IMPORTING = "importing", "正在登记"
    DONE = "done", "已登记"
    FAILED = "failed", "没有登记成功"
    DROPPED = "dropped", "已取消"

    @classmethod
    def at_work(cls) -> tuple["BatchState", ...]:
        return (cls.WAITING, cls.CHECKING, cls.IMPORTING)


class PairReason(TextChoices):
    PHONE = "phone", "手机号相同、姓名相近"
    RESIDENT_ID = "resident_id", "身份证号相同"


class PairState(TextChoices):
    OPEN = "open", "待处理"
    MERGED = "merged", "已合并"
    DIFFERENT = "different", "不是同一人"


class TwinChoice(TextChoices):
    """What becomes of a row of a roster that resembles somebody."""

    SKIP = "skip", "是同一人，不再登记"
    ASK = "ask", "是同一人，请他委托我"
    DIFFERENT = "different", "不是同一人，另外登记"
