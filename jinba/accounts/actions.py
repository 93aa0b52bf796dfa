"""Codes to phones, and the people behind them."""

import logging
from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jinba.accounts import codes
from jinba.accounts.choices import STAFF_ROLES, CodePurpose, Role, Side
from jinba.accounts.models import ApiToken, OneTimeCode, User, phone_index
from jinba.accounts.names import clean_name
from jinba.core.errors import Refused
from jinba.core.phones import normalise_phone
from jinba.core.sessions import SessionStore
from jinba.core.sms import SmsFailed, send_sms

logger = logging.getLogger(__name__)

# Whom people may make themselves; all others are made by an officer.
SELF_MADE = frozenset({Role.SEEKER, Role.EMPLOYER})
# Whom an administrator makes: those who sign in by a text, and staff, who sign in by password.
APPOINTED = (Role.BROKER, Role.PARK, Role.OFFICER, Role.ADMIN)
MOST_PEOPLE = 10  # on one phone
NOT_SENT = "短信没有发出去，请过一会儿再试。"
EXPIRED = "验证码已经过期或作废，请重新发一个。"
BURNT = f"错了 {codes.TRIES} 次，这个验证码作废了，请重新发一个。"


# Codes ---------------------------------------------------------------------------------------------------------------


def send_code(
    *,
    phone: str,
    address: str | None,
    purpose: str = CodePurpose.SIGN_IN,
    values: dict[str, str] | None = None,
) -> OneTimeCode:
    """Text a code to the phone, whoever has it; the older one is void. Not to be called within a transaction.

    `values` are what the text of that purpose says besides the code.

    The row is committed before the text is sent, so that racing requests see it and a slow provider holds no lock.
    A text that nobody took counts against no limit and leaves the older code in force.
    """
    phone, address, code = normalise_phone(phone), codes.counted_address(address), codes.new_code()
    with transaction.atomic(durable=True):
        codes.lock_phone(phone)
        if address:
            codes.lock(codes.ADDRESS_LOCK, address)
        now = timezone.now()
        codes.check_limits(phone=phone, address=address, purpose=purpose, now=now)
        sent = OneTimeCode.objects.create(
            phone_index=phone_index(phone),
            purpose=purpose,
            code_hash=codes.digest(phone=phone, sent_at=now, code=code),
            address=address,
            sent_at=now,
            expires_at=now + codes.LIFETIME,
        )
    try:
        words = codes.code_text(code, purpose=purpose, **(values or {}))
        kind = "code" if purpose == CodePurpose.SIGN_IN else f"{purpose}_code"
        send_sms(phone, words, kind=kind, values={"code": code, **(values or {})})
    except Exception as error:  # whatever kept it from being sent, the row must not count as a code that was
        sent.delete()
        if isinstance(error, SmsFailed):
            raise Refused(NOT_SENT, field="phone") from error
        raise
    if codes.over_budget(hourly=settings.SMS_HOURLY_ALARM, now=now):
        logger.error("sms: more than %s codes within an hour; is somebody pumping texts?", settings.SMS_HOURLY_ALARM)
    return sent


def check_code(*, phone: str, code: str, sent: int | None = None, purpose: str = CodePurpose.SIGN_IN) -> str:
    """The normalised phone, when `code` is the newest one sent to it; it cannot be used again.

    `sent` is the row that the asking session caused: a code that another session asked for does not count, and
    guesses without having asked burn nobody's code. Each try is one conditional UPDATE, committed before comparing.
    """
    phone = normalise_phone(phone)
    newest = OneTimeCode.objects.filter(phone_index=phone_index(phone), purpose=purpose).order_by("-id").first()
    if newest is None or (sent is not None and newest.pk != sent):
        raise Refused(EXPIRED, field="code")
    row = OneTimeCode.objects.filter(pk=newest.pk, used_at=None, expires_at__gt=timezone.now())
    if not row.filter(tries__lt=codes.TRIES).update(tries=F("tries") + 1):
        raise Refused(BURNT if row.exists() else EXPIRED, field="code")
    if codes.is_right(newest, phone=phone, code=code):
        if not row.update(used_at=timezone.now()):
            raise Refused(EXPIRED, field="code")
        return phone
    left = codes.TRIES - (row.values_list("tries", flat=True).first() or codes.TRIES)
    raise Refused(f"验证码不对，请再看一眼短信。还可以试 {left} 次。" if left > 0 else BURNT, field="code")


def forget_codes() -> int:
    """Delete the codes that no limit looks at any more; returns how many."""
    return OneTimeCode.objects.filter(sent_at__lt=timezone.now() - codes.KEPT).delete()[0]


def forget_sessions() -> None:
    """Delete the sessions that nobody can use any more: each visitor of the sign-in page left one."""
    SessionStore.clear_expired()


# People --------------------------------------------------------------------------------------------------------------


