"""“谁在帮我”: who may act for me, what he did, and the end of it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jinba.accounts.choices import Role
from jinba.core.access import roles
from labor.workers.actions import delegations
from labor.workers.delegation_text import delegation_text
from labor.workers.models import Delegation, DelegationRequest, WorkerAct
from labor.workers.views.profile import own_worker

SHOWN, PAST = 30, 10


@roles(Role.SEEKER)
@never_cache
@require_safe
def helpers(request: HttpRequest) -> HttpResponse:
    """Who asks, who helps, what each did, who helped before; also on profiles that were merged into his."""
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    profiles = [worker, *worker.former()]
    done: dict[int, int] = dict(
        WorkerAct.objects.filter(worker__in=profiles).order_by().values_list("by").annotate(Count("pk"))
    )
    live = list(Delegation.objects.live().filter(worker=worker).select_related("helper"))
    requests = DelegationRequest.objects.waiting().filter(worker=worker).select_related("helper")
    acts = WorkerAct.objects.filter(worker__in=profiles).select_related("by").order_by("-id")[:SHOWN]
    past = Delegation.objects.filter(worker__in=profiles, ended_at__isnull=False).select_related("helper")[:PAST]
    context = {
        "live": [{"row": row, "done": done.get(row.helper_id, 0)} for row in live],
        "requests": [{"row": row, "text": delegation_text(helper=row.helper, ends_on=row.ends_on)} for row in requests],
        "acts": [told(act) for act in acts],
        "past": list(past),
    }
    return render(request, "workers/helpers.html", context)


def told(act: WorkerAct) -> dict[str, Any]:
    """What was done, in plain words."""
    when = date_format(localtime(act.at), "Y年n月j日 H:i")
    return {"title": f"{act.by.name or act.by.username}：{act.get_kind_display()}", "text": act.note, "when": when}


@roles(Role.SEEKER)
@never_cache
@require_http_methods(["POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes or no to somebody who asks to act for me."""
    row = get_object_or_404(DelegationRequest, pk=pk, worker__user=request.user)
    if request.POST.get("answer") == "yes":
        delegations.agree(request=row, by=request.user)
        messages.success(request, f"好的，{row.helper.name or '他'}可以替您办了。您随时能在这里结束。")
    elif request.POST.get("answer") == "no":
        delegations.refuse(request=row, by=request.user)
        messages.success(request, "好的，他不能替您办事。")
    else:
        messages.warning(request, "请选同意还是不同意。")
    return redirect("workers:helpers")


@roles(Role.SEEKER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """First what will stop, then the end."""
    rows = Delegation.objects.select_related("helper", "worker")
    delegation = get_object_or_404(rows, pk=pk, worker__user=request.user)
    if request.method == "POST":
        delegations.end(delegation=delegation, by=request.user)
        messages.success(request, f"结束了。{delegation.helper.name or '他'}不能再替您办事。")
        return redirect("workers:helpers")
    if not delegation.is_live:
        return redirect("workers:helpers")
    context = {"delegation": delegation, "effects": delegations.effects(delegation=delegation)}
    return render(request, "workers/helper_end.html", context)


@roles(Role.SEEKER)
@never_cache
@require_http_methods(["POST"])
def prolong(request: HttpRequest, pk: int) -> HttpResponse:
    delegation = get_object_or_404(Delegation, pk=pk, worker__user=request.user)
    renewed = delegations.prolong(delegation=delegation, by=request.user)
    messages.success(request, f"好的，延到 {renewed.ends_on:%Y-%m-%d}。")
    return redirect("workers:helpers")
