"""The home page of each role."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from employers.models import JobPosting, Member
from jinba.accounts.choices import Role
from jinba.notices.models import Notice
from labor.applications.choices import Stage
from labor.applications.models import Application, CompanionAsk, PostingInvitation
from labor.applications.words import next_step
from labor.dashboards.employer_desk import desk_of
from labor.dashboards.figures import home_figures
from labor.dashboards.helper_desk import helper_desk
from labor.interviews.cards import next_of
from labor.matching import suggestions
from labor.workers.models import DelegationRequest, Worker

FEW = 3
SOME = 5


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Where the signed-in user goes on working."""
    role = request.user.role  # type: ignore[union-attr]
    if role == Role.SEEKER:
        return _seeker(request)
    if role == Role.EMPLOYER:
        return _employer(request)
    if role in (Role.BROKER, Role.PARK):
        return _helper(request)
    return redirect("admin:index")


def _notices(user: Any) -> list[dict[str, Any]]:
    unread = Notice.objects.of(user).unread()[:FEW]
    return [
        {
            "title": notice.title,
            "text": notice.body,
            "when": notice.created_at,
            "href": reverse("notices:open", args=[notice.pk]),
            "is_unread": True,
        }
        for notice in unread
    ]


def _seeker(request: HttpRequest) -> HttpResponse:
    worker = Worker.objects.seen_by(request.user).first()
    if worker is None:
        return redirect("workers:start")
    live = Application.objects.filter(worker=worker).live().select_related("posting__employer")
    rows = sorted(live.order_by("-stage_since")[:SOME], key=lambda one: one.stage != Stage.OFFERED)
    invitations = PostingInvitation.objects.filter(worker=worker, declined_at__isnull=True)
    invitations = invitations.exclude(posting__applications__worker=worker)
    context = {
        "worker": worker,
        "applications": [{"application": row, "next_step": next_step(row)} for row in rows],
        "requests": DelegationRequest.objects.waiting().filter(worker=worker).count(),
        "asks": list(
            CompanionAsk.objects.filter(
                worker=worker, is_coming__isnull=True, together__posting__in=JobPosting.objects.open()
            ).select_related("together__posting")[:FEW]
        ),
        "invited": invitations.filter(posting__in=JobPosting.objects.open().order_by()).count(),
        "notices": _notices(request.user),
        "interviews": next_of(request.user),
        "jobs": suggestions.jobs_for(worker, size=FEW),
    }
    return render(request, "dashboards/seeker.html", context)


def _employer(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    member = Member.objects.select_related("employer").filter(user=user).first()
    if member is None:
        return redirect("employers:register")
    context = {
        "employer": member.employer,
        "desk": desk_of(member.employer),
        "interviews": next_of(user),
        "notices": _notices(user),
    }
    return render(request, "dashboards/employer.html", context)


def _helper(request: HttpRequest) -> HttpResponse:
    """Brokers and park staff: who needs something now, how all get on, and what is open."""
    context = {
        "figures": home_figures(),
        "desk": helper_desk(request.user),
        "interviews": next_of(request.user),
        "newest": list(JobPosting.objects.open().with_card().order_by("-published_at", "-pk")[:FEW]),
        "notices": _notices(request.user),
    }
    return render(request, "dashboards/helper.html", context)
