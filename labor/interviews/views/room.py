"""The doors of a room for its own page: JSON in, JSON out, each one action.

Errors are {"detail": sentence}: 404 no seat here, 409 not now, 422 not like this, 429 slower.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from jinba.core.access import public
from jinba.core.errors import Refused
from jinba.core.json_doors import UNREADABLE, Body, body_of, is_true, no, number_of, text_of, uuid_of, yes
from labor.interviews import doors, snapshots, turn
from labor.interviews.actions import entering, seating
from labor.interviews.models import ChatLine, Seat

LINES = 200
NO_SEAT = "您在这场面试里没有座位。"
NAME = re.compile(r"[a-z_]{1,20}")

Door = Callable[[HttpRequest, Seat, Body], Any]


def door(act: Door) -> Callable[..., HttpResponse]:
    """A view for whoever has a seat; what `act` returns is the answer's JSON."""

    @public
    @wraps(act)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            seat = doors.seat_of(request, pk)
            answer = act(request, seat, body_of(request) if request.method == "POST" else {})
        except Http404:
            return no(404, NO_SEAT)
        except entering.TooMuch as refusal:
            return no(429, refusal.message)
        except entering.NotAdmitted as refusal:
            return no(409, refusal.message)
        except Refused as refusal:
            return no(422 if refusal.field else 409, refusal.message)
        return yes(answer)

    return view


def _other(seat: Seat, body: Body) -> Seat:
    """The seat that is meant, in the same room."""
    number = number_of(body, "seat", 0) or 0
    found = Seat.objects.valid().filter(interview=seat.interview_id, number=number).first()
    if found is None:
        raise Refused("这个座位上没有人。", field="seat")
    return found


def snapshot_of(seat: Seat) -> Any:
    return snapshots.snapshot(seat_id=seat.pk) or {}


# The doors -----------------------------------------------------------------------------------------------------------


@require_safe
@door
def state(request: HttpRequest, seat: Seat, body: Body) -> Any:
    """What the socket would say, for pages that cannot open one."""
    return snapshot_of(seat)


@require_POST
@door
def ice(request: HttpRequest, seat: Seat, body: Body) -> Any:
    now = timezone.now()
    if not turn.may_call(seat=seat, now=now):
        raise Refused("还没有请您进来，或者面试室没有开放。")
    return turn.ice(seat=seat, now=now)


@require_POST
@door
def admit(request: HttpRequest, seat: Seat, body: Body) -> Any:
    entering.admit(seat=_other(seat, body), by=request.user)
    return snapshot_of(seat)


@require_POST
@door
def away(request: HttpRequest, seat: Seat, body: Body) -> Any:
    entering.send_away(seat=_other(seat, body), by=request.user)
    return snapshot_of(seat)


@require_POST
@door
def say(request: HttpRequest, seat: Seat, body: Body) -> Any:
    line = entering.say(seat=seat, client_id=uuid_of(body, "client_id"), text=text_of(body, "text"))
    return {"id": line.pk}


@require_safe
@door
def chat(request: HttpRequest, seat: Seat, body: Body) -> Any:
    """What was written since line `since`, of those who were let in for them."""
    entering.must_be_in(seat=seat)
    since = number_of(dict(request.GET.items()), "since", 0)
    lines = ChatLine.objects.filter(interview=seat.interview_id, pk__gt=since).select_related("seat").order_by("pk")
    return {
        "lines": [
            {
                "id": line.pk,
                "seat": line.seat.number,
                "name": line.seat.name,
                "mine": line.seat_id == seat.pk,
                "text": line.text,
                "at": line.at.isoformat(),
            }
            for line in lines[:LINES]
        ]
    }


@require_POST
@door
def report(request: HttpRequest, seat: Seat, body: Body) -> Any:
    entering.report(
        seat=seat,
        connection=uuid_of(body, "conn"),
        peer=number_of(body, "peer", 0) or 0,
        is_connected=is_true(body, "connected"),
        setup_ms=number_of(body, "setup_ms"),
        first_frame_ms=number_of(body, "first_frame_ms"),
        seconds=number_of(body, "seconds", 0) or 0,
        drops=number_of(body, "drops", 0) or 0,
        restarts=number_of(body, "restarts", 0) or 0,
        is_relayed=is_true(body, "relayed"),
        audio_only_seconds=number_of(body, "audio_only_seconds", 0) or 0,
    )
    return {}


@require_POST
@door
def device(request: HttpRequest, seat: Seat, body: Body) -> Any:
    found: Body = {}
    for name, value in body.items():
        if not NAME.fullmatch(name) or len(found) >= entering.LONGEST_DEVICE:
            raise Refused(UNREADABLE, field="device")
        if isinstance(value, str):
            found[name] = text_of({name: value}, name)[:40]
        elif isinstance(value, bool):
            found[name] = value
        else:
            found[name] = number_of(body, name)
    entering.check_device(seat=seat, found=found)
    return {}


@require_POST
@door
def phone(request: HttpRequest, seat: Seat, body: Body) -> Any:
    entering.ask_for_phone(seat=seat, by=request.user)
    return snapshot_of(seat)


@require_POST
@door
def invite(request: HttpRequest, seat: Seat, body: Body) -> Any:
    if not request.user.is_authenticated:
        raise Refused("请先登录，再请人进来。")
    made = seating.invite(
        interview=seat.interview,
        kind=text_of(body, "kind"),
        name=text_of(body, "name"),
        phone=text_of(body, "phone"),
        by=request.user,
    )
    return {"seat": made.number, "name": made.name}


@require_POST
@door
def revoke(request: HttpRequest, seat: Seat, body: Body) -> Any:
    if not request.user.is_authenticated:
        raise Refused("请先登录。")
    seating.revoke(seat=_other(seat, body), by=request.user)
    return snapshot_of(seat)
