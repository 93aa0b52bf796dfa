"""Sessions as visitors find them: a card each with its picture, its time and how many postings it speaks of."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from jinba.core.memory import Memory
from jinba.core.spoken import day, left, near
from labor.live.choices import ReplayState, State
from labor.live.models import LiveSession

PAGE = 12
LATE = timedelta(hours=2)  # an announced session that did not begin is still shown so long

# The strip stands on every public page: asked for once in some seconds by each process.
_now = Memory(size=1, seconds=10)


@dataclass(frozen=True)
class SessionCard:
    session: LiveSession
    url: str
    cover: str
    word: str
    tone: str
    when: str
    facts: str


def on_air() -> list[SessionCard]:
    return [card_of(one) for one in _listed(LiveSession.objects.filter(state=State.LIVE)).order_by("live_at")]


def coming() -> list[SessionCard]:
    """Announced ones, the next first; one whose time has passed without it is left out after a while."""
    rows = LiveSession.objects.filter(state=State.ANNOUNCED, starts_at__gt=timezone.now() - LATE)
    return [card_of(one) for one in _listed(rows).order_by("starts_at")[:30]]


def replays(*, before: int | None) -> tuple[list[SessionCard], int | None]:
    """A page of what can be watched again, the newest first, and where the next page begins."""
    rows = LiveSession.objects.filter(state=State.REPLAY, replay__state=ReplayState.READY)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(_listed(rows).order_by("-pk")[: PAGE + 1])
    return [card_of(one) for one in found[:PAGE]], found[PAGE - 1].pk if len(found) > PAGE else None


def now() -> LiveSession | None:
    """The session on air that began last, or the announced one that begins within the hour; known for ten seconds."""
    return _now.get_or_make("now", _ask_now)[0]


def reservation_of(session: LiveSession, user: Any) -> dict[str, Any]:
    """For `live/_reserve.html`: may one reserve, has this user, and how many have."""
    rows = session.reservations
    mine = user.is_authenticated and rows.filter(user=user).exists()
    return {"can_reserve": session.state == State.ANNOUNCED, "is_reserved": mine, "reservations": rows.count()}


def card_of(session: LiveSession) -> SessionCard:
    """A session that came by `_listed`, or any other, which costs two questions more."""
    words = {State.LIVE: ("正在直播", "live"), State.ANNOUNCED: ("预告", "soon"), State.REPLAY: ("回放", "replay")}
    word, tone = words.get(State(session.state), (session.get_state_display(), "over"))
    cards = getattr(session, "card_count", None)
    count = session.cards.filter(removed_at__isnull=True).count() if cards is None else cards
    facts = [session.host_name, f"{count} 个岗位"]
    if session.state == State.ANNOUNCED:
        reserved = getattr(session, "reservation_count", 0)
        facts += [f"{reserved} 人预约"] * bool(reserved)
    return SessionCard(
        session=session,
        url=session.get_absolute_url(),
        cover=reverse("live:cover", args=[session.pk]) if session.cover else "",
        word=word,
        tone=tone,
        when=_when(session),
        facts=" · ".join(facts),
    )


def _when(session: LiveSession) -> str:
    at = timezone.now()
    if session.state == State.LIVE and session.live_at:
        return f"播了 {left(at, session.live_at)}"
    if session.state == State.ANNOUNCED:
        return near(session.starts_at, at)
    return day(session.live_at or session.starts_at)


def _listed(rows: "QuerySet[LiveSession]") -> "QuerySet[LiveSession]":
    """With all that a card shows, in one query."""
    return rows.select_related("host").annotate(
        card_count=Count("cards", filter=Q(cards__removed_at__isnull=True), distinct=True),
        reservation_count=Count("reservations", distinct=True),
    )


def _ask_now() -> tuple[LiveSession | None]:
    at = timezone.now()
    soon = Q(state=State.ANNOUNCED, starts_at__gt=at - timedelta(minutes=10), starts_at__lt=at + timedelta(hours=1))
    # "live" stands behind "announced" in the alphabet.
    return (LiveSession.objects.filter(Q(state=State.LIVE) | soon).order_by("-state", "-live_at", "starts_at").first(),)
