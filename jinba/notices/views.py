import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinba.core.access import public
from jinba.core.doors import local_url
from jinba.core.errors import Refused
from jinba.notices import actions as notices
from jinba.notices import letters, quiet
from jinba.notices.choices import Channel
from jinba.notices.context import count_unread
from jinba.notices.forms import AddressForm, ChoicesForm, EmailCodeForm
from jinba.notices.models import Notice

PAGE = 20


@require_GET
def list_(request: HttpRequest) -> HttpResponse:
    """The reader's notices, the newest first."""
    rows = Notice.objects.of(request.user)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    context = {
        "notices": shown,
        "has_unread": any(notice.read_at is None for notice in shown),
        "next_url": f"?before={shown[-1].pk}" if len(found) > PAGE else "",
        "first_url": reverse("notices:list") if before else "",
    }
    return render(request, "notices/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def open_(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice read and go where it leads."""
    notice = get_object_or_404(Notice.objects.of(request.user), pk=pk)
    if request.method != "HEAD":
        notices.mark_read(user=request.user, notice_ids=[notice.pk])
    return redirect(local_url(request, notice.url, otherwise=reverse("notices:list")))


@require_http_methods(["GET", "HEAD", "POST"])
def open_short(request: HttpRequest, number: str) -> HttpResponse:
    """The same at an address that is short enough for a text."""
    return open_(request, pk=letters.id_of(number))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    notices.mark_read(user=request.user)
    return redirect("notices:list")


@require_POST
@never_cache
def fresh(request: HttpRequest) -> HttpResponse:
    """What came since the last look, for the page to pop up; asked by htmx, answered once for each notice.

    Every answer tells how many are unread, so that all open pages count alike.
    """
    found = notices.show_new(user=request.user)
    response = render(request, "notices/_fresh.html", {"notices": found}) if found else HttpResponse(status=204)
    response.headers["HX-Trigger"] = json.dumps({"unread": {"count": count_unread(request.user)}})
    return response


# What the reader wants -----------------------------------------------------------------------------------------------


def _settings_page(request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
    user: Any = request.user
    form = ChoicesForm(choices=notices.choices_of(user=user))
    channels = [Channel.SMS] if user.phone else []
    channels += [Channel.EMAIL] if user.email else []
    waiting = notices.waiting_address(user=user)
    context = {
        "rows": form.rows(channels),
        "phone": user.masked_phone,
        "email": user.email or "",
        "mail_is_set_up": letters.mail_is_set_up(),
        "waiting_address": waiting,
        "address_form": AddressForm(),
        "code_form": EmailCodeForm() if waiting else None,
        "quiet": quiet.hours(),
        "cap": settings.SMS_DAILY_CAP,
    }
    return render(request, "notices/settings.html", context | forms, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings_(request: HttpRequest) -> HttpResponse:
    """Which topics go out by text and e-mail. What is shown on the site cannot be switched off."""
    if request.method != "POST":
        return _settings_page(request)
    user: Any = request.user
    choices = {
        (topic, channel): is_on
        for (topic, channel), is_on in notices.choices_of(user=user).items()
        if (user.phone if channel == Channel.SMS else user.email)
    }
    form = ChoicesForm(request.POST, choices=choices)
    if form.is_valid():
        notices.choose(user=user, wanted=form.wanted)
        messages.success(request, "消息设置保存好了。")
    return redirect("notices:settings")


@require_POST
def email(request: HttpRequest) -> HttpResponse:
    """Mail a code to the address that somebody wrote down."""
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            notices.send_email_code(user=request.user, address=form.cleaned_data["address"])
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "验证码发到邮箱里了，请看邮件。没看到就翻翻垃圾箱。")
            return redirect("notices:settings")
    return _settings_page(request, 422, address_form=form)


@require_POST
def email_code(request: HttpRequest) -> HttpResponse:
    form = EmailCodeForm(request.POST)
    if form.is_valid():
        try:
            notices.check_email_code(user=request.user, code=form.cleaned_data["code"])
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "邮箱验证好了。")
            return redirect("notices:settings")
    return _settings_page(request, 422, code_form=form)


@require_POST
def email_remove(request: HttpRequest) -> HttpResponse:
    notices.forget_email(user=request.user)
    messages.success(request, "邮箱去掉了，不会再给您发邮件。")
    return redirect("notices:settings")


@public
@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed token is the permission
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """No more letters of one topic: the link at the foot of each. Looking changes nothing: programs look, too."""
    read = letters.read_off_token(token)
    if read is None:
        return render(request, "notices/off.html", {"topic": ""}, status=404)
    is_off = request.method == "POST"
    if is_off:
        notices.switch_off(token=token)
    return render(request, "notices/off.html", {"topic": read[1].label, "is_off": is_off})
