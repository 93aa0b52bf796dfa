"""How a refusal reaches the person who asked, whatever the view was."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import bad_request
from redis.exceptions import RedisError

from jinba.core.errors import Refused
from jinba.core.locks import Busy, waited_in_vain

logger = logging.getLogger(__name__)
RECOVERING = "系统正在恢复，请过一分钟再试。"
TOO_LARGE = "文件太大了，没有收下。请返回换一个小一些的文件。"
MEBIBYTE = 1024 * 1024


def local_url(request: HttpRequest, url: str | None, *, otherwise: str = "/") -> str:
    """`url` when it leads to this site, else `otherwise`."""
    if url and url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return url
    return otherwise


class DoorMiddleware:
    """Turns a Refused that a view let through into a message on the page that the person came from.

    What the database cannot hold (a NUL, a number beyond its column) and no form refused is the sender's mistake too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MEGABYTES * MEBIBYTE:
            return render(request, "refused.html", {"text": TOO_LARGE}, status=413)  # before a byte of it is read
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError):
            logger.error("doors: %s took what no column holds", request.path, exc_info=exception)
            return bad_request(request, exception)
        if isinstance(exception, RedisError):
            logger.error("doors: %s cannot do without Redis", request.path, exc_info=exception)
            return render(request, "refused.html", {"text": RECOVERING}, status=503)
        if isinstance(exception, OperationalError) and waited_in_vain(exception):
            exception = Busy()
        if not isinstance(exception, Refused):
            return None
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"detail": exception.message}, status=422)
        if getattr(request, "htmx", False):
            said = {"level": "error", "text": exception.message, "closable": True}
            response = render(request, "components/alert.html", said, status=422)
            # Said at the foot of the page; what the person was looking at stays.
            response.headers["HX-Retarget"] = "[data-toasts]"
            response.headers["HX-Reswap"] = "beforeend"
            return response
        back = local_url(request, request.headers.get("Referer"), otherwise="")
        if request.method == "POST" and back:
            messages.error(request, exception.message)
            return redirect(back)
        return render(request, "refused.html", {"text": exception.message}, status=409)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
