"""Short links and how often they were followed, to look at: each is made where it is shared."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from jinba.core.staff_admin import BigList, LookOnly
from jinba.links.models import ShortLink


@admin.register(ShortLink)
class ShortLinkAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("code", "path", "channel", "label", "visits", "made_by", "made_at")
    list_select_related = ("made_by",)
    ordering = ("-made_at",)
    sortable_by = ()
    search_fields = ("=code",)
    search_help_text = "完整的短码，或通向的地址，例如 /postings/12/"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        return queryset.filter(path=words) if words.startswith("/") else queryset.filter(code=words), False
