"""Which postings are spoken of, in which order. On air each change is an entry of the room. Locks: session, room."""

from typing import Any

from django.db.models import Max
from django.utils import timezone

from employers.models import JobPosting
from jinba.core.errors import Refused
from jinba.core.locks import locked_one, patient
from jinba.core.masking import masked_text
from labor.live import gates
from labor.live.actions import entries
from labor.live.actions.airing import snapshot
from labor.live.actions.planning import NOT_YOURS
from labor.live.choices import EntryKind, State
from labor.live.crew import is_crew
from labor.live.models import Card, LiveSession, Pin
from labor.live.planners import may_plan

MOST = 60  # more cannot be spoken of in one session
LONGEST_NOTE = 200


@patient
def add(*, session: LiveSession, posting: JobPosting, by: Any) -> Card:
    """One more posting at the end of the rundown; the gate looks at it first. What is in already stays where it is."""
    session = _locked(session, by)
    found = Card.objects.filter(session=session, posting=posting).first()
    if found is not None and found.removed_at is None:
        return found
    posting = JobPosting.objects.select_related("employer").defer("search").get(pk=posting.pk)
    if problems := gates.card_problems(session, posting):
        raise Refused(problems[0])
    standing = session.cards.filter(removed_at__isnull=True)
    if standing.count() >= MOST:
        raise Refused(f"一场最多放 {MOST} 个岗位，请先撤下几个。")
    order = (standing.aggregate(last=Max("order"))["last"] or 0) + 1
    if found is None:
        found = Card.objects.create(session=session, posting=posting, order=order, added_by=by)
    else:
        found.order, found.removed_at, found.added_by = order, None, by
        found.save(update_fields=["order", "removed_at", "added_by"])
    if session.state == State.LIVE:
        _keep_papers(session)
    _tell_room(session)
    return found


def _keep_papers(session: LiveSession) -> None:
    """Under which papers an employer came in on air is kept beside those that it began with."""
    session.licences += [paper for paper in snapshot(session=session) if paper not in session.licences]
    session.save(update_fields=["licences", "updated_at"])


@patient
def remove(*, card: Card, by: Any) -> None:
    """It is not spoken of any more. What viewers or applicants had to do with it keeps its record."""
    session = _locked(card.session, by)
    card = locked_one(Card.objects.all(), pk=card.pk)
    if card.removed_at is not None:
        return
    if Pin.objects.filter(card=card, to_at__isnull=True).exists():
        raise Refused("正在讲这个岗位，请先点“讲完了”，再撤下。")
    if session.state != State.LIVE and not _has_record(card):
        card.delete()
    else:
        card.removed_at = timezone.now()
        card.save(update_fields=["removed_at"])
    _tell_room(session)


@patient
def move(*, card: Card, by: Any, up: bool) -> None:
    """One place earlier or later; the first stays first."""
    session = _locked(card.session, by)
    cards = list(session.cards.filter(removed_at__isnull=True).order_by("order", "pk"))
    at = next((number for number, one in enumerate(cards) if one.pk == card.pk), None)
    if at is None:
        raise Refused("这个岗位已经撤下了。")
    to = at - 1 if up else at + 1
    if not 0 <= to < len(cards):
        return
    cards[at], cards[to] = cards[to], cards[at]
    for number, one in enumerate(cards, start=1):
        one.order = number
    Card.objects.bulk_update(cards, ["order"])
    _tell_room(session)


@patient
def note(*, card: Card, by: Any, text: str) -> None:
    """What the anchor wants to say about it; only the crew reads it."""
    _locked(card.session, by)
    text = masked_text(" ".join(text.split()))
    if len(text) > LONGEST_NOTE:
        raise Refused(f"请写在 {LONGEST_NOTE} 个字以内。", field="note")
    Card.objects.filter(pk=card.pk).update(note=text)


def _locked(session: LiveSession, by: Any) -> LiveSession:
    """On air the whole crew sees to the rundown, before that those who plan."""
    session = locked_one(LiveSession.objects.select_related("host"), pk=session.pk)
    if session.state == State.LIVE:
        if not is_crew(session=session, user=by):
            raise Refused(NOT_YOURS)
    elif not may_plan(by, session):
        raise Refused(NOT_YOURS)
    if not session.is_coming:
        raise Refused(f"这场直播{session.get_state_display()}，节目单不能再改了。")
    return session


def _has_record(card: Card) -> bool:
    return card.pins.exists() or card.questions.exists() or card.applications.exists()


def _tell_room(session: LiveSession) -> None:
    """Who watches, or waits on the page of what is announced, fetches the cards again."""
    if session.state in (State.LIVE, State.ANNOUNCED):
        entries.add(session_id=session.pk, kind=EntryKind.CARDS)
