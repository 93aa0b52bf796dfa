"""The files of streams as nginx hands them out in production: to anybody who knows the name, and to every cache."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from jinba.core.access import public

PLAYLIST, SEGMENT = "application/vnd.apple.mpegurl", "video/mp2t"


@public
@require_safe
def playlist(request: HttpRequest, stream: str, name: str) -> HttpResponse:
    """The live playlist; it changes with every segment."""
    return _file(stream, name, PLAYLIST, "public, max-age=1")


@public
@require_safe
def segment(request: HttpRequest, stream: str, name: str) -> HttpResponse:
    """A segment of the live stream or a piece of the replay, some hundred kB; it never changes."""
    response = _file(stream, name, SEGMENT, "public, max-age=3600, immutable")
    response.headers["Content-Encoding"] = "identity"  # compressed it would only cost
    return response


def _file(stream: str, name: str, kind: str, kept: str) -> HttpResponse:
    try:
        content = (Path(settings.STREAMS_ROOT) / stream / name).read_bytes()
    except OSError:
        raise Http404 from None
    response = HttpResponse(content, content_type=kind)
    response.headers["Cache-Control"] = kept
    # Players fetch it from the site's page also where a CDN has another name.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
