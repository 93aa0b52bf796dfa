"""A worker's own numbers and who saw them; and how those whom he entrusted get to them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import public, roles
from jinba.core.errors import Refused
from jinba.privacy.choices import Subject
from jinba.privacy.fields import PHONE, RESIDENT_ID, in_words
from jinba.privacy.forms import FOR_HELPERS
from jinba.privacy.models import PersonalDataAccess
from jinba.privacy.revealing import answer
from labor.workers import actions as workers
from labor.workers.models import Worker
from labor.workers.privacy_forms import ResidentIdForm

PAGE = 30
HELPERS = (Role.BROKER, Role.PARK)


def own_worker(request: HttpRequest) -> Worker | None:
    """The signed-in seeker's own profile, active or not."""
    return Worker.objects.seen_by(request.user).select_related("user").first()


@roles(Role.SEEKER)
@never_cache
@require_safe
def seen(request: HttpRequest) -> HttpResponse:
    """Who saw the worker's data in clear, what and why, the newest first; also on profiles merged into his."""
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    profiles = [worker.pk, *(one.pk for one in worker.former())]
    rows = PersonalDataAccess.objects.filter(subject=Subject.WORKER, subject_id__in=profiles).select_related("by")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    context = {
        "rows": [
            {"who": _who(row), "what": in_words(row.fields), "why": _why(row), "at": row.at} for row in found[:PAGE]
        ],
        "next_url": f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
    }
    return render(request, "workers/seen.html", context)


def _who(row: PersonalDataAccess) -> str:
    """The firm, or the person and his office: officers by their office alone."""
    if row.organisation:
        return f"{row.organisation}的招聘人员"
    role = Role(row.role).label
    return role if row.role in STAFF_ROLES else f"{role} {row.by.name}".strip()


def _why(row: PersonalDataAccess) -> str:
    purpose = row.get_purpose_display()
    return purpose if row.reason == purpose else f"{purpose}：{row.reason}"


@roles(Role.SEEKER)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def resident_id(request: HttpRequest) -> HttpResponse:
    """The worker's own resident ID: why it is asked, and the field for it."""
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    back = reverse("workers:profile")
    return _resident_id(request, worker, back_url=back, base="base_seeker.html", is_own=True)


@roles(*HELPERS)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def resident_id_for(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for one of the helper's people, who has said yes to it."""
    worker = get_object_or_404(Worker.objects.seen_by(request.user).active(), pk=pk)
    return _resident_id(request, worker, back_url=_page_of(worker), base="base.html", is_own=False)


def _page_of(worker: Worker) -> str:
    return reverse("persons:detail", args=[worker.pk])


def _resident_id(request: HttpRequest, worker: Worker, *, back_url: str, base: str, is_own: bool) -> HttpResponse:
    form = ResidentIdForm(request.POST if request.method == "POST" else None, is_own=is_own)
    if form.is_valid():
        try:
            workers.set_resident_id(worker=worker, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_refusal(refusal)
            if refusal.field == "takes_birth_date":
                form.ask_for_birth_date()
        else:
            messages.success(request, "身份证号存好了，页面上只显示末四位。")
            return redirect(back_url)
    context: dict[str, Any] = {"form": form, "worker": worker, "back_url": back_url, "base": base, "is_own": is_own}
    return render(request, "workers/resident_id.html", context, status=422 if form.errors else 200)


@roles(*HELPERS)
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The phone and the resident ID of one of the helper's people, for a reason that he can read."""
    worker = get_object_or_404(Worker.objects.seen_by(request.user).active(), pk=pk)
    masked = {PHONE: worker.masked_phone, RESIDENT_ID: worker.masked_resident_id}
    act = partial(
        workers.reveal, worker=worker, by=request.user, fields=[name for name, value in masked.items() if value]
    )
    return answer(
        request, masked=masked, purposes=FOR_HELPERS, act=act,
        title=f"联系{worker.name}", back_url=_page_of(worker),
    )  # fmt: skip


@public
@require_safe
def recommendation_explained(request: HttpRequest) -> HttpResponse:
    """How recommendations come about, for anybody to read (算法推荐管理规定 §16)."""
    return render(request, "workers/recommendation_explained.html")
