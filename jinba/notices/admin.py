from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from jinba.accounts.models import User
from jinba.core.capped_paginator import CappedPaginator
from jinba.core.staff_admin import id_in
from jinba.notices.models import Notice


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):
    """To look at only: whether a notice was shown and read."""

    list_display = ("id", "recipient", "kind", "title", "created_at", "shown_at", "read_at")
    list_filter = (("read_at", admin.EmptyFieldListFilter),)
    list_select_related = ("recipient",)
    search_fields = ("=id",)
    search_help_text = "消息编号、收件人编号或用户名"
    show_full_result_count = False
    paginator = CappedPaginator
    ordering = ("-id",)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By the indexes of this table: the user is found first."""
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        named = User.objects.filter(username=search_term.strip()).values_list("pk", flat=True)
        return queryset.filter(Q(pk=number) | Q(recipient__in=[number, *named])), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
