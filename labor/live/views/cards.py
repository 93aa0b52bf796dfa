"""All cards of a session, and how it stands: asked by pages when the room says that something changed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from jinba.core.access import public
from labor.live import page
from labor.live.views.watch import shown_session


@public
@require_safe
def cards(request: HttpRequest, pk: int) -> HttpResponse:
    """The state that is the same for everybody, with the list of cards as a piece of the page (`list`)."""
    response = JsonResponse(page.state_of(shown_session(pk)), json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-cache"
    return response
