"""A sitting on the employer's desk: its times and who took them, or its queue, called one by one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from employers.models import Member
from employers.views.doors import members, wants_piece
from jinba.core.spoken import day, when, when_range
from labor.applications.models import Application
from labor.interviews import agenda
from labor.interviews.actions import offering, queueing
from labor.interviews.choices import TIMED, Mode, State
from labor.interviews.models import Interview, Sitting, Slot
from labor.interviews.models.interviews import CLOSES_AFTER
from labor.interviews.models.sittings import OPENS_BEFORE
from labor.interviews.queue_board import Place, queue_of
from labor.interviews.views.rows import HOW, clock, line, name_of, span

LISTED = 60


def _sitting(request: HttpRequest, pk: int) -> Sitting:
    rows = Sitting.objects.seen_by(request.user).select_related("posting", "recruiter").defer("posting__search")
    return get_object_or_404(rows, pk=pk)


@members
@require_GET
def sitting_detail(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """The whole page, or for htmx the queue as it stands."""
    sitting, now = _sitting(request, pk), timezone.now()
    context: dict[str, Any] = {"sitting": sitting, "is_open": sitting.closed_at is None}
    if sitting.is_queue:
        context |= _queue(sitting, request.user, now)
        if wants_piece(request):
            return render(request, "interviewing/_queue.html", context)
    rows = list(
        agenda.rows_of(request.user).filter(sitting=sitting).order_by("pk").select_related("slot")[: 2 * LISTED]
    )
    people = list(agenda.askable(sitting.posting).select_related("worker__home").order_by("stage_since", "pk")[:LISTED])
    context |= {
        "slots": [] if sitting.is_queue else _slots(sitting, rows, request.user, now),
        "unanswered": [line(row, request.user, now) for row in rows if row.state == State.PROPOSED],
        "facts": _facts(sitting),
        "people": [(one.pk, name_of(one), one.get_stage_display()) for one in people],
        "may_invite": sitting.closed_at is None and sitting.ends_at > now,
    }
    return render(request, "interviewing/sitting.html", context)


def _facts(sitting: Sitting) -> list[tuple[str, str]]:
    when_it_is = when_range(sitting.starts_at, sitting.ends_at) if sitting.is_queue else ""  # else in the list of times
    return [
        ("时间", when_it_is),
        ("方式", sitting.get_kind_display()),
        ("怎么面试", HOW[Mode(sitting.mode)]),
        ("地点", sitting.place if sitting.mode == Mode.ONSITE else ""),
        ("每人", f"{sitting.minutes} 分钟"),
        ("现场来的人", "到服务专区来的也能排进来" if sitting.takes_walk_ins else ""),
        ("面试官", sitting.recruiter.name),
        ("给对方的话", sitting.note),
        ("最晚选到", when(sitting.answer_by) if sitting.answer_by else ""),
        ("收场", when(sitting.closed_at) if sitting.closed_at else ""),
    ]


def _slots(sitting: Sitting, rows: list[Interview], by: Any, now: datetime) -> list[dict[str, Any]]:
    taken = {row.slot_id: row for row in rows if row.slot_id and row.state in (*TIMED, State.DONE, State.NO_SHOW)}
    found = []
    for slot in sitting.slots.order_by("starts_at"):
        row = taken.get(slot.pk)
        found.append({
            "pk": slot.pk,
            "day": day(slot.starts_at),
            "when": span(slot.starts_at, slot.ends_at),
            "line": line(row, by, now) if row else None,
            "word": "收回了" if slot.withdrawn_at else "过了，没人选" if slot.starts_at <= now else "还没人选",
            "may_withdraw": row is None and not slot.withdrawn_at and slot.starts_at > now and not sitting.closed_at,
        })  # fmt: skip
    return found


def _queue(sitting: Sitting, by: Any, now: datetime) -> dict[str, Any]:
    places = queue_of(sitting)
    is_on = sitting.closed_at is None and sitting.starts_at - OPENS_BEFORE <= now < sitting.ends_at + CLOSES_AFTER
    return {
        "is_on": is_on,
        "is_over": sitting.closed_at is not None or now >= sitting.ends_at + CLOSES_AFTER,
        "waiting": sum(place.before is not None for place in places),
        "places": [
            {
                "pk": place.interview.pk,
                "before": place.before,
                "is_now": place.interview.state == State.LIVE,
                "number": place.interview.queue_number,
                "line": line(place.interview, by, now),
                "here": _here(place),
                "is_here": place.is_here,
            }
            for place in places
        ],
    }


def _here(place: Place) -> str:
    interview = place.interview
    if interview.state != State.CONFIRMED:
        return ""
    if place.is_here:
        return "在等候室"
    if interview.booth is not None:
        came = (
            f"在服务专区等，轮到就进{interview.booth}" if interview.worker_came_at else f"到{interview.booth}面，还没来"
        )
        return f"{came}，{clock(interview.called_at)} 叫过一次" if interview.called_at else came
    came = f"{clock(interview.worker_came_at)} 来过，现在不在线" if interview.worker_came_at else "还没来"
    return f"{came}，{clock(interview.called_at)} 叫过一次" if interview.called_at else came


@members
@require_POST
def sitting_call(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """The next of the queue is called."""
    called = queueing.call_next(sitting=_sitting(request, pk), by=request.user)
    if called is None:
        messages.info(request, "等的人现在都不在线。已经告诉排在最前面的人轮到他了，过一会儿再叫。")
    else:
        messages.success(request, f"叫了 {called.queue_number} 号 {name_of(called.application)}。")
    return redirect("interviewing:sitting", pk=pk)


@members
@require_POST
def sitting_skip(request: HttpRequest, member: Member, pk: int, interview_id: int) -> HttpResponse:
    """Who is not there goes to the end of the queue."""
    sitting = _sitting(request, pk)
    interview = get_object_or_404(Interview, pk=interview_id, sitting=sitting)
    interview = queueing.skip(interview=interview, by=request.user)
    messages.success(request, f"{name_of(interview.application)}排到后面，现在是 {interview.queue_number} 号。")
    return redirect("interviewing:sitting", pk=pk)


@members
@require_POST
def sitting_withdraw(request: HttpRequest, member: Member, pk: int, slot_id: int) -> HttpResponse:
    slot = get_object_or_404(Slot, pk=slot_id, sitting=_sitting(request, pk))
    offering.withdraw_slot(slot=slot, by=request.user)
    messages.success(request, f"{when(slot.starts_at)} 收回了。")
    return redirect("interviewing:sitting", pk=pk)


@members
@require_POST
def sitting_invite(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """More applicants of the posting are asked to the same sitting."""
    sitting = _sitting(request, pk)
    ids = [int(one) for one in request.POST.getlist("application")[:200] if one.isascii() and one.isdigit()]
    ids = [one for one in ids if one < 2**63]
    chosen = list(Application.objects.seen_by(request.user).filter(posting=sitting.posting, pk__in=ids))
    if not chosen:
        messages.warning(request, "请先勾选要约的人。")
    else:
        offering.invite_more(sitting=sitting, applications=chosen, by=request.user)
        messages.success(request, f"又问了 {len(chosen)} 个人。")
    return redirect("interviewing:sitting", pk=pk)


@members
@require_POST
def sitting_close(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """No more answers; free times are given back."""
    offering.close_sitting(sitting=_sitting(request, pk), by=request.user)
    messages.success(request, "这一场收了，没人选的时间空出来了。")
    return redirect("interviewing:sitting", pk=pk)
