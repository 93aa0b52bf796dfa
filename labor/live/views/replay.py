"""The replay for whoever may watch it, and the crew's and the officers' hand on it."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jinba.core.access import public
from labor.live.chapters import as_json
from labor.live.models import LiveSession, Replay
from labor.live.replays import playable, playlist

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"


@public
@never_cache  # hidden means hidden at once
@require_safe
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The playlist; 404 unless it may be watched now."""
    return HttpResponse(playlist(_playable(pk)), content_type=PLAYLIST_TYPE)


@public
@never_cache
@require_safe
def chapters(request: HttpRequest, pk: int) -> HttpResponse:
    return JsonResponse(as_json(_playable(pk)))


def _playable(pk: int) -> Replay:
    found = playable(get_object_or_404(LiveSession.objects.public(), pk=pk))
    if found is None:
        raise Http404("no replay")
    return found
