"""The worker's own pages: what is known of him, and one question on a screen."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinba.accounts import proof
from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from labor.workers import actions as workers
from labor.workers import profile as told
from labor.workers.forms import QUESTIONS, JoinGroupForm, StartGroupForm
from labor.workers.models import DelegationRequest, Worker
from labor.workers.views.questions import Way, ask_question


def own_worker(request: HttpRequest) -> Worker | None:
    """The signed-in seeker's profile, with what the pages show of it."""
    return Worker.objects.seen_by(request.user).select_related("home", "group").first()


@roles(Role.SEEKER)
@never_cache
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    lines = told.lines(worker)
    missing = told.next_missing(lines)
    return render(
        request,
        "workers/profile.html",
        {
            "worker": worker,
            "known": [line for line in lines if line.is_known],
            "unknown": [line for line in lines if not line.is_known],
            "percent": (percent := told.progress(lines)),
            "percent_words": f"{percent}%",
            "missing": missing and {"slug": missing, "title": QUESTIONS[missing].title},
            "requests": DelegationRequest.objects.waiting().filter(worker=worker).count(),
            "may_change_person": proof.proven_phone(request) is not None,
        },
    )


@roles(Role.SEEKER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, question: str) -> HttpResponse:
    """One question to the worker himself."""
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    return ask_question(request, worker, question, Way())


@roles(Role.SEEKER)
@require_POST
def recommendation(request: HttpRequest) -> HttpResponse:
    """Recommendations by one's own data on or off (PIPL art. 24)."""
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    on = request.POST.get("on") == "yes"
    workers.set_personalised(worker=worker, by=request.user, on=on)
    messages.success(request, "以后按您的情况推荐岗位。" if on else "以后不按您的情况推荐，岗位只按新旧排。")
    return redirect("workers:profile")


@roles(Role.SEEKER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def partner(request: HttpRequest) -> HttpResponse:
    """Going together: start, join, leave."""
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    do = request.POST.get("do", "")
    start = StartGroupForm(request.POST if do == "start" else None, auto_id="start_%s")
    join = JoinGroupForm(request.POST if do == "join" else None, auto_id="join_%s")
    try:
        if do == "start" and start.is_valid():
            workers.start_group(worker=worker, by=request.user, kind=start.cleaned_data["kind"])
            messages.success(request, "结伴码有了，把它发给同伴。")
            return redirect("workers:partner")
        if do == "join" and join.is_valid():
            workers.join_group(worker=worker, by=request.user, code=join.cleaned_data["code"])
            messages.success(request, "结伴好了。")
            return redirect("workers:partner")
        if do == "leave":
            workers.leave_group(worker=worker, by=request.user)
            messages.success(request, "已经退出结伴。")
            return redirect("workers:partner")
    except Refused as refusal:
        form: Any = join if do == "join" else start
        if do == "leave" or not form.is_bound:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    bound = start.is_bound or join.is_bound
    return render(
        request, "workers/partner.html", {"worker": worker, "start": start, "join": join, **_group(worker)},
        status=422 if bound else 200,
    )  # fmt: skip


def _group(worker: Worker) -> dict[str, Any]:
    if worker.group is None:
        return {"others": [], "code": ""}
    others = [other.masked_name for other in worker.group.workers.exclude(pk=worker.pk).order_by("pk")]
    code = worker.group.code
    return {"others": others, "code": f"{code[:4]} {code[4:]}"}
