"""Every list of the admin opens as fast with a million rows as with fifty: found out from what the lists ask."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import Col, Func
from django.db.models.lookups import Lookup
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employers.models import Employer, JobPosting
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.capped_paginator import CappedPaginator
from jinba.core.staff_admin import IndexedChangeList
from labor.workers.models import Worker
from tests.admin.conftest import client_for
from tests.factories.accounts import user_in
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db
# Tables that stay small, whatever comes: thousands of rows at most.
BOUNDED = {
    *("reference.region", "reference.zone", "reference.occupation", "reference.tradefamily", "reference.trade"),
    *("reference.skill", "reference.certificate", "reference.minimumwage", "employers.phrase", "employers.licence"),
    *("matching.matchrun", "workers.registrationbatch"),
}
# Tables that grow with the employers of two cities: tens of thousands of rows, which are read through in a moment.
MIDDLING = {
    *("employers.employer", "employers.member", "employers.memberinvitation", "employers.employerdocument"),
    *("employers.postingflag", "employers.postingreport", "links.shortlink", "accounts.apitoken"),
    *("privacy.exportrecord", "workers.duplicatepair", "workers.mergerecord"),
}
BIG = (User, Worker, Employer, JobPosting)
TERMS = ("王小明", "13912345678", "51", "51192119900307001X", "91330784MA2EXAMPL7", "demo-officer", "/postings/1/")
EVERY = sorted(admin.site._registry.values(), key=lambda one: one.model._meta.label)
LISTS = [one for one in EVERY if one.model._meta.label_lower not in BOUNDED | MIDDLING]


def named(model_admin: Any) -> str:
    return model_admin.model._meta.label


def each(model_admins: list[Any]) -> Callable[[Callable[[Any, Any], None]], Callable[[], None]]:
    """The test for each of the admins, by an administrator's request; all that fail are named at once."""

    def decorate(test: Callable[[Any, Any], None]) -> Callable[[], None]:
        def walk() -> None:
            request: Any = RequestFactory().get("/")
            request.user = user_in(Role.ADMIN)
            wrong = []
            for model_admin in model_admins:
                try:
                    test(model_admin, request)
                except AssertionError as error:
                    wrong.append(f"{named(model_admin)}: {error}")
            assert not wrong, "\n".join(wrong)

        walk.__name__ = test.__name__
        return walk

    return decorate


def starts_of_indexes(model: type[models.Model]) -> list[list[str]]:
    """The columns of each index, in their order; of an index over some rows alone also what says which."""
    meta = model._meta
    found = [[one.column] for one in meta.concrete_fields if one.primary_key or one.unique or one.db_index]
    for index in meta.indexes:
        found.append([meta.get_field(name.lstrip("-")).column for name in index.fields])  # type: ignore[union-attr]
        if index.expressions:
            known = [one.column for one in meta.concrete_fields if f"({one.column})" in repr(index.expressions[0])]
            found.append(known)
        if index.condition is not None:
            found += [[column] for column in columns_of(index.condition, model)]
    for rule in meta.constraints:
        if isinstance(rule, models.UniqueConstraint):
            found.append([meta.get_field(name).column for name in rule.fields])  # type: ignore[union-attr]
    return [columns for columns in found if columns]


def columns_of(condition: Q, model: type[models.Model]) -> set[str]:
    found: set[str] = set()
    for child in condition.children:
        if isinstance(child, Q):
            found |= columns_of(child, model)
        elif isinstance(child, tuple):
            found.add(model._meta.get_field(child[0].partition("__")[0]).column)  # type: ignore[union-attr]
    return found


def is_indexed(model: type[models.Model], column: str, beside: frozenset[str] = frozenset()) -> bool:
    """Whether an index leads to the column, alone or behind columns that are asked for too."""
    for columns in starts_of_indexes(model):
        if column in columns and set(columns[: columns.index(column)]) <= beside:
            return True
    return False


def leaves(node: Any) -> Iterator[Any]:
    for child in getattr(node, "children", ()):
        if isinstance(child, Lookup):
            yield child
        else:
            yield from leaves(child)


def column_below(expression: Any) -> Col | None:
    if isinstance(expression, Col):
        return expression
    if isinstance(expression, Func):
        return column_below(expression.get_source_expressions()[0])
    return None


READS_ALL = {"contains", "icontains", "iexact", "istartswith", "iendswith", "endswith", "iregex"}


def unindexed(rows: Any) -> list[str]:
    """Conditions of a queryset that no index can answer."""
    asked_for = [(one.lookup_name, column_below(one.lhs)) for one in leaves(rows.query.where)]
    columns = frozenset(column.target.column for _, column in asked_for if column is not None)
    found = []
    for lookup, column in asked_for:
        if column is None or column.target.model._meta.label_lower in MIDDLING:
            continue
        model, name = column.target.model, column.target.column
        if lookup in READS_ALL or not is_indexed(model, name, columns - {name}):
            found.append(f"{model.__name__}.{name} {lookup}")
    return found


@each(EVERY)
def test_no_list_counts_all_its_rows(model_admin: Any, request: Any) -> None:
    assert issubclass(model_admin.paginator, CappedPaginator) or named(model_admin).lower() in BOUNDED
    assert not model_admin.show_full_result_count
    assert model_admin.date_hierarchy is None


