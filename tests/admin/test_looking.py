"""What is only read is not written, whatever somebody posts to its page."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.core.staff_admin import DeskAdmin
from tests.admin.conftest import client_for
from tests.factories.accounts import user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("factory", [EmployerFactory, JobPostingFactory, WorkerFactory])
def test_a_post_to_a_page_to_read_leaves_the_row_as_it_was(factory: Any) -> None:
    row: Any = factory()
    model: Any = type(row)
    then = timezone.now() - timedelta(days=3)
    model.objects.filter(pk=row.pk).update(updated_at=then)
    before = model.objects.values().get(pk=row.pk)
    versions = row.versions.count()
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
    told = {"name": "别的", "title": "别的", "state": "archived", "_save": "保存", "updated_at": "2020-01-01"}
    client = client_for(user_in(Role.ADMIN))
    empty = {f"{name}-{key}": "0" for name in _inlines(client.get(url)) for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
    assert client.post(url, told | empty).status_code in (302, 403)
    assert model.objects.values().get(pk=row.pk) == before
    assert row.versions.count() == versions
    assert not LogEntry.objects.exists()


def _inlines(response: Any) -> list[str]:
    return [formset.formset.prefix for formset in response.context["inline_admin_formsets"]]


def test_who_lets_fields_be_typed_says_how_they_are_written() -> None:
    """A desk page with a field to type into writes by an action of its own: saving is nothing without one."""
    request: Any = RequestFactory().get("/")
    request.user = user_in(Role.ADMIN)
    desks = [one for one in admin.site._registry.values() if isinstance(one, DeskAdmin)]
    open_ones = [one for one in desks if set(one.get_form(request)().fields)]
    assert len(desks) > len(open_ones) > 0
    for one in open_ones:
        assert type(one).save_model is not DeskAdmin.save_model, one
