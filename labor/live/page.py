"""What the room's page is told: by the server when it opens, and again when it has lost track."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from jinba.accounts.choices import Role
from jinba.core.memory import Memory
from jinba.links.arrival import link_code
from labor.applications.models import Application
from labor.live import engines, entries_json, replays, tickets, viewers, visitors
from labor.live.actions.saying import AFTER_END
from labor.live.cards import ASKED_FIRST, card_json, cards_of, with_posting
from labor.live.choices import EntryKind, ReplayState, Side, State
from labor.live.models import Card, LiveSession, Replay, Room
from labor.workers.models import Worker

CHAT_BEFORE = timedelta(minutes=30)
MESSAGES, MOST = 50, 200  # messages that the page begins with, out of so many entries
SPOKEN = (EntryKind.SAID, EntryKind.ASKED, EntryKind.ANSWERED)
NO_PAPERS = "招聘资格有变化，按规定停播，这些岗位先不收报名。"
# Many pages ask in the same moment, after a card has come or gone: a process answers them out of one look.
looks = Memory(size=200, seconds=1)


def state_of(session: LiveSession) -> dict[str, Any]:
    """All that is the same for every viewer; at most a second old."""
    kept = looks.get_or_make((session.pk, session.state), lambda: _state_of(session))
    return dict(kept)


def _state_of(session: LiveSession) -> dict[str, Any]:
    # The number first: what comes meanwhile comes again as an entry.
    room = Room.objects.get(pk=session.pk)
    pin = (
        with_posting(Card.objects.filter(pins__session=session, pins__to_at__isnull=True)).first()
        if session.is_on
        else None
    )
    cards = [card_json(card) for card in cards_of(session)]
    return {
        "state": session.state,
        "last": room.last_seq,
        "is_on_air": room.is_on_air,
        "announcement": room.announcement,
        "slow": session.slow_seconds,
        "likes": room.likes,
        "viewers": viewers.now_of(session.pk),
        "pinned": card_json(pin) if pin else None,
        "cards": cards,
        "list": render_to_string("live/_cards.html", {"cards": cards, "is_open": session.state != State.ABORTED}),
        "video": playlist_of(session),
        "whep": whep_of(session) if room.is_on_air else "",
        "replay": replay_of(session),
        "stopped": NO_PAPERS if _has_no_papers(session) else "",
    }


def _has_no_papers(session: LiveSession) -> bool:
    """Whether the system stopped it (`enforcing`); which paper it was is the crew's business."""
    return session.state == State.ABORTED and session.events.filter(to_state=State.ABORTED, side=Side.SYSTEM).exists()


def playlist_of(session: LiveSession) -> str:
    """Where our pictures are while it is on; empty when there are none, or they are elsewhere."""
    if not session.is_on or session.is_elsewhere:
        return ""
    return engines.engine().playlist_url(session)


def whep_of(session: LiveSession) -> str:
    """Where the same pictures are by WebRTC; empty when the engine has none, or no place for one more."""
    if not session.is_on or session.is_elsewhere:
        return ""
    return engines.engine().whep_url(session)


def replay_of(session: LiveSession) -> dict[str, Any] | None:
    """`state`: making, ready, hidden, gone or none; with the addresses when it can be watched.

    `renew`: seconds after which the playlist has to be read again, because its pieces' addresses run out; 0 for never.
    """
    if session.state not in (State.ENDED, State.REPLAY):
        return None
    found = Replay.objects.filter(session=session).values_list("state", "seconds").first()
    if found is None:
        return {"state": "making" if replays.is_coming(session) else "none"}
    state, seconds = found
    if session.state == State.REPLAY and state == ReplayState.READY:
        where = _addresses(session, video="replay", chapters="chapters")
        return {"state": "ready", "seconds": seconds, "renew": replays.renewed_each(), **where}
    words = {ReplayState.MAKING: "making", ReplayState.HIDDEN: "hidden", ReplayState.DELETED: "gone"}
    return {"state": words.get(ReplayState(state), "none")}


def snapshot(request: HttpRequest, session: LiveSession, visitor: str = "") -> dict[str, Any]:
    """The state, and what this one visitor may do. `visitor`: as for `me`."""
    state = state_of(session)
    state.pop("list")
    return {
        **state,
        "now": timezone.now().isoformat(),
        "starts_at": session.starts_at.isoformat(),
        "live_at": session.live_at.isoformat() if session.live_at else None,
        "is_elsewhere": session.is_elsewhere,
        "asked_first": ASKED_FIRST,
        "me": me(request, session, visitor),
        "socket": f"/ws/live/{session.pk}/",
        **_addresses(session, entries="entries", say="say", look="cards", enter="enter"),
    }


def me(request: HttpRequest, session: LiveSession, visitor: str = "") -> dict[str, Any]:
    """Who looks, and what he has applied to here. Given anew when somebody has signed in without leaving the page.

    `visitor`: the number that his browser is given by this very answer.
    """
    user: Any = request.user
    applied: list[int] = []
    region = ""
    if user.is_authenticated and user.role == Role.SEEKER:
        cards = Card.objects.filter(session=session)
        live = Application.objects.live().filter(worker__user=user, posting__live_cards__in=cards)
        applied = list(live.values_list("posting_id", flat=True))
        region = Worker.objects.filter(user=user).values_list("home_id", flat=True).first() or ""
    code = link_code(request)
    visitor = visitor or visitors.known(request, session)
    if not visitor and user.is_authenticated:  # people count, whatever their browsers keep
        visitor = f"user {user.pk}"
    is_replay = session.state in (State.ENDED, State.REPLAY)
    ticket = tickets.make(session, user, region, code, is_replay, visitor)
    return {"is_in": user.is_authenticated, "applied": applied, "ticket": ticket}


def _addresses(session: LiveSession, **names: str) -> dict[str, str]:
    found = {}
    for key, name in names.items():
        try:
            found[key] = reverse(f"live:{name}", args=[session.pk])
        except NoReverseMatch:
            found[key] = ""
    return found


def may_chat(session: LiveSession) -> bool:
    """Words are taken from half an hour before the start; after the end questions only."""
    if session.state == State.ANNOUNCED:
        return session.starts_at - CHAT_BEFORE <= timezone.now()
    return session.is_on or asks_only(session)


def asks_only(session: LiveSession) -> bool:
    """The replay, and the hour in which it is made: a question still finds the employer, a chat nobody."""
    if session.state == State.ENDED and session.ended_at is not None:
        return timezone.now() < session.ended_at + AFTER_END
    return session.state == State.REPLAY


def said(session: LiveSession, *, until: int) -> list[dict[str, Any]]:
    """What was said last, up to entry `until`, the oldest first; hidden words stay hidden."""
    rows = entries_json.as_list(entries_json.after(session.pk, -MOST))
    spoken = [row for row in rows if row["seq"] <= until and row["kind"] in SPOKEN and not row.get("gone")]
    return spoken[-MESSAGES:]
