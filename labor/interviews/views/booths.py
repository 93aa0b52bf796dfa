"""The booths of the zone, a day at a time: what is booked, who is on duty, days that are not as usual."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core import spoken
from jinba.core.access import roles
from jinba.core.errors import Refused
from labor.interviews.actions import booths
from labor.interviews.actions.booths import day_url
from labor.interviews.booth_plan import plan_of
from labor.interviews.forms.booths import CloseForm, StandInForm
from labor.interviews.models import Booth, WalkIn

LOOKERS = (Role.PARK, *STAFF_ROLES)
FURTHEST = timedelta(days=366)


def day_in(text: str | None) -> date:
    """A day as addresses write it; today for anything else, and for what is further away than a year."""
    today = timezone.localdate()
    try:
        day = parse_date(text or "") or today
    except ValueError:  # the 31st of February
        return today
    return day if abs(day - today) <= FURTHEST else today


def _title(on: date) -> str:
    return spoken.day(timezone.make_aware(datetime.combine(on, time.min)))


@roles(*LOOKERS)
@never_cache
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """A day of all booths: a grid over the hours, and below it each booth with its bookings."""
    on, today = day_in(request.GET.get("day")), timezone.localdate()
    user: Any = request.user
    tabs = [
        {"text": text, "href": day_url(day=one), "current": one == on}
        for text, one in (("今天", today), ("明天", today + timedelta(days=1)), ("后天", today + timedelta(days=2)))
    ]
    context = {
        "plan": plan_of(on),
        "on": on,
        "is_today": on == today,
        "is_past": on < today,
        "may_change": user.role == Role.PARK and on >= today,
        "is_host": user.role == Role.PARK,
        "title": _title(on),
        "tabs": tabs,
        "previous_url": day_url(day=on - timedelta(days=1)),
        "next_url": day_url(day=on + timedelta(days=1)),
        "waiting": WalkIn.objects.seen_by(user).today().here().count(),
    }
    return render(request, "booths/day.html", context)


def _booth(pk: int) -> Booth:
    return get_object_or_404(Booth.objects.in_use(), pk=pk)


@roles(Role.PARK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is booked and where each would go; POST closes the booth for the day and moves them."""
    booth = _booth(pk)
    on = day_in(request.POST.get("day") or request.GET.get("day"))
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            moved = booths.close_day(booth=booth, on=on, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            _put(form, refusal)
        else:
            messages.success(request, _told(booth, on, moved))
            return redirect(day_url(day=on))
    context = {
        "form": form,
        "booth": booth,
        "on": on,
        "title": _title(on),
        "fates": booths.fates(booth=booth, on=on),
        "back_url": day_url(day=on),
    }
    return render(request, "booths/close.html", context, status=422 if form.is_bound else 200)


def _put(form: Form, refusal: Refused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


def _told(booth: Booth, on: date, fates: list[booths.Fate]) -> str:
    moved = sum(fate.to is not None for fate in fates)
    said = [f"{booth}{on.month} 月 {on.day} 日不开放了。"]
    if moved:
        said.append(f"{moved} 场面试换到了别的面试间，时间没变，已经告诉他们。")
    if len(fates) > moved:
        said.append(f"{len(fates) - moved} 场没有别的面试间，已经请双方另选时间。")
    return "".join(said)


@roles(Role.PARK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is on duty on this day instead."""
    booth = _booth(pk)
    on = day_in(request.POST.get("day") or request.GET.get("day"))
    form = StandInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            booths.stand_in(booth=booth, on=on, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            _put(form, refusal)
        else:
            messages.success(request, f"{booth}{on.month} 月 {on.day} 日由{form.cleaned_data['host'].name}值班。")
            return redirect(day_url(day=on))
    context = {"form": form, "booth": booth, "on": on, "title": _title(on), "back_url": day_url(day=on)}
    return render(request, "booths/stand_in.html", context, status=422 if form.is_bound else 200)


@roles(Role.PARK)
@require_POST
def as_usual(request: HttpRequest, pk: int) -> HttpResponse:
    """The day is like every week again."""
    booth, on = _booth(pk), day_in(request.POST.get("day"))
    booths.as_usual(booth=booth, on=on, by=request.user)
    messages.success(request, f"{booth}{on.month} 月 {on.day} 日恢复平常的安排。")
    return redirect(day_url(day=on))
