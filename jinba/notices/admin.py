from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from jinba.accounts.models import User
from jinba.core.staff_admin import BigList, DeskAdmin, LookOnly, id_in, reasoned
from jinba.notices import queues  # noqa: F401  (declares what waits)
from jinba.notices.actions import send_again
from jinba.notices.choices import DeliveryState
from jinba.notices.models import Delivery, Notice


def of_reader(request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
    """By the indexes of the table: its own number, or the reader, who is found first."""
    if not search_term.strip():
        return queryset, False
    number = id_in(search_term)
    named = User.objects.filter(username=search_term.strip()).values_list("pk", flat=True)
    return queryset.filter(Q(pk=number) | Q(recipient__in=[number, *named])), False


class DeliveryInline(LookOnly, admin.TabularInline):
    model = Delivery
    fields = ("channel", "state", "error", "attempts", "vendor", "sent_at")
    readonly_fields = fields
    extra = 0
    show_change_link = True


@admin.register(Notice)
class NoticeAdmin(LookOnly, BigList, admin.ModelAdmin):
    """To look at only: whether a notice was shown and read, and what left the house."""

    list_display = ("id", "recipient", "kind", "title", "created_at", "shown_at", "read_at")
    list_select_related = ("recipient",)
    search_fields = ("=id",)
    search_help_text = "消息编号、收件人编号或用户名"
    inlines = (DeliveryInline,)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return of_reader(request, queryset, search_term)


@admin.register(Delivery)
class DeliveryAdmin(DeskAdmin):
    """Texts and e-mails on their way; what failed can be sent once more."""

    noun = "delivery"
    list_display = ("id", "channel", "state", "recipient", "kind", "error", "attempts", "next_try_at", "sent_at")
    list_filter = ("state",)
    list_select_related = ("recipient", "notice")
    search_fields = ("=id",)
    search_help_text = "投递编号、收件人编号或用户名"
    fields = readonly_fields = (
        *("notice", "recipient", "channel", "topic", "state", "error", "attempts", "next_try_at"),
        *("vendor", "vendor_id", "out_id", "asked_at", "unheard", "created_at", "sent_at"),
    )
    actions = (
        reasoned(
            word="再发一次", act=send_again, required=False, name="sending_send_again", related=("notice",),
            note="号码不对的，先请本人改手机号；服务商没有回音的，对方可能收到两条。",
        ),
    )  # fmt: skip

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return of_reader(request, queryset, search_term)

    def deeds_for(self, request: HttpRequest, row: Delivery) -> tuple[str, ...]:
        return ("sending_send_again",) if row.state == DeliveryState.FAILED else ()

    @admin.display(description="种类")
    def kind(self, row: Delivery) -> str:
        return row.notice.kind
