"""The booth's own screen: who is expected, and “come in”. A browser becomes it by a button (`confined`)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jinba.accounts.choices import Role
from jinba.core.access import public, roles
from jinba.core.errors import Refused
from labor.interviews import confined, doors
from labor.interviews.actions import kiosk
from labor.interviews.forms.booths import LetInForm
from labor.interviews.models import Booth, Interview
from labor.interviews.screen import Guest, called_in, expected, guests

ROOM_IN_A_BOOTH = "?kiosk=1"
DAY = 60 * 60 * 24


def _at_a_screen(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the park's staff. Whoever is not signed in reads what that means: he may be a worker and alone before it."""
    inner = roles(Role.PARK)(view)

    @public
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return inner(request, pk, **kwargs)
        if confined.booth_of(request.session) is not None:  # the host may not sign in any more
            _forget(request)
            request.session.flush()
        if getattr(request, "htmx", False):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "booths/signed_out.html", {"next": reverse("booths:kiosk", args=[pk])})

    return guarded


def _booth(request: HttpRequest, pk: int) -> Booth:
    """One that is in use, or the one whose screen this is: it has to stay a page from which somebody can sign out."""
    is_here = confined.booth_of(request.session) == pk
    return get_object_or_404(Booth.objects.all() if is_here else Booth.objects.in_use(), pk=pk)


def _sitting(request: HttpRequest) -> Interview | None:
    """The interview whose seat this screen holds, while its room may be entered."""
    pk = confined.interview_of(request.session)
    seat = doors.find(session=request.session, user=request.user, interview_id=pk) if pk else None
    if seat is None or seat.revoked_at is not None or not seat.interview.is_on(timezone.now()):
        return None
    interview: Interview = seat.interview
    return interview


def _forget(request: HttpRequest) -> None:
    """The screen holds nobody's seat any more."""
    pk = confined.interview_of(request.session)
    if pk is None:
        return
    doors.take(request, pk)
    confined.seat(request, interview_id=None)
    kiosk.over(booth_id=confined.booth_of(request.session) or 0)


@_at_a_screen
@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """The next bookings of this booth. When an interview is over its seat is given up here.

    In any other browser: what it means to be the screen; POST makes it so.
    """
    booth, is_htmx = _booth(request, pk), getattr(request, "htmx", False)
    if confined.booth_of(request.session) is None:
        return HttpResponse(headers={"HX-Refresh": "true"}) if is_htmx else _become(request, booth)
    if request.method == "POST":  # a double tap
        return redirect("booths:kiosk", pk=booth.pk)
    sitting = _sitting(request)
    if sitting is None:
        _forget(request)
    context = {
        "booth": booth,
        "sitting": sitting,
        "room_url": room_url(sitting) if sitting else "",
        "guests": [] if sitting else guests(booth=booth),
        "called": [row for row in called_in(booth=booth) if row.interview_id is None],
        "now": timezone.now(),
    }
    return render(request, "booths/_screen.html" if is_htmx else "booths/screen.html", context)


def _become(request: HttpRequest, booth: Booth) -> HttpResponse:
    if request.method != "POST":
        return render(request, "booths/become.html", {"booth": booth, "days": settings.SESSION_COOKIE_AGE // DAY})
    request.session.pop(doors.HELD, None)
    confined.begin(request, booth_id=booth.pk)
    response = redirect("booths:kiosk", pk=booth.pk)
    # Nothing that the host looked at comes back by “back”.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@_at_a_screen
@sensitive_post_parameters("said")
@require_http_methods(["GET", "HEAD", "POST"])
def let_in(request: HttpRequest, pk: int, interview_id: int) -> HttpResponse:
    """One of them, large, and the box for what he says of himself; POST opens his seat on this screen."""
    if confined.booth_of(request.session) is None:
        return redirect("booths:kiosk", pk=pk)
    booth = _booth(request, pk)
    rows = expected(booth=booth).select_related("application__worker", "application__posting__employer")
    interview = get_object_or_404(rows.defer("application__posting__search"), pk=interview_id)
    guest = Guest(interview, timezone.now())
    form = LetInForm(request.POST if request.method == "POST" else None, has_phone=guest.has_phone)
    if form.is_valid():
        try:
            entry = kiosk.let_in(interview=interview, booth=booth, said=form.cleaned_data["said"], by=request.user)
        except Refused as refusal:
            if refusal.field not in form.fields:
                messages.error(request, refusal.message)
                return redirect("booths:kiosk", pk=booth.pk)
            form.add_error(refusal.field, refusal.message)
        else:
            if (before := confined.interview_of(request.session)) is not None:
                doors.take(request, before)
            doors.give(request, entry.seat)
            confined.seat(request, interview_id=interview.pk)
            return redirect(room_url(interview))
    context = {"booth": booth, "guest": guest, "form": form}
    return render(request, "booths/let_in.html", context, status=422 if form.is_bound else 200)


@_at_a_screen
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever sat here leaves, and his seat is forgotten on this screen."""
    _forget(request)
    return redirect("booths:kiosk", pk=pk)


def room_url(interview: Interview) -> str:
    return reverse("rooms:room", args=[interview.pk]) + ROOM_IN_A_BOOTH
