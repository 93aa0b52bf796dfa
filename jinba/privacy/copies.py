"""A copy of all that is kept of somebody (个人信息保护法 §45), for himself to take away.

The tables are found by themselves: every row of every model that points to one of the subjects. What others wrote of
it stays: only who they are is told by their role.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from openpyxl import Workbook

from jinba.privacy.exports.sheets import disarmed

HIDDEN = ("password", "digest", "_index", "token", "code_hash", "search", "key", "notes")
NOT_HIS = frozenset({"sessions", "admin", "auth", "contenttypes"})
README = "这是金巴就业保存的您的全部信息：data.json 给程序读，data.xlsx 用表格软件打开，两份内容一样。请自己收好。\n"


def packed(*subjects: models.Model, also: Iterable["models.QuerySet[Any]"] = ()) -> bytes:
    """A zip of JSON and xlsx with all rows of and about the subjects, and those of the querysets besides."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for rows in (*_rows(subjects), *also):
        name = str(rows.model._meta.verbose_name)
        found = [_row(row, subjects) for row in rows.order_by("pk")]
        if found:
            tables.setdefault(name, []).extend(found)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("说明.txt", README)
        archive.writestr("data.json", json.dumps(tables, ensure_ascii=False, indent=1))
        archive.writestr("data.xlsx", _workbook(tables))
    return written.getvalue()


def _rows(subjects: tuple[models.Model, ...]) -> "Iterator[models.QuerySet[Any]]":
    for subject in subjects:
        yield type(subject)._base_manager.filter(pk=subject.pk)
    for model in apps.get_models():
        if model._meta.app_label in NOT_HIS or model._meta.proxy or not model._meta.managed:
            continue
        about = models.Q()
        for field in model._meta.local_fields:
            for subject in subjects:
                if field.is_relation and field.related_model is type(subject):
                    about |= models.Q(**{field.name: subject})
        if about:
            yield model._base_manager.filter(about)


def _row(row: models.Model, subjects: tuple[models.Model, ...]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in row._meta.local_fields:
        if any(part in field.name for part in HIDDEN):
            continue
        value = getattr(row, field.attname)
        if value in (None, "", []):
            continue
        told[str(field.verbose_name)] = _value(row, field, value, subjects)
    return told


def _value(row: Any, field: Any, value: Any, subjects: tuple[models.Model, ...]) -> Any:
    if field.is_relation and field.related_model is get_user_model():
        if any(type(one) is field.related_model and one.pk == value for one in subjects):
            return "本人"
        user = field.related_model._base_manager.filter(pk=value).first()
        return user.get_role_display() if user else ""
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if hasattr(value, "tzinfo") and value.tzinfo:
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value if isinstance(value, (int, float, bool, list, dict)) else str(value)


def _workbook(tables: dict[str, list[dict[str, Any]]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for number, (name, rows) in enumerate(tables.items(), 1):
        sheet = book.create_sheet(f"{number} {name}"[:31])
        heads = list(dict.fromkeys(head for row in rows for head in row))
        sheet.append(heads)
        for row in rows:
            sheet.append([_cell(row.get(head)) for head in heads])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(value: Any) -> Any:
    """Text as text: nothing that anybody typed becomes a formula, or a sign that no workbook holds."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value
    return disarmed(text) if isinstance(text, str) else text
