"""The doors of a room and of its console for pages' own scripts; a form without script gets a page instead."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import public, roles
from jinba.core.doors import local_url
from jinba.core.errors import Refused
from jinba.core.json_doors import Body, body_of, no, yes
from labor.live.actions.saying import TooFast
from labor.live.models import LiveSession

NO_SESSION = "没有这场直播，或者这一条已经不在了。"
Door = Callable[[HttpRequest, LiveSession, Body], Any]
STUDIO = (Role.PARK, Role.EMPLOYER, *STAFF_ROLES)


def room_door(*methods: str) -> Callable[[Door], Callable[..., HttpResponse]]:
    """A view for whoever watches; what the function returns is the answer's JSON."""

    def decorate(act: Door) -> Callable[..., HttpResponse]:
        @public
        @require_http_methods(methods)
        @wraps(act)
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            return _answer(request, act, lambda: get_object_or_404(LiveSession.objects.public(), pk=pk))

        return view

    return decorate


def studio_door(*methods: str) -> Callable[[Door], Callable[..., HttpResponse]]:
    """A view for whoever may plan, run or oversee the session."""

    def decorate(act: Door) -> Callable[..., HttpResponse]:
        @roles(*STUDIO)
        @require_http_methods(methods)
        @wraps(act)
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            return _answer(request, act, lambda: get_object_or_404(LiveSession.objects.seen_by(request.user), pk=pk))

        return view

    return decorate


def wants_page(request: HttpRequest) -> bool:
    """Whether a form was sent without script: its answer is a page."""
    if request.method != "POST" or request.content_type == "application/json":
        return False
    return "text/html" in request.headers.get("Accept", "")


def _answer(request: HttpRequest, act: Door, find: Callable[[], LiveSession]) -> HttpResponse:
    is_page = wants_page(request)
    try:
        answer = act(request, find(), body_of(request) if request.method == "POST" else {})
    except Http404:
        if is_page:
            raise
        return no(404, NO_SESSION)
    except Refused as refusal:
        return _page(request, messages.ERROR, refusal.message) if is_page else _no(refusal)
    return _page(request, messages.SUCCESS, answer.get("detail", "")) if is_page else yes(answer)


def _no(refusal: Refused) -> HttpResponse:
    if isinstance(refusal, TooFast):
        response = no(429, refusal.message, retry=refusal.retry)
        response.headers["Retry-After"] = str(refusal.retry)
        return response
    if refusal.field:
        return no(422, refusal.message, field=refusal.field)
    return no(409, refusal.message)


def _page(request: HttpRequest, level: int, words: str) -> HttpResponse:
    if words:
        messages.add_message(request, level, words)
    return redirect(local_url(request, request.headers.get("Referer"), otherwise="/live/"))
