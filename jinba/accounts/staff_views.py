"""How staff come in: name and password, then the code of an authenticator app; and how they set that up."""

from typing import Any

import segno
from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginStage, LoginStageController
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jinba.accounts import second_factor as factor
from jinba.accounts.adapter import SecondFactorStage
from jinba.accounts.choices import Role
from jinba.accounts.forms import PasswordForm, SecondFactorForm, StaffForm
from jinba.core.access import public, roles
from jinba.core.doors import local_url
from jinba.core.errors import Refused


class StaffSignIn(LoginView):
    """allauth's own view and limits; only the words are ours."""

    http_method_names = ["get", "head", "post"]
    form_class = StaffForm
    template_name = "accounts/staff_sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth's own links lead to its pages, which are not mounted.
        return super(LoginView, self).get_context_data(**kwargs)


staff_sign_in = public(StaffSignIn.as_view())


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Asks for the code of somebody whose password was right; only then he is signed in."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    stage: LoginStage | None = LoginStageController.enter(request, SecondFactorStage.key)
    if stage is None or stage.login.user is None:
        return redirect("accounts:staff_sign_in")
    user = stage.login.user
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            factor.check(request, user, code=form.cleaned_data["code"])
        except Refused as refusal:
            form.add_error("code", refusal.message)
        else:
            answer: HttpResponse = stage.exit()
            return answer
    return render(request, "accounts/second_factor.html", {"form": form}, status=422 if form.is_bound else 200)


@roles(Role.OFFICER, Role.ADMIN)
@never_cache
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks somebody who is signed in to show again that it is he: by a code, or by the password if he has none."""
    wanted = local_url(request, request.POST.get("next") or request.GET.get("next"), otherwise="/admin/")
    by_code = factor.is_set_up(request.user)
    if not by_code and settings.STAFF_TOTP:
        return redirect("accounts:second_factor_setup")
    form_class = SecondFactorForm if by_code else PasswordForm
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            if by_code:
                factor.check(request, request.user, code=form.cleaned_data["code"])
            else:
                _check_password(request, form.cleaned_data["password"])
        except Refused as refusal:
            form.add_error(None if refusal.field not in form.fields else refusal.field, refusal.message)
        else:
            return redirect(wanted)
    context = {"form": form, "next": wanted, "by_code": by_code}
    return render(request, "accounts/confirm_again.html", context, status=422 if form.is_bound else 200)


def _check_password(request: HttpRequest, password: str) -> None:
    user: Any = request.user
    if not ratelimit.consume(request, action="login_failed", key=f"confirm-{user.pk}"):
        raise Refused(factor.TOO_MANY, field="password")
    if not user.check_password(password):
        raise Refused("密码不对。", field="password")
    ratelimit.clear(request, action="login_failed", key=f"confirm-{user.pk}")
    record_authentication(request, user, "password", reauthenticated=True)


@roles(Role.OFFICER, Role.ADMIN)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """Shows the QR code and takes the first code; later tells that all is set up, and lets a new phone be bound."""
    if factor.is_set_up(request.user):
        if not factor.has_passed(request) or not factor.is_recent(request):
            return redirect(f"{resolve_url('accounts:confirm')}?next={resolve_url('accounts:second_factor_setup')}")
        if "new_phone" not in request.POST and factor.PENDING not in request.session:
            spare = factor.spare_codes(request.user)
            left = len(spare.get_unused_codes()) if spare else 0
            return render(request, "accounts/second_factor_ready.html", {"left": left})
    form = SecondFactorForm(request.POST if "code" in request.POST else None)
    if form.is_valid():
        try:
            factor.set_up(request, code=form.cleaned_data["code"])
        except Refused as refusal:
            form.add_error("code", refusal.message)
        else:
            return redirect("accounts:spare_codes")
    secret = factor.pending_secret(request)
    url = get_adapter().build_totp_url(request.user, secret)
    context = {
        "form": form,
        "qr": mark_safe(segno.make(url, error="m").svg_inline(scale=5, border=2, dark="#000", light="#fff")),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "account": request.user.get_username(),
    }
    return render(request, "accounts/second_factor_setup.html", context, status=422 if form.is_bound else 200)


@roles(Role.OFFICER, Role.ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def spare_codes(request: HttpRequest) -> HttpResponse:
    """Shows the spare codes until their owner says that he has them; `new` makes ten others."""
    spare = factor.spare_codes(request.user)
    if spare is None:
        return redirect("accounts:second_factor_setup")
    if (answer := factor.confirm_first(request)) is not None:
        return answer
    if "new" in request.POST:
        factor.renew_spare_codes(request.user)
        return redirect("accounts:spare_codes")
    if "kept" in request.POST:
        spare.mark_as_viewed()
        messages.success(request, "二次验证已经开启。")
        return redirect("admin:index")
    if spare.did_view:
        return redirect("accounts:second_factor_setup")
    return render(request, "accounts/spare_codes.html", {"codes": spare.get_unused_codes()})
