"""The cards of a session: all of them, and the way from one to its posting's own page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jinba.core.access import public
from labor.live import arrivals, moments, page
from labor.live.choices import OPEN_ROOM
from labor.live.models import Card
from labor.live.views.watch import shown_session


@public
@require_safe
def cards(request: HttpRequest, pk: int) -> HttpResponse:
    """The state that is the same for everybody, with the list of cards as a piece of the page (`list`).

    Asked by pages when the room says that something changed.
    """
    response = JsonResponse(page.state_of(shown_session(pk)), json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-cache"
    return response


@public
@never_cache
@require_safe
def posting(request: HttpRequest, pk: int, card_id: int) -> HttpResponse:
    """On to the posting's own page; his browser keeps at which second he left, for when he applies there.

    `at`: the position in the replay, as the page says it.
    """
    session = shown_session(pk)
    card = get_object_or_404(Card.objects.filter(session=session).select_related("posting", "session"), pk=card_id)
    response = redirect(card.posting)
    if session.state in OPEN_ROOM and card.removed_at is None:
        at = request.GET.get("at", "")[:20]
        arrivals.leave(request, response, card, moments.of_tap(session, card, timezone.now(), at))
    return response
