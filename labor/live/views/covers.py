"""The picture of a session: everybody sees it, whoever plans changes it."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jinba.core.access import public, roles
from jinba.core.errors import Refused
from labor.live.actions import covers
from labor.live.choices import State
from labor.live.forms.covers import CoverForm
from labor.live.models import LiveSession
from labor.live.planners import may_plan
from labor.live.views.desk import PLANNERS, base_of, put, session_of

FRESH_SECONDS = 300


@public
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The cover as a JPEG. Of what is not announced only those see it who plan or oversee it."""
    session = _visible(request, pk)
    if session is None or not session.cover or not default_storage.exists(session.cover):
        raise Http404
    with default_storage.open(session.cover) as picture:
        response = HttpResponse(picture.read(), content_type="image/jpeg")
    lasts = f"public, max-age={FRESH_SECONDS}" if session.is_public else "private, no-store"
    response.headers["Cache-Control"] = lasts
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _visible(request: HttpRequest, pk: int) -> LiveSession | None:
    user: Any = request.user
    found = LiveSession.objects.public().filter(pk=pk).first()
    if found is None and user.is_authenticated:
        found = LiveSession.objects.seen_by(user).filter(pk=pk).first()
    return found


@roles(*PLANNERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another picture, or with `remove` none."""
    session = session_of(request, pk)
    if not may_plan(request.user, session) or session.state not in (State.PLANNED, State.REVIEW, State.ANNOUNCED):
        messages.error(request, "这场直播现在不能换封面。")
        return redirect("studio:plan", pk=pk)
    is_removed = request.method == "POST" and "remove" in request.POST
    is_sent = request.method == "POST" and not is_removed
    form = CoverForm(request.POST, request.FILES) if is_sent else CoverForm()
    if is_removed or form.is_valid():
        try:
            if is_removed:
                covers.remove(session=session, by=request.user)
            else:
                covers.put(session=session, file=form.cleaned_data["cover"], by=request.user)
        except Refused as refusal:
            put(form, refusal)
        else:
            messages.success(request, "封面去掉了。" if is_removed else "封面换好了。")
            return redirect("studio:plan", pk=pk)
    is_announced = session.state in (State.REVIEW, State.ANNOUNCED)
    context = {"base": base_of(request), "form": form, "session": session, "is_announced": is_announced}
    return render(request, "studio/cover.html", context, status=422 if form.is_bound else 200)
