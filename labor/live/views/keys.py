"""The key of a streaming program: made by a tap, shown in that answer and never again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jinba.accounts.choices import Role
from jinba.core.access import roles
from labor.live.actions import keys
from labor.live.encoders import panel
from labor.live.models import LiveSession


@roles(Role.PARK, Role.EMPLOYER)
@never_cache
@require_POST
def new_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Another one, which ends the one before; to a script as a piece of the console, else as a page."""
    rows: Any = LiveSession.objects.seen_by(request.user)
    session = get_object_or_404(rows, pk=pk)
    name = keys.new_key(session=session, by=request.user)
    page = "studio/_key.html" if getattr(request, "htmx", False) else "studio/key.html"
    return render(request, page, {"session": session, "encoder": panel(session=session, name=name)})
