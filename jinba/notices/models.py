from django.conf import settings
from django.db import models
from django.utils import timezone

from jinba.core.encryption import EncryptedTextField
from jinba.notices.choices import Channel, DeliveryState, Topic


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: object) -> "NoticeQuerySet":
        return self.filter(recipient=user)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """A word to one user, written in the transaction of what it tells of, and on the site with its commit."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="收件人"
    )
    kind = models.CharField("种类", max_length=40)
    dedupe_key = models.CharField("去重键", max_length=120)
    title = models.CharField("标题", max_length=80)
    body = models.CharField("内容", max_length=300, blank=True)
    url = models.CharField("链接", max_length=200, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    shown_at = models.DateTimeField("提示时间", null=True, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["recipient", "dedupe_key"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_by_recipient"),
        ]

    def __str__(self) -> str:
        return self.title


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.WAITING, next_try_at__lte=timezone.now())


class Delivery(models.Model):
    """A notice on its way out of the house by text or e-mail: the outbox row, written together with the notice.

    Several that wait for one reader go out as one text or letter: they share an `out_id`. While `asked_at` is set,
    somebody asked the vendor and nobody wrote down what came of it.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", verbose_name="消息")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="收件人")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    topic = models.CharField("内容", max_length=16, choices=Topic.choices)
    state = models.CharField("状态", max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_try_at = models.DateTimeField("下次投递", default=timezone.now)
    out_id = models.CharField("我方编号", max_length=32, blank=True, help_text="合并发出的几条消息编号相同")
    asked_at = models.DateTimeField("交给服务商的时间", null=True, blank=True)
    unheard = models.PositiveSmallIntegerField("没有回音的次数", default=0)
    vendor = models.CharField("服务商", max_length=40, blank=True)
    vendor_id = models.CharField("服务商编号", max_length=80, blank=True)
    error = models.CharField("错误", max_length=200, blank=True)
    created_at = models.DateTimeField("创建时间", default=timezone.now)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "投递"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["state", "-id"], name="delivery_by_state"),
            models.Index(fields=["recipient", "channel", "state"], name="delivery_by_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.get_state_display()}"


class EmailProof(models.Model):
    """A code that was mailed to an address which a user says is his. Only the code's digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="用户")
    address = EncryptedTextField("电子邮箱")
    address_index = models.CharField("邮箱索引", max_length=64, editable=False)
    digest = models.CharField("验证码摘要", max_length=64)
    sent_at = models.DateTimeField("发送时间", default=timezone.now)
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "邮箱验证"
        indexes = [
            models.Index(fields=["user", "-sent_at"], name="email_proof_by_user"),
            models.Index(fields=["address_index", "-sent_at"], name="email_proof_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}"


class Preference(models.Model):
    """A user's own word on one topic and channel; without a row the rule's default counts."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences", verbose_name="用户"
    )
    topic = models.CharField("内容", max_length=16, choices=Topic.choices)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    is_on = models.BooleanField("要")

    class Meta:
        verbose_name = verbose_name_plural = "消息偏好"
        constraints = [
            models.UniqueConstraint(fields=["user", "topic", "channel"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} {self.get_channel_display()}"
