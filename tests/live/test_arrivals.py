"""Who leaves the room for the posting's own page and applies there is counted for the session, once and truly."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from labor.applications import actions as applications
from labor.applications.models import Application
from labor.live import arrivals
from labor.live.actions.history import shift
from labor.live.choices import Side, State
from labor.live.models import Card, LiveApplication, LiveSession, Pin
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import JobPostingFactory
from tests.factories.live import LiveSessionFactory, ReplayFactory
from tests.factories.reference import both_cities
from tests.factories.workers import DelegationFactory, WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters", "nudges")]
PHONE = "13600000002"


@pytest.fixture
def session() -> LiveSession:
    """On air for five minutes."""
    both_cities()
    cards = [JobPostingFactory(title="冲压工"), JobPostingFactory(title="质检员")]
    made: LiveSession = LiveSessionFactory(live=True, cards=cards)
    LiveSession.objects.filter(pk=made.pk).update(live_at=timezone.now() - timedelta(minutes=5))
    made.refresh_from_db()
    return made


@pytest.fixture
def card(session: LiveSession) -> Card:
    return session.cards.order_by("pk")[0]


def leave(client: Client, card: Card, **query: str) -> Any:
    response = client.get(reverse("live:posting", args=[card.session_id, card.pk]), query)
    assert response.status_code == 302 and response["Location"] == card.posting.get_absolute_url()
    return response


def apply(client: Client, card: Card) -> Application:
    response = client.post(reverse("applications:apply", args=[card.posting_id]))
    assert response.status_code == 302
    return Application.objects.order_by("pk").last()  # type: ignore[return-value]


def test_session_card_and_second_go_along_to_the_posting_s_own_page(client: Client, card: Card) -> None:
    worker = WorkerFactory(user=UserFactory())
    Pin.objects.create(
        session=card.session, card=card, from_at=timezone.now() - timedelta(minutes=1), seats_left=3, by=worker.user
    )
    client.force_login(worker.user)
    leave(client, card)
    one = LiveApplication.objects.get(application=apply(client, card))
    assert (one.session, one.card, one.is_replay, one.is_pinned) == (card.session, card, False, True)
    assert 300 <= one.second < 330


@pytest.mark.django_db(transaction=True)  # texts leave after commit
def test_it_survives_signing_in_on_the_way(client: Client, card: Card, sms: list[dict[str, str]]) -> None:
    leave(client, card)
    door = reverse("applications:apply", args=[card.posting_id])
    assert client.get(door, follow=True).status_code == 200
    client.post(reverse("accounts:sign_in"), {"phone": PHONE, "next": door})
    client.post(reverse("accounts:code"), {"code": sms[-1]["code"]})
    start = reverse("applications:start", args=[card.posting_id])
    assert client.post(start, {"name": "苟明华", "county": "511921"}).status_code == 302
    assert LiveApplication.objects.get().application.worker.name == "苟明华"


def test_of_the_replay_the_page_says_how_far_it_was(client: Client) -> None:
    session = LiveSessionFactory(replay=True, cards=[JobPostingFactory()])
    ReplayFactory(session=session, seconds=600.0)
    card = session.cards.get()
    client.force_login(WorkerFactory(user=UserFactory()).user)
    leave(client, card, at="123.4")
    one = LiveApplication.objects.get(application=apply(client, card))
    assert (one.second, one.is_replay) == (123, True)


def test_a_card_of_another_session_is_not_found(client: Client, card: Card) -> None:
    other = LiveSessionFactory(live=True)
    assert client.get(reverse("live:posting", args=[other.pk, card.pk])).status_code == 404


@pytest.mark.parametrize("state", ["removed", "aborted"])
def test_where_nobody_applies_in_the_room_nothing_is_marked(client: Client, card: Card, state: str) -> None:
    if state == "removed":
        Card.objects.filter(pk=card.pk).update(removed_at=timezone.now())
    else:
        shift(session=card.session, to=State.ABORTED, side=Side.SYSTEM, by=None, reason="停播", ended_at=timezone.now())
    assert arrivals.COOKIE not in leave(client, card).cookies


def forged(card: Card, **other: Any) -> str:
    facts = {"card_id": card.pk, "session_id": card.session_id, "salt": arrivals.SALT} | other
    row = (facts["card_id"], facts["session_id"], 1, False, False, int(timezone.now().timestamp()))
    return signing.dumps([row], salt=facts["salt"])


def test_a_mark_that_is_not_ours_or_does_not_fit_counts_for_nothing(
    client: Client, card: Card, rf: RequestFactory
) -> None:
    other = LiveSessionFactory(live=True, cards=[JobPostingFactory()])
    leave(client, card)
    ours = client.cookies[arrivals.COOKIE].value

    def known(value: str) -> bool:
        request = rf.get("/")
        request.COOKIES[arrivals.COOKIE] = value
        return arrivals.from_a_room(request, card.posting_id) is not None

    for value in (
        "", "x", ours[:-3], ours.replace(":", ".", 1), forged(card, salt="another"),
        forged(card, session_id=other.pk), forged(card, card_id=other.cards.get().pk),
        signing.dumps([[1]], salt=arrivals.SALT), signing.dumps(7, salt=arrivals.SALT),
    ):  # fmt: skip
        assert not known(value), value
    assert known(ours) and known(forged(card))  # the same hand with our key and the right facts


def test_after_two_hours_it_is_over(client: Client, card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(WorkerFactory(user=UserFactory()).user)
    leave(client, card)
    monkeypatch.setattr(arrivals, "SECONDS", -1)
    apply(client, card)
    assert not LiveApplication.objects.exists()


def test_each_posting_has_its_own_mark_and_others_have_none(client: Client, session: LiveSession) -> None:
    client.force_login(WorkerFactory(user=UserFactory()).user)
    one, two = session.cards.order_by("pk")
    leave(client, one)
    leave(client, two)
    leave(client, two)
    elsewhere = LiveSessionFactory(live=True, cards=[JobPostingFactory()]).cards.get()
    for card in (one, two, elsewhere):
        apply(client, card)
    assert list(LiveApplication.objects.order_by("pk").values_list("card", flat=True)) == [one.pk, two.pk]


def test_a_way_out_counts_once_for_each_worker(client: Client, card: Card) -> None:
    worker = WorkerFactory(user=UserFactory())
    client.force_login(worker.user)
    leave(client, card)
    first = apply(client, card)
    assert apply(client, card) == first  # a second tap
    applications.withdraw(application=first, by=worker.user, reason="not_interested", note="")
    assert apply(client, card) != first
    assert LiveApplication.objects.count() == 1
    leave(client, card)  # he watched again
    assert apply(client, card) == Application.objects.live().get()
    assert LiveApplication.objects.count() == 1


def test_an_application_that_runs_keeps_where_it_came_from(client: Client, card: Card) -> None:
    worker = WorkerFactory(user=UserFactory())
    applications.apply(worker=worker, posting=card.posting, by=worker.user)
    client.force_login(worker.user)
    leave(client, card)
    apply(client, card)
    assert not LiveApplication.objects.exists()


def test_a_helper_s_applications_out_of_the_room_are_of_the_room(client: Client, card: Card) -> None:
    helper = user_in("broker")
    client.force_login(helper)
    leave(client, card)
    for _ in range(2):
        worker = DelegationFactory(helper=helper).worker
        client.post(reverse("acting:apply", args=[worker.pk, card.posting_id]))
    assert LiveApplication.objects.filter(card=card).count() == 2


def test_the_link_of_a_card_leads_through_the_door(client: Client, card: Card) -> None:
    html = client.get(reverse("live:watch", args=[card.session_id])).content.decode()
    link = re.search(rf'href="({reverse("live:posting", args=[card.session_id, card.pk])})"[^>]*data-leaves', html)
    assert link and client.get(link[1]).status_code == 302
