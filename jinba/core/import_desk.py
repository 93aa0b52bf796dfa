"""The import page of an admin list: a table is checked first, row by row, and comes in whole or not at all.

The rows are read by a resource of django-import-export whose `do_instance_save` calls an action; what the action
refuses is told with row and column. Between the check and the confirmation the file lies encrypted.
"""

import io
import zipfile
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from import_export import resources
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.widgets import CharWidget, Widget

from jinba.core import encrypted_files
from jinba.core.errors import Refused

MOST_BYTES, MOST_UNPACKED, MOST_ROWS, MOST_SHOWN = 2_000_000, 50_000_000, 2_000, 200
FOLDER = "imports"
KEPT = timedelta(days=1)


class TextWidget(CharWidget):
    """Text as somebody typed it; a number that a spreadsheet made of a phone or a code is text again."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip() if value is not None else ""


class ChoiceWidget(Widget):
    """One of the choices, by the words that the page shows."""

    def __init__(self, choices: Any, *, default: Any = "") -> None:
        super().__init__()
        self.by_words = {str(words): value for value, words in choices}
        self.default = default

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        words = str(value or "").strip()
        if not words:
            return self.default
        if words not in self.by_words:
            raise ValueError(f"没有“{words[:20]}”，请写：{'、'.join(one for one in self.by_words if one)}")
        return self.by_words[words]


class RowOfWidget(Widget):
    """A row of a code table, by its code or its name."""

    def __init__(self, model: Any, *columns: str, word: str) -> None:
        super().__init__()
        self.model, self.columns, self.word = model, columns, word

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        for column in self.columns:
            if (found := self.model.objects.filter(**{column: text}).first()) is not None:
                return found
        raise ValueError(f"没有叫“{text[:30]}”的{self.word}")


def column(attribute: str, name: str, widget: Widget | None = None) -> Field:
    return Field(attribute=attribute, column_name=name, widget=widget or TextWidget())


class DeskImport(resources.ModelResource):
    """Rows that become drafts. A subclass says in `keep` which action makes one."""

    def __init__(self, *, by: Any) -> None:
        super().__init__()
        self.by = by

    def keep(self, values: dict[str, Any]) -> Any:
        """Call the action with the values by attribute; Refused is told beside the row."""
        raise NotImplementedError

    def get_instance(self, instance_loader: Any, row: Any) -> None:
        """Every row is a new record; what is there already is refused by the action."""

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        values = {field.attribute: getattr(instance, field.attribute) for field in self.get_import_fields()}
        try:
            instance.pk = self.keep(values).pk
        except Refused as refusal:
            problems = getattr(refusal, "problems", None) or {refusal.field or "": refusal.message}
            raise ValidationError({field or "__all__": [words] for field, words in problems.items()}) from refusal

    @property
    def names(self) -> dict[str, str]:
        return {field.attribute: field.column_name for field in self.get_import_fields()}

    def headers(self) -> list[str]:
        return list(self.names.values())


class UploadForm(forms.Form):
    file = forms.FileField(
        label="表格文件",
        help_text=f"xlsx 或 csv，第一行是列名，最多 {MOST_ROWS} 行。先只检查，不会写进去。",
        error_messages={"required": "请选一个文件。"},
    )


def dataset_of(content: bytes) -> Any:
    """The table in a file; Refused when it is none, or too large."""
    if len(content) > MOST_BYTES:
        raise Refused("文件太大，请分成几个。", field="file")
    try:
        if content.startswith(b"PK"):
            if sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist()) > MOST_UNPACKED:
                raise Refused("文件展开以后太大，请分成几个。", field="file")
            data = XLSX().create_dataset(content)
        else:
            data = CSV(encoding="utf-8-sig").create_dataset(content.decode("utf-8-sig"))
    except Refused:
        raise
    except Exception as error:  # whatever a foreign file makes the readers raise
        raise Refused("打不开这个文件，请存成 xlsx 或 UTF-8 的 csv 再试。", field="file") from error
    if not data.headers or not len(data):
        raise Refused("表格里没有数据。", field="file")
    if len(data) > MOST_ROWS:
        raise Refused(f"一次最多 {MOST_ROWS} 行，请分成几个文件。", field="file")
    return data


def forget() -> int:
    """Delete the tables that were checked and never confirmed; returns how many."""
    before, gone = timezone.now() - KEPT, 0
    for name in encrypted_files.private_files.names(FOLDER):
        if encrypted_files.private_files.get_modified_time(name) < before:
            encrypted_files.delete(name)
            gone += 1
    return gone


class ImportDesk:
    """For a ModelAdmin with an `import_class`; goes before `admin.ModelAdmin` among the bases."""

    import_class: ClassVar[type[DeskImport]]
    import_note: ClassVar[str] = ""
    model: Any
    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_import"
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("import/", self.admin_site.admin_view(self.import_action), name=name), *urls]

    def has_import_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        may: bool = user.has_perm(f"{self.model._meta.app_label}.add_{self.model._meta.model_name}")
        return may

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may = {"has_import_permission": self.has_import_permission(request)}
        return super().changelist_view(request, {**may, **(extra_context or {})})  # type: ignore[misc]

    @property
    def _kept(self) -> str:
        return f"import:{self.model._meta.label_lower}"

    def import_action(self, request: HttpRequest) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        if "sure" in request.POST:
            return self._import(request)
        resource = self.import_class(by=request.user)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        context: dict[str, Any] = {}
        if request.method == "POST" and form.is_valid():
            try:
                content = form.cleaned_data["file"].read(MOST_BYTES + 1)
                context = self._checked(resource, dataset_of(content))
                if not context["problems"]:
                    request.session[self._kept] = encrypted_files.save(content, folder=FOLDER)
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        context |= {
            **self.admin_site.each_context(request),
            "title": f"导入{self.model._meta.verbose_name}",
            "opts": self.model._meta,
            "form": form,
            "headers": resource.headers(),
            "note": self.import_note,
        }
        status = 422 if form.errors or context.get("problems") else 200
        return TemplateResponse(request, "admin/import.html", context, status=status)

    def _checked(self, resource: DeskImport, data: Any) -> dict[str, Any]:
        known = resource.headers()
        if missing := [name for name in known[:2] if name not in data.headers]:
            raise Refused(f"缺少列：{'、'.join(missing)}。第一行要写列名。", field="file")
        if unknown := [str(name) for name in data.headers if name and name not in known]:
            raise Refused(f"不认识的列：{'、'.join(unknown)[:100]}。", field="file")
        result = resource.import_data(data, dry_run=True, raise_errors=False)
        problems = problems_in(resource, result)
        return {"problems": problems[:MOST_SHOWN], "more": max(0, len(problems) - MOST_SHOWN), "rows": len(data)}

    def _import(self, request: HttpRequest) -> HttpResponse:
        """All rows of the checked file, or none."""
        name = request.session.pop(self._kept, "")
        if not name:
            messages.error(request, "请先选文件检查一遍。")
            return redirect(request.path)
        resource = self.import_class(by=request.user)
        try:
            with encrypted_files.open(name) as stream:
                data = dataset_of(stream.read())
        except FileNotFoundError:
            messages.error(request, "文件放得太久，已经删除，请重新选。")
            return redirect(request.path)
        result = resource.import_data(data, dry_run=False, raise_errors=False, rollback_on_validation_errors=True)
        encrypted_files.delete(name)
        if problems := problems_in(resource, result):
            messages.error(request, f"刚才检查以后情况变了，一行也没有导入：{problems[0][2]}")
            return redirect(request.path)
        messages.success(request, f"导入了 {len(data)} 行，都是草稿。")
        meta = self.model._meta
        return redirect(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def problems_in(resource: DeskImport, result: Any) -> list[tuple[int, str, str]]:
    """Row (as the spreadsheet counts, with its head), column and sentence of everything that is wrong."""
    found = []
    for invalid in result.invalid_rows:
        for field, sentences in invalid.error.message_dict.items():
            column_name = resource.names.get(field, "")
            found += [(invalid.number + 1, column_name, str(sentence)) for sentence in sentences]
    for number, errors in result.row_errors():
        found += [(number + 1, "", "这一行读不出来") for _ in errors]
    found += [(1, "", "列名读不出来") for _ in result.base_errors]
    return sorted(found)
