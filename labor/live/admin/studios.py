"""The zone's studios, which officers arrange; when they are taken, to look at."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from jinba.core.staff_admin import BigList, LookOnly
from labor.live.models import Studio, StudioTime


class TimeInline(LookOnly, admin.TabularInline):
    """What is booked from now on."""

    model = StudioTime
    fields = readonly_fields = ("starts_at", "ends_at", "session")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("session", "studio")
        return rows.filter(ends_at__gt=timezone.now())


@admin.register(Studio)
class StudioAdmin(BigList, admin.ModelAdmin):
    """A studio that is used no more is switched off: what was made there still names it."""

    list_display = ("name", "place", "is_active")
    ordering: ClassVar[Any] = ("name",)
    sortable_by: ClassVar[Any] = ("name",)
    fields = ("name", "place", "note", "is_active")
    inlines = (TimeInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
