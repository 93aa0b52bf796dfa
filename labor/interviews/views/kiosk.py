"""The booth's own screen, signed in by somebody of the park: who is expected, and “come in”.

While somebody sits before it the session holds his seat, and under KIOSK which booth and interview that is.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from labor.interviews import doors
from labor.interviews.actions import kiosk
from labor.interviews.models import Booth, Interview
from labor.interviews.screen import Guest, called_in, expected, guests

KIOSK = "kiosk"  # in the session: {"booth": id, "interview": id}
ROOM_IN_A_BOOTH = "?kiosk=1"


def _booth(pk: int) -> Booth:
    return get_object_or_404(Booth.objects.in_use(), pk=pk)


def _sitting(request: HttpRequest) -> Interview | None:
    """The interview whose seat this screen holds, while its room may be entered."""
    held: dict[str, Any] = request.session.get(KIOSK, {})
    interview = Interview.objects.filter(pk=held.get("interview", 0)).first()
    return interview if interview is not None and interview.is_on(timezone.now()) else None


def booth_of(request: HttpRequest, interview_id: int) -> int | None:
    """The booth on whose screen this browser holds a seat of that interview; None anywhere else."""
    held: dict[str, Any] = request.session.get(KIOSK, {})
    return held["booth"] if held.get("interview") == interview_id and request.user.is_authenticated else None


def _forget(request: HttpRequest) -> None:
    """The screen holds nobody's seat any more."""
    held: dict[str, Any] = request.session.pop(KIOSK, {})
    if held:
        doors.take(request, held["interview"])
        booth = Booth.objects.filter(pk=held["booth"]).first()
        if booth is not None:
            kiosk.over(booth=booth)


@roles(Role.PARK)
@never_cache
@require_safe
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """The next bookings of this booth. When an interview is over its seat is given up here."""
    booth, sitting = _booth(pk), _sitting(request)
    if sitting is None and KIOSK in request.session:
        _forget(request)
    context = {
        "booth": booth,
        "sitting": sitting,
        "room_url": room_url(sitting) if sitting else "",
        "guests": [] if sitting else guests(booth=booth),
        "called": [row for row in called_in(booth=booth) if row.interview_id is None],
        "now": timezone.now(),
    }
    template = "booths/_screen.html" if getattr(request, "htmx", False) else "booths/screen.html"
    return render(request, template, context)


@roles(Role.PARK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def let_in(request: HttpRequest, pk: int, interview_id: int) -> HttpResponse:
    """One of them, large, to compare with whoever stands there; POST opens his seat on this screen."""
    booth = _booth(pk)
    rows = expected(booth=booth).select_related("application__worker", "application__posting__employer")
    interview = get_object_or_404(rows.defer("application__posting__search"), pk=interview_id)
    if request.method == "POST":
        try:
            entry = kiosk.let_in(
                interview=interview, booth=booth, last_four_seen=request.POST.get("last_four", ""), by=request.user
            )
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("booths:kiosk", pk=booth.pk)
        _forget_another(request, interview, booth)
        doors.give(request, entry.seat)
        request.session[KIOSK] = {"booth": booth.pk, "interview": interview.pk}
        return redirect(room_url(interview))
    context = {"booth": booth, "guest": Guest(interview, timezone.now())}
    return render(request, "booths/let_in.html", context)


def _forget_another(request: HttpRequest, interview: Interview, booth: Booth) -> None:
    """Who sat before this screen until now, in this booth or where it stood before."""
    held: dict[str, Any] = request.session.get(KIOSK, {})
    if held and held["interview"] != interview.pk:
        doors.take(request, held["interview"])
    if held and held["booth"] != booth.pk:
        for before in Booth.objects.filter(pk=held["booth"]):
            kiosk.over(booth=before)


@roles(Role.PARK)
@never_cache
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever sat here leaves, and his seat is forgotten on this screen."""
    booth = _booth(pk)
    _forget(request)
    return redirect("booths:kiosk", pk=booth.pk)


def room_url(interview: Interview) -> str:
    return reverse("rooms:room", args=[interview.pk]) + ROOM_IN_A_BOOTH
