"""Profiles that seem to be one person, side by side: park staff settle their own people's, officers all."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.core.errors import Refused
from labor.applications import actions as applications
from labor.applications.comparing import lines, more
from labor.workers.actions import duplicates
from labor.workers.choices import PairState
from labor.workers.models import DuplicatePair

SETTLERS = (Role.PARK, Role.OFFICER, Role.ADMIN)
ON_LIST = 20
RIGHT = "workers.view_duplicatepair"


@roles(*SETTLERS)
@require_GET
def pair_list(request: HttpRequest) -> HttpResponse:
    pairs = _seen(request).filter(state=PairState.OPEN).select_related("first__home", "second__home")
    page = Paginator(pairs.order_by("found_at", "pk"), ON_LIST).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "workers/duplicates.html", context)


@roles(*SETTLERS)
@require_http_methods(["GET", "POST"])
def pair_detail(request: HttpRequest, pk: int) -> HttpResponse:
    people = [f"{side}__{what}" for side in ("first", "second") for what in ("home", "user", "group")]
    seen = _seen(request).select_related(*people, "settled_by")
    pair = get_object_or_404(seen.prefetch_related("first__skills__skill", "second__skills__skill"), pk=pk)
    refusal = None
    if request.method == "POST":
        try:
            return _settle(request, pair)
        except Refused as error:
            refusal = error
    context: dict[str, Any] = {
        "pair": pair,
        "lines": lines(pair, _chosen(request)),
        "beside": more(pair),
        "may_settle": duplicates.may_settle(pair=pair, by=request.user),
        "refusal": refusal,
        "kept": request.POST.get("kept") or str(_better(pair)),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "workers/duplicate.html", context, status=422 if refusal else 200)


def _seen(request: HttpRequest) -> "QuerySet[DuplicatePair]":
    """As in the admin, officers see what their groups let them."""
    user: Any = request.user
    if user.is_staff and not user.has_perm(RIGHT):
        raise PermissionDenied
    return DuplicatePair.objects.seen_by(user)


def _settle(request: HttpRequest, pair: DuplicatePair) -> HttpResponse:
    if request.POST.get("do") == "different":
        duplicates.different(pair=pair, by=request.user, note=request.POST.get("reason", ""))
        messages.success(request, "记下了：这是两个人，以后不再提醒。")
        return redirect("duplicates:list")
    kept = pair.second if request.POST.get("kept") == str(pair.second_id) else pair.first
    if request.POST.get("kept") not in (str(pair.first_id), str(pair.second_id)):
        raise Refused("请选留下哪一份。", field="kept")
    other = pair.first if kept == pair.second else pair.second
    # Each field says whose content is to stand; taken is what comes from the other one.
    taken = [field for field, owner in _chosen(request).items() if owner == str(other.pk)]
    applications.merge(pair=pair, kept=kept, by=request.user, taken=taken, reason=request.POST.get("reason", ""))
    messages.success(request, "合并好了。报名、委托都在留下的这一份里。")
    return redirect("duplicates:list")


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {key[5:]: str(value) for key, value in request.POST.items() if key.startswith("take-")}


def _better(pair: DuplicatePair) -> int:
    """Who signed in himself stays, else the elder one; only what is ticked at first."""
    return pair.second_id if pair.second.user_id and not pair.first.user_id else pair.first_id
