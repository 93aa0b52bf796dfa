"""What a row was, in the admin: who changed what and when. Numbers stay masked."""

from itertools import pairwise
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from jinba.core.encryption import EncryptedTextField
from jinba.core.history import versions_of
from jinba.core.masking import masked_text

SHOWN = 100
SHORT = 120
NOTHING = "（空）"


class WithVersions:
    """A ModelAdmin whose page “历史” shows the former states that `jinba.core.history` keeps; first among the bases."""

    model: type[models.Model]
    admin_site: Any
    opts: Any

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not hasattr(self.model, "versions"):
            return super().history_view(request, object_id, extra_context)  # type: ignore[misc]
        row = get_object_or_404(self.model._base_manager, pk=object_id) if str(object_id).isdigit() else None
        if row is None or not self.has_view_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"历史：{row}",
            "opts": self.opts,
            "object": row,
            "changes": changes(row),
            "deeds": deeds(row),
            "most": SHOWN,
        }
        return TemplateResponse(request, "admin/versions.html", context)


def deeds(row: Any) -> "models.QuerySet[LogEntry]":
    """What officers did about the row by the buttons of the admin, and their reasons."""
    mine = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    return mine.select_related("user").order_by("-action_time")[:SHOWN]


def changes(row: Any) -> list[dict[str, Any]]:
    """The newest changes of a row: when, who, and each column before and after."""
    versions = list(versions_of(row).order_by("-pgh_id")[:SHOWN])
    users = _names({told["user"] for one in versions if (told := one.pgh_context or {}).get("user")})
    return [
        {"at": old.pgh_created_at, "who": _who(old.pgh_context or {}, users), "columns": _differences(old, new)}
        for new, old in pairwise([row, *versions])
    ]


def _names(ids: set[int]) -> dict[int, str]:
    return {user.pk: str(user) for user in get_user_model()._default_manager.filter(pk__in=ids)}


def _who(told: dict[str, Any], users: dict[int, str]) -> str:
    by = users.get(told.get("user") or 0, "")
    where = told.get("door") or told.get("task") or ""
    return f"{by or '系统'}（{where}）" if where else by or "系统"


def _differences(old: Any, new: Any) -> list[tuple[str, str, str]]:
    found = []
    for field in old._meta.local_fields:
        if field.name.startswith("pgh_") or field.name == "id" or field.name.endswith("_index"):
            continue
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if before != after:
            found.append((str(field.verbose_name), _words(field, before), _words(field, after)))
    return found


def _words(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return NOTHING
    if isinstance(field, EncryptedTextField):
        shown = masked_text(str(value))
        return shown if shown != str(value) else "（加密内容）"
    chosen = dict(field.flatchoices).get(value, value) if field.flatchoices else value
    words = masked_text(str(chosen))
    return words if len(words) <= SHORT else f"{words[:SHORT]}…"
