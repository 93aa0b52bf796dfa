"""Recordings: asked, kept and stopped from the room's page; watched later, for a reason that is written down."""

import re
from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.json_doors import UNREADABLE, Body, is_true, number_of, text_of
from jinba.privacy.choices import Purpose
from jinba.privacy.forms import RevealForm
from labor.interviews.actions import recording as recordings
from labor.interviews.choices import RecordingState
from labor.interviews.models import Interview, Recording, Seat
from labor.interviews.views.room import door, snapshot_of
from labor.workers.acting import authority

FOR_EMPLOYERS = (Purpose.ASSESS, Purpose.COMPLAINT, Purpose.OTHER)
FOR_OFFICERS = (Purpose.COMPLAINT, Purpose.ASSESS, Purpose.OTHER)
TICKET_SECONDS = 2 * 3600  # so long a player may ask for the film after its reason was written down
RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


# In the room ---------------------------------------------------------------------------------------------------------


def _recording(seat: Seat, body: Body) -> Recording:
    found = Recording.objects.filter(interview=seat.interview_id, pk=number_of(body, "recording", 0) or 0).first()
    if found is None:
        raise Refused("没有这次录像。", field="recording")
    return found


@require_POST
@door
def ask(request: HttpRequest, seat: Seat, body: Body) -> Any:
    recordings.ask(interview=seat.interview, by=request.user)
    return snapshot_of(seat)


@require_POST
@door
def answer(request: HttpRequest, seat: Seat, body: Body) -> Any:
    recordings.answer(recording=_recording(seat, body), seat=seat, is_given=is_true(body, "given"))
    return snapshot_of(seat)


@require_POST
@door
def start(request: HttpRequest, seat: Seat, body: Body) -> Any:
    recordings.start(recording=_recording(seat, body), by=request.user, content_type=text_of(body, "type"))
    return snapshot_of(seat)


@require_POST
@door
def stop(request: HttpRequest, seat: Seat, body: Body) -> Any:
    recordings.stop(recording=_recording(seat, body), seat=seat)
    return snapshot_of(seat)


@require_POST
@door
def part(request: HttpRequest, seat: Seat, body: Body) -> Any:
    """A piece of the film as it is, its number in the address; says which one is wanted next."""
    if request.content_type == "multipart/form-data":  # read as a form by now, and gone
        raise Refused(UNREADABLE, field="content")
    asked = dict(request.GET.items())
    try:
        wanted = recordings.add_part(
            recording=_recording(seat, asked),
            by=request.user,
            number=number_of(asked, "number", 0) or 0,
            content=request.body,
        )
    except recordings.OutOfOrder as refusal:
        wanted = refusal.wanted
    return {"wanted": wanted}


# Afterwards ----------------------------------------------------------------------------------------------------------


