"""Anchors and moderators: named, picked from one's own people or by phone number, and taken off again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from jinba.accounts.models import User
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.spoken import when_range
from labor.live.actions import crew as actions
from labor.live.actions.crew import employer_ids_of
from labor.live.forms.planning import CrewForm
from labor.live.gates import may_be_crew
from labor.live.models import LiveSession
from labor.live.planners import may_plan
from labor.live.views.desk import PLANNERS, STUDIO, base_of, put, session_of


@roles(*STUDIO)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def crew(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in; whoever plans adds somebody."""
    session = session_of(request, pk)
    user: Any = request.user
    may_change = session.is_coming and may_plan(user, session)
    form = CrewForm(
        request.POST if request.method == "POST" else None,
        people=actions.own_people(session=session, by=user) if may_change or request.method == "POST" else [],
    )
    if form.is_valid():
        try:
            _add(session, form.cleaned_data, user)
        except Refused as refusal:
            put(form, refusal)
        else:
            messages.success(request, f"{form.cleaned_data['shown_name']}加进来了。")
            return redirect("studio:crew", pk=pk)
    employers = employer_ids_of(session=session)
    people = session.crew.select_related("user__membership__employer")
    context = {
        "base": base_of(request),
        "session": session,
        "when": when_range(session.starts_at, session.ends_at),
        "people": [{"member": one, "is_lost": not may_be_crew(one.user, employers)} for one in people],
        "form": form,
        "may_change": may_change,
    }
    return render(request, "studio/crew.html", context, status=422 if form.is_bound else 200)


def _add(session: LiveSession, data: dict[str, Any], by: Any) -> None:
    named = {"session": session, "part": data["part"], "shown_name": data["shown_name"], "by": by}
    if data["phone"]:
        actions.add_by_phone(phone=data["phone"], **named)
    else:
        actions.add(user=User.objects.get(pk=data["user"]), **named)


@roles(*PLANNERS)
@never_cache
@require_POST
def remove(request: HttpRequest, pk: int, member_id: int) -> HttpResponse:
    session = session_of(request, pk)
    member = get_object_or_404(session.crew, pk=member_id)
    try:
        actions.remove(member=member, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{member.shown_name}不再参加这场直播。")
    return redirect("studio:crew", pk=pk)
