"""Public pages for readers who are not signed in: one rendering serves all for a few seconds, without a cookie."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

View = Callable[..., HttpResponse]


def is_anonymous(request: HttpRequest) -> bool:
    """No session came along: the answer depends on the address, the type size and htmx alone."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def public_page(*, seconds: int = 10, keep: bool = True) -> Callable[[View], View]:
    """Mark a view whose answer is the same for every anonymous reader; it may be `seconds` old.

    With `keep=False` the answer carries its ETag and its age but takes no room in the memory of the process.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and not response.streaming and is_anonymous(request):
                # Of the plain text: compressed twice, the same page has other bytes.
                digest = hashlib.sha1(response.content, usedforsecurity=False).hexdigest()
                response.headers["ETag"] = f'W/"{digest}"'
                response.headers["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate=30"
                patch_vary_headers(response, ["Cookie", "Accept-Encoding", "HX-Request", "HX-Target"])
                response.public_for = seconds if keep else 0  # type: ignore[attr-defined]
            return response

        return marked

    return decorate


class PageCacheMiddleware:
    """Stands before sessions and sign-in, so that a kept page costs neither.

    What a signed-in reader gets is nobody else's: no cache between keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_anonymous(request):
            response = self.get_response(request)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        key = self._key(request)
        kept = caches["pages"].get(key) if request.method == "GET" else None
        if kept:
            content, headers = kept
            response = HttpResponse(content, headers=headers)
        else:
            response = self.get_response(request)
            seconds = getattr(response, "public_for", None)
            if seconds is None or response.cookies:
                return response
            if seconds and request.method == "GET":
                caches["pages"].set(key, (response.content, dict(response.headers)), seconds)
        return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response

    @staticmethod
    def _key(request: HttpRequest) -> str:
        parts = (
            request.scheme or "",
            request.get_host(),
            request.get_full_path(),
            request.COOKIES.get("type_size", ""),
            "gzip" if "gzip" in request.headers.get("Accept-Encoding", "") else "",
            request.headers.get("HX-Request", ""),
            request.headers.get("HX-Target", ""),
            request.headers.get("HX-History-Restore-Request", ""),
        )
        return hashlib.sha1("\n".join(parts).encode(errors="replace"), usedforsecurity=False).hexdigest()
