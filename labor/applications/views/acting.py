"""A helper applies for one of his people: two taps from the worker's page, or from the posting."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from employers.models import JobPosting
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.links.arrival import link_code
from labor.applications import actions as applications
from labor.applications.actions.applying import asks_birth_date, why_closed
from labor.applications.actions.history import live_one
from labor.applications.arrivals import note_of
from labor.applications.consent import consent_text
from labor.applications.forms import BirthDateForm
from labor.applications.models import Application, PostingInvitation
from labor.workers import actions as workers
from labor.workers.views.people import HELPERS, PAGE, found_people, has_number, looked_for, number_in, own_person


def posting_of(posting_id: int) -> JobPosting:
    return get_object_or_404(JobPosting.objects.with_card().filter(published_at__isnull=False), pk=posting_id)


@roles(*HELPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply_for(request: HttpRequest, pk: int, posting_id: int) -> HttpResponse:
    """GET says what he agrees to, POST applies for him."""
    worker, posting = own_person(request, pk), posting_of(posting_id)
    running = live_one(worker_id=worker.pk, posting_id=posting.pk)
    if running:
        return redirect(running)
    back = reverse("persons:detail", args=[worker.pk])
    if not JobPosting.objects.open().filter(pk=posting.pk).exists():
        context: dict[str, Any] = {"posting": posting, "words": why_closed(posting=posting), "base": "base_staff.html"}
        return render(request, "applications/closed.html", context, status=410)
    wants_birth = asks_birth_date(worker=worker, posting=posting)
    form = BirthDateForm(request.POST if request.method == "POST" else None) if wants_birth else None
    refused = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if form is not None:
                workers.answer(worker=worker, by=request.user, question="birth", **form.cleaned_data)
            application = applications.apply(
                worker=worker, posting=posting, by=request.user, link_code=link_code(request),
                note=note_of(request, posting.pk),
            )  # fmt: skip
        except Refused as refusal:
            if form is not None and refusal.field in form.fields:
                form.add_error(refusal.field, refusal.message)
            else:
                refused = refusal.message
        else:
            messages.success(request, f"替{worker.name}报上名了，企业已经收到。")
            return redirect(application)
    context = {
        "posting": posting,
        "worker": worker,
        "consent": consent_text(posting.employer.name),
        "form": form,
        "refused": refused,
        "back_url": back,
        "group_size": worker.group.workers.active().count() if worker.group else 0,
        "invited": PostingInvitation.objects.filter(worker=worker, posting=posting, declined_at__isnull=True).exists(),
    }
    return render(request, "helpers/apply.html", context, status=422 if request.method == "POST" else 200)


@roles(*HELPERS)
@never_cache
@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, posting_id: int) -> HttpResponse:
    """From a posting: for whom of my people?"""
    posting = posting_of(posting_id)
    words = looked_for(request)
    if request.method == "POST" and not has_number(words):
        return redirect(f"{request.path}?{urlencode({'q': words})}" if words else request.path)
    rows = found_people(request.user, words)
    before = number_in(request.GET.get("before", ""))
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    live = Application.objects.live().filter(posting=posting, worker__in=shown)
    applied = {row.worker_id: row for row in live}
    query = f"{urlencode({'q': words})}&" if words else ""
    context = {
        "posting": posting,
        "people": [{"worker": worker, "application": applied.get(worker.pk)} for worker in shown],
        "words": words,
        "is_open": JobPosting.objects.open().filter(pk=posting.pk).exists(),
        "why_closed": why_closed(posting=posting),
        "next_url": f"?{query}before={shown[-1].pk}" if len(found) > PAGE else "",
        "first_url": f"?{query}" if before else "",
    }
    return render(request, "helpers/choose.html", context)
