"""Whom the figures count: browsers that the server gave a number, for one session, and only so many new ones."""

from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisAway

from labor.live import tickets, visitors
from labor.live.models import LiveSession
from tests.factories.accounts import UserFactory
from tests.factories.live import LiveSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> LiveSession:
    cache.clear()
    made: LiveSession = LiveSessionFactory(live=True)
    return made


def ticket(client: Client, session: LiveSession, **more: Any) -> tickets.Ticket:
    response = client.get(reverse("live:watch", args=[session.pk]), **more)
    return tickets.read(response.context["snapshot"]["me"]["ticket"], session.pk)


def test_a_browser_keeps_its_number_for_one_session_and_a_week(client: Client, session: LiveSession) -> None:
    first = ticket(client, session)
    kept = client.cookies[visitors.COOKIE]
    assert kept["path"] == session.get_absolute_url() and kept["max-age"] == 7 * 24 * 3600 and kept["httponly"]
    assert first.visitor and ticket(client, session).visitor == first.visitor
    other = LiveSessionFactory(live=True)
    assert ticket(client, other).visitor not in ("", first.visitor)
    assert ticket(Client(), session).visitor not in ("", first.visitor)


@pytest.mark.parametrize("value", ["", "x", "forged", "another", "old"])
def test_a_number_that_nobody_gave_is_replaced(
    client: Client, session: LiveSession, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = ticket(client, session).visitor
    values = {
        "forged": signing.dumps([session.pk, ours], salt="another"),
        "another": signing.dumps([session.pk + 1, ours], salt=visitors.SALT),
        "old": signing.dumps([session.pk, ours], salt=visitors.SALT),
    }
    client.cookies[visitors.COOKIE] = values["old"]
    assert ticket(client, session).visitor == ours  # the same hand with our key
    client.cookies[visitors.COOKIE] = values.get(value, value)
    if value == "old":
        monkeypatch.setattr(visitors, "SECONDS", -1)
    assert ticket(client, session).visitor not in ("", ours)


def test_of_one_network_only_so_many_new_browsers_count(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MOST_NEW", 3)
    found = [ticket(Client(), session, REMOTE_ADDR=f"203.0.113.{number}").visitor for number in range(5)]
    assert all(found[:3]) and found[3:] == ["", ""]
    assert ticket(Client(), session, REMOTE_ADDR="198.51.100.7").visitor
    assert ticket(Client(), LiveSessionFactory(live=True), REMOTE_ADDR="203.0.113.1").visitor
    known = Client()
    known.force_login(UserFactory())
    assert ticket(known, session, REMOTE_ADDR="203.0.113.9").visitor  # people count, whatever network they are in
    assert known.get(reverse("live:watch", args=[session.pk]), REMOTE_ADDR="203.0.113.9").status_code == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("unknown", "unknown"),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert visitors.network_of(address) == network


def test_without_the_cache_everybody_counts(
    client: Client, session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def away(key: str, *args: Any, **more: Any) -> None:
        asked.append(key)
        raise RedisAway("away")

    monkeypatch.setattr(visitors._Away, "until", 0.0)
    monkeypatch.setattr(visitors.cache, "add", away)
    assert ticket(client, session).visitor and ticket(Client(), session).visitor
    assert len(asked) == 1  # the second page did not wait for it


def test_the_sheet_s_ticket_is_of_the_same_browser(client: Client, session: LiveSession) -> None:
    first = ticket(client, session)
    response = client.get(reverse("live:enter", args=[session.pk]))
    assert tickets.read(response.context["me"]["ticket"], session.pk).visitor == first.visitor
