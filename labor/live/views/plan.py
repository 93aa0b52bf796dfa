"""One session's plan: what is missing, what comes next; changed, handed in, taken back, called off."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinba.core.access import roles
from jinba.core.errors import Refused
from jinba.core.spoken import when_range
from labor.live import checklist, gates
from labor.live.actions import planning, reviewing
from labor.live.choices import State
from labor.live.crew import is_crew
from labor.live.forms.planning import CancelForm, SessionForm
from labor.live.models import LiveSession
from labor.live.planners import may_plan
from labor.live.views.desk import PLANNERS, STUDIO, base_of, form_page, look_of, put, put_rules, session_of


@roles(*STUDIO)
@never_cache
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, session_of(request, pk))


def _page(request: HttpRequest, session: LiveSession, status: int = 200) -> HttpResponse:
    user: Any = request.user
    mine = may_plan(user, session)
    lines = gates.lines(session)
    is_complete = not any(line.problems for line in lines if line.part in gates.TO_REVIEW)
    cards = session.cards.filter(removed_at__isnull=True).select_related("posting__employer")
    title, text = checklist.next_step(session, lines)
    context = {
        "base": base_of(request),
        "session": session,
        "when": when_range(session.starts_at, session.ends_at),
        "look": look_of(session),
        "may_plan": mine,
        "may_edit": mine and session.state in (State.PLANNED, State.REVIEW, State.ANNOUNCED),
        "may_submit": mine and session.state == State.PLANNED and is_complete,
        "may_take_back": mine and session.state == State.REVIEW,
        "is_crew": is_crew(session=session, user=user),
        "checks": checklist.checklist(session, lines, may_plan=mine) if session.is_coming else [],
        "next_title": title,
        "next_text": text,
        "can_open": checklist.can_open(session, timezone.now()),
        "cards": cards.defer("posting__search", "posting__duties", "posting__requirements")[:60],
        "crew": session.crew.select_related("user"),
        "reserved": session.reservations.count(),
        "steps": checklist.history(session),
    }
    return render(request, "studio/plan.html", context, status=status)


@roles(*PLANNERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The same form as for a new one; who may not plan it, or no more, is sent to the plan with a word."""
    session = session_of(request, pk)
    try:
        planning.must_plan(session=session, by=request.user)
        planning.must_be_coming(session=session)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("studio:plan", pk=pk)
    form = SessionForm(request.POST if request.method == "POST" else None, session=session)
    if form.is_valid():
        was = session.state
        try:
            session = planning.change(session=session, by=request.user, **form.told)
        except Refused as refusal:
            put(form, refusal)
        else:
            moved = session.state != was
            messages.success(request, "改好了。内容变了，请重新提交审核。" if moved else "改好了。")
            return redirect("studio:plan", pk=pk)
    elif form.is_bound:
        put_rules(form, session)
    return form_page(request, form, session)


@roles(*PLANNERS)
@never_cache
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        pk,
        "交上去了。审核有结果会发消息告诉您。",
        lambda session: reviewing.submit(session=session, by=request.user),
    )


@roles(*PLANNERS)
@never_cache
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, "撤回来了，改好再提交。", lambda session: reviewing.take_back(session=session, by=request.user)
    )


@roles(*PLANNERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason first: those who reserved read it."""
    session = session_of(request, pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            planning.cancel(session=session, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            put(form, refusal)
        else:
            messages.success(request, "这场直播取消了，预约的人都会收到消息。")
            return redirect("studio:plan", pk=pk)
    context = {
        "base": base_of(request), "form": form, "session": session, "reserved": session.reservations.count(),
        "when": when_range(session.starts_at, session.ends_at),
    }  # fmt: skip
    return render(request, "studio/cancel.html", context, status=422 if form.is_bound else 200)


def _act(request: HttpRequest, pk: int, done: str, act: Callable[[LiveSession], LiveSession]) -> HttpResponse:
    session = session_of(request, pk)
    try:
        act(session)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _page(request, session, status=409)
    messages.success(request, done)
    return redirect("studio:plan", pk=pk)
