"""How big the reader wants the words: remembered by a cookie, switched by a plain link."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jinba.core.access import public
from jinba.core.doors import local_url

COOKIE = "type_size"
NORMAL, BIG = "normal", "big"
ONE_YEAR = 60 * 60 * 24 * 365


@public
@require_safe
@never_cache
def switch(request: HttpRequest, size: str) -> HttpResponse:
    """Remember the size and go back to `?next=`, to the page that the link stood on, or home."""
    if size not in (NORMAL, BIG):
        raise Http404
    wanted = request.GET.get("next") or request.headers.get("Referer")
    response = redirect(local_url(request, wanted))
    response.set_cookie(COOKIE, size, max_age=ONE_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response


def type_size(request: HttpRequest) -> dict[str, Any]:
    """For templates: whether the page is in big type, and the size that the switch in the header leads to."""
    is_big = request.COOKIES.get(COOKIE) == BIG
    return {"is_big_type": is_big, "other_type_size": NORMAL if is_big else BIG}
