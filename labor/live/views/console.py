"""The host's console: on air, the rundown, the questions, off the air.

The doors answer a form with a page and a script with JSON; errors are {"detail": sentence} with 404, 409 or 422.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.permissions import uses_camera
from labor.live.actions import airing
from labor.live.models import LiveSession


@roles(Role.PARK, Role.EMPLOYER, *STAFF_ROLES)
@uses_camera
@never_cache
@require_safe
def console(request: HttpRequest, pk: int) -> HttpResponse:
    """All that the host needs while he is on air."""
    return _page(request, _session(request, pk))


@roles(Role.PARK, Role.EMPLOYER)
@never_cache
@require_POST
def go_live(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, "开播了。", lambda session: airing.go_live(session=session, by=request.user))


@roles(Role.PARK, Role.EMPLOYER, *STAFF_ROLES)
@never_cache
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, "直播结束了。", lambda session: airing.end(session=session, by=request.user))


@roles(Role.PARK, Role.EMPLOYER, *STAFF_ROLES)
@never_cache
@require_POST
def abort(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "").replace("\0", "")
    return _act(
        request, pk, "直播中止了。", lambda session: airing.abort(session=session, by=request.user, reason=reason)
    )


def _act(request: HttpRequest, pk: int, done: str, act: Callable[[LiveSession], LiveSession]) -> HttpResponse:
    session = _session(request, pk)
    is_script = "application/json" in request.headers.get("Accept", "")
    try:
        session = act(session)
    except Refused as refusal:
        status = 422 if refusal.field else 409
        if is_script:
            return JsonResponse({"detail": refusal.message}, status=status)
        messages.error(request, refusal.message)
        return _page(request, session, status)
    if is_script:
        return JsonResponse({"state": session.state})
    messages.success(request, done)
    return redirect("studio:console", pk=pk)


def _page(request: HttpRequest, session: LiveSession, status: int = 200) -> HttpResponse:
    return render(request, "studio/console.html", {"session": session}, status=status)


def _session(request: HttpRequest, pk: int) -> LiveSession:
    """The session, if this user has to do with it; Http404 otherwise."""
    rows: Any = LiveSession.objects.seen_by(request.user).select_related("host", "room")
    return get_object_or_404(rows, pk=pk)
