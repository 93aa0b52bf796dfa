"""The helper's side: his people, registering somebody, acting for one of them."""

import re
import unicodedata
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jinba.accounts.choices import Role
from jinba.accounts.codes import TooSoon
from jinba.accounts.forms import CodeForm
from jinba.core.access import roles
from jinba.core.client import client_address
from jinba.core.errors import Refused
from jinba.core.phones import normalise_phone
from jinba.links.arrival import link_code
from jinba.reference.models import Region
from labor.workers import actions as workers
from labor.workers import desk_drafts
from labor.workers.actions import delegations
from labor.workers.choices import DelegationMethod
from labor.workers.delegation_text import USUAL_MONTHS, delegation_text
from labor.workers.desk_drafts import Draft
from labor.workers.helper_forms import EntrustForm, GroupForm, RegisterForm, SearchForm
from labor.workers.models import Delegation, DelegationRequest, Worker
from labor.workers.views.questions import Way, ask_question

HELPERS = (Role.BROKER, Role.PARK)
LONG_NUMBER = re.compile(r"(?:\d[ -]?){7}")
PAGE = 20
MOST_IN_LIST = 100


def number_in(text: str) -> int:
    """A number as pages write it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def own_person(request: HttpRequest, pk: int) -> Worker:
    """One of the helper's people; anybody else is not found."""
    rows = Worker.objects.seen_by(request.user).active().select_related("home", "group", "user")
    return get_object_or_404(rows, pk=pk)


def found_people(user: Any, words: str) -> "QuerySet[Worker]":
    """The helper's people whose phone it is, whose name begins so, or who live in such a village, the newest first."""
    rows = Worker.objects.seen_by(user).active().select_related("home")
    words = "".join(words.split())
    if not words:
        return rows.order_by("-pk")
    try:
        return rows.with_phone(normalise_phone(words)).order_by("-pk")
    except Refused:
        wanted = Q(name__startswith=words) | Q(village__contains=words) | Q(home__name__startswith=words)
        return rows.filter(wanted).order_by("-pk")


def has_number(words: str) -> bool:
    """Whether what was looked for may be a phone number, or a part of one."""
    return LONG_NUMBER.search(unicodedata.normalize("NFKC", words)) is not None


def looked_for(request: HttpRequest) -> str:
    """What the search was asked for. It is sent by POST: a phone number belongs into no address."""
    form = SearchForm(request.POST if "find" in request.POST else request.GET)
    return form.cleaned_data["q"].strip() if form.is_valid() else ""


@roles(*HELPERS)
@never_cache
@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """My people, with a search, the newest first; and whom I have asked."""
    user: Any = request.user
    words = looked_for(request)
    if request.method == "POST" and not has_number(words):
        return redirect(f"{request.path}?{urlencode({'q': words})}" if words else request.path)
    rows = found_people(user, words)
    before = number_in(request.GET.get("before", ""))
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    until = dict(Delegation.objects.live().filter(helper=user, worker__in=shown).values_list("worker_id", "ends_on"))
    query = f"{urlencode({'q': words})}&" if words else ""
    waiting = DelegationRequest.objects.waiting().filter(helper=user).select_related("worker")
    context = {
        "people": [{"worker": worker, "until": until.get(worker.pk)} for worker in shown],
        "words": words,
        "waiting": list(waiting[:PAGE]) if not before and not words else [],
        "next_url": f"?{query}before={shown[-1].pk}" if len(found) > PAGE else "",
        "first_url": f"?{query}" if before else "",
    }
    return render(request, "helpers/people.html", context)


# Registering ---------------------------------------------------------------------------------------------------------


