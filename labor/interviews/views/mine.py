"""The worker's interviews, which his helper opens and answers for him by the same pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.core.spoken import by_day
from labor.applications.models import Application
from labor.interviews.cards import cards_of, has_room, listed, may_sit, wants_answer
from labor.interviews.choices import OPEN
from labor.interviews.models import Interview
from labor.interviews.page import frame, page_of

HELPERS = (Role.BROKER, Role.PARK)
# So many of what is over; older ones are found by their applications.
PAST = 20
MOST = 200


@roles(Role.SEEKER, *HELPERS)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, what is coming, what was; a helper reads his people's, by day."""
    user: Any = request.user
    now = timezone.now()
    rows = listed(Interview.objects.seen_by(user))
    found = list(rows.filter(state__in=OPEN).order_by("starts_at", "pk")[:MOST])
    over = list(rows.exclude(state__in=OPEN).order_by("-updated_at")[:PAST])
    asked = [one for one in found if wants_answer(one)]
    timed = [one for one in found if one.starts_at]
    on = [one for one in timed if has_room(one, now) and may_sit(one, user)]
    context = {
        "on": cards_of(on, reader=user, now=now),
        "asked": cards_of(asked, reader=user, now=now),
        "days": [
            (day, cards_of(rows, reader=user, now=now, has_day=True))
            for day, rows in by_day((one for one in timed if one not in on), now)
        ],
        "waiting": cards_of((one for one in found if one not in asked and one not in timed), reader=user, now=now),
        "over": cards_of(over, reader=user, now=now),
        "is_helper": user.role in HELPERS,
        "base": frame(user),
    }
    return render(request, "interviews/mine.html", context)


@roles(Role.SEEKER, Role.EMPLOYER, *HELPERS)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One interview: when, with whom, how one gets in, what can be done about it now."""
    interview = own(request, pk)
    if request.user.role == Role.EMPLOYER:  # type: ignore[union-attr]
        return redirect("interviewing:detail", pk=interview.pk)
    return show(request, interview)


@roles(Role.SEEKER, *HELPERS)
@require_safe
def now(request: HttpRequest, pk: int) -> HttpResponse:
    """The piece of the page that changes by itself: the way in, the place in the queue."""
    interview = own(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(interview)
    return render(request, "interviews/_now.html", page_of(interview, reader=request.user, now=timezone.now()))


@roles(Role.SEEKER, *HELPERS)
@require_safe
def of_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """From an application straight to its interview: the one that is open, else the last."""
    application = get_object_or_404(Application.objects.seen_by(request.user), pk=application_id)
    rows = Interview.objects.filter(application=application).order_by("-pk")
    return redirect(rows.open().first() or rows.first() or application)


def own(request: HttpRequest, pk: int) -> Interview:
    rows = Interview.objects.seen_by(request.user).select_related("application__worker__user", "recruiter", "helper")
    return get_object_or_404(listed(rows), pk=pk)


def show(request: HttpRequest, interview: Interview, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page; `more` is what somebody chose that could not be done, and why."""
    context = page_of(interview, reader=request.user, now=timezone.now(), **more)
    return render(request, "interviews/detail.html", context, status=status)
