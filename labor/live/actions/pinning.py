"""Which card is spoken of now: viewers see it large within a second, and the replay has its chapter there."""

from typing import Any

from django.utils import timezone

from employers.models import JobPosting
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from labor.live.actions import entries
from labor.live.cards import card_json, with_posting
from labor.live.choices import EntryKind, State
from labor.live.crew import is_crew
from labor.live.models import Card, Entry, LiveSession, Pin

NOT_CREW = "您不在这场直播的工作人员里，不能操作。"
NOT_LIVE = "还没有开播，或者已经结束，不能讲解岗位。"
REMOVED = "这个岗位已经从这场直播里撤下了。"
CLOSED = "这个岗位现在不收报名了，不能讲解。请换一个。"


@patient
def pin(*, card: Card, by: Any) -> Pin:
    """The card is spoken of from now on, and the one before no more. A second tap on the same card changes nothing."""
    session = _live(card.session_id, by)
    card = with_posting(Card.objects.filter(session=session)).get(pk=card.pk)
    if card.removed_at is not None:
        raise Refused(REMOVED)
    now, open_pin = timezone.now(), Pin.objects.filter(session=session, to_at__isnull=True).first()
    if open_pin is not None and open_pin.card_id == card.pk:
        return open_pin
    if not JobPosting.objects.open().filter(pk=card.posting_id).exists():
        raise Refused(CLOSED)
    if open_pin is not None:
        now = _close(open_pin, now)
    seats_left = card.posting.seats_left
    made = Pin.objects.create(session=session, card=card, from_at=now, seats_left=seats_left, by=by)
    data = {"card": card_json(card), "seats_left": seats_left}
    entries.add(session_id=session.pk, kind=EntryKind.PINNED, data=data)
    return made


@patient
def unpin(*, session: LiveSession, by: Any) -> Pin | None:
    """No card is spoken of any more; None when there was none, which is no mistake."""
    session = _live(session.pk, by)
    open_pin = Pin.objects.filter(session=session, to_at__isnull=True).first()
    if open_pin is None:
        return None
    _close(open_pin, timezone.now())
    entries.add(session_id=session.pk, kind=EntryKind.UNPINNED, data={"card": open_pin.card_id})
    return open_pin


def _live(session_id: int, by: Any) -> LiveSession:
    """The session, locked: pins of one session happen one after the other, and none after its end."""
    session = locked_one(LiveSession.objects.all(), pk=session_id)
    if not is_crew(session=session, user=by):
        raise Refused(NOT_CREW)
    if session.state != State.LIVE:
        raise Refused(NOT_LIVE)
    return session


def _close(open_pin: Pin, now: Any) -> Any:
    """End it, never before it began: the clocks of two servers may differ by a moment."""
    open_pin.to_at = max(now, open_pin.from_at)
    open_pin.save(update_fields=["to_at"])
    return open_pin.to_at


def notice_closed() -> int:
    """Tell the rooms that are live which of their cards closed or opened since; returns how many rooms were told.

    The card itself says whether it is open; the entry only makes viewers fetch the cards again.
    """
    told = 0
    for session_id in LiveSession.objects.filter(state=State.LIVE).order_by("pk").values_list("pk", flat=True):
        told += _notice_closed(session_id)
    return told


@patient
def _notice_closed(session_id: int) -> bool:
    cards = Card.objects.filter(session=session_id, removed_at__isnull=True)
    closed = cards.exclude(posting__in=JobPosting.objects.open()).order_by("pk")
    now_closed = list(closed.values_list("pk", flat=True))
    if now_closed == _told(session_id):
        return False
    session = locked_one(LiveSession.objects.all(), pk=session_id)
    if session.state != State.LIVE or now_closed == _told(session_id):
        return False
    entries.add(session_id=session_id, kind=EntryKind.CARDS, data={"closed": now_closed})
    _take_down(session)
    return True


def _take_down(session: LiveSession) -> None:
    """Nobody speaks for an employer that may not recruit any more. A card that is only full stays, and says so."""
    open_pin = Pin.objects.filter(session=session, to_at__isnull=True).select_related("card__posting__employer").first()
    if open_pin is not None and not open_pin.card.posting.employer.is_trusted:
        _close(open_pin, timezone.now())
        entries.add(session_id=session.pk, kind=EntryKind.UNPINNED, data={"card": open_pin.card_id})


def _told(session_id: int) -> list[int]:
    """The cards of which the room was told last that they are closed. At the start all were open."""
    rows = Entry.objects.filter(session=session_id, kind=EntryKind.CARDS, data__has_key="closed")
    last = rows.order_by("-seq").values_list("data", flat=True).first()
    return list(last["closed"]) if last else []
