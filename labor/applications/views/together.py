"""Going together: one applies for those he speaks for, the others are asked and answer for themselves."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from employers.models import JobPosting
from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.links.arrival import link_code
from labor.applications import actions as applications
from labor.applications.actions.applying import asks_birth_date, why_closed
from labor.applications.actions.together import may_speak
from labor.applications.arrivals import note_of
from labor.applications.consent import consent_text
from labor.applications.models import CompanionAsk, GroupApplication
from labor.applications.views.acting import posting_of
from labor.applications.views.bases import base_of
from labor.workers.models import Worker, WorkerGroup

SEEKERS_AND_HELPERS = (Role.SEEKER, Role.BROKER, Role.PARK)


@roles(*SEEKERS_AND_HELPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, posting_id: int, group_id: int) -> HttpResponse:
    """Who applies now, who is asked, how many seats there are; then all of it by one tap."""
    mine = Worker.objects.seen_by(request.user).active().filter(group=group_id).order_by("pk")
    group = get_object_or_404(WorkerGroup.objects.filter(workers__in=mine).distinct(), pk=group_id)
    posting = posting_of(posting_id)
    if not JobPosting.objects.open().filter(pk=posting.pk).exists():
        context: dict[str, Any] = {"posting": posting, "words": why_closed(posting=posting), "base": base_of(request)}
        return render(request, "applications/closed.html", context, status=410)
    members = list(group.workers.active().select_related("user").order_by("pk"))
    now = [one for one in members if may_speak(worker=one, by=request.user)]
    asked = [one for one in members if one not in now and one.user is not None]
    refused = ""
    if request.method == "POST":
        picked = {int(pk) for pk in request.POST.getlist("picked") if pk.isascii() and pk.isdigit() and len(pk) < 19}
        wanted = [one for one in (*now, *asked) if one.pk in picked] if picked else [*now, *asked]
        try:
            together = applications.apply_together(
                group=group, posting=posting, by=request.user, workers=wanted, link_code=link_code(request),
                note=note_of(request, posting.pk),
            )  # fmt: skip
        except Refused as refusal:
            refused = refusal.message
        else:
            waiting = together.asks.filter(answered_at__isnull=True).count()
            messages.success(request, "一起报上名了。" + (f"还有 {waiting} 位同伴，等他们自己答。" if waiting else ""))
            return redirect("applications:together", pk=together.pk)
    context = {
        "posting": posting,
        "group": group,
        "now": now,
        "asked": asked,
        "without": [one for one in members if one not in now and one.user is None],
        "need_birth": [one for one in now if asks_birth_date(worker=one, posting=posting)],
        "seats": applications.seats_warning(posting=posting, people=len(now) + len(asked)),
        "room": applications.room_words(posting=posting, kind=group.kind),
        "consent": consent_text(posting.employer.name),
        "refused": refused,
        "base": base_of(request),
        "is_helper": request.user.role != Role.SEEKER,  # type: ignore[union-attr]
    }
    return render(request, "applications/apply_together.html", context, status=422 if refused else 200)


@roles(*SEEKERS_AND_HELPERS)
@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in and where each stands, who is asked, who stays."""
    mine = Worker.objects.seen_by(request.user)
    rows = GroupApplication.objects.filter(Q(applications__worker__in=mine) | Q(asks__worker__in=mine)).distinct()
    together = get_object_or_404(rows.select_related("posting__employer"), pk=pk)
    seen = set(mine.filter(group=together.group_id).values_list("pk", flat=True))
    applied = list(together.applications.select_related("worker", "posting").order_by("pk"))
    context = {
        "together": together,
        "applied": [{"application": one, "is_mine": one.worker_id in seen} for one in applied],
        "asks": list(together.asks.filter(is_coming__isnull=True).select_related("worker")),
        "stay": list(together.asks.filter(is_coming=False).select_related("worker")),
        "base": base_of(request),
        "back_url": reverse("applications:mine" if request.user.role == Role.SEEKER else "helpers:people"),  # type: ignore[union-attr]
    }
    return render(request, "applications/together.html", context)


@roles(*SEEKERS_AND_HELPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def companion(request: HttpRequest, pk: int) -> HttpResponse:
    """“同伴要一起报这个岗位，您去不去？”: one tap either way."""
    asks = CompanionAsk.objects.filter(worker__in=Worker.objects.seen_by(request.user))
    ask = get_object_or_404(asks.select_related("together", "worker"), pk=pk)
    posting = posting_of(ask.together.posting_id)
    refused = ""
    if request.method == "POST":
        answer = request.POST.get("answer")
        try:
            if answer == "yes":
                application = applications.go_along(ask=ask, by=request.user)
                messages.success(request, "报名成功！企业知道你们是一起的。")
                return redirect(application)
            if answer == "no":
                applications.stay(ask=ask, by=request.user)
                messages.success(request, "好的，这次您不去。")
                return redirect("applications:together", pk=ask.together_id)
            refused = "请选去还是不去。"
        except Refused as refusal:
            if refusal.field == "birth_date":
                return redirect("applications:apply", posting_id=posting.pk)
            refused = refusal.message
    context = {
        "ask": ask,
        "posting": posting,
        "with_whom": [one.worker.masked_name for one in ask.together.applications.select_related("worker")],
        "room": applications.room_words(posting=posting, kind=ask.together.kind),
        "consent": consent_text(posting.employer.name),
        "is_open": JobPosting.objects.open().filter(pk=posting.pk).exists(),
        "why_closed": why_closed(posting=posting),
        "refused": refused,
        "base": base_of(request),
    }
    return render(request, "applications/companion.html", context, status=422 if refused else 200)
