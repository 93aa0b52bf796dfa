"""How people come into the room: by their link, or signed in; and the check of their devices before."""

import logging
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from redis.exceptions import RedisError

from jinba.accounts.choices import Role
from jinba.core.access import View, public, roles
from jinba.core.client import client_address
from jinba.core.permissions import uses_camera
from labor.interviews import confined, doors, snapshots
from labor.interviews.actions import entering
from labor.interviews.actions.entering import NotAdmitted
from labor.interviews.choices import SeatKind, State
from labor.interviews.links import link_path, seat_of_token
from labor.interviews.models import Interview, Seat
from labor.interviews.panel import panel_context
from labor.interviews.recordings import record_urls
from labor.interviews.words import time_of

logger = logging.getLogger(__name__)

MOST_WRONG, HOUR = 30, 3600  # links that lead nowhere, from one address
DOORS = (
    "state",
    "ice",
    "admit",
    "away",
    "revoke",
    "say",
    "chat",
    "report",
    "device",
    "phone",
    "invite",
    "check",
    "room",
)
OVER = {
    State.DONE: "这场面试已经结束了。",
    State.CANCELLED: "这场面试已经取消了。",
    State.NO_SHOW: "这场面试没有进行。",
    State.RESCHEDULING: "这场面试正在改时间。时间定了会再通知您。",
    State.PROPOSED: "这场面试还没有定时间。",
}


def _private(view: View) -> View:
    """Kept by nobody, and no address of it goes anywhere: not even within the site."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        # Not `no-referrer`: with that a form is posted with `Origin: null`, which no CSRF check lets pass.
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return kept


def _tries(request: HttpRequest) -> str:
    return f"room-links:{client_address(request)}"


def _guesses(request: HttpRequest) -> bool:
    """Whether this address has tried too many links that lead nowhere. With Redis away nobody is held back."""
    try:
        return int(cache.get(_tries(request)) or 0) >= MOST_WRONG
    except (RedisError, OSError):
        return False


def _count_guess(request: HttpRequest) -> None:
    try:
        cache.add(_tries(request), 0, timeout=HOUR)
        cache.incr(_tries(request))
    except (RedisError, OSError, ValueError):
        return


def _said(request: HttpRequest, refusal: NotAdmitted) -> HttpResponse:
    response = render(request, "interviews/shut.html", {"text": refusal.message}, status=refusal.status)
    response._has_been_logged = True  # type: ignore[attr-defined]  # the address of a link is in no log
    return response


# The link ------------------------------------------------------------------------------------------------------------


@public
@_private
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What the link leads to, and one button. Looking changes nothing: programs that show previews look, too."""
    if _guesses(request):
        return _said(request, NotAdmitted("打不开的链接点得太多了，请过一小时再试。", status=429))
    try:
        if request.method == "POST":
            seat = entering.open_link(token=token, user=request.user, held=_held(request, token))
        else:
            seat = entering.look(token=token, user=request.user)
    except NotAdmitted as refusal:
        if refusal.status == 401:
            return _sign_in(reverse("rooms:link", args=[token]))
        if refusal.status == 404:
            _count_guess(request)
        return _said(request, refusal)
    if request.method == "POST":
        doors.give(request, seat)
        to = "rooms:check" if request.POST.get("to") == "check" else "rooms:room"
        return redirect(to, pk=seat.interview_id)
    return render(request, "interviews/link.html", _words(seat) | {"is_on": seat.interview.is_on(timezone.now())})


def _held(request: HttpRequest, token: str) -> Seat | None:
    """The seat that this visitor has in the room of the link already."""
    seat = seat_of_token(token)
    if seat is None:
        return None
    return doors.find(session=request.session, user=request.user, interview_id=seat.interview_id)


def _sign_in(to: str) -> HttpResponse:
    return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': to})}")


def _words(seat: Seat) -> dict[str, Any]:
    """What the person of that seat reads on every page before the room."""
    interview = seat.interview
    posting = interview.application.posting
    opens_at = interview.opens_at()
    return {
        "seat": seat,
        "interview": interview,
        "posting": posting,
        "when": time_of(interview),
        "opens_at": opens_at,
        "wait": _wait(opens_at),
        "is_recruiter": seat.kind == SeatKind.RECRUITER,
    }


