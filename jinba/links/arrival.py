"""Which short link brought a reader here, remembered on his own device until he registers or applies."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "came_by"
SALT = "jinba.links.arrival"
DAYS = 30


def remember(response: HttpResponse, code: str) -> None:
    """Let the reader's browser keep the code; it says nothing about the reader."""
    response.set_cookie(
        COOKIE,
        signing.Signer(salt=SALT).sign(code),
        max_age=DAYS * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def link_code(request: HttpRequest | Any) -> str:
    """The code of the short link that brought this reader; empty when none did, or somebody made it up."""
    try:
        return signing.Signer(salt=SALT).unsign(request.COOKIES.get(COOKIE, ""))[:12]
    except signing.BadSignature:
        return ""
