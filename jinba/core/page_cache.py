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


def public_page(*, seconds: int = 10) -> Callable[[View], View]:
    """Mark a view whose answer is the same for every anonymous reader; it may be `seconds` old."""

    def decorate(view: View) -> View:
        @wraps(view)
        def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response.public_for = seconds  # type: ignore[attr-defined]
            return response

        return marked

    return decorate


class PageCacheMiddleware:
    """Stands before sessions and sign-in, so that a cached page costs neither; adds an ETag to what it keeps."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        key = self._key(request)
        kept = caches["pages"].get(key) if request.method == "GET" else None
        if kept:
            content, headers = kept
            response = HttpResponse(content, headers=headers)
            return get_conditional_response(request, etag=headers["ETag"], response=response) or response
        response = self.get_response(request)
        return self._keep(request, response, key)

    def _keep(self, request: HttpRequest, response: HttpResponse, key: str) -> HttpResponse:
        seconds = getattr(response, "public_for", None)
        if seconds is None or response.status_code != 200 or response.cookies or response.streaming:
            return response
        patch_vary_headers(response, ["Cookie", "Accept-Encoding", "HX-Request"])
        response.headers["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate=30"
        response.headers["ETag"] = f'W/"{hashlib.sha1(response.content, usedforsecurity=False).hexdigest()}"'
        if request.method == "GET":
            caches["pages"].set(key, (response.content, dict(response.headers)), seconds)
        return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response

    @staticmethod
    def _key(request: HttpRequest) -> str:
        parts = (
            request.get_host(),
            request.get_full_path(),
            request.COOKIES.get("type_size", ""),
            "gzip" if "gzip" in request.headers.get("Accept-Encoding", "") else "",
            request.headers.get("HX-Request", ""),
        )
        return hashlib.sha1("\n".join(parts).encode(), usedforsecurity=False).hexdigest()
