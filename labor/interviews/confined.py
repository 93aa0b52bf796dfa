"""A browser that became a booth's screen: its session is good for that screen, for the room of whoever sits there, and
for nothing else, so that somebody who is left alone before it is not at the host's desk.

Only signing out ends it. Whatever is not named here is closed, so that an address that comes tomorrow is closed too.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from jinba.core.json_doors import no
from jinba.core.page_cache import is_anonymous

SCREEN = "screen"  # in the session: {"booth": id}, and while somebody sits before it {"interview": id} besides
ANYWAY = frozenset({"accounts:sign_out", "health_live", "health_ready"})
OF_THE_BOOTH = frozenset({"booths:kiosk", "booths:let_in", "booths:back"})
# What the page of a worker's seat asks for; the recruiter's doors are not among them.
OF_THE_ROOM = frozenset(
    f"rooms:{name}"
    for name in (
        *("room", "state", "ice", "away", "say", "chat", "report", "device", "phone"),
        *("record_answer", "record_stop"),
    )
)
CLOSED = "这台电脑是面试间的屏幕，别的都打不开。"
CLOSED_SOCKET = 4401  # as for somebody who is not signed in: the page does not come again


def booth_of(session: Any) -> int | None:
    """The booth whose screen this browser is; None for any other browser."""
    booth: int | None = session.get(SCREEN, {}).get("booth")
    return booth


def interview_of(session: Any) -> int | None:
    """The interview whose worker sits before this screen."""
    interview: int | None = session.get(SCREEN, {}).get("interview")
    return interview


def begin(request: HttpRequest, *, booth_id: int) -> None:
    """From now on this browser is the booth's screen. What was about to be said to the host is not said there."""
    list(messages.get_messages(request))
    request.session.cycle_key()
    request.session[SCREEN] = {"booth": booth_id}


def seat(request: HttpRequest, *, interview_id: int | None) -> None:
    """Who sits before the screen now; None: nobody."""
    screen = {"booth": request.session[SCREEN]["booth"]}
    request.session[SCREEN] = screen if interview_id is None else screen | {"interview": interview_id}


def _may_open(session: Any, path: str) -> bool:
    try:
        found = resolve(path)
    except Resolver404:
        return False
    if found.view_name in OF_THE_BOOTH:
        return bool(found.kwargs["pk"] == booth_of(session))
    if found.view_name in OF_THE_ROOM:
        return bool(found.kwargs["pk"] == interview_of(session))
    return found.view_name in ANYWAY


class ScreenMiddleware:
    """Pages lead a confined browser back to its screen; what is no page answers 403 with a sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_anonymous(request) or (booth_id := booth_of(request.session)) is None:
            return self.get_response(request)
        if _may_open(request.session, request.path_info):
            return self.get_response(request)
        back = reverse("booths:kiosk", args=[booth_id])
        is_htmx = "HX-Request" in request.headers
        if is_htmx or request.path_info.startswith("/api/") or "application/json" in _spoken(request):
            answer: HttpResponse = no(403, CLOSED)
            if is_htmx:  # a page that was open before
                answer.headers["HX-Redirect"] = back
            return answer
        return redirect(back)


def _spoken(request: HttpRequest) -> str:
    return f"{request.headers.get('Accept', '')} {request.headers.get('Content-Type', '')}"


class ScreenSockets:
    """The same for sockets: a confined browser has that of the room in which its worker sits."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        is_screen, interview_id = await _asked(scope["session"])
        if not is_screen or scope["path"] == f"/ws/interviews/{interview_id}/":
            await self.inner(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": CLOSED_SOCKET})


@database_sync_to_async
def _asked(session: Any) -> tuple[bool, int | None]:
    return booth_of(session) is not None, interview_of(session)
