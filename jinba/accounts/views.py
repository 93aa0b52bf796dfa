"""The way in: phone, code, who. What follows the code is composed in `urls`, because workers live above accounts."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinba.accounts import actions as accounts
from jinba.accounts import entrance, proof
from jinba.accounts.choices import Role
from jinba.accounts.codes import TooSoon
from jinba.accounts.forms import CodeForm, NameForm, PhoneForm
from jinba.core.access import public
from jinba.core.client import client_address
from jinba.core.doors import local_url
from jinba.core.errors import Refused

After = Callable[[HttpRequest], HttpResponse]
# Addresses that say what a newcomer came for.
FOR_SEEKERS = ("/applications/", "/workers/", "/postings/")
FOR_EMPLOYERS = ("/employers/",)


@public
@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Asks for the phone. The answer is the same whether anybody is known by it or not."""
    wanted = local_url(request, request.POST.get("next") or request.GET.get("next"), otherwise="")
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(wanted or settings.LOGIN_REDIRECT_URL)
        return render(request, "accounts/sign_in.html", {"form": PhoneForm(initial={"next": wanted})})
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            ask_for_code(request, form.cleaned_data["phone"])
        except Refused as refusal:
            form.add_error("phone", refusal.message)
        else:
            proof.remember_next(request, wanted)
            return redirect("accounts:code")
    return render(request, "accounts/sign_in.html", {"form": form}, status=422)


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, *, after: After) -> HttpResponse:
    """Asks for the code that this session had sent; a right one leads on to `after`."""
    asked = proof.asked(request)
    if asked is None:
        return redirect("accounts:who" if proof.proven_phone(request) else "accounts:sign_in")
    if "again" in request.POST:
        _ask_again(request, asked.phone)
        return redirect("accounts:code")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            accounts.check_code(phone=asked.phone, code=form.cleaned_data["code"], sent=asked.sent)
        except Refused as refusal:
            form.add_error("code", refusal.message)
        else:
            proof.remember_proven(request, phone=asked.phone)
            return after(request)
    phone = asked.phone
    context = {"form": form, "phone": f"{phone[:3]} {phone[3:7]} {phone[7:]}", "seconds": asked.seconds_to_wait}
    return render(request, "accounts/code.html", context, status=422 if form.is_bound else 200)


def ask_for_code(request: HttpRequest, phone: str) -> bool:
    """Have a code sent; False when this session did so a moment ago and it is on its way (a double tap)."""
    try:
        sent = accounts.send_code(phone=phone, address=client_address(request))
    except TooSoon:
        before = proof.asked(request)
        if before is None or before.phone != phone:
            raise
        return False
    proof.remember_asked(request, phone=phone, sent=sent.pk)
    return True


def _ask_again(request: HttpRequest, phone: str) -> None:
    try:
        if ask_for_code(request, phone):
            messages.success(request, "新的验证码已经发出，旧的作废了。")
        else:
            messages.info(request, "刚刚发过一条了，请再等一等。")
    except Refused as refusal:
        messages.error(request, refusal.message)


@public
@never_cache
@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """Asks a newcomer what he came for, unless the address that brought him says it."""
    if proof.proven_phone(request) is None:
        return redirect("accounts:sign_in")
    wanted = proof.next_url(request)
    if wanted.startswith(FOR_SEEKERS):
        return redirect("workers:start")
    if wanted.startswith(FOR_EMPLOYERS):
        return redirect("accounts:new_employer")
    return render(request, "accounts/new.html")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_employer(request: HttpRequest) -> HttpResponse:
    """A newcomer who hires says his name, and goes on to register his employer or to accept an invitation."""
    phone = proof.proven_phone(request)
    if phone is None:
        return redirect("accounts:sign_in")
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = accounts.open_account(phone=phone, name=form.cleaned_data["name"], role=Role.EMPLOYER)
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            return entrance.enter(request, user, otherwise=reverse("employers:register"))
    return render(request, "accounts/new_employer.html", {"form": form}, status=422 if form.is_bound else 200)


@public
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    entrance.leave(request)
    return redirect("home")


@public
def too_many(request: HttpRequest) -> HttpResponse:
    """allauth's limits answer with this page."""
    return render(request, "refused.html", {"text": "试得太多了，请过几分钟再来。"}, status=429)
