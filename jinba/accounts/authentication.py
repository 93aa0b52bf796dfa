"""Who asks the API: a program by its token, or a browser by its session (whose changes need the CSRF token)."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from jinba.accounts import second_factor
from jinba.accounts.models import ApiToken, User
from jinba.accounts.tokens import digest_of

NOTED_EVERY = timedelta(minutes=1)


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>` of a live token; its user acts, no further than its scopes."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Authorization 写得不对，应当是：Bearer 令牌。")
        token = ApiToken.objects.live().select_related("user").filter(digest=digest_of(parts[1])).first()
        if token is None:
            raise AuthenticationFailed("令牌无效、已撤销或者已过期。")
        self._note(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        wrong = get_authorization_header(request).lower().startswith(b"bearer")
        return 'Bearer realm="jinba"' + (', error="invalid_token"' if wrong else "")

    @staticmethod
    def _note(token: ApiToken) -> None:
        """When it was last used, to the minute."""
        now = timezone.now()
        if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
            stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY)
            ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


class FullSessionAuthentication(SessionAuthentication):
    """The session of a browser; of staff only one that gave the second factor."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None and second_factor.is_missing(request._request):
            raise AuthenticationFailed("请先在网站上完成第二步验证。")
        return found


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "jinba.accounts.authentication.FullSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "网站的登录会话；改动要带 X-CSRFToken。",
        }


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "jinba.accounts.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "在网站“接口令牌”页面生成。令牌只显示一次，最长一年有效，随时可以撤销。",
        }
