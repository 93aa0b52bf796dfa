"""Somebody new who came for one posting: name, county, and the same tap applies."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from employers.models import JobPosting
from jinba.accounts import entrance, proof
from jinba.core.access import public
from jinba.core.errors import Refused
from jinba.links.arrival import link_code
from labor.applications import actions as applications
from labor.applications.arrivals import note_of
from labor.applications.consent import consent_text
from labor.workers.forms import StartForm
from labor.workers.views import sign_in


def after_code(request: HttpRequest) -> HttpResponse:
    """What follows the code: for a newcomer on his way to a posting one page, for everybody else the usual way."""
    phone, posting_id = proof.proven_phone(request), _wanted_posting(request)
    if phone and posting_id and not sign_in.people_of(phone):
        return redirect("applications:start", posting_id=posting_id)
    return sign_in.after_code(request)


def _wanted_posting(request: HttpRequest) -> int | None:
    try:
        found = resolve(proof.next_url(request).split("?")[0])
    except Resolver404:
        return None
    return found.kwargs["posting_id"] if found.view_name == "applications:apply" else None


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, posting_id: int) -> HttpResponse:
    """Registers and applies. Whoever is signed in, or has not proven a phone, takes the usual way."""
    phone = proof.proven_phone(request)
    if request.user.is_authenticated or phone is None:
        return redirect("applications:apply", posting_id=posting_id)
    posting = JobPosting.objects.open().with_card().filter(pk=posting_id).first()
    if posting is None:
        return redirect("workers:start")
    form = StartForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (worker := sign_in.registered(form, phone=phone, link_code=link_code(request))):
        assert worker.user is not None
        entrance.enter(request, worker.user)
        try:
            application = applications.apply(
                worker=worker, posting=posting, by=worker.user, link_code=link_code(request),
                note=note_of(request, posting.pk),
            )  # fmt: skip
        except Refused as refusal:
            if refusal.field == "birth_date":  # his profile is there; the page asks for it
                return redirect("applications:apply", posting_id=posting_id)
            context = {"posting": posting, "words": refusal.message}
            return render(request, "applications/closed.html", context, status=409)
        messages.success(request, "报名成功！企业已经收到。")
        return redirect(application)
    context = {"form": form, "posting": posting, "consent": consent_text(posting.employer.name)}
    return render(request, "applications/start.html", context, status=422 if form.is_bound else 200)
