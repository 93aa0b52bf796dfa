"""The files of streams as nginx hands them out in production: to anybody who knows the name, and to every cache."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from jinba.core.access import public

PLAYLIST, SEGMENT = "application/vnd.apple.mpegurl", "video/mp2t"


@public
@require_safe
def playlist(request: HttpRequest, stream: str, name: str) -> HttpResponse:
    """The live playlist; it changes with every segment."""
    try:
        text = _path(stream, name).read_bytes()
    except OSError:
        raise Http404 from None
    return _shared(HttpResponse(text, content_type=PLAYLIST), "public, max-age=1")


@public
@require_safe
def segment(request: HttpRequest, stream: str, name: str) -> HttpResponse:
    """A segment of the live stream or a piece of the replay; it never changes."""
    try:
        response = FileResponse(_path(stream, name).open("rb"), content_type=SEGMENT)
    except OSError:
        raise Http404 from None
    response.headers["Content-Encoding"] = "identity"  # compressed it would only cost
    return _shared(response, "public, max-age=86400, immutable")


def _path(stream: str, name: str) -> Path:
    return Path(settings.STREAMS_ROOT) / stream / name


def _shared(response: HttpResponseBase, kept: str) -> Any:
    response.headers["Cache-Control"] = kept
    # Players fetch it from the site's page also where a CDN has another name.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
