"""The queue of those who came without an appointment, and the numbers for the waiting area."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.spoken import left as left_words
from labor.interviews import drop_in
from labor.interviews.actions import walk_ins
from labor.interviews.choices import HERE, WalkInState
from labor.interviews.forms.booths import CallForm, FindForm, WalkInForm
from labor.interviews.models import Booth, WalkIn
from labor.workers.models import Worker
from labor.workers.views.people import own_person

LOOKERS = (Role.PARK, *STAFF_ROLES)
JUST_CALLED, NEXT = 6, 12  # numbers on the board


@roles(Role.PARK)
@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    """Who waits, who is in which booth; POST looks for one of my people by his phone."""
    form = FindForm(request.POST if request.method == "POST" else None)
    found: list[Worker] | None = None
    if form.is_valid():
        mine = Worker.objects.seen_by(request.user).active().with_phone(form.cleaned_data["phone"])
        found = list(mine.select_related("home").distinct().order_by("-pk"))
        if len(found) == 1:
            return redirect("booths:walk_in_new", worker_id=found[0].pk)
    rows = (
        WalkIn.objects.seen_by(request.user)
        .today()
        .select_related("worker", "booth", "interview__application__posting")
    )
    today, now = list(rows.defer("interview__application__posting__search").order_by("number")), timezone.now()
    context = {
        "form": form,
        "found": found,
        "waiting": [(row, _waited(row, now)) for row in today if row.state == WalkInState.WAITING],
        "called": [row for row in today if row.state == WalkInState.CALLED],
        "ended": [row for row in today if row.state not in HERE],
        "booths": list(Booth.objects.in_use()),
    }
    return render(request, "booths/walk_ins.html", context, status=422 if form.errors else 200)


def _waited(row: WalkIn, now: datetime) -> str:
    return f"等了 {left_words(now, row.came_at)}" if now - row.came_at >= timedelta(minutes=1) else "刚到"


@roles(Role.PARK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, worker_id: int) -> HttpResponse:
    """What he came for; POST gives him a number."""
    worker = own_person(request, worker_id)
    options = drop_in.options(worker=worker)
    choices = [(one.code, one.words) for one in options]
    form = WalkInForm(request.POST if request.method == "POST" else None, choices=choices)
    if form.is_valid():
        try:
            chosen = next(one for one in options if one.code == form.cleaned_data["about"])
            row = walk_ins.come(
                worker=worker, by=request.user, interview=chosen.interview, slot=chosen.slot,
                application=chosen.application, sitting=chosen.sitting,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, f"{worker.name}是 {row.number} 号，请他看着大屏等叫号。")
            return redirect("booths:walk_ins")
    context = {
        "form": form,
        "worker": worker,
        "has_interviews": len(options) > 1,
        "open_queues": drop_in.to_apply_for(worker=worker),
    }
    return render(request, "booths/walk_in_new.html", context, status=422 if form.is_bound else 200)


def _row(request: HttpRequest, pk: int) -> WalkIn:
    return get_object_or_404(WalkIn.objects.seen_by(request.user), pk=pk)


@roles(Role.PARK)
@require_POST
def call(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    form = CallForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选一个面试间。")
        return redirect("booths:walk_ins")
    called = walk_ins.call(walk_in=row, booth=form.cleaned_data["booth"], by=request.user)
    messages.success(request, f"已请 {called.number} 号到{called.booth}。")
    return redirect("booths:walk_ins")


@roles(Role.PARK)
@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    row = walk_ins.done(walk_in=_row(request, pk), by=request.user)
    messages.success(request, f"{row.number} 号办完了。")
    return redirect("booths:walk_ins")


@roles(Role.PARK)
@require_POST
def left(request: HttpRequest, pk: int) -> HttpResponse:
    row = walk_ins.left(walk_in=_row(request, pk), by=request.user)
    messages.success(request, f"{row.number} 号先走了。")
    return redirect("booths:walk_ins")


@roles(*LOOKERS)
@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Numbers in big type for the waiting area: who is asked where, who comes next. No names."""
    rows = WalkIn.objects.seen_by(request.user).today().here()
    called = rows.filter(state=WalkInState.CALLED).select_related("booth").order_by("-called_at")
    waiting = rows.filter(state=WalkInState.WAITING).order_by("number").values_list("number", flat=True)
    context: dict[str, Any] = {
        "called": list(called[:JUST_CALLED]),
        "waiting": list(waiting[:NEXT]),
        "more": max(0, waiting.count() - NEXT),
    }
    template = "booths/_board.html" if getattr(request, "htmx", False) else "booths/board.html"
    return render(request, template, context)