@roles(Role.EMPLOYER, *STAFF_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks why; POST writes that down and shows the player, for this answer only."""
    found = _seen(request, pk)
    user: Any = request.user
    is_staff = user.role in STAFF_ROLES
    purposes = FOR_OFFICERS if is_staff else FOR_EMPLOYERS
    form = RevealForm(request.POST if request.method == "POST" else None, purposes=purposes, auto_id="why_%s")
    film, refused = "", ""
    if form.is_valid():
        try:
            recordings.watch(recording=found, by=user, **form.cleaned_data)
        except Refused as refusal:
            if refusal.field in form.fields:
                form.add_error(refusal.field, refusal.message)
            else:
                refused = refusal.message
        else:
            film = reverse("interviewing:film", args=[found.pk, _signer(found, user).sign("film")])
    interview = found.interview
    application = interview.application
    context = {
        "recording": found,
        "interview": interview,
        "posting": application.posting,
        "name": application.worker.masked_name,
        "form": form,
        "refused": refused,
        "film": film,
        "viewer": f"{user.name or user.get_role_display()} {timezone.localtime():%Y-%m-%d %H:%M}",
        "can_see": found.state == RecordingState.KEPT and (is_staff or application.shows_person),
        "is_staff": is_staff,
        "base": "base_staff.html" if is_staff else "base_employer.html",
    }
    return _unkept(
        render(request, "interviewing/recording.html", context, status=422 if form.errors or refused else 200)
    )


@roles(Role.EMPLOYER, *STAFF_ROLES)
@require_safe
def film(request: HttpRequest, pk: int, ticket: str) -> HttpResponse:
    """The film, decrypted as it is sent; only with the ticket that this person got for his reason."""
    found = _seen(request, pk)
    user: Any = request.user
    try:
        _signer(found, user).unsign(ticket, max_age=TICKET_SECONDS)
    except BadSignature as error:
        raise Http404("no ticket") from error
    application = found.interview.application
    size = sum(found.parts.values_list("bytes", flat=True))
    if found.state != RecordingState.KEPT or not size or not (user.role in STAFF_ROLES or application.shows_person):
        raise Http404("no film")
    sent: HttpResponse = _unkept(_sent(request, found, size))
    return sent


@roles(Role.EMPLOYER, *STAFF_ROLES)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = _seen(request, pk)
    recordings.discard(recording=found, by=request.user)
    messages.success(request, "录像已经删除。")
    return redirect("interviewing:recording", pk=found.pk)


@roles(Role.SEEKER, Role.BROKER, Role.PARK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recorded of the worker, and one button: POST takes his word back and deletes it."""
    interview = get_object_or_404(
        Interview.objects.seen_by(request.user).select_related("application__worker", "application__posting__employer"),
        pk=pk,
    )
    try:
        authority(worker=interview.application.worker, by=request.user)
    except Refused as refusal:
        raise Http404("not his") from refusal
    kept = Recording.objects.filter(interview=interview).exclude(state__in=[RecordingState.REFUSED]).order_by("-pk")
    if request.method == "POST":
        for one in kept.exclude(state=RecordingState.DELETED):
            recordings.withdraw(recording=one, by=request.user)
        messages.success(request, "录像已经删除，谁也看不到了。")
        return redirect("interviews:recordings", pk=interview.pk)
    user: Any = request.user
    context = {
        "interview": interview,
        "posting": interview.application.posting,
        "rows": list(kept),
        "can_delete": any(one.state != RecordingState.DELETED for one in kept),
        "base": "base_seeker.html" if user.role == Role.SEEKER else "base_staff.html",
    }
    return render(request, "interviewing/my_recordings.html", context)


# Inside --------------------------------------------------------------------------------------------------------------


def _seen(request: HttpRequest, pk: int) -> Recording:
    interviews = Interview.objects.seen_by(request.user)
    rows = Recording.objects.select_related(
        "interview__application__worker", "interview__application__posting__employer"
    ).defer("interview__application__posting__search")
    found: Recording = get_object_or_404(rows, pk=pk, interview__in=interviews)
    return found


def _signer(recording: Recording, user: Any) -> TimestampSigner:
    return TimestampSigner(salt=f"film:{recording.pk}:{user.pk}")


def _sent(request: HttpRequest, recording: Recording, size: int) -> HttpResponseBase:
    """The whole film, or the one range that a player asks for."""
    first, last, status = 0, size - 1, 200
    wanted = RANGE.fullmatch(request.headers.get("Range", ""))
    if wanted:
        first = int(wanted[1])
        last = min(int(wanted[2]), last) if wanted[2] else last
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        status = 206
    kind = recording.content_type.partition(";")[0]
    response = StreamingHttpResponse(
        recordings.pieces(recording=recording, first=first, last=last), status=status, content_type=kind
    )
    response.headers["Content-Encoding"] = "identity"  # or it would be compressed, and the ranges wrong
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if status == 206:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _unkept(response: HttpResponseBase) -> Any:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
