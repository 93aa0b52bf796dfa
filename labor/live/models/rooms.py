"""What happens in the room: one numbered list of entries, the words behind them, and who may not speak."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labor.live.choices import EntryKind, HideReason, MessageKind, MessageState
from labor.live.models.cards import Card
from labor.live.models.sessions import LiveSession


class Room(models.Model):
    """The room's counter. Its lock is held until commit, so that entries become visible as 1, 2, 3 … without a gap."""

    session = models.OneToOneField(LiveSession, models.CASCADE, primary_key=True, related_name="room")
    last_seq = models.PositiveIntegerField("最后一条", default=0)
    likes = models.PositiveIntegerField("点赞", default=0)
    announcement = models.CharField("公告", max_length=120, blank=True)
    is_on_air = models.BooleanField("有画面", default=False)
    changed_at = models.DateTimeField("最近变化", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "直播房间"

    def __str__(self) -> str:
        return str(self.session)


class Message(models.Model):
    """What somebody wrote. Hidden words stay here with the reason; the worker's side never reads them again."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="messages", verbose_name="场次")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="live_messages", verbose_name="谁说的"
    )
    shown_name = models.CharField("显示的名字", max_length=20)
    is_crew = models.BooleanField("主播或场控", default=False)
    kind = models.CharField("种类", max_length=8, choices=MessageKind.choices, default=MessageKind.CHAT)
    text = models.CharField("内容", max_length=200)
    card = models.ForeignKey(
        Card, models.SET_NULL, null=True, blank=True, related_name="questions", verbose_name="问的岗位"
    )
    state = models.CharField("状态", max_length=6, choices=MessageState.choices, default=MessageState.SHOWN)
    held_for = models.CharField("为什么先留着", max_length=60, blank=True)
    client_id = models.UUIDField("发送编号", help_text="同一句话发两次是一句")
    at = models.DateTimeField("时间", default=timezone.now)
    hide_reason = models.CharField("隐藏原因", max_length=16, choices=HideReason.choices, blank=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁处理的"
    )
    moderated_at = models.DateTimeField("处理时间", null=True, blank=True)
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁答的"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "直播发言"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["session", "author", "client_id"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(
                condition=~Q(state=MessageState.HIDDEN) | Q(hide_reason__gt=""),
                name="%(app_label)s_%(class)s_hidden_why",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "author", "-at"], name="live_message_by_author"),
            models.Index(fields=["session", "id"], name="live_message_held", condition=Q(state="held")),
            models.Index(
                fields=["session", "id"],
                name="live_question_open",
                condition=Q(kind="question", state="shown", answered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        # Not the words: whoever lists messages may have to mask them.
        return f"{self.shown_name} {timezone.localtime(self.at):%m-%d %H:%M:%S}"


class Entry(models.Model):
    """Number `seq` of the room. Rows are only added: who reads 1..n has read all."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="entries", verbose_name="场次")
    seq = models.PositiveIntegerField("序号")
    kind = models.CharField("种类", max_length=9, choices=EntryKind.choices)
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="发言"
    )
    data = models.JSONField("内容", default=dict, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "房间记录"
        ordering = ("session", "seq")
        constraints = [models.UniqueConstraint(fields=["session", "seq"], name="%(app_label)s_%(class)s_numbered")]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.seq} {self.get_kind_display()}"


class Ban(models.Model):
    """Somebody may not speak: in one session, or with `session` empty in all of them. Lifted, never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="live_bans", verbose_name="谁")
    session = models.ForeignKey(
        LiveSession, models.CASCADE, null=True, blank=True, related_name="bans", verbose_name="场次"
    )
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="因为哪句话"
    )
    reason = models.CharField("原因", max_length=16, choices=HideReason.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁禁的")
    at = models.DateTimeField("时间", default=timezone.now)
    until = models.DateTimeField("到什么时候", null=True, blank=True, help_text="空着就是一直")
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁解除的"
    )

    class Meta:
        verbose_name = verbose_name_plural = "禁言"
        ordering = ("-id",)
        indexes = [models.Index(fields=["user"], name="live_ban_in_force", condition=Q(lifted_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.user} {self.get_reason_display()}"
