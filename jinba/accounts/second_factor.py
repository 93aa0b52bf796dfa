"""The second factor of officers and administrators: a code of their phone's own (TOTP, RFC 6238), or a spare code.

allauth keeps the authenticators and holds a sign-in back until the code was right; here is what it leaves open: a code
counts once for good (the last step that was used is in the row, not in a cache), sessions that never passed are sent
to where they can, and what is shown in clear asks for a code that is not older than RECENT.
"""

import base64
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from jinba.accounts.choices import STAFF_ROLES
from jinba.accounts.models import User
from jinba.core.encryption import decrypt, encrypt
from jinba.core.errors import Refused

logger = logging.getLogger(__name__)

RECENT = timedelta(hours=2)
COLUMN = "mfa_authenticator.data"
PENDING = "second_factor_pending"  # in the session: the secret that is being set up, encrypted
WRONG = "验证码不对，或者已经用过了。请等手机上换了新的再输一次。"
TOO_MANY = "错得太多了，请过 5 分钟再试。"
# Where somebody may be who has not passed yet.
WAYS_IN = frozenset({"accounts:second_factor_setup", "accounts:confirm", "accounts:sign_out", "admin:logout"})


def seal(text: str) -> str:
    """Encrypted with our own keys, as text: what allauth keeps in its JSON column."""
    return base64.b64encode(encrypt(text, column=COLUMN)).decode()


def unseal(text: str) -> str:
    return decrypt(base64.b64decode(text), column=COLUMN)


# Setting up ----------------------------------------------------------------------------------------------------------


def is_set_up(user: Any) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def pending_secret(request: HttpRequest) -> str:
    """The secret that this session is setting up; made when there is none yet."""
    if sealed := request.session.get(PENDING):
        return unseal(sealed)
    secret = totp.generate_totp_secret()
    request.session[PENDING] = seal(secret)
    return secret


def set_up(request: HttpRequest, *, code: str) -> None:
    """Bind the pending secret to the user when `code` comes from it; an older factor and its spare codes are void."""
    user: Any = request.user
    forgive = _count_try(user)
    counter = _counter_of(pending_secret(request), code, after=-1)
    if counter is None:
        raise Refused(WRONG, field="code")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        Authenticator.objects.filter(user_id=user.pk).delete()
        wrapped = totp.TOTP.activate(user, pending_secret(request))
        wrapped.instance.data["counter"] = counter
        wrapped.instance.save(update_fields=["data"])
        RecoveryCodes.activate(user)
    forgive()
    request.session.pop(PENDING, None)
    record_authentication(request, user, "mfa", id=wrapped.instance.pk, type="totp", reauthenticated=True)
    logger.info("accounts: user %s set up a second factor", user.pk)


def spare_codes(user: Any) -> RecoveryCodes | None:
    row = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return row.wrap() if row else None


@transaction.atomic
def renew_spare_codes(user: Any) -> RecoveryCodes:
    """Ten new codes; the old ones are void."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    logger.info("accounts: user %s made new spare codes", user.pk)
    return RecoveryCodes.activate(user)


# Using ---------------------------------------------------------------------------------------------------------------


def check(request: HttpRequest, user: Any, *, code: str) -> None:
    """Refused unless `code` is a fresh one of the user's phone, or a spare one. Each counts once."""
    forgive = _count_try(user)
    used = _use_totp(user, code) or _use_spare(user, code)
    if used is None:
        logger.warning("accounts: a wrong second factor for user %s", user.pk)
        raise Refused(WRONG, field="code")
    forgive()
    used.record_usage()
    record_authentication(request, user, "mfa", id=used.pk, type=used.type, reauthenticated=True)


@transaction.atomic
def _use_totp(user: Any, code: str) -> Authenticator | None:
    rows = Authenticator.objects.select_for_update(no_key=True)
    row = rows.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    if row is None:
        return None
    counter = _counter_of(unseal(row.data["secret"]), code, after=row.data.get("counter", -1))
    if counter is None:
        return None
    row.data["counter"] = counter
    row.save(update_fields=["data"])
    return row


@transaction.atomic
def _use_spare(user: Any, code: str) -> Authenticator | None:
    rows = Authenticator.objects.select_for_update(no_key=True)
    row = rows.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return row if row is not None and row.wrap().validate_code(code) else None


def _counter_of(secret: str, code: str, *, after: int) -> int | None:
    """The step whose code this is, a step before or after now at most and later than any that was used."""
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if totp.compare_user_code(actual=code, expected=expected) and counter > after:
            return counter
    return None


def _count_try(user: Any) -> Callable[[], None]:
    """Five tries within five minutes; the answer forgives them after a right one."""
    try:
        return check_rate_limit(user)
    except ValidationError as error:
        raise Refused(TOO_MANY, field="code") from error


# Who has passed ------------------------------------------------------------------------------------------------------


def has_passed(request: HttpRequest) -> bool:
    """Whether this session gave a second factor."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def is_missing(request: HttpRequest) -> bool:
    """Whether the user of this request has to give a second factor before anything else."""
    return bool(settings.STAFF_TOTP and getattr(request.user, "role", "") in STAFF_ROLES and not has_passed(request))


def is_recent(request: HttpRequest) -> bool:
    """Whether the user showed within RECENT that it is he: by a second factor, or by the password if he has none."""
    user: Any = request.user
    wanted = ("mfa",) if settings.STAFF_TOTP or is_set_up(user) else ("mfa", "password")
    since = time.time() - RECENT.total_seconds()
    return any(
        record.get("method") in wanted and record.get("at", 0) >= since
        for record in get_authentication_records(request, user)
    )


def confirm_first(request: HttpRequest) -> HttpResponse | None:
    """Where to send somebody who has to confirm that it is he before this; None when he did so a while ago."""
    if is_recent(request):
        return None
    return redirect(_with_next("accounts:confirm", request))


def confirm_address(*, back: str) -> str:
    return f"{reverse('accounts:confirm')}?{urlencode({'next': back})}"


def _with_next(url_name: str, request: HttpRequest) -> str:
    wanted = request.get_full_path() if request.method == "GET" else "/admin/"
    return f"{reverse(url_name)}?{urlencode({'next': wanted})}"


class SecondFactorMiddleware:
    """Staff whose session has not given the second factor get no page that asks for sign-in, only the way to it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not is_missing(request):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in WAYS_IN:
            return None
        return redirect(
            _with_next("accounts:confirm" if is_set_up(request.user) else "accounts:second_factor_setup", request)
        )
