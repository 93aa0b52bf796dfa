from typing import Any

from celery import shared_task
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.test import RequestFactory

from jinba.core import import_desk
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.privacy.exports import writing
from jinba.privacy.models import ExportRecord


def chosen_again(record: ExportRecord) -> tuple[Any, Any]:
    """The rows that the officer chose on the admin's list, by his rights of today."""
    model_admin: Any = admin.site.get_model_admin(apps.get_model(record.what))
    request: Any = RequestFactory().get("/")
    request.GET = model_admin.query_of(record.query or "")
    request.user = record.by
    if not record.by.is_active or not model_admin.has_export_permission(request):
        raise Refused("导出的人已经没有这个权限。")
    try:
        return model_admin.export_resource(), model_admin.get_export_queryset(request)
    except IncorrectLookupParameters as error:
        raise Refused("筛选条件已经失效，请重新导出。") from error


@shared_task(name="jinba.privacy.tasks.write_export")
def write_export(*, id: int) -> None:
    """Write a part, and post the letter of the next one."""
    try:
        more = writing.write_part(record_id=id, select=chosen_again)
    except Exception as error:
        writing.stumbled(record_id=id, error=type(error).__name__)
        raise
    if more:
        later("jinba.privacy.tasks.write_export", id=id)


@shared_task(name="jinba.privacy.tasks.sweep_exports")
def sweep_exports() -> None:
    """Exports whose letter was lost, or whose worker was killed."""
    for number in writing.due():
        later("jinba.privacy.tasks.write_export", id=number)


@shared_task(name="jinba.privacy.tasks.forget_exports")
def forget_exports() -> None:
    """Files that went out, and tables that were checked and never came in."""
    writing.forget()
    import_desk.forget()
