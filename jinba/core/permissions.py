"""Camera and microphone are for the pages that say so; every other page's browser does not even ask."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from jinba.core.access import View

HEADER = "Permissions-Policy"
NOTHING = "camera=(), microphone=(), display-capture=(), geolocation=()"
CALLS = "camera=(self), microphone=(self), display-capture=(), geolocation=()"


def uses_camera(view: View) -> View:
    """Mark a page that may ask its visitor for camera and microphone."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response.headers[HEADER] = CALLS
        return response

    return marked


class PermissionsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, NOTHING)
        return response