@roles(*HELPERS)
@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Who it is. `?like=` somebody registered before keeps his village, for the next one in the queue."""
    initial: dict[str, Any] = {}
    like = Worker.objects.seen_by(request.user).filter(pk=number_in(request.GET.get("like", ""))).first()
    draft = desk_drafts.kept(request)
    if like is not None:
        initial = {**_home_fields(like.home_id), "village": like.village}
    elif draft is not None and "back" in request.GET:
        initial = {"name": draft.name, "phone": draft.phone, "village": draft.village, **_home_fields(draft.home)}
    form = RegisterForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        home = getattr(told["home"], "pk", told["home"])
        desk_drafts.keep(request, Draft(told["name"], told["phone"], home, told["village"]))
        return redirect("helpers:consent")
    return render(request, "helpers/new.html", {"form": form}, status=422 if form.is_bound else 200)


def _home_fields(code: str) -> dict[str, str]:
    return {"county": code} if code.startswith("5119") and len(code) == 6 else {"elsewhere": code}


def _known(draft: Draft) -> Worker | None:
    return Worker.objects.active().with_phone(draft.phone).filter(name=draft.name).order_by("user_id").first()


@roles(*HELPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """What he agrees to, how he did, for how long. Whoever is registered already is asked himself."""
    draft = desk_drafts.kept(request)
    if draft is None:
        return redirect("helpers:new")
    known = _known(draft)
    if known is not None and Worker.objects.seen_by(request.user).filter(pk=known.pk).exists():
        messages.info(request, f"{known.name}已经在您的名单里了。")
        return redirect("persons:detail", pk=known.pk)
    form = EntrustForm(request.POST if request.method == "POST" else None, known=known)
    if form.is_valid():
        try:
            return _entrusted(request, draft, known, form.cleaned_data["method"], form.cleaned_data["months"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    context = {
        "form": form,
        "draft": draft,
        "masked_phone": Worker(phone=draft.phone).masked_phone,
        "home": Region.objects.get(pk=draft.home).path + draft.village,
        "known": known,
        "text": delegation_text(helper=request.user, ends_on=None),
    }
    return render(request, "helpers/consent.html", context, status=422 if form.is_bound else 200)


def _entrusted(request: HttpRequest, draft: Draft, known: Worker | None, method: str, months: int) -> HttpResponse:
    if method == DelegationMethod.CODE:
        draft.months = months
        _send(request, draft)
        return redirect("helpers:code")
    if known is not None:
        delegations.ask(worker=known, by=request.user, months=months)
        desk_drafts.drop(request)
        messages.success(request, f"已经问{known.masked_name}了。他在手机上同意以后，就会出现在您的名单里。")
        return redirect("helpers:people")
    return _registered(request, draft, method=method, months=months)


def _registered(request: HttpRequest, draft: Draft, **how: Any) -> HttpResponse:
    worker = workers.register(
        name=draft.name,
        phone=draft.phone,
        home=Region.objects.get(pk=draft.home),
        village=draft.village,
        by=request.user,
        link_code=link_code(request),
        **how,
    )
    desk_drafts.drop(request)
    messages.success(request, f"{worker.name}登记好了，您可以替他办了。")
    return redirect(f"{reverse('persons:detail', args=[worker.pk])}?new")


def _send(request: HttpRequest, draft: Draft) -> bool:
    """Have a code sent; False when one is on its way already (a double tap)."""
    try:
        draft.sent = delegations.send_code(phone=draft.phone, by=request.user, address=client_address(request))
    except TooSoon:
        if not draft.sent:
            raise
        return False
    finally:
        desk_drafts.keep(request, draft)
    draft.sent_at = desk_drafts.now()
    desk_drafts.keep(request, draft)
    return True


@roles(*HELPERS)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The six digits that came to his phone, read out by him."""
    draft = desk_drafts.kept(request)
    if draft is None or not draft.sent:
        return redirect("helpers:new")
    if "again" in request.POST:
        if _send(request, draft):
            messages.success(request, "新的验证码已经发出，旧的作废了。")
        else:
            messages.info(request, "刚刚发过一条了，请再等一等。")
        return redirect("helpers:code")
    form = CodeForm(request.POST if request.method == "POST" else None)
    form.fields["code"].label = "他念的 6 位数字"
    if form.is_valid():
        told = {"code": form.cleaned_data["code"], "sent": draft.sent, "months": draft.months or USUAL_MONTHS}
        known = _known(draft)
        try:
            if known is None:
                return _registered(request, draft, method=DelegationMethod.CODE, **told)
            delegations.entrust_by_code(worker=known, by=request.user, **told)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            desk_drafts.drop(request)
            messages.success(request, f"{known.name}委托您了，您可以替他办了。")
            return redirect("persons:detail", pk=known.pk)
    context = {
        "form": form,
        "name": draft.name,
        "masked_phone": Worker(phone=draft.phone).masked_phone,
        "seconds": draft.seconds_to_wait,
    }
    return render(request, "helpers/code.html", context, status=422 if form.is_bound else 200)


