"""The rehearsal: camera, microphone and the way to our server are tried in the page, the rest is ticked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.permissions import uses_camera
from labor.live import gates
from labor.live.actions import rehearsing
from labor.live.crew import is_crew
from labor.live.forms.rehearsing import RehearsalForm
from labor.live.views.desk import PLANNERS, STUDIO, base_of, put, session_of

PROBE = 512 * 1024  # bytes that are sent to measure the way up


@roles(*STUDIO)
@uses_camera
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rehearsal(request: HttpRequest, pk: int) -> HttpResponse:
    """What has to be tried for this session, and what came of it last."""
    session = session_of(request, pk)
    form = RehearsalForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            session = rehearsing.rehearse(session=session, by=request.user, **form.found)
        except Refused as refusal:
            put(form, refusal)
        else:
            if session.rehearsed_at:
                messages.success(request, "彩排好了，都没问题。")
                return redirect("studio:plan", pk=pk)
            messages.warning(request, "记下了，还有没好的，改好再来一次。")
            return redirect("studio:rehearsal", pk=pk)
    lines = {line.part: line.problems for line in gates.lines(session)}
    user: Any = request.user
    context = {
        "base": base_of(request),
        "session": session,
        "form": form,
        "missing": session.rehearsal.get("missing", []),
        "problems": lines[gates.Part.CARDS] + lines[gates.Part.PLAN],
        "may_rehearse": is_crew(session=session, user=user) and session.is_coming,
        "cards_count": session.cards.filter(removed_at__isnull=True).count(),
        "probe": {
            "url": reverse("studio:rehearsal_upload", args=[pk]), "bytes": PROBE, "enough": rehearsing.ENOUGH,
        },
    }  # fmt: skip
    return render(request, "studio/rehearsal.html", context, status=status)


@roles(*PLANNERS)
@never_cache
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes bytes and says how many came: the page measures how long they were on their way."""
    session_of(request, pk)
    taken = 0
    while chunk := request.read(64 * 1024):
        taken += len(chunk)
        if taken > 2 * PROBE:
            return JsonResponse({"detail": "太大了。"}, status=422)
    return JsonResponse({"bytes": taken})
