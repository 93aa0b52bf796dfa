"""Posters of a session, for walls: each bears a code of its own, which tells who came from there."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from employers.sharing import pay_words
from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import public, roles
from jinba.core.errors import Refused
from jinba.core.spoken import when_range
from jinba.links import actions as links
from jinba.links.models import ShortLink
from jinba.links.qr import svg
from labor.live.forms.planning import PosterForm
from labor.live.models import LiveSession
from labor.live.views.desk import STUDIO, base_of, put

PER_POSTER = 6  # fits on one page, with long names too


@roles(*STUDIO, Role.BROKER)
@require_http_methods(["GET", "HEAD", "POST"])
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Says where the poster will hang, so that its code can tell."""
    session = _session(request.user, pk)
    form = PosterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            link = links.make(path=session.get_absolute_url(), by=request.user, **form.wish)
        except Refused as refusal:
            put(form, refusal)
        else:
            return redirect("live:poster", pk=pk, code=link.code)
    context = {
        "base": base_of(request),
        "form": form,
        "session": session,
        "made": ShortLink.objects.filter(path=session.get_absolute_url(), made_by=request.user.pk)[:20],
    }
    return render(request, "studio/poster.html", context, status=422 if form.is_bound else 200)


def _session(user: Any, pk: int) -> LiveSession:
    """One's own at any time; those announced hang brokers, the zone and officers for whoever hosts."""
    rows = LiveSession.objects.select_related("host")
    own = rows.seen_by(user).filter(pk=pk).first()
    if own is None and user.role in (Role.BROKER, Role.PARK, *STAFF_ROLES):
        own = rows.public().filter(pk=pk).first()
    if own is None:
        raise Http404
    return own


@public
@require_safe
def sheet(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One A4 page. Before it is announced only those see it who plan it; when it is over it says so."""
    user: Any = request.user
    rows = LiveSession.objects.select_related("host")
    session = rows.public().filter(pk=pk).first()
    if session is None:
        if not user.is_authenticated:
            raise Http404
        session = get_object_or_404(rows.seen_by(user), pk=pk)
    link = get_object_or_404(ShortLink, code=code, path=session.get_absolute_url())
    url = request.build_absolute_uri(f"/s/{link.code}")
    cards = session.cards.filter(removed_at__isnull=True).select_related(
        "posting__employer", "posting__region", "posting__zone"
    )
    listed = list(cards.defer("posting__search", "posting__duties", "posting__requirements").order_by("order", "pk"))
    context = {
        "session": session,
        "when": when_range(session.starts_at, session.ends_at),
        "link": link,
        "url": url,
        "short_url": url.split("://", 1)[1],
        "qr": svg(url),
        "rows": [{"posting": card.posting, "pay": pay_words(card.posting)} for card in listed[:PER_POSTER]],
        "more": max(0, len(listed) - PER_POSTER),
        "firms": len({card.posting.employer_id for card in listed}),
        "is_shown": session.is_public,
    }
    return render(request, "studio/sheet.html", context)
