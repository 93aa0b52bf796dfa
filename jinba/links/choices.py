from django.db.models import TextChoices


class Channel(TextChoices):
    """Where a link was put."""

    POSTER = "poster", "张贴海报"
    VILLAGE = "village", "村（社区）海报"
    WECHAT = "wechat", "微信群"
    SHARE = "share", "朋友转发"
    SMS = "sms", "短信"
    LIVE = "live", "直播间"
    FAIR = "fair", "招聘会"
    OTHER = "other", "其他"
