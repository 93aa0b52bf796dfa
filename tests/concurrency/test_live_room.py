"""Many at once in one room: no gap in the numbers, one pin, one start and end, no word after a ban. Real commits."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from jinba.core.errors import Refused
from jinba.core.locks import Busy
from jinba.notices.models import Delivery, Notice
from labor.live.actions import airing, moderating, pictures, pinning, planning, reserving, saying
from labor.live.choices import EntryKind, Source, State
from labor.live.models import Entry, LiveSession, Message, Part, Pin, Room
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.usefixtures("nudges")]


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """Each act's answer or its refusal; all start at one moment.

    Who waits in vain, on a machine that is busy, has changed nothing and taps again.
    """
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=30)
            while True:
                with suppress(Busy):
                    return act()
        except Refused as refusal:
            return refusal
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(
        live=True, anchor=True, slow_seconds=0, cards=[JobPostingFactory() for _ in range(4)]
    )
    return made


def say(session: LiveSession, by: Any, client_id: Any = None, text: str = "有夫妻房吗") -> Message:
    return saying.say(session=session, by=by, text=text, kind="chat", client_id=client_id or uuid4())


def test_pins_at_once_leave_one_open(session: LiveSession) -> None:
    anchor, cards = session.crew.get().user, list(session.cards.all())
    answers = together([lambda card=card: pinning.pin(card=card, by=anchor) for card in cards])
    assert all(isinstance(one, Pin) for one in answers)
    assert Pin.objects.filter(to_at__isnull=True).count() == 1
    pins = list(Pin.objects.order_by("from_at", "pk"))
    assert [one.to_at for one in pins[:-1]] == [one.from_at for one in pins[1:]]
    assert list(Entry.objects.order_by("seq").values_list("data__card__id", flat=True)) == [one.card_id for one in pins]


def test_lines_at_once_are_numbered_without_gap(session: LiveSession) -> None:
    people = [UserFactory() for _ in range(8)]
    for n in range(5):
        together([lambda who=who, n=n: say(session, who, text=f"第{n}句") for who in people])
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 41))
    assert Room.objects.get().last_seq == 40


def test_a_double_tap_at_once_is_one_line_and_taps_of_one_viewer_keep_the_pace(session: LiveSession) -> None:
    LiveSession.objects.update(slow_seconds=30)
    who, client_id = UserFactory(), uuid4()
    assert len({one.pk for one in together([lambda: say(session, who, client_id)] * 6)}) == 1
    other = UserFactory()
    answers = together([lambda: say(session, other)] * 6)
    assert sum(isinstance(one, Message) for one in answers) == 1
    assert sum(isinstance(one, saying.TooFast) for one in answers) == 5


def test_nobody_speaks_after_his_ban(session: LiveSession) -> None:
    who, anchor = UserFactory(), session.crew.get().user
    banned_at = []

    def ban() -> None:
        moderating.ban(session=session, user=who, by=anchor, reason="abuse")
        banned_at.append(timezone.now())

    answers = together([ban, *[lambda n=n: say(session, who, text=f"第{n}句") for n in range(7)]])
    said, refused = Message.objects.count(), [one for one in answers if isinstance(one, Refused)]
    assert said + len(refused) == 7
    assert not Message.objects.filter(at__gt=banned_at[0]).exists()
    with pytest.raises(Refused, match="不能说话"):
        say(session, who)


def test_who_reserves_while_it_is_called_off_is_refused_or_told() -> None:
    session = LiveSessionFactory(announced=True)
    people = [UserFactory() for _ in range(6)]
    reservers = [lambda who=who: reserving.reserve(session=session, by=who) for who in people]
    together(
        [*reservers[:3], lambda: planning.cancel(session=session, by=session.made_by, reason="停电"), *reservers[3:]]
    )
    for who in people:
        told = Notice.objects.filter(recipient=who, kind="live.cancelled").exists()
        assert told == session.reservations.filter(user=who).exists()


def test_one_person_in_two_browsers_is_reminded_once_by_one_text() -> None:
    session, person = LiveSessionFactory(announced=True, starts_at=in_minutes(10)), UserFactory()
    together([lambda: reserving.reserve(session=session, by=person)] * 4)
    assert session.reservations.count() == 1
    assert sum(together([reserving.remind] * 3)) == 1
    assert Delivery.objects.filter(recipient=person, channel="sms").count() == 1


def test_taps_on_the_one_button_at_once_begin_one_session_once() -> None:
    session = LiveSessionFactory(announced=True, anchor=True, starts_at=in_minutes(5), cards=[JobPostingFactory()])
    crew = [session.crew.get().user, UserFactory(park=True)]
    answers = together([lambda who=who: airing.go_live(session=session, by=who) for who in crew * 3])
    assert all(one.state == State.LIVE for one in answers) and len({one.live_at for one in answers}) == 1
    assert [entry.kind for entry in Entry.objects.all()] == [EntryKind.STARTED]
    assert session.events.filter(to_state=State.LIVE).count() == 1


def test_the_end_leaves_nothing_open_whatever_is_done_in_the_same_moment(session: LiveSession) -> None:
    anchor, cards = session.crew.get().user, list(session.cards.all())
    part = pictures.begin_part(session=session, holder=uuid4(), source=Source.BROWSER)
    pinning.pin(card=cards[0], by=anchor)
    together([
        lambda: airing.end(session=session, by=anchor),
        lambda: pinning.pin(card=cards[1], by=anchor),
        lambda: pinning.pin(card=cards[2], by=anchor),
        lambda: pictures.heard(part=part, segments=3, seconds=3, bytes=3),
        lambda: pictures.begin_part(session=session, holder=uuid4(), source=Source.ENCODER),
        lambda: moderating.announce(session=session, by=anchor, text="马上结束"),
        lambda: say(session, anchor),
        lambda: airing.end(session=session, by=anchor),
    ])  # fmt: skip
    session.refresh_from_db()
    assert session.state == State.ENDED and session.events.filter(to_state=State.ENDED).count() == 1
    assert not Pin.objects.filter(to_at__isnull=True).exists() and not Part.objects.filter(ended_at=None).exists()
    assert not Room.objects.get().is_on_air
    kinds = list(Entry.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds[-1] == EntryKind.ENDED and kinds.count(EntryKind.ENDED) == 1
