"""The export page of an admin list: which format, why, and whether numbers may be in clear."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from import_export.admin import ExportMixin

from jinba.accounts import second_factor
from jinba.core.errors import Refused
from jinba.core.staff_admin import QueueFilter
from jinba.privacy.exports import writing
from jinba.privacy.exports.resource import DeskResource

NO_FILTERS = frozenset({"p", "o", "all", "e", "_changelist_filters"})


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label="格式", choices=[("xlsx", "Excel 表格（xlsx）"), ("csv", "文本表格（csv）")], initial="xlsx",
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(
        label="为什么要导出",
        max_length=200,
        widget=forms.Textarea({"rows": 2}),
        help_text="会和您的名字、行数一起记下来。",
        error_messages={"required": "请写一句为什么要导出。"},
    )
    clear = forms.BooleanField(
        label="号码不打码", required=False,
        help_text=f"一次最多 {writing.MOST_CLEAR} 人；每个人都会看到是谁在什么时候导出的。",
    )  # fmt: skip

    def __init__(self, *args: Any, may_clear: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_clear:
            del self.fields["clear"]


class ExportDesk(ExportMixin):
    """For a ModelAdmin with a `resource_class` of kind DeskResource; goes before `admin.ModelAdmin` among the bases."""

    resource_class: ClassVar[type[DeskResource]]
    import_export_change_list_template = "admin/change_list_with_files.html"

    def has_export_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return user.has_perm("privacy.add_exportrecord") and self.has_view_permission(request)

    def export_resource(self, *, clear: bool = False) -> DeskResource:
        return self.resource_class(clear=clear)

    @staticmethod
    def query_of(text: str) -> QueryDict:
        return QueryDict(text)

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Ask; then write the record and, when it is short, the file."""
        user: Any = request.user
        if not self.has_export_permission(request):
            raise PermissionDenied
        if (answer := second_factor.confirm_first(request)) is not None:
            return answer
        may_clear = user.has_perm("privacy.export_unmasked") and bool(self.resource_class.clear_fields)
        form = ExportForm(request.POST if request.method == "POST" else None, may_clear=may_clear)
        if form.is_valid():
            try:
                record = writing.start(
                    by=user,
                    what=self.model._meta.label_lower,
                    resource=self.export_resource(clear=form.cleaned_data.get("clear", False)),
                    rows=self.get_export_queryset(request),
                    query=request.GET.urlencode(),
                    filters=self.filters_in_words(request),
                    format=form.cleaned_data["format"],
                    reason=form.cleaned_data["reason"],
                )
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                messages.success(request, "导出好了。" if not record.is_under_way else "行数较多，正在后台写。")
                return redirect("admin:privacy_exportrecord_change", record.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"导出{self.resource_class.title}",
            "opts": self.model._meta,
            "form": form,
            "filters": self.filters_in_words(request),
            "at_once": writing.AT_ONCE,
            "kept": writing.KEPT.days,
        }
        return TemplateResponse(request, "admin/export.html", context, status=422 if form.errors else 200)

    def filters_in_words(self, request: HttpRequest) -> str:
        """What was chosen on the list, as people read it."""
        words = self._queues_in_words(request)
        for key, value in request.GET.items():
            if key in NO_FILTERS or not value:
                continue
            words.append(f"搜索“{value}”" if key == "q" else self._filter_in_words(request, key, str(value)))
        return "；".join(words)

    def _queues_in_words(self, request: HttpRequest) -> list[str]:
        """A list that opens on what waits is narrowed although nothing was chosen."""
        if request.GET.get("q"):
            return []
        queues = [
            one for one in self.get_list_filter(request) if isinstance(one, type) and issubclass(one, QueueFilter)
        ]
        return [f"{one.title}：{one.waiting_words}" for one in queues if one.parameter_name not in request.GET]

    def _filter_in_words(self, request: HttpRequest, key: str, value: str) -> str:
        for one in self.get_list_filter(request):
            if isinstance(one, type) and issubclass(one, admin.SimpleListFilter) and one.parameter_name == key:
                choices = dict(one(request, {}, self.model, self).lookups(request, self) or ())
                return f"{one.title}：{choices.get(value, value)}"
        name = key.partition("__")[0]
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        if name not in fields:
            return f"{key}：{value}"
        choices = {str(code): label for code, label in fields[name].flatchoices}
        return f"{fields[name].verbose_name}：{choices.get(value, value)}"
