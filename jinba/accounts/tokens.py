"""Tokens by which programs act for a user. Use: `from jinba.accounts import tokens`."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from jinba.accounts.choices import Role, Scope
from jinba.accounts.models import ApiToken, User
from jinba.core.errors import Refused
from jinba.core.locks import locked_one

PREFIX = "jinba_"  # by which a leaked one is recognised
LONGEST_DAYS = 365
MOST_LIVE = 20
# A person who looks for work has no program; his session does all there is.
HOLDERS = frozenset({Role.EMPLOYER, Role.BROKER, Role.PARK, Role.OFFICER, Role.ADMIN})
# What each role's programs can be allowed at all.
SCOPES: dict[str, tuple[Scope, ...]] = {
    Role.EMPLOYER: (Scope.READ, Scope.POSTINGS, Scope.APPLICATIONS, Scope.PROFILE),
    Role.BROKER: (Scope.READ, Scope.APPLICATIONS, Scope.PROFILE),
    Role.PARK: (Scope.READ, Scope.APPLICATIONS, Scope.PROFILE),
    Role.OFFICER: (Scope.READ, Scope.PROFILE),
    Role.ADMIN: (Scope.READ, Scope.PROFILE),
}


def digest_of(token: str | bytes) -> str:
    """What is kept of a token: 256 random bits need neither salt nor a slow hash."""
    return hashlib.sha256(token if isinstance(token, bytes) else token.encode()).hexdigest()


@transaction.atomic
def make(*, by: Any, name: str, scopes: Iterable[str], days: int) -> tuple[ApiToken, str]:
    """A token of `by`'s own and its text, which is never seen again."""
    user = locked_one(User.objects.all(), pk=by.pk)
    name, wanted = name.strip(), [scope for scope in Scope if scope in set(scopes)]
    if user.role not in HOLDERS:
        raise Refused("求职者不用接口令牌。")
    if not name or len(name) > 60:
        raise Refused("请写这个令牌给什么程序用，60 个字以内。", field="name")
    if not wanted:
        raise Refused("请至少选一项权限。", field="scopes")
    if set(wanted) - set(SCOPES[user.role]):
        raise Refused("您的身份没有这项权限。", field="scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"有效期要在 1 到 {LONGEST_DAYS} 天之间。", field="days")
    if ApiToken.objects.live().filter(user=user).count() >= MOST_LIVE:
        raise Refused(f"有效的令牌已经有 {MOST_LIVE} 个了，请先撤销不用的。")
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, digest=digest_of(text), scopes=wanted, expires_at=timezone.now() + timedelta(days=days)
    )
    return token, text


@transaction.atomic
def revoke(*, token: ApiToken, by: Any) -> ApiToken:
    """No program gets in by it any more; revoked twice, the first time counts."""
    if token.user_id != by.pk:
        raise Refused("这个令牌不是您的。")
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    token.refresh_from_db()
    return token