def _wait(opens_at: Any) -> str:
    """还有 2 小时 5 分钟; empty when it is open."""
    minutes = int((opens_at - timezone.now()).total_seconds() // 60) + 1 if opens_at else 0
    if minutes <= 0:
        return ""
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    return f"{hours} 小时 {minutes % 60} 分钟" if hours else f"{minutes} 分钟"


# The room ------------------------------------------------------------------------------------------------------------


def _seat(request: HttpRequest, pk: int) -> Seat:
    """The visitor's seat while its room may be waited for; NotAdmitted in words when it is over, Http404 for others."""
    seat = doors.find(session=request.session, user=request.user, interview_id=pk)
    if seat is None:
        raise Http404("no seat")
    interview, now = seat.interview, timezone.now()
    if interview.state in OVER:
        raise NotAdmitted(OVER[State(interview.state)], status=410)
    if seat.revoked_at is not None:
        raise NotAdmitted("您的座位收回了：面试改了时间，或者换了人。请看最新的消息或短信。", status=410)
    if snapshots.over(interview, now):
        raise NotAdmitted("这场面试的时间已经过了。", status=410)
    return seat


@public
@_private
@uses_camera
@require_safe
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The room itself; before it opens, when that will be."""
    booth_id = confined.booth_of(request.session)
    try:
        seat = _seat(request, pk)
    except (NotAdmitted, Http404) as refusal:
        if booth_id is not None:
            return redirect("booths:kiosk", pk=booth_id)
        return _said(request, refusal) if isinstance(refusal, NotAdmitted) else _stranger(request, pk)
    if not seat.interview.is_on(timezone.now()):
        if booth_id is not None:
            return redirect("booths:kiosk", pk=booth_id)
        return render(request, "interviews/early.html", _words(seat))
    if getattr(request, "htmx", False):  # the page that waited for it
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "interviews/room.html", _room_context(request, seat))


def _stranger(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever has no seat: a colleague may take the interview over, a visitor may sign in; nobody else learns of it.

    Who opened his link elsewhere since is led to it again.
    """
    user: Any = request.user
    if (seat := doors.lost(request.session, pk)) is not None:
        return redirect(link_path(seat))
    if not user.is_authenticated:
        return _sign_in(request.path)
    interview = get_object_or_404(Interview.objects.seen_by(user).select_related("recruiter", "sitting"), pk=pk)
    if not entering.may_take_over(interview=interview, by=user) or snapshots.over(interview, timezone.now()):
        raise Http404("no seat")
    if not Seat.objects.valid().filter(interview=interview, kind=SeatKind.RECRUITER).exists():
        raise Http404("no room")
    context = {"interview": interview, "when": time_of(interview), "posting": interview.application.posting}
    return render(request, "interviews/take_over.html", context)


@roles(Role.EMPLOYER)
@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    interview = get_object_or_404(Interview.objects.seen_by(request.user), pk=pk)
    entering.take_over(interview=interview, by=request.user)
    return redirect("rooms:room", pk=pk)


@public
@_private
@uses_camera
@require_safe
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Camera, microphone, speaker and line, tried before the interview."""
    try:
        seat = _seat(request, pk)
    except NotAdmitted as refusal:
        return _said(request, refusal)
    except Http404:
        if (lost := doors.lost(request.session, pk)) is not None:
            return redirect(link_path(lost))
        if not request.user.is_authenticated:
            return _sign_in(request.path)
        raise
    context = _words(seat) | {"urls": _urls(request, seat), "is_on": seat.interview.is_on(timezone.now())}
    return render(request, "interviews/check.html", context)


def _urls(request: HttpRequest, seat: Seat) -> dict[str, str]:
    """Where the page's scripts ask; the link is for another browser of the same person."""
    pk = seat.interview_id
    urls = {name: reverse(f"rooms:{name}", args=[pk]) for name in DOORS} | record_urls(pk)
    return urls | {
        "socket": f"/ws/interviews/{pk}/",
        "link": request.build_absolute_uri(link_path(seat)),
        "leave": _leave_url(request, seat),
    }


def _room_context(request: HttpRequest, seat: Seat) -> dict[str, Any]:
    is_recruiter = seat.kind == SeatKind.RECRUITER
    booth_id = confined.booth_of(request.session)
    return _words(seat) | {
        "urls": _urls(request, seat),
        "kiosk": reverse("booths:back", args=[booth_id]) if booth_id is not None else "",
        "panel": panel_context(seat.interview, request.user) if is_recruiter else None,
        "records": settings.INTERVIEW_RECORDING,
    }


def _leave_url(request: HttpRequest, seat: Seat) -> str:
    """Where the page goes when somebody leaves."""
    if not request.user.is_authenticated:
        return "/"
    if seat.kind == SeatKind.RECRUITER:
        return reverse("interviewing:detail", args=[seat.interview_id])
    return seat.interview.get_absolute_url() if seat.kind == SeatKind.WORKER else reverse("dashboards:home")
