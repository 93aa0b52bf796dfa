"""Rosters: send one, see how far it is, look at what was found, confirm."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from labor.workers.actions import batches
from labor.workers.batch_forms import ConfirmForm, RosterForm
from labor.workers.choices import BatchState
from labor.workers.delegation_text import USUAL_MONTHS
from labor.workers.intake.template import template as roster_template
from labor.workers.models import RegistrationBatch
from labor.workers.twin_rows import rows_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HELPERS = (Role.BROKER, Role.PARK)
LOOKERS = (*HELPERS, Role.OFFICER, Role.ADMIN)
ON_LIST, TWINS, PROBLEMS = 20, 10, 50
RIGHT = "workers.view_registrationbatch"


@roles(*LOOKERS)
@require_http_methods(["GET", "POST"])
def batch_list(request: HttpRequest) -> HttpResponse:
    may_send = _role(request) in HELPERS
    if request.method == "POST" and not may_send:
        raise Refused("只有劳务经纪人和园区工作人员可以批量登记。")
    form = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = batches.upload(stream=file, size=file.size, name=file.name, by=request.user)
        except Refused as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("batches:detail", batch.pk)
    rows = _all_seen(request).order_by("-pk")
    page = Paginator(rows, ON_LIST).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "may_send": may_send, "is_staff": not may_send, **_pages(request, page)}
    return render(request, "workers/batches.html", context, status=422 if form.errors else 200)


@roles(*HELPERS)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    return _file(roster_template(), "批量登记名册.xlsx")


@roles(*LOOKERS)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _seen(request, pk)
    return _page(request, batch, ConfirmForm(initial={"months": batch.months or USUAL_MONTHS}))


@roles(*LOOKERS)
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, for the bar that asks again; when it is done the page is drawn anew."""
    batch = _seen(request, pk)
    if batch.state not in BatchState.at_work():
        return HttpResponseClientRefresh() if request.htmx else redirect("batches:detail", pk)  # type: ignore[attr-defined]
    return render(request, "components/progress.html", _bar(batch))


@roles(*HELPERS)
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _own(request, pk)
    choices = {int(key[5:]): str(value) for key, value in request.POST.items() if _names_twin(key)}
    left = batches.choose(batch=batch, by=request.user, choices=choices, rest=request.POST.get("rest", ""))
    messages.success(request, f"记下了，还有 {left:,} 位没选。" if left else "都选好了，可以确认登记了。")
    page = request.POST.get("page", "")
    query = f"?page={page}" if page.isdecimal() and left else ""
    return redirect(f"{reverse('batches:detail', args=[pk])}{query}#twins")


def _names_twin(key: str) -> bool:
    return key.startswith("twin-") and key[5:].isascii() and key[5:].isdigit() and len(key) < 24


@roles(*HELPERS)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _own(request, pk)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, batch, form)
    batches.confirm(batch=batch, by=request.user, **form.cleaned_data)
    return redirect("batches:detail", pk)


@roles(*HELPERS)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    batches.drop(batch=_own(request, pk), by=request.user)
    messages.success(request, "名册已取消，文件也删了。")
    return redirect("batches:list")


@roles(*HELPERS)
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _own(request, pk)
    return _file(batches.report(batch=batch, by=request.user), f"名册{batch.pk}要改的地方.xlsx")


# Parts ----------------------------------------------------------------------------------------------------------------


def _role(request: HttpRequest) -> str:
    return str(request.user.role)  # type: ignore[union-attr]


def _seen(request: HttpRequest, pk: int) -> RegistrationBatch:
    return get_object_or_404(_all_seen(request), pk=pk)


def _all_seen(request: HttpRequest) -> "QuerySet[RegistrationBatch]":
    """As in the admin, officers see what their groups let them."""
    user: Any = request.user
    if user.is_staff and not user.has_perm(RIGHT):
        raise PermissionDenied
    return RegistrationBatch.objects.seen_by(user).select_related("by")


def _own(request: HttpRequest, pk: int) -> RegistrationBatch:
    batch = _seen(request, pk)
    if batch.by_id != request.user.pk:
        raise Http404
    return batch


def _page(request: HttpRequest, batch: RegistrationBatch, form: ConfirmForm) -> HttpResponse:
    is_own = batch.by_id == request.user.pk
    context: dict[str, Any] = {"batch": batch, "is_own": is_own, "is_staff": _role(request) not in HELPERS}
    context["is_at_work"] = batch.state in BatchState.at_work()
    if context["is_at_work"]:
        context["bar"] = _bar(batch)
    if batch.state in (BatchState.CHECKED, BatchState.REFUSED):
        context |= _found(request, batch, is_own)
    if batch.state == BatchState.CHECKED and is_own:
        context |= _to_confirm(request, batch, form)
    return render(request, "workers/batch.html", context, status=422 if form.errors else 200)


def _found(request: HttpRequest, batch: RegistrationBatch, is_own: bool) -> Mapping[str, Any]:
    problems = batch.found.exclude(column="").order_by("-is_fatal", "row", "pk")
    page = Paginator(problems, PROBLEMS).get_page(request.GET.get("problems"))
    return {
        "problems": page,
        "has_report": is_own and bool(batch.file) and bool(page.paginator.count or batch.problems),
        "problem_pages": _pages(request, page, "problems"),
    }


def _to_confirm(request: HttpRequest, batch: RegistrationBatch, form: ConfirmForm) -> Mapping[str, Any]:
    twins = batch.found.filter(is_fatal=False, column="")
    undecided = twins.filter(choice="").count()
    page = Paginator(twins.order_by("choice", "row", "pk"), TWINS).get_page(request.GET.get("page"))
    counted = twins.exclude(choice__in=["", "different"]).count()
    shown = rows_of(batch, page.object_list)
    return {
        "form": form,
        "consented_text": batches.consented_text(by=batch.by, months=batch.months),
        "twins": shown,
        "to_choose": any(len(twin.choices) > 1 for twin in shown),
        "twin_page": page,
        "undecided": undecided,
        "to_register": batch.rows - counted,
        "twin_pages": _pages(request, page),
    }


def _pages(request: HttpRequest, page: Any, name: str = "page") -> dict[str, str]:
    def url(number: int) -> str:
        query = request.GET.copy()
        query[name] = str(number)
        return f"?{query.urlencode()}"

    return {
        "previous_url": url(page.previous_page_number()) if page.has_previous() else "",
        "next_url": url(page.next_page_number()) if page.has_next() else "",
        "where": f"第 {page.number} 页，共 {page.paginator.num_pages} 页" if page.paginator.num_pages > 1 else "",
    }


def _bar(batch: RegistrationBatch) -> dict[str, Any]:
    total = max(batch.rows, batch.done, 1)
    label = {BatchState.WAITING: "正在排队", BatchState.CHECKING: "正在检查", BatchState.IMPORTING: "正在登记"}
    return {
        "label": label[BatchState(batch.state)],
        "value": batch.done,
        "max": total,
        "text": f"{batch.done:,} / {batch.rows:,} 行" if batch.rows else "",
        "poll_url": reverse("batches:progress", args=[batch.pk]),
    }


def _file(content: bytes, name: str) -> HttpResponse:
    """A workbook to save; never kept by a cache in between."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "no-store"
    return response
