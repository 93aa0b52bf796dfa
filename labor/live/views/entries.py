"""What happened in a room, for pages that come, come back, or have no socket."""

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from jinba.core.access import public
from labor.live import entries_json
from labor.live.choices import OPEN_ROOM
from labor.live.models import Room

NO_SUCH_ROOM = "没有这个直播间，或者它不开放。"
UNREADABLE = "页面发来的内容看不懂，请刷新再试。"
NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)


@public
@require_safe
def entries(request: HttpRequest, pk: int) -> HttpResponse:
    """Entries after `since` (at most 200), or with `since=-50` the last fifty; `last` is the newest of the room."""
    since = request.GET.get("since", "0")
    if not NUMBER.fullmatch(since):
        return _json({"detail": UNREADABLE}, 422)
    last = Room.objects.filter(pk=pk, session__state__in=OPEN_ROOM).values_list("last_seq", flat=True).first()
    if last is None:
        return _json({"detail": NO_SUCH_ROOM}, 404)
    found = entries_json.after(pk, int(since))
    newest = max(last, found[-1].seq) if found else last
    return _json({"last": newest, "list": entries_json.as_list(found)})


def _json(answer: dict[str, object], status: int = 200) -> HttpResponse:
    response = JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-store"
    return response
