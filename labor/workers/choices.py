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
