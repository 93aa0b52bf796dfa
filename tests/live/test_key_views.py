"""The page's way to a key: shown in that answer only, to the crew only."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labor.live.actions import keys
from labor.live.models import LiveSession, StreamKey
from tests.factories.accounts import UserFactory
from tests.factories.live import LiveSessionFactory
from tests.factories.rooms import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.LIVE_RTMP_URL = "rtmp://live.example.cn/live"


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(announced=True, anchor=True)
    return made


@pytest.fixture
def client(session: LiveSession) -> Client:
    return signed_in(session.crew.get().user)


def address(session: LiveSession) -> str:
    return reverse("studio:key", args=[session.pk])


def shown(response: Any) -> str:
    """The key in the answer."""
    name: str = response.context["encoder"]["name"]
    assert response.content.decode().count(name) >= 1
    return name


def test_a_tap_shows_server_and_key_and_nothing_shows_the_key_again(session: LiveSession, client: Client) -> None:
    response = client.post(address(session))
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert "rtmp://live.example.cn/live" in response.content.decode()
    name = shown(response)
    assert StreamKey.objects.get().digest == keys.digest_of(name=name)
    console = client.get(reverse("studio:console", args=[session.pk]))
    assert console.status_code == 200
    assert name.partition("-")[2] not in console.content.decode()
    assert "换一个推流码" in console.content.decode()


def test_another_tap_makes_another_key(session: LiveSession, client: Client) -> None:
    first, second = shown(client.post(address(session))), shown(client.post(address(session)))
    assert first != second
    assert StreamKey.objects.get(ended_at__isnull=True).digest == keys.digest_of(name=second)


def test_a_script_gets_the_piece_of_the_console(session: LiveSession, client: Client) -> None:
    piece = client.post(address(session), headers={"HX-Request": "true"})
    assert "<html" not in piece.content.decode()
    assert shown(piece)
    assert "<html" in client.post(address(session)).content.decode()


def test_the_key_for_an_srs_server_stands_behind_the_name_of_the_stream(
    session: LiveSession, client: Client, settings: Any
) -> None:
    settings.LIVE_ENGINE = "srs"
    name = shown(client.post(address(session)))
    assert name.startswith(f"{session.stream}?key={session.pk}-")


def test_a_site_without_a_door_says_so(session: LiveSession, client: Client, settings: Any) -> None:
    settings.LIVE_RTMP_URL = ""
    page = client.get(reverse("studio:console", args=[session.pk])).content.decode()
    assert "没有接收推流软件的地址" in page
    assert address(session) not in page


def test_strangers_find_nothing_and_others_have_no_door(session: LiveSession) -> None:
    assert signed_in(UserFactory(employer=True)).post(address(session)).status_code == 404
    assert signed_in(UserFactory(officer=True)).post(address(session)).status_code == 403
    assert signed_in(UserFactory()).post(address(session)).status_code == 403
    assert not StreamKey.objects.exists()


def test_only_a_tap_makes_one(session: LiveSession, client: Client) -> None:
    assert client.get(address(session)).status_code == 405
    assert not StreamKey.objects.exists()


def test_after_the_end_it_is_refused_in_words() -> None:
    session = LiveSessionFactory(ended=True, anchor=True)
    client = signed_in(session.crew.get().user)
    response = client.post(address(session))
    assert response.status_code == 409
    assert keys.OVER in response.content.decode()
