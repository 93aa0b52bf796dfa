"""The video room of an interview: who may sit in it, what was written, how well the line held."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from employers.models import Member
from jinba.core.encryption import EncryptedTextField
from labor.interviews.choices import SeatKind, TextWhy
from labor.interviews.models.interviews import Interview
from labor.workers.models import Delegation

SEATS = 4


class SeatQuerySet(models.QuerySet["Seat"]):
    def valid(self) -> "SeatQuerySet":
        return self.filter(revoked_at__isnull=True)

    def standing(self) -> "SeatQuerySet":
        """Without those whose user speaks for nobody there any more.

        That is a recruiter who is no member of the employer now, and a companion whose delegation ended.
        """
        member = Member.objects.filter(
            user=OuterRef("user"), employer=OuterRef("interview__application__posting__employer")
        )
        entrusted = Delegation.objects.live().filter(
            helper=OuterRef("user"), worker=OuterRef("interview__application__worker")
        )
        gone = Q(~Exists(member), kind=SeatKind.RECRUITER)
        gone |= Q(~Exists(entrusted), kind=SeatKind.HELPER, user__isnull=False)
        return self.exclude(gone)


class Seat(models.Model):
    """One person's place in the room. Of two seats the one with the lower number makes the first offer."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="seats", verbose_name="面试")
    number = models.PositiveSmallIntegerField("座位号")
    kind = models.CharField("身份", max_length=12, choices=SeatKind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="用户"
    )
    name = models.CharField("称呼", max_length=40)
    phone = EncryptedTextField("手机号", null=True, blank=True, bound_to="interviews_seat.phone")
    key = models.CharField("链接密钥", max_length=24, editable=False, help_text="换了它，旧链接就作废")
    hold = models.CharField(
        "在哪个浏览器",
        max_length=24,
        blank=True,
        default="",
        editable=False,
        help_text="链接最后在哪里打开，座位就在哪里",
    )
    link_ends_at = models.DateTimeField("链接有效到")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)
    made_at = models.DateTimeField("创建时间", default=timezone.now)
    opened_at = models.DateTimeField("第一次打开链接", null=True, blank=True)
    arrived_at = models.DateTimeField("第一次到等候室", null=True, blank=True)
    admitted_at = models.DateTimeField("请进的时间", null=True, blank=True)
    admitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁请进的"
    )
    connection = models.UUIDField("现在的连接", null=True, blank=True)
    seen_at = models.DateTimeField("最近在线", null=True, blank=True)
    me = models.JSONField("话筒、摄像头、网络", default=dict, blank=True, help_text="他的页面自己说的")
    device = models.JSONField("设备检查", default=dict, blank=True)
    checked_at = models.DateTimeField("检查设备的时间", null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "面试室座位"
        ordering = ("interview", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "number"], condition=Q(revoked_at__isnull=True),
                name="%(app_label)s_%(class)s_number",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=SEATS), name="%(app_label)s_%(class)s_at_most_four"
            ),
            models.UniqueConstraint(
                fields=["interview", "kind"],
                condition=Q(revoked_at__isnull=True, kind__in=[SeatKind.WORKER, SeatKind.RECRUITER]),
                name="%(app_label)s_%(class)s_one_of_each_side",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.interview_id}/{self.number} {self.get_kind_display()}"

    @property
    def is_admitted(self) -> bool:
        return self.admitted_at is not None


class SeatText(models.Model):
    """A text to somebody who has no account, on its way out: to the seat's own phone, or the worker's.

    While `asked_at` is set, somebody asked the vendor and nobody wrote down what came of it.
    """

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="texts", verbose_name="座位")
    why = models.CharField("为什么", max_length=10, choices=TextWhy.choices)
    dedupe_key = models.CharField("去重键", max_length=60)
    words = models.CharField("内容", max_length=80, help_text="不含链接")
    next_try_at = models.DateTimeField("下次发送", null=True, blank=True, default=timezone.now)
    tries = models.PositiveSmallIntegerField("试过几次", default=0)
    asked_at = models.DateTimeField("正在发", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    error = models.CharField("没发出去的原因", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "面试短信"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["seat", "dedupe_key"], name="%(app_label)s_%(class)s_once")]
        indexes = [
            models.Index(fields=["next_try_at"], name="seat_text_due", condition=Q(next_try_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.get_why_display()}"


class ChatLine(models.Model):
    """What somebody wrote during the interview. `client_id` makes a repeated send one line."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="chat", verbose_name="面试")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="chat", verbose_name="座位")
    client_id = models.UUIDField("发送编号")
    text = EncryptedTextField("内容", bound_to="interviews_chatline.text")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "面试文字"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["seat", "client_id"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.at:%H:%M:%S}"


class CallReport(models.Model):
    """How one line between two seats went, as one end measured it; its page sends it again as it goes on."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="reports", verbose_name="面试")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="reports", verbose_name="座位")
    peer = models.PositiveSmallIntegerField("对方座位号")
    connection = models.UUIDField("连接")
    is_connected = models.BooleanField("接通了", default=False)
    setup_ms = models.PositiveIntegerField("接通用时（毫秒）", null=True, blank=True)
    first_frame_ms = models.PositiveIntegerField("看到画面用时（毫秒）", null=True, blank=True)
    seconds = models.PositiveIntegerField("通话（秒）", default=0)
    drops = models.PositiveSmallIntegerField("断了几次", default=0)
    restarts = models.PositiveSmallIntegerField("重连几次", default=0)
    is_relayed = models.BooleanField("经过中继", default=False)
    audio_only_seconds = models.PositiveIntegerField("只有声音（秒）", default=0)
    started_at = models.DateTimeField("开始", default=timezone.now)
    updated_at = models.DateTimeField("更新", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "通话质量"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["seat", "connection", "peer"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [models.Index(fields=["started_at"], name="call_report_by_time")]

    def __str__(self) -> str:
        return f"{self.interview_id} {self.seat_id}→{self.peer}"
