"""What is said in live rooms and who may not speak: officers read it all, hide, ban in all rooms, and lift."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from jinba.core.masking import masked_text
from jinba.core.staff_admin import DeskAdmin, ReasonForm, act_on_each, id_in, reasoned
from labor.live.actions import moderating
from labor.live.choices import HideReason, MessageState
from labor.live.models import Ban, Message


class WhyForm(ReasonForm):
    """One of the reasons by which rooms are kept in order."""

    reason = forms.ChoiceField(label="原因", choices=HideReason.choices)  # type: ignore[assignment]


class BanForm(WhyForm):
    days = forms.IntegerField(label="多少天（不填就一直到解除）", min_value=1, max_value=365, required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)


def hide(*, message: Message, by: Any, reason: str) -> None:
    moderating.hide(message=message, by=by, reason=reason)


def ban_author(*, message: Message, by: Any, reason: str, days: int | None, note: str) -> None:
    """In all rooms; the author of a line that an officer looks at."""
    minutes = days * 24 * 60 if days else None
    moderating.ban(
        session=message.session, user=message.author, by=by, reason=reason, minutes=minutes, message=message,
        everywhere=True, note=note,
    )  # fmt: skip


class OfRoom(DeskAdmin):
    search_fields: ClassVar[Any] = ("=id",)
    search_help_text: ClassVar[Any] = "编号，或者场次的编号"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        return queryset.filter(Q(pk=number) | Q(session=number)), False


class WordsFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(MessageState.HELD.value, "待看")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=MessageState.HELD) if self.value() == MessageState.HELD else queryset


@admin.register(Message)
class MessageAdmin(OfRoom):
    noun = "message"
    list_display = ("id", "words", "shown_name", "kind", "state", "why", "at", "session")
    list_filter = (WordsFilter,)
    list_select_related = ("session",)
    fields = readonly_fields = (
        *("session", "shown_name", "is_crew", "kind", "words", "at", "state", "held_for", "hide_reason"),
        *("moderated_by", "moderated_at", "answer", "answered_by", "answered_at"),
    )
    actions = (
        reasoned(word="隐藏", act=hide, form=WhyForm, name="hide", note="看的人马上看不到；内容和原因留着。"),
        "show",
        reasoned(
            word="禁止作者在全部直播里说话",
            act=ban_author,
            form=BanForm,
            name="ban_author",
            note="还可以看、可以报名。",
        ),
    )

    def deeds_for(self, request: HttpRequest, row: Any) -> Iterable[str]:
        return ["ban_author", *(() if row.state == MessageState.SHOWN else ("show",))] + (
            [] if row.state == MessageState.HIDDEN else ["hide"]
        )

    @admin.action(description="显示", permissions=["change"])
    def show(self, request: HttpRequest, queryset: Any) -> None:
        def act(row: Message) -> None:
            moderating.show(message=row, by=request.user)
            self.log_change(request, row, "显示")

        act_on_each(request, queryset.select_related("session"), act, done="显示")

    @admin.display(description="内容")
    def words(self, message: Message) -> str:
        return masked_text(message.text) or "（已删除）"

    @admin.display(description="原因")
    def why(self, message: Message) -> str:
        """Why it is hidden, or was kept back first."""
        return message.get_hide_reason_display() or message.held_for or "—"


class InForceFilter(admin.SimpleListFilter):
    title = "解除"
    parameter_name = "lifted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", "没有解除的")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(lifted_at__isnull=True) if self.value() == "no" else queryset


@admin.register(Ban)
class BanAdmin(OfRoom):
    noun = "ban"
    list_display = ("id", "whom", "where", "reason", "at", "until", "lifted_at")
    list_filter = (InForceFilter,)
    list_select_related = ("session", "message")
    fields = readonly_fields = (
        *("whom", "where", "reason", "note", "words", "by", "at", "until", "lifted_at", "lifted_by"),
    )
    actions = ("lift",)

    def deeds_for(self, request: HttpRequest, row: Any) -> Iterable[str]:
        return [] if row.lifted_at else ["lift"]

    @admin.action(description="解除禁言", permissions=["change"])
    def lift(self, request: HttpRequest, queryset: Any) -> None:
        def act(row: Ban) -> None:
            moderating.unban(ban=row, by=request.user)
            self.log_change(request, row, "解除禁言")

        act_on_each(request, queryset.select_related("session", "user"), act, done="解除禁言")

    @admin.display(description="谁")
    def whom(self, ban: Ban) -> str:
        return ban.message.shown_name if ban.message else f"{ban.user_id} 号用户"

    @admin.display(description="在哪里")
    def where(self, ban: Ban) -> str:
        return str(ban.session) if ban.session else "全部直播"

    @admin.display(description="因为哪句话")
    def words(self, ban: Ban) -> str:
        return masked_text(ban.message.text) if ban.message else ""