def users_of(*, phone: str) -> list[User]:
    """Who may sign in by a code to this (normalised) phone, the latest first. Staff sign in by password alone."""
    users = User.objects.with_phone(phone).active().exclude(role__in=STAFF_ROLES)
    return list(users.order_by(F("last_login").desc(nulls_last=True), "pk"))


@transaction.atomic
def open_account(*, phone: str, name: str, role: str) -> User:
    """A user for the person who proved this phone; the same name in the same role is the same person."""
    phone, name = normalise_phone(phone), clean_name(name)
    if role not in SELF_MADE:
        raise Refused("这类账号由管理员开通。")
    codes.lock_phone(phone)
    known = User.objects.with_phone(phone)
    same = known.filter(role=role, name=name).first()
    if same is not None and not same.is_active:
        raise Refused("这个账号已停用，请联系工作人员。")
    if same is not None:
        return same
    if known.active().count() >= MOST_PEOPLE:
        raise Refused(f"这个手机号已经登记了 {MOST_PEOPLE} 个人，请换一个手机号。")
    return User.objects.create_user(phone=phone, name=name, role=role)


def check_appointment(*, role: str, name: str, side: str, username: str, phone: str, password: str) -> None:
    """Refused when such a user cannot be appointed."""
    if role not in APPOINTED:
        raise Refused("求职者和用人单位自己注册。", field="role")
    clean_name(name)
    if side not in ("", *Side.values):
        raise Refused("没有这个所属地。", field="side")
    if role in STAFF_ROLES and not (username and password):
        raise Refused("干部和管理员要有用户名和密码。", field="password")
    if role not in STAFF_ROLES and password:
        raise Refused("这个角色用短信验证码登录，不设密码。", field="password")
    if role not in STAFF_ROLES and not phone:
        raise Refused("这个角色用手机号登录，请填手机号。", field="phone")
    if phone:
        normalise_phone(phone)
    if username and User.objects.filter(username=username).exists():
        raise Refused("这个用户名有人用了。", field="username")


@transaction.atomic
def appoint(
    *, by: Any, role: str, name: str, side: str = "", username: str = "", phone: str = "", password: str = ""
) -> User:
    """A broker, park staff, an officer or an administrator."""
    _administrator(by)
    check_appointment(role=role, name=name, side=side, username=username, phone=phone, password=password)
    user = User.objects.create_user(
        username, password or None, phone=normalise_phone(phone) if phone else "", name=clean_name(name), role=role,
        side=side, is_superuser=role == Role.ADMIN,
    )  # fmt: skip
    logger.info("accounts: user %s (%s) appointed by user %s", user.pk, role, by.pk)
    return user


@transaction.atomic
def set_active(*, user: User, active: bool, by: Any) -> User:
    """Let a user in or keep him out; keeping out ends all his sessions with their next request."""
    _administrator(by)
    if user.pk == by.pk:
        raise Refused("不能停用自己的账号。")
    user.is_active = active
    user.save(update_fields=["is_active"])
    logger.info("accounts: user %s %s by user %s", user.pk, "enabled" if active else "disabled", by.pk)
    return user


@transaction.atomic
def end_sessions(*, user: User, by: Any) -> User:
    """Sign the user out everywhere, and his programs too: every session carries a hash of what changes here."""
    if by.pk != user.pk:
        _administrator(by)
    user.sessions_ended += 1
    user.save(update_fields=["sessions_ended"])
    ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())
    logger.info("accounts: sessions of user %s ended by user %s", user.pk, by.pk)
    return user


@transaction.atomic
def reset_second_factor(*, user: User, by: Any, reason: str) -> User:
    """Take away somebody's second factor, for who lost his phone; he is signed out and sets up another."""
    _administrator(by)
    if user.pk == by.pk:
        raise Refused("不能重置自己的二次验证，请找另一位管理员。")
    if not Authenticator.objects.filter(user=user).delete()[0]:
        raise Refused("没有设置过二次验证。")
    end_sessions(user=user, by=by)
    logger.warning("accounts: second factor of user %s reset by user %s: %s", user.pk, by.pk, reason)
    return user


@transaction.atomic
def put_in_groups(*, user: User, groups: Iterable[Group], by: Any) -> User:
    """Say what an officer may do; nobody else is in a group."""
    _administrator(by)
    wanted = list(groups)
    if wanted and user.role != Role.OFFICER:
        raise Refused("只有人社干部分权限组；管理员什么都可以做。", field="groups")
    before = set(user.groups.values_list("name", flat=True))
    user.groups.set(wanted)
    after = {group.name for group in wanted}
    if before != after:
        logger.info("accounts: user %s put in %s by user %s", user.pk, "、".join(sorted(after)) or "no group", by.pk)
    return user


def _administrator(by: Any) -> None:
    if by.role != Role.ADMIN:
        raise Refused("只有系统管理员可以这样做。")
