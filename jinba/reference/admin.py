"""The shared codes, to look at: their rows come from files (`load_reference`)."""

from typing import Any

from django.contrib import admin

from jinba.core.history_admin import WithVersions
from jinba.core.staff_admin import LookOnly
from jinba.reference.models import Certificate, MinimumWage, Occupation, Region, Skill, Trade, TradeFamily, Zone


class CodesAdmin(LookOnly, admin.ModelAdmin):
    list_per_page = 100
    show_full_result_count = False


@admin.register(Region)
class RegionAdmin(CodesAdmin):
    list_display = ("code", "path", "level")
    list_filter = ("level",)
    search_fields = ("=code", "path")


@admin.register(Zone)
class ZoneAdmin(CodesAdmin):
    list_display = ("code", "name", "kind", "side", "region")
    list_filter = ("kind", "side")
    list_select_related = ("region",)
    search_fields = ("=code", "name", "short_name")


@admin.register(Occupation)
class OccupationAdmin(CodesAdmin):
    list_display = ("code", "name", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("=code", "name")


@admin.register(TradeFamily)
class TradeFamilyAdmin(CodesAdmin):
    list_display = ("code", "name")
    search_fields = ("=code", "name")


@admin.register(Trade)
class TradeAdmin(CodesAdmin):
    list_display = ("code", "name", "family", "occupation")
    list_filter = ("family",)
    list_select_related = ("family", "occupation")
    search_fields = ("=code", "name")


@admin.register(Skill)
class SkillAdmin(CodesAdmin):
    list_display = ("code", "name", "family")
    list_filter = ("family",)
    list_select_related = ("family",)
    search_fields = ("=code", "name")


@admin.register(Certificate)
class CertificateAdmin(CodesAdmin):
    list_display = ("code", "name")
    search_fields = ("=code", "name")


@admin.register(MinimumWage)
class MinimumWageAdmin(WithVersions, admin.ModelAdmin):
    """Officers write what the notices of their city say. A row that has begun is history: add the next one instead."""

    list_display = ("region", "starts_on", "monthly", "hourly", "is_verified", "source")
    list_filter = ("is_verified",)
    list_select_related = ("region",)
    search_fields = ("=region__code", "region__path")
    search_help_text = "行政区划代码或地名"
    raw_id_fields = ("region",)
    show_full_result_count = False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False
