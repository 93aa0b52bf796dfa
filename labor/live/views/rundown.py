"""The rundown: postings found and added, put in order, taken out; it works without script."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from employers.models import JobPosting
from employers.search import LONGEST_QUERY, matching
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.spoken import when_range
from labor.live import gates
from labor.live.actions import rundown
from labor.live.choices import State
from labor.live.crew import is_crew
from labor.live.models import Card, LiveSession
from labor.live.planners import may_plan
from labor.live.views.desk import PLANNERS, STUDIO, base_of, session_of

FOUND = 20


@roles(*STUDIO)
@never_cache
@require_safe
def cards(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in, in order, and below it what `?q=` finds."""
    session = session_of(request, pk)
    user: Any = request.user
    asked = request.GET.get("q", "").replace("\0", "")[:LONGEST_QUERY].strip()
    may_change = session.is_coming and (
        is_crew(session=session, user=user) if session.state == State.LIVE else may_plan(user, session)
    )
    standing = list(
        session.cards.filter(removed_at__isnull=True)
        .select_related("posting__employer", "posting__region", "posting__zone")
        .defer("posting__search", "posting__duties", "posting__requirements")
        .order_by("order", "pk")
    )
    line = next(line for line in gates.lines(session) if line.part == gates.Part.CARDS)
    context = {
        "base": base_of(request),
        "session": session,
        "when": when_range(session.starts_at, session.ends_at),
        "cards": standing,
        "problems": line.problems if standing else [],
        "may_change": may_change,
        "q": asked,
        "found": _found(session, asked, standing) if may_change else [],
        "is_own": session.host_id is not None,
        "most": rundown.MOST,
    }
    return render(request, "studio/rundown.html", context)


def _found(session: LiveSession, asked: str, standing: list[Card]) -> list[JobPosting]:
    """Open postings that may come in, the newest first: the host's own, or those of any verified employer."""
    rows = JobPosting.objects.open().filter(matching(asked)).exclude(pk__in=[card.posting_id for card in standing])
    if session.host_id is not None:
        rows = rows.filter(employer=session.host_id)
    return list(rows.with_card().order_by("-published_at", "-pk")[:FOUND])


@roles(*PLANNERS)
@never_cache
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    session = session_of(request, pk)
    number = request.POST.get("posting", "")
    known = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    posting = JobPosting.objects.visible().filter(pk=known).first()
    if posting is None:
        messages.error(request, "这个岗位现在不招了，请另选一个。")
        return redirect("studio:cards", pk=pk)
    return _done(request, session, lambda: rundown.add(session=session, posting=posting, by=request.user), "加进来了。")


@roles(*PLANNERS)
@never_cache
@require_POST
def remove(request: HttpRequest, pk: int, card_id: int) -> HttpResponse:
    session, card = _card(request, pk, card_id)
    return _done(request, session, lambda: rundown.remove(card=card, by=request.user), "撤下了。")


@roles(*PLANNERS)
@never_cache
@require_POST
def move(request: HttpRequest, pk: int, card_id: int) -> HttpResponse:
    session, card = _card(request, pk, card_id)
    up = request.POST.get("to") != "down"
    return _done(request, session, lambda: rundown.move(card=card, by=request.user, up=up), "", f"#card-{card_id}")


@roles(*PLANNERS)
@never_cache
@require_POST
def note(request: HttpRequest, pk: int, card_id: int) -> HttpResponse:
    session, card = _card(request, pk, card_id)
    text = request.POST.get("note", "").replace("\0", "")
    return _done(
        request, session, lambda: rundown.note(card=card, by=request.user, text=text), "记下了。", f"#card-{card_id}"
    )


def _card(request: HttpRequest, pk: int, card_id: int) -> tuple[LiveSession, Card]:
    session = session_of(request, pk)
    return session, get_object_or_404(session.cards, pk=card_id)


def _done(request: HttpRequest, session: LiveSession, act: Any, words: str, place: str = "") -> HttpResponse:
    """Back to the rundown, with what was searched, and with a word."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        if words:
            messages.success(request, words)
    return redirect(_back_to(request, session) + place)


def _back_to(request: HttpRequest, session: LiveSession) -> str:
    asked = request.POST.get("q", "")[:LONGEST_QUERY].strip()
    query = f"?{urlencode({'q': asked})}" if asked else ""
    return reverse("studio:cards", args=[session.pk]) + query
