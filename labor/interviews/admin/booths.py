"""Booths with their opening hours and special days, which officers arrange; who came and who was let in, to look at."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.staff_admin import BigList, LookOnly, id_in
from labor.interviews.actions import booths
from labor.interviews.booth_plan import stray_interviews
from labor.interviews.models import Booth, BoothDay, LetIn, OpeningHours, WalkIn


class OfBooth:
    """Part of a booth: whoever may change the booth may add, change and remove it."""

    def _may(self, request: Any) -> bool:
        return bool(request.user.has_perm("interviews.change_booth"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("interviews.view_booth")) or self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)


class SpokenFormSet(forms.BaseInlineFormSet):
    """The heads of a tabular form are no labels: each field says its own name to those who do not see them."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                widget = getattr(field.widget, "widget", field.widget)  # the admin wraps what chooses another row
                widget.attrs["aria-label"] = str(field.label)


class HoursInline(OfBooth, admin.TabularInline):
    model = OpeningHours
    formset = SpokenFormSet
    fields = ("weekday", "opens", "closes", "host")
    extra = 0


class DayForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not told.get("host") and not told.get("reason", "").strip():
            raise forms.ValidationError("这一天不开放，请写一句原因，约了的人会看到。")
        if told.get("on") and told["on"] < timezone.localdate():
            raise forms.ValidationError("过去的日子不用安排了。")
        return told


class DayInline(OfBooth, admin.TabularInline):
    """From today on; what was is history."""

    model = BoothDay
    form = DayForm
    formset = SpokenFormSet
    fields = ("on", "host", "reason")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(on__gte=timezone.localdate())


@admin.register(Booth)
class BoothAdmin(BigList, admin.ModelAdmin):
    list_display = ("name", "place", "is_active")
    list_display_links = ("name",)
    ordering: ClassVar[Any] = ("name",)
    sortable_by: ClassVar[Any] = ("name",)
    fields = ("name", "place", "note", "is_active")
    inlines = (HoursInline, DayInline)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that is not used any more is switched off."""
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Hours are written as they are; special days go through the actions, which move who was booked."""
        if formset.model is not BoothDay:
            super().save_formset(request, form, formset, change)
            return
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for one in formset.forms:
            if one in formset.deleted_forms:
                if one.instance.pk:
                    self._arrange(request, booths.as_usual, booth=form.instance, on=one.instance.on)
                    formset.deleted_objects.append(one.instance)
            elif one.has_changed():
                self._special(request, form.instance, one)
                formset.new_objects.append(one.instance)

    def _special(self, request: HttpRequest, booth: Booth, one: Any) -> None:
        told, before = one.cleaned_data, one.initial.get("on")
        if before and before != told["on"]:
            self._arrange(request, booths.as_usual, booth=booth, on=before)
        if told["host"] is None:
            self._arrange(request, booths.close_day, booth=booth, on=told["on"], reason=told["reason"])
        else:
            deed = partial(booths.stand_in, reopens=True)  # who writes a host beside a closed day means just that
            self._arrange(request, deed, booth=booth, on=told["on"], host=told["host"], reason=told["reason"])

    def _arrange(self, request: HttpRequest, deed: Any, **told: Any) -> None:
        try:
            deed(by=request.user, **told)
        except Refused as refusal:
            messages.error(request, f"{told['on']:%m-%d}：{refusal.message}")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        left = sum(row.booth_id == form.instance.pk for row in stray_interviews())
        if left:
            words = f"有 {left} 场面试约在这里没人值班的时间，请园区工作人员到“面试间”页面换地方。"
            messages.warning(request, words)


@admin.register(WalkIn)
class WalkInAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("id", "on", "number", "worker", "state", "booth", "came_at")
    list_select_related = ("worker", "booth")
    list_filter = ("on", "booth")
    search_fields = ("=id",)
    search_help_text = "劳动者的编号"
    fields = readonly_fields = (
        *("on", "number", "worker", "interview", "booth", "state", "registered_by"),
        *("came_at", "called_at", "ended_at"),
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(worker=id_in(search_term)), False


@admin.register(LetIn)
class LetInAdmin(LookOnly, BigList, admin.ModelAdmin):
    list_display = ("id", "booth", "interview", "by", "compared", "at", "over_at")
    list_select_related = ("booth", "interview__application__worker", "interview__application__posting", "by")
    list_filter = ("booth",)
    search_fields = ("=id",)
    search_help_text = "面试的编号"
    fields = readonly_fields = ("booth", "interview", "seat_number", "by", "compared", "at", "over_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("interview__application__posting__search")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        return queryset.filter(Q(pk=number) | Q(interview=number)), False

    @admin.display(description="座位号")
    def seat_number(self, row: LetIn) -> int:
        return row.seat.number
