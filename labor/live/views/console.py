"""The host's console: one page, and the doors by which a session goes on air and off it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jinba.core.access import roles
from jinba.core.json_doors import Body, text_of
from jinba.core.permissions import uses_camera
from labor.live import console_page
from labor.live.actions import airing
from labor.live.models import LiveSession
from labor.live.views.doors import STUDIO, studio_door


@roles(*STUDIO)
@uses_camera
@never_cache
@require_safe
def console(request: HttpRequest, pk: int) -> HttpResponse:
    """All that the host needs while he is on air; officers look on."""
    rows: Any = LiveSession.objects.seen_by(request.user).select_related("host", "room")
    session = get_object_or_404(rows, pk=pk)
    return render(request, "studio/console.html", console_page.context(session=session, user=request.user))


@studio_door("POST")
def go_live(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{} → {state}."""
    return {"state": airing.go_live(session=session, by=request.user).state, "detail": "开播了。"}


@studio_door("POST")
def end(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{} → {state}."""
    return {"state": airing.end(session=session, by=request.user).state, "detail": "直播结束了。"}


@studio_door("POST")
def abort(request: HttpRequest, session: LiveSession, body: Body) -> Any:
    """{reason} → {state}."""
    session = airing.abort(session=session, by=request.user, reason=text_of(body, "reason"))
    return {"state": session.state, "detail": "直播中止了，没有回放。"}
