"""The room as visitors see it: the preview before, the broadcast, the replay after, in one page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jinba.core.access import public
from labor.live import listing, page, visitors
from labor.live.cards import ASKED_FIRST
from labor.live.choices import OPEN_ROOM, State
from labor.live.models import LiveSession

MARKS = {
    State.ANNOUNCED: "预告",
    State.LIVE: "直播中",
    State.ENDED: "已结束",
    State.REPLAY: "回放",
    State.ABORTED: "中止",
}


def shown_session(pk: int) -> LiveSession:
    """A session that visitors may see; any other is not found."""
    found = LiveSession.objects.public().select_related("host").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@public
@never_cache
@require_safe
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is needed to read stands in the page; scripts add the picture and what comes after."""
    session = LiveSession.objects.filter(pk=pk, state=State.CANCELLED, approved_at__isnull=False).first()
    if session is not None:
        return render(request, "live/cancelled.html", {"session": session}, status=410)
    session = shown_session(pk)
    state = page.state_of(session)
    visitor = "" if visitors.known(request, session) else visitors.new(request, session)
    context: dict[str, Any] = {
        "session": session,
        "crew": list(session.crew.all()),
        "state": state,
        "cards": state["cards"],
        "list": state["list"],
        "pinned": state["pinned"],
        "said": page.said(session, until=state["last"]) if session.state in OPEN_ROOM else [],
        "veil": veil(session, state),
        "mark": MARKS.get(State(session.state), ""),
        "asked_first": list(ASKED_FIRST.items()),
        "may_chat": page.may_chat(session),
        "asks_only": page.asks_only(session),
        "is_open": session.state in OPEN_ROOM,
        "snapshot": page.snapshot(request, session, visitor),
        "share_words": share_words(request, session),
        **(listing.reservation_of(session, request.user) if session.state == State.ANNOUNCED else {}),
    }
    response = render(request, "live/watch.html", context)
    if visitor:
        visitors.keep(response, session, visitor)
    return response


def veil(session: LiveSession, state: dict[str, Any]) -> str:
    """What stands where the picture would be, before any script runs."""
    if session.state in (State.ANNOUNCED, State.LIVE) and session.is_elsewhere:
        return "elsewhere"
    if session.state in (State.ENDED, State.REPLAY):
        shown = state["replay"]["state"]
        return {"ready": "script", "none": "over"}.get(shown, shown)
    return {State.ANNOUNCED: "soon", State.ABORTED: "aborted"}.get(State(session.state), "script")


def share_words(request: HttpRequest, session: LiveSession) -> str:
    """A message to fellow villagers."""
    url = request.build_absolute_uri(session.get_absolute_url())
    when = "正在直播" if session.is_on else "看回放" if session.state == State.REPLAY else "直播带岗"
    return f"【{when}】{session.title}\n{session.host_name}讲岗位、答问题，看中了当场报名：{url}\n找工作不收任何费用。"
