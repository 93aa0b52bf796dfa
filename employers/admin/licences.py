"""Licences to place workers: this zone's own, which every page shows, and the agencies'."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from employers.actions import licences
from employers.admin.desk import DeskAdmin, reasoned
from employers.choices import OrgType
from employers.models import Employer, Licence


class LicenceForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "employer": "哪家机构的；本站自己的许可不选。",
            "scope": "照许可证写。本站的会显示在每页页脚。",
            "supervision_phone": "求职者投诉打的电话，一般是人社部门的。本站的会显示在每页页脚。",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for name, sentence in licences.problems(licence=Licence(**cleaned)).items():
                self.add_error(name, sentence)
        return cleaned


class OwnerFilter(admin.SimpleListFilter):
    title = "谁的"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("platform", "本站"), ("agencies", "机构")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Licence]") -> "QuerySet[Licence]":
        if self.value() in ("platform", "agencies"):
            return queryset.filter(employer__isnull=self.value() == "platform")
        return queryset


@admin.register(Licence)
class LicenceAdmin(DeskAdmin):
    """Here officers write: what they read on the licence. A change is kept in the row's history."""

    noun = "licence"
    form = LicenceForm
    change_form_template = None
    list_display = ("kind", "holder", "number", "employer", "valid_from", "valid_to", "standing")
    list_filter = (OwnerFilter, "kind", "is_active")
    list_select_related = ("employer",)
    search_fields = ("number", "holder", "=employer__uscc")
    ordering = ("valid_to", "id")
    fields = (*licences.FIELDS, "standing")
    raw_id_fields = ("employer",)
    readonly_fields = ("standing",)
    actions = (reasoned(word="停用", act=licences.end, note="机构没有别的许可时，在招岗位马上暂停。"),)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("employers.add_licence")

    def has_change_permission(self, request: HttpRequest, obj: Licence | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_active)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "employer":
            kwargs["queryset"] = Employer.objects.filter(org_type=OrgType.AGENCY).order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        return admin.ModelAdmin.change_view(self, request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Licence, form: Any, change: bool) -> None:
        if change:
            licences.change(licence=obj, by=request.user, **form.cleaned_data)
        else:
            obj.pk = licences.record(by=request.user, **form.cleaned_data).pk

    @admin.display(description="状况")
    def standing(self, licence: Licence) -> str:
        if licence.pk is None:
            return "—"
        if not licence.is_active:
            return "已停用"
        left = licence.days_left
        return f"还有 {left} 天" if left >= 0 else "已过期，相关单位不能招人"
