"""One interview on the employer's desk, and what he can do about it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from employers.forms import add_refusal
from employers.models import Member
from employers.views.doors import members
from jinba.core import spoken
from jinba.core.errors import Refused
from jinba.privacy.fields import PHONE
from jinba.privacy.forms import FOR_EMPLOYERS
from jinba.privacy.revealing import answer
from labor.interviews import agenda, words
from labor.interviews.actions import changing, offering, phoning, seating
from labor.interviews.choices import OPEN, TIMED, Mode, Side, State
from labor.interviews.forms.desk import AgainForm, CancelForm, GuestForm
from labor.interviews.models import Interview, Seat, Slot
from labor.interviews.views.rows import HOW, clock, name_of, room, standing


def _interview(request: HttpRequest, pk: int) -> Interview:
    free = Exists(Slot.objects.free().filter(sitting=OuterRef("sitting")))
    rows = agenda.rows_of(request.user).select_related("helper", "application__worker__user").annotate(has_times=free)
    return get_object_or_404(rows, pk=pk)


@members
@require_GET
def interview_detail(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    return _page(request, _interview(request, pk))


def _page(
    request: HttpRequest, interview: Interview, *, again: AgainForm | None = None, guest: GuestForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    now, application = timezone.now(), interview.application
    state, look = standing(interview, now)
    room_url, opens = room(interview, request.user, now)
    is_timed, is_open = interview.state in TIMED, interview.state in OPEN
    has_begun = interview.starts_at is not None and interview.starts_at <= now
    again = again or AgainForm()
    seats = list(Seat.objects.valid().filter(interview=interview).order_by("number")) if is_timed else []
    context = {
        "interview": interview,
        "application": application,
        "posting": application.posting,
        "name": name_of(application),
        "is_coming": is_timed and interview.ends_at is not None and interview.ends_at > now,
        "state": state,
        "look": look,
        "facts": _facts(interview),
        "room_url": room_url,
        "opens": opens,
        "shows_person": application.shows_person,
        "may_call": is_open and application.allows_contact,
        "may_move": interview.state == State.LIVE,
        "may_say_missing": interview.state == State.CONFIRMED and has_begun,
        "has_card": interview.state == State.DONE or (interview.state in (*TIMED, State.NO_SHOW) and has_begun),
        "may_cancel": is_open,
        "wants_times": interview.state in (State.PROPOSED, State.RESCHEDULING, State.CONFIRMED),
        "seats": [_seat(seat) for seat in seats],
        "may_invite": is_timed and interview.mode == Mode.VIDEO and interview.ends_at and interview.ends_at > now,
        "again_form": again,
        "again_rows": again.rows.shown_by(again),
        "spare_is_used": again.rows.spare_is_used(again),
        "guest_form": guest or GuestForm(),
        "cancel_form": CancelForm(auto_id="cancel_%s"),
        "history": [
            {"title": words.happened(event, is_worker=False), "when": spoken.when(event.at)}
            for event in interview.events.select_related("by").order_by("-id")
        ],
    }
    return render(request, "interviewing/detail.html", context, status=status)


def _facts(interview: Interview) -> list[tuple[str, str]]:
    sitting, starts_at, ends_at = interview.sitting, interview.starts_at, interview.ends_at
    queue = f"{interview.queue_number} 号" if interview.queue_number else ""
    return [
        ("时间", spoken.when_range(starts_at, ends_at) if starts_at and ends_at else ""),
        ("怎么面试", HOW[Mode(interview.mode)]),
        ("地点", sitting.place if interview.mode == Mode.ONSITE else ""),
        ("排队", queue),
        ("第几轮", f"第 {interview.round} 轮" if interview.round > 1 else ""),
        ("面试官", interview.recruiter.name),
        ("面试间", f"{interview.booth.name}，{interview.booth.place}" if interview.booth else ""),
        ("陪同", interview.helper.name if interview.helper else ""),
        ("为什么取消", words.why_cancelled(interview)),
        ("对方想改到", interview.wish if interview.state in (State.PROPOSED, State.RESCHEDULING) else ""),
        ("最晚选到", spoken.when(sitting.answer_by) if sitting.answer_by and interview.state == State.PROPOSED else ""),
        ("给对方的话", sitting.note),
        ("对方到了", spoken.when(interview.worker_came_at) if interview.worker_came_at else ""),
        ("改打电话", spoken.when(interview.by_phone_at) if interview.by_phone_at else ""),
        ("给对方的结果", interview.feedback),
    ]


def _seat(seat: Seat) -> dict[str, Any]:
    if seat.admitted_at:
        how = f"{clock(seat.admitted_at)} 请进来了"
    elif seat.arrived_at:
        how = f"{clock(seat.arrived_at)} 到了等候室"
    else:
        how = "打开过链接，还没进来" if seat.opened_at else "还没打开链接"
    is_guest = seat.user_id is None and seat.kind in seating.INVITED
    return {"pk": seat.pk, "name": seat.name, "kind": seat.get_kind_display(), "how": how, "is_guest": is_guest}


@members
@require_POST
def interview_again(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """New times; the worker picks one of them."""
    interview = _interview(request, pk)
    form = AgainForm(request.POST)
    if form.is_valid():
        times = form.cleaned_data["times"]
        try:
            offering.offer_again(interview=interview, by=request.user, times=list(times))
        except Refused as refusal:
            form.add_error(_wrong_row(interview, times) if refusal.field == "times" else None, refusal.message)
        else:
            messages.success(request, "新的时间已经发给对方，选好会告诉您。")
            return redirect("interviewing:detail", pk=pk)
    return _page(request, interview, again=form, status=422)


def _wrong_row(interview: Interview, times: dict[Any, int]) -> str:
    now = timezone.now()
    taken = agenda.bookings(interview.recruiter_id, times, interview.sitting.minutes)
    return next((f"at_{row}" for at, row in times.items() if at <= now or at in taken), "on_1")


@members
@require_POST
def interview_other_time(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """The time is given back; the worker hears that it will be another."""
    changing.ask_other_time(interview=_interview(request, pk), by=request.user)
    messages.success(request, "原来的时间取消了。请给对方几个新的时间。")
    return redirect(reverse("interviewing:detail", args=[pk]) + "#times")


@members
@require_http_methods(["GET", "HEAD", "POST"])
def interview_cancel(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Asks why, then cancels; the detail page asks in a dialog, this page those without scripts."""
    interview = _interview(request, pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            changing.cancel(interview=interview, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, "面试取消了，已经告诉对方。")
            return redirect("interviewing:detail", pk=pk)
    context = {
        "title": f"取消和{name_of(interview.application)}的面试",
        "text": "时间会空出来，对方马上收到消息。报名还在，以后可以再约。",
        "yes": "取消面试",
        "back_url": reverse("interviewing:detail", args=[pk]),
        "form": form,
        "danger": True,
    }
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


@members
@require_POST
def interview_no_show(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    changing.no_show(interview=_interview(request, pk), side=Side.WORKER, by=request.user)
    messages.success(request, "记下了：对方没来。报名还在，可以再约一次。")
    return redirect("interviewing:detail", pk=pk)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def interview_phone(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """The worker's number in clear for a reason that he can read; that it went by phone is written down."""
    interview = _interview(request, pk)
    application = interview.application
    if request.method != "POST" and not (application.allows_contact and interview.is_open):
        return redirect("interviewing:detail", pk=pk)
    return answer(
        request,
        masked={PHONE: application.worker.masked_phone},
        purposes=FOR_EMPLOYERS,
        act=partial(phoning.number_for_interview, interview=interview, by=request.user),
        title=f"给{name_of(application)}打电话",
        back_url=reverse("interviewing:detail", args=[pk]),
        base="base_employer.html",
    )


@members
@require_POST
def interview_invite(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """An interpreter gets a seat, and the link by text."""
    interview = _interview(request, pk)
    form = GuestForm(request.POST)
    if form.is_valid():
        try:
            seat = seating.invite(interview=interview, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"链接已经用短信发给{seat.name}。")
            return redirect("interviewing:detail", pk=pk)
    return _page(request, interview, guest=form, status=422)


@members
@require_POST
def interview_revoke(request: HttpRequest, member: Member, pk: int, seat_id: int) -> HttpResponse:
    seat = get_object_or_404(Seat, pk=seat_id, interview=_interview(request, pk))
    seating.revoke(seat=seat, by=request.user)
    messages.success(request, f"{seat.name}的链接作废了。")
    return redirect("interviewing:detail", pk=pk)
