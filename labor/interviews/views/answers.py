"""What the worker, or his helper for him, does about an interview: choose, move, stay away, say that nobody came."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.spoken import near
from labor.interviews.actions import answering, changing, wishing
from labor.interviews.choices import Side, State
from labor.interviews.choosing import OWN, booths_at, pick_of, places_of
from labor.interviews.forms.answering import DeclineForm, OtherTimeForm
from labor.interviews.models import Booth, Interview, Slot
from labor.interviews.page import can_act, can_cancel, can_miss, can_move, can_place, frame
from labor.interviews.views.mine import HELPERS, own, show

WHO = (Role.SEEKER, *HELPERS)


def his_to_answer(request: HttpRequest, pk: int) -> Interview:
    """Of an interview that he only hosts nobody finds a door here."""
    interview = own(request, pk)
    if not can_act(interview, request.user):
        raise Http404
    return interview


@roles(*WHO)
@require_http_methods(["GET", "HEAD", "POST"])
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """POST takes a time, or a place in the queue; one that was just taken comes back with those that are left."""
    interview = his_to_answer(request, pk)
    if request.method != "POST":
        return redirect(f"{interview.get_absolute_url()}#pick")
    chosen = {name: request.POST.get(name, "") for name in ("slot", "place", "helper")}
    try:
        slot = _slot(interview, chosen["slot"])
        interview = answering.pick(
            interview=interview, slot=slot, by=request.user, booth=_booth(chosen["place"]), helper=_helper(chosen)
        )
    except Refused as refusal:
        return show(request, his_to_answer(request, pk), status=422, chosen=chosen, error=refusal.message)
    when = near(interview.starts_at, timezone.now()) if interview.starts_at else ""
    if interview.queue_number:
        messages.success(request, f"记下了，您是 {interview.queue_number} 号。{when}开始。")
    else:
        messages.success(request, f"定了：{when}。到时候会提醒您。")
    return redirect(interview)


def _slot(interview: Interview, value: str) -> Slot | None:
    """The slot that was tapped, taken or not: the action says whether it can be had."""
    if interview.sitting.is_queue:
        return None
    found = Slot.objects.filter(sitting=interview.sitting_id, pk=value).first() if _is_number(value) else None
    if found is None:
        raise Refused("请先点一个时间。", field="slot")
    return found


def _booth(value: str) -> Booth | None:
    return Booth.objects.in_use().filter(pk=value).first() if value != OWN and _is_number(value) else None


def _helper(chosen: dict[str, str]) -> User | None:
    return User.objects.filter(pk=chosen["helper"]).first() if _is_number(chosen["helper"]) else None


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19


@roles(*WHO)
@require_safe
def places(request: HttpRequest, pk: int) -> HttpResponse:
    """The places that are free at the time just tapped."""
    interview = his_to_answer(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{interview.get_absolute_url()}#pick")
    chosen = {name: request.GET.get(name, "") for name in ("slot", "place", "helper")}
    slots = Slot.objects.free().filter(sitting=interview.sitting_id)
    slot = slots.filter(pk=chosen["slot"]).first() if _is_number(chosen["slot"]) else None
    context = places_of(interview, slots=[slot] if slot else [], slot=slot, reader=request.user, chosen=chosen)
    return render(request, "interviews/_places.html", context)


@roles(*WHO)
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """From where he takes part, decided anew: the own phone, or a booth that is free at the time."""
    interview = his_to_answer(request, pk)
    if not can_place(interview, timezone.now()):
        return redirect(interview)
    assert interview.starts_at and interview.ends_at
    picked, error = request.POST.get("place", ""), ""
    if request.method == "POST":
        booth = _booth(picked)
        try:
            if booth is None and picked != OWN:
                raise Refused("请选一个地方。", field="place")
            answering.change_booth(interview=interview, booth=booth, by=request.user)
        except Refused as refusal:
            error = refusal.message
        else:
            messages.success(request, f"记下了：{'用自己的手机' if booth is None else f'去{booth.name}'}。")
            return redirect(interview)
    booths = [interview.booth] if interview.booth else []
    free = booths_at(interview.starts_at, interview.ends_at, interview.sitting)
    booths += [one for one in free if one not in booths]
    chosen = picked or str(interview.booth_id or OWN)
    context = {
        "places": [{"pk": one.pk, "booth": one, "is_chosen": chosen == str(one.pk)} for one in booths],
        "is_own": chosen == OWN,
        "error": error,
        "when": near(interview.starts_at, timezone.now()),
        **_whose(request, interview),
    }
    return render(request, "interviews/place.html", context, status=422 if error else 200)


@roles(*WHO)
@require_http_methods(["GET", "HEAD", "POST"])
def other_time(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for other times. One that was agreed is given back by it; before that it is but a wish."""
    interview = his_to_answer(request, pk)
    if not can_move(interview, timezone.now()):
        return redirect(interview)
    is_agreed = interview.state == State.CONFIRMED

    def act(form: forms.Form) -> str:
        does = changing.ask_other_time if is_agreed else wishing.wish
        does(interview=interview, by=request.user, wish=form.cleaned_data["wish"])
        return "已经告诉企业，等它给新的时间。"

    more = {"pick": pick_of(interview, reader=request.user, now=timezone.now(), chosen={})} if is_agreed else {}
    return _ask(request, interview, OtherTimeForm, act, "other_time" if is_agreed else "wish", **more)


@roles(*WHO)
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """He does not come: before he chose a time, or after."""
    interview = his_to_answer(request, pk)
    if not can_cancel(interview, timezone.now()):
        return redirect(interview)

    def act(form: forms.Form) -> str:
        does = answering.decline if interview.state == State.PROPOSED else changing.cancel
        does(interview=interview, by=request.user, **form.cleaned_data)
        return "已经告诉企业您不去这次面试。"

    return _ask(request, interview, DeclineForm, act, "decline")


@roles(*WHO)
@require_http_methods(["GET", "HEAD", "POST"])
def missed(request: HttpRequest, pk: int) -> HttpResponse:
    """“我到了，企业没来”, asked once more."""
    interview = his_to_answer(request, pk)
    if not can_miss(interview, timezone.now()):
        return redirect(interview)

    def act(form: forms.Form) -> str:
        changing.no_show(interview=interview, side=Side.EMPLOYER, by=request.user)
        return "记下了。企业会收到，也会算进它没来的次数。"

    return _ask(request, interview, forms.Form, act, "missed")


def _ask(request: HttpRequest, interview: Interview, form_class: Any, act: Any, deed: str, **more: Any) -> HttpResponse:
    """GET asks, POST does it; what was wrong or refused comes back with what was typed."""
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            told = act(form)
        except Refused as refusal:
            if refusal.field not in form.fields:
                messages.error(request, refusal.message)
                return redirect(interview)
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, told)
            return redirect(interview)
    context = {"form": form, "deed": deed, **_whose(request, interview), **more}
    return render(request, "interviews/ask.html", context, status=422 if form.errors else 200)


def _whose(request: HttpRequest, interview: Interview) -> dict[str, Any]:
    user: Any = request.user
    acts_for = interview.application.worker.name if user.role != Role.SEEKER else ""
    return {
        "interview": interview,
        "posting": interview.application.posting,
        "base": frame(user),
        "acts_for": acts_for,
        "when": near(interview.starts_at, timezone.now()) if interview.starts_at else "",
    }
