"""One card at a time is spoken of, of this session, while it is live; the room learns of each change once."""

from typing import Any

import pytest

from employers.models import JobPosting
from jinba.core.errors import Refused
from labor.live.actions import pinning
from labor.live.choices import EntryKind
from labor.live.models import Card, Entry, LiveSession, Pin
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.live import CardFactory, LiveSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anchor() -> Any:
    return UserFactory(park=True)


@pytest.fixture
def session(anchor: Any) -> LiveSession:
    made: LiveSession = LiveSessionFactory(live=True, anchor=anchor, cards=[JobPostingFactory(), JobPostingFactory()])
    return made


def kinds(session: LiveSession) -> list[str]:
    return list(session.entries.values_list("kind", flat=True))


def test_pinning_another_card_ends_the_first_and_the_room_reads_both(session: LiveSession, anchor: Any) -> None:
    first, second = session.cards.all()
    pinning.pin(card=first, by=anchor)
    pinning.pin(card=second, by=anchor)
    one, two = session.pins.all()
    assert (one.card, two.card) == (first, second)
    assert one.to_at == two.from_at and two.to_at is None
    assert two.seats_left == second.posting.seats_left == 5
    assert kinds(session) == [EntryKind.PINNED, EntryKind.PINNED]
    said = session.entries.last().data
    assert said["card"]["id"] == second.pk and said["card"]["open"] is True and said["seats_left"] == 5


def test_a_second_tap_is_the_same_pin(session: LiveSession, anchor: Any) -> None:
    card = session.cards.first()
    assert pinning.pin(card=card, by=anchor) == pinning.pin(card=card, by=anchor)
    assert kinds(session) == [EntryKind.PINNED]


def test_unpinning_ends_it_once(session: LiveSession, anchor: Any) -> None:
    card = session.cards.first()
    pinning.pin(card=card, by=anchor)
    assert pinning.unpin(session=session, by=anchor).to_at is not None
    assert pinning.unpin(session=session, by=anchor) is None
    assert kinds(session) == [EntryKind.PINNED, EntryKind.UNPINNED]
    assert session.entries.last().data == {"card": card.pk}


def test_only_the_crew_pins(session: LiveSession, anchor: Any) -> None:
    for stranger in (UserFactory(), UserFactory(employer=True), UserFactory(officer=True)):
        with pytest.raises(Refused, match="工作人员"):
            pinning.pin(card=session.cards.first(), by=stranger)
    assert pinning.pin(card=session.cards.first(), by=anchor)


@pytest.mark.parametrize("state", ["announced", "ended", "replay"])
def test_only_while_it_is_live(state: str, anchor: Any) -> None:
    session = LiveSessionFactory(**{state: True}, anchor=anchor, cards=[JobPostingFactory()])
    with pytest.raises(Refused, match="没有开播"):
        pinning.pin(card=session.cards.first(), by=anchor)
    with pytest.raises(Refused, match="没有开播"):
        pinning.unpin(session=session, by=anchor)
    assert not Pin.objects.exists() and not Entry.objects.exists()


def test_a_posting_that_closed_or_a_card_that_was_taken_down_is_not_pinned(session: LiveSession, anchor: Any) -> None:
    closed, gone = session.cards.all()
    JobPosting.objects.filter(pk=closed.posting_id).update(filled=5)
    Card.objects.filter(pk=gone.pk).update(removed_at=session.live_at)
    with pytest.raises(Refused, match="不收报名"):
        pinning.pin(card=closed, by=anchor)
    with pytest.raises(Refused, match="撤下"):
        pinning.pin(card=gone, by=anchor)
    assert kinds(session) == []


def test_the_room_is_told_once_which_cards_closed(session: LiveSession, anchor: Any) -> None:
    pinned = session.cards.first()
    pinning.pin(card=pinned, by=anchor)
    CardFactory(posting__paused=True)  # a session that is not live
    assert pinning.notice_closed() == 0
    JobPosting.objects.filter(pk=pinned.posting_id).update(filled=5)
    assert (pinning.notice_closed(), pinning.notice_closed()) == (1, 0)
    assert session.entries.last().data == {"closed": [pinned.pk]}
    JobPosting.objects.filter(pk=pinned.posting_id).update(filled=0)
    assert (pinning.notice_closed(), pinning.notice_closed()) == (1, 0)
    assert kinds(session) == [EntryKind.PINNED, EntryKind.CARDS, EntryKind.CARDS]
