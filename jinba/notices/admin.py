from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from jinba.notices.models import Notice


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):
    """To look at only: whether a notice was written, delivered, shown and read."""

    list_display = ("id", "recipient", "kind", "title", "created_at", "delivered_at", "shown_at", "read_at", "attempts")
    list_filter = ("kind", ("delivered_at", admin.EmptyFieldListFilter), ("read_at", admin.EmptyFieldListFilter))
    list_select_related = ("recipient",)
    search_fields = ("=id", "=recipient__id", "=recipient__username")
    search_help_text = "消息编号、收件人编号或用户名"
    show_full_result_count = False
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
