"""What a worker agreed to, a copy of all that is kept of him, and the way out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinba.accounts.choices import Role
from jinba.core.access import roles
from jinba.privacy import copies, persons
from jinba.privacy.choices import Subject
from jinba.privacy.models import PersonalDataAccess
from labor.applications import actions as applications
from labor.applications.actions import consents as resting
from labor.applications.actions import erasing
from labor.workers import actions as workers
from labor.workers.actions import consents
from labor.workers.choices import ConsentPurpose
from labor.workers.consents import text_of
from labor.workers.models import Consent, Worker

SHOWN = 100
SWITCHES = (ConsentPurpose.RECOMMEND, ConsentPurpose.TEXTS)


def own_worker(request: HttpRequest) -> Worker | None:
    """The signed-in seeker's own profile, active or not."""
    return Worker.objects.seen_by(request.user).select_related("user").first()


@roles(Role.SEEKER)
@never_cache
@require_safe
def consents_list(request: HttpRequest) -> HttpResponse:
    """Each agreement with its words, its day and who pressed; the standing ones first."""
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    rows = Consent.objects.filter(worker=worker).select_related("given_by", "withdrawn_by").order_by("-pk")
    found = list(rows[:SHOWN])
    context = {
        "worker": worker,
        "standing": [_shown(row, worker) for row in found if row.withdrawn_at is None],
        "ended": [_shown(row, worker) for row in found if row.withdrawn_at is not None],
        "switches": [_switch(worker, purpose) for purpose in SWITCHES] if worker.is_active else [],
        "register_text": "" if worker.is_active else text_of(ConsentPurpose.REGISTER),
        "may_come_back": not worker.is_active and worker.merged_into_id is None,
    }
    return render(request, "workers/consents.html", context)


def _shown(row: Consent, worker: Worker) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "title": row.get_purpose_display(),
        "recipient": row.recipient,
        "text": row.text,
        "given_at": row.given_at,
        "given_by": _whose(row.given_by, worker),
        "withdrawn_at": row.withdrawn_at,
        "withdrawn_by": _whose(row.withdrawn_by, worker),
        "is_switch": row.purpose in SWITCHES,
    }


def _whose(user: Any, worker: Worker) -> str:
    if user is None:
        return ""
    return "本人" if user.pk == worker.user_id else f"{user.name}（{user.get_role_display()}）"


def _switch(worker: Worker, purpose: ConsentPurpose) -> dict[str, Any]:
    return {
        "purpose": purpose.value,
        "title": purpose.label,
        "is_on": consents.is_on(worker=worker, purpose=purpose),
        "text": text_of(purpose),
    }


@roles(Role.SEEKER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Says first what will stop working; POST takes the consent back."""
    user: Any = request.user
    rows = Consent.objects.filter(worker__user=user).select_related("worker__user")
    consent = get_object_or_404(rows, pk=pk)
    back = reverse("consents:list")
    if consent.withdrawn_at is not None:
        messages.info(request, "这一项已经撤回过了。")
        return redirect(back)
    if request.method == "POST":
        applications.withdraw_consent(consent=consent, by=request.user)
        messages.success(request, f"已经撤回：{consent.get_purpose_display()}。")
        return redirect(back)
    context = {"title": f"撤回：{consent.get_purpose_display()}", "recipient": consent.recipient, "back_url": back}
    return render(request, "workers/consent_withdraw.html", {**context, "effects": resting.effects(consent=consent)})


@roles(Role.SEEKER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, purpose: str) -> HttpResponse:
    """Says first what will stop; POST switches recommendations or text messages off."""
    worker, switch = _worker_and_switch(request, purpose)
    if worker is None:
        return redirect("workers:start")
    if request.method == "POST":
        _set(worker, switch, request.user, on=False)
        messages.success(request, f"关掉了：{switch.label}。")
        return redirect("consents:list")
    context = {"title": f"关掉：{switch.label}", "recipient": "", "back_url": reverse("consents:list")}
    return render(request, "workers/consent_withdraw.html", {**context, "effects": consents.LOSSES[switch]})


@roles(Role.SEEKER)
@require_POST
def on(request: HttpRequest, purpose: str) -> HttpResponse:
    """Agrees to today's text of a switch, or of the registration after it was taken back."""
    if purpose == ConsentPurpose.REGISTER:
        worker = own_worker(request)
        if worker is None:
            return redirect("workers:start")
        consents.give(worker=worker, purpose=purpose, by=request.user)
        messages.success(request, "欢迎回来，您的资料又用上了。")
        return redirect("consents:list")
    worker, switch = _worker_and_switch(request, purpose)
    if worker is None:
        return redirect("workers:start")
    _set(worker, switch, request.user, on=True)
    messages.success(request, f"打开了：{switch.label}。")
    return redirect("consents:list")


@roles(Role.SEEKER)
@never_cache
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """All that is kept of the worker, as a file to take away (个人信息保护法 §45)."""
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    profiles = [worker, *worker.former()]
    looks = PersonalDataAccess.objects.filter(subject=Subject.WORKER, subject_id__in=[one.pk for one in profiles])
    users = [one.user for one in profiles if one.user is not None]
    packed = copies.packed(*profiles, *users, also=[looks, *persons.kept_of(profiles)])
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="jinba-{timezone.localdate():%Y%m%d}.zip"'
    return response


@roles(Role.SEEKER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Says first what will be gone; POST forgets the worker and signs him out."""
    worker = own_worker(request)
    if worker is None:
        return redirect("workers:start")
    if request.method == "POST":
        if request.POST.get("sure") != "yes":
            messages.warning(request, "请先勾选“我想好了”。")
            return redirect("consents:erase")
        erasing.erase(worker=worker, by=request.user)
        logout(request)
        messages.success(request, "已经注销，您的个人信息删掉了。")
        return redirect("home")
    context = {"title": "注销，删掉我的信息", "recipient": "", "back_url": reverse("consents:list"), "asks_twice": True}
    return render(request, "workers/consent_withdraw.html", {**context, "effects": erasing.LOSSES})


def _worker_and_switch(request: HttpRequest, purpose: str) -> tuple[Worker | None, ConsentPurpose]:
    if purpose not in SWITCHES:
        raise Http404
    return own_worker(request), ConsentPurpose(purpose)


def _set(worker: Worker, purpose: ConsentPurpose, by: Any, *, on: bool) -> None:
    if purpose == ConsentPurpose.RECOMMEND:
        workers.set_personalised(worker=worker, by=by, on=on)
    else:
        consents.switch(worker=worker, purpose=purpose, by=by, on=on)
