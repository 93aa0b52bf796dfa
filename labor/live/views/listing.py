"""All sessions that visitors may see: on air, coming, to be watched again. And the wish to be told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from jinba.core.access import public
from jinba.core.errors import Refused
from labor.live import listing
from labor.live.actions import reserving
from labor.live.choices import State
from labor.live.models import LiveSession, Reservation


@public
@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """What is on air first, then what comes, then what can be watched again, page by page."""
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    shown, next_before = listing.replays(before=number)
    context = {
        "on_air": listing.on_air() if number is None else [],
        "coming": listing.coming() if number is None else [],
        "replays": shown,
        "next_url": f"?before={next_before}" if next_before else "",
        "is_first": number is None,
    }
    return render(request, "live/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reserve(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, which is where somebody lands who had to sign in first; POST reserves, or gives it up."""
    user: Any = request.user
    session = get_object_or_404(LiveSession.objects.public().select_related("host"), pk=pk)
    if request.method == "POST":
        try:
            if request.POST.get("give_up"):
                reserving.give_up(session=session, by=user)
            else:
                reserving.reserve(session=session, by=user)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect(session)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "live/_reserve.html", {"session": session, **listing.reservation_of(session, user)})
        messages.success(
            request, "不再提醒这场直播。" if request.POST.get("give_up") else "预约好了，开播前 15 分钟提醒您。"
        )
        return redirect(session)
    if session.state != State.ANNOUNCED or Reservation.objects.filter(session=session, user=user).exists():
        return redirect(session)
    return render(request, "live/reserve.html", {"session": session, "card": listing.card_of(session)})