# Acting --------------------------------------------------------------------------------------------------------------


@roles(*HELPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """One of the worker's questions, asked for him by his helper."""
    worker = own_person(request, pk)
    way = Way(
        route="helpers:question",
        args=[worker.pk],
        home=reverse("persons:detail", args=[worker.pk]),
        home_text=worker.name,
        base="base_staff.html",
        asked_for=worker.name,
    )
    return ask_question(request, worker, question, way)


@roles(*HELPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The helper no longer acts for this worker."""
    worker = own_person(request, pk)
    delegation = get_object_or_404(Delegation.objects.live(), worker=worker, helper=request.user)
    if request.method == "POST":
        delegations.end(delegation=delegation, by=request.user)
        messages.success(request, f"您不再替{worker.name}办事了。")
        return redirect("helpers:people")
    context = {
        "title": f"不再替{worker.name}办事吗？",
        "text": "以后您看不到他的资料和报名，也不能替他办。已经报的名不受影响。要再办，得他重新委托您。",
        "yes": "不再代办",
        "danger": True,
        "back_url": reverse("persons:detail", args=[worker.pk]),
    }
    return render(request, "confirm.html", context)


@roles(Role.PARK)
@require_POST
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """He stands at the desk with his ID: let him try to claim his profile again."""
    worker = own_person(request, pk)
    workers.unlock_claim(worker=worker, by=request.user)
    messages.success(request, "已经打开，他可以再试着认领了。")
    return redirect("persons:detail", pk=worker.pk)


@roles(*HELPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_group(request: HttpRequest) -> HttpResponse:
    """Put several of my people together, on one screen. `?with=` one of them, who stands ticked."""
    first = number_in(request.GET.get("with", ""))
    words, searches = looked_for(request), "find" in request.POST
    rows = found_people(request.user, words).filter(group__isnull=True)
    people = list(rows[:MOST_IN_LIST])
    if first and all(one.pk != first for one in people):
        people = [*Worker.objects.seen_by(request.user).active().select_related("home").filter(pk=first), *people]
    sent = request.POST if request.method == "POST" and not searches else None
    form = GroupForm(sent, people=people, initial={"workers": [first]})
    if form.is_valid():
        chosen = [one for one in people if one.pk in form.cleaned_data["workers"]]
        try:
            workers.make_group(workers=chosen, by=request.user, kind=form.cleaned_data["kind"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "结伴好了。报名时可以一起报。")
            return redirect("persons:detail", pk=chosen[0].pk)
    context = {"form": form, "words": words, "has_people": bool(people), "has_more": len(people) >= MOST_IN_LIST}
    return render(request, "helpers/new_group.html", context, status=422 if form.is_bound else 200)


@roles(*HELPERS)
@require_POST
def leave_group(request: HttpRequest, pk: int) -> HttpResponse:
    worker = own_person(request, pk)
    workers.leave_group(worker=worker, by=request.user)
    messages.success(request, f"{worker.name}已经退出结伴。")
    return redirect("persons:detail", pk=worker.pk)