@each(LISTS)
def test_lists_are_sorted_by_indexes_alone(model_admin: Any, request: Any) -> None:
    assert issubclass(model_admin.get_changelist(request), IndexedChangeList), "an address may ask for any order"
    for name in (*model_admin.get_ordering(request), *(model_admin.get_sortable_by(request) or ())):
        column = model_admin.model._meta.get_field(name.lstrip("-")).column
        assert is_indexed(model_admin.model, column), name


@each(LISTS)
def test_filters_go_by_an_index(model_admin: Any, request: Any) -> None:
    wrong: list[str] = []
    for one in model_admin.get_list_filter(request):
        if isinstance(one, type) and issubclass(one, admin.SimpleListFilter):
            choices = one(request, {}, model_admin.model, model_admin).lookups(request, model_admin) or ()
            for value, _ in choices:
                chosen = one(request, {one.parameter_name: [str(value)]}, model_admin.model, model_admin)
                wrong += unindexed(chosen.queryset(request, model_admin.model._default_manager.all()))
            untouched = one(request, {}, model_admin.model, model_admin)
            wrong += unindexed(untouched.queryset(request, model_admin.model._default_manager.all()))
            continue
        name = one[0] if isinstance(one, tuple) else one
        field = model_admin.model._meta.get_field(name)
        if not is_indexed(model_admin.model, field.column):
            wrong.append(name)
    assert not wrong, wrong


@each(LISTS)
def test_searches_go_by_an_index(model_admin: Any, request: Any) -> None:
    if not model_admin.search_fields:
        return
    wrong = []
    for term in TERMS:
        rows, _ = model_admin.get_search_results(request, model_admin.model._default_manager.all(), term)
        wrong += unindexed(rows)
    assert not wrong, wrong


@each(EVERY)
def test_what_lists_show_of_other_tables_is_joined(model_admin: Any, request: Any) -> None:
    joined = model_admin.get_list_select_related(request)
    roots = {name.partition("__")[0] for name in joined} if isinstance(joined, (list, tuple)) else set()
    for name in model_admin.get_list_display(request):
        field = next((one for one in model_admin.model._meta.concrete_fields if one.name == name), None)
        if isinstance(field, models.ForeignKey):
            assert name in roots, f"{name} is fetched row by row"


def test_the_check_itself_finds_what_is_slow() -> None:
    assert unindexed(Worker.objects.filter(name__contains="建")) == ["Worker.name contains"]
    assert unindexed(Worker.objects.filter(years=3)) == ["Worker.years exact"]
    assert unindexed(Worker.objects.filter(name__startswith="建", registered_via="self")) == []
    assert unindexed(Worker.objects.filter(user__username__icontains="u")) == ["User.username icontains"]


@each(EVERY)
def test_no_form_offers_a_million_rows_to_choose_from(model_admin: Any, request: Any) -> None:
    if not (model_admin.has_add_permission(request) or model_admin.has_change_permission(request)):
        return
    for name, field in model_admin.get_form(request, change=False).base_fields.items():
        rows = getattr(field, "queryset", None)
        if rows is not None and rows.model in BIG:
            assert name in (*model_admin.raw_id_fields, *model_admin.autocomplete_fields), name


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("workers_worker", lambda number: WorkerFactory.create_batch(number)),
        ("accounts_user", lambda number: WorkerFactory.create_batch(number)),
        ("employers_employer", lambda number: EmployerFactory.create_batch(number)),
        ("employers_jobposting", lambda number: JobPostingFactory.create_batch(number)),
        ("employers_member", lambda number: MemberFactory.create_batch(number)),
        ("applications_application", lambda number: ApplicationFactory.create_batch(number)),
    ],
)
def test_fifty_rows_cost_as_many_queries_as_one(name: str, make: Any, admin: User) -> None:
    client, url = client_for(admin), reverse(f"admin:{name}_changelist")
    if name in ("employers_employer", "employers_jobposting"):
        url += "?queue=all"
    make(1)
    queries(client, url)
    one = queries(client, url)
    make(49)
    assert queries(client, url) == one
    assert one <= 9


def test_an_address_cannot_ask_for_a_slow_order(admin: User) -> None:
    client, url = client_for(admin), reverse("admin:workers_worker_changelist")
    first, second = WorkerFactory(name="赵乙"), WorkerFactory(name="丁甲")
    for order in ("1", "-1", "2", "1.2"):
        shown = client.get(url, {"o": order}).context["cl"].result_list
        assert [row.pk for row in shown] == [second.pk, first.pk]
    assert client.get(url, {"o": "0"}).context["cl"].result_list[0] == first


@pytest.mark.parametrize(
    ("term", "found"),
    [("13912345678", True), ("139 1234 5678", True), ("1391234567", False), ("何建", True), ("建国", False),
     ("诺江", True), ("511921199003070018", False)],
)  # fmt: skip
def test_workers_are_found_by_whole_numbers_and_beginnings(term: str, found: bool, admin: User) -> None:
    WorkerFactory(name="何建国", phone="13912345678", village="诺江镇王家村")
    WorkerFactory(name="苟大山", phone="13800000000", village="别的村")
    shown = client_for(admin).get(reverse("admin:workers_worker_changelist"), {"q": term})
    assert [row.name for row in shown.context["cl"].result_list] == (["何建国"] if found else [])
