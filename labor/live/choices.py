"""The words of the live recruiting room (直播带岗)."""

from django.db.models import TextChoices


class State(TextChoices):
    PLANNED = "planned", "策划"
    REVIEW = "review", "待审"
    ANNOUNCED = "announced", "预告"
    LIVE = "live", "直播中"
    ENDED = "ended", "已结束"
    REPLAY = "replay", "回放"
    ABORTED = "aborted", "中止"
    CANCELLED = "cancelled", "已取消"


OVER = frozenset({State.ENDED, State.REPLAY, State.ABORTED, State.CANCELLED})
# While one of these, its studio and its time are taken.
COMING = frozenset({State.PLANNED, State.REVIEW, State.ANNOUNCED, State.LIVE})
# What visitors may see.
PUBLIC = frozenset({State.ANNOUNCED, State.LIVE, State.ENDED, State.REPLAY, State.ABORTED})
# Whoever comes may read what was said, apply to the cards, and is counted.
OPEN_ROOM = frozenset({State.ANNOUNCED, State.LIVE, State.ENDED, State.REPLAY})


class Side(TextChoices):
    """Whose move it was."""

    CREW = "crew", "主办方"
    OFFICER = "officer", "主管部门"
    SYSTEM = "system", "系统"


class CrewPart(TextChoices):
    ANCHOR = "anchor", "主播"
    MODERATOR = "moderator", "场控"


class Platform(TextChoices):
    """Where else it is shown."""

    DOUYIN = "douyin", "抖音"
    CHANNELS = "channels", "微信视频号"
    KUAISHOU = "kuaishou", "快手"
    OTHER = "other", "其他平台"


class EntryKind(TextChoices):
    """What may happen in a room, in the order of its sequence."""

    SAID = "said", "发言"
    ASKED = "asked", "提问"
    HIDDEN = "hidden", "隐藏"
    ANSWERED = "answered", "答复"
    PINNED = "pinned", "讲解"
    UNPINNED = "unpinned", "讲完"
    CARDS = "cards", "岗位有变化"
    ANNOUNCED = "announced", "公告"
    SLOWED = "slowed", "发言间隔"
    ON_AIR = "on_air", "有画面"
    OFF_AIR = "off_air", "没有画面"
    STARTED = "started", "开播"
    ENDED = "ended", "结束"
    REPLAY = "replay", "回放有变化"


class MessageKind(TextChoices):
    CHAT = "chat", "发言"
    QUESTION = "question", "提问"


class MessageState(TextChoices):
    SHOWN = "shown", "显示"
    HELD = "held", "待看"
    HIDDEN = "hidden", "隐藏"


class HideReason(TextChoices):
    ABUSE = "abuse", "骂人、吵架"
    ADVERT = "advert", "广告、拉人"
    CONTACT = "contact", "留联系方式"
    FRAUD = "fraud", "疑似骗人"
    DISCRIMINATION = "discrimination", "歧视"
    OFF_TOPIC = "off_topic", "与招聘无关"
    OTHER = "other", "其他"


class Source(TextChoices):
    """How the picture comes in."""

    BROWSER = "browser", "网页开播"
    ENCODER = "encoder", "推流软件"


class ReplayState(TextChoices):
    MAKING = "making", "制作中"
    READY = "ready", "可以看"
    HIDDEN = "hidden", "已隐藏"
    FAILED = "failed", "没做成"
    DELETED = "deleted", "已删除"
