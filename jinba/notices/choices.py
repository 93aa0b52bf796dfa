from django.db.models import TextChoices


class Channel(TextChoices):
    """Ways out of the house. In-site is the notice itself and cannot be switched off."""

    SMS = "sms", "短信"
    EMAIL = "email", "电子邮件"


class Topic(TextChoices):
    """What a user may switch, each kind of notice belongs to one."""

    ARRIVALS = "arrivals", "新的报名"
    APPLICATIONS = "applications", "报名进展"
    OFFERS = "offers", "录用通知"
    INTERVIEWS = "interviews", "面试提醒"
    INVITATIONS = "invitations", "企业邀请"
    SEARCHES = "searches", "新岗位提醒"
    LIVE = "live", "直播提醒"
    DESK = "desk", "认证与岗位审核"
    PEOPLE = "people", "结伴与委托"


class DeliveryState(TextChoices):
    WAITING = "waiting", "等待"
    SENT = "sent", "已发出"
    FAILED = "failed", "没发成"
    SKIPPED = "skipped", "不用发"
