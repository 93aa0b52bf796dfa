"""A session that got another key while something was asked with the old one."""

import pytest
from django.conf import settings
from django.test import Client

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
NAME = settings.SESSION_COOKIE_NAME


@pytest.fixture
def late(client: Client) -> Client:
    """A browser that asks with the key from before it signed in."""
    session = client.session
    session["phone"] = "asked for"
    session.save()
    before = session.session_key
    client.cookies[NAME] = before
    client.force_login(UserFactory())
    assert client.cookies[NAME].value != before
    client.cookies[NAME] = before
    return client


@pytest.mark.parametrize("accept", ["*/*", "image/webp,*/*;q=0.8", "application/json"])
def test_a_late_answer_signs_nobody_out(late: Client, accept: str) -> None:
    for path in ("/live/1/entries/", "/streams/none/index.m3u8", "/"):
        assert NAME not in late.get(path, headers={"accept": accept}).cookies


def test_a_page_takes_a_cookie_away_whose_session_is_gone(late: Client) -> None:
    assert late.get("/", headers={"accept": "text/html,*/*;q=0.8"}).cookies[NAME].value == ""


def test_signing_out_takes_the_cookie_away_whoever_asks(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.post("/accounts/sign-out/", headers={"accept": "*/*"}).cookies[NAME].value == ""
