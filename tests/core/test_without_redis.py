"""Redis may be lost at any moment: pages stay, people stay signed in, what was to be done is found by the sweeps."""

import contextlib
import socket
import tempfile
import time
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.test import Client
from django.urls import reverse
from redis.exceptions import RedisError

from labor.applications.models import Application
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.reference import both_cities
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> Any:
    """From the call on, no connection to Redis can be made; those there are, are cut."""
    from redis.connection import AbstractConnection
    from redis.exceptions import ConnectionError as Away

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise Away("redis is away")

    def cut() -> None:
        monkeypatch.setattr(AbstractConnection, "connect", refuse)
        monkeypatch.setattr(AbstractConnection, "send_packed_command", refuse)

    return cut


def test_the_test_itself_knows_that_redis_is_away(redis_away: Any) -> None:
    redis_away()
    with pytest.raises(Exception, match="away"):
        caches["default"].get("anything")


def test_who_is_signed_in_stays_and_applies(redis_away: Any) -> None:
    worker, posting = WorkerFactory(), JobPostingFactory()
    client = Client()
    client.force_login(worker.user, backend="django.contrib.auth.backends.ModelBackend")
    redis_away()
    assert client.get(reverse("applications:apply", args=[posting.pk])).status_code == 200
    assert client.post(reverse("applications:apply", args=[posting.pk])).status_code == 302
    assert Application.objects.get().worker == worker
    assert client.get(reverse("applications:mine")).status_code == 200


def test_one_can_sign_in_and_out(redis_away: Any, sms: list[dict[str, str]]) -> None:
    both_cities()
    worker, client = WorkerFactory(), Client()
    redis_away()
    client.post(reverse("accounts:sign_in"), {"phone": worker.phone})
    assert client.post(reverse("accounts:code"), {"code": sms[-1]["code"]}).status_code == 302
    assert client.get(reverse("applications:mine")).status_code == 200
    client.post(reverse("accounts:sign_out"))
    assert client.get(reverse("applications:mine")).status_code == 302


def test_staff_are_asked_to_wait_because_guesses_cannot_be_counted(redis_away: Any) -> None:
    officer, client = UserFactory(officer=True), Client()
    redis_away()
    page = reverse("accounts:staff_sign_in")
    response = client.post(page, {"login": officer.username, "password": PASSWORD})
    assert response.status_code == 503
    assert "请过一分钟再试" in response.content.decode()


def test_public_pages_need_no_redis(redis_away: Any) -> None:
    posting, client = JobPostingFactory(), Client()
    redis_away()
    for address in ("/", "/postings/", posting.get_absolute_url(), posting.employer.get_absolute_url()):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("scheme", ["redis", "unix"])
def test_a_redis_that_says_nothing_is_not_waited_for(scheme: str) -> None:
    options = settings.CACHES["default"]["OPTIONS"]
    with contextlib.ExitStack() as stack:
        if scheme == "redis":
            silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            address = f"redis://127.0.0.1:{silent.getsockname()[1]}/1"
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())  # pytest's own are too long for a socket
            silent = stack.enter_context(socket.socket(socket.AF_UNIX))
            silent.bind(f"{folder}/s")
            silent.listen()
            address = f"unix://{folder}/s?db=1"
        began = time.monotonic()
        with pytest.raises((RedisError, OSError)):
            RedisCache(address, {"OPTIONS": {**options}}).get("anything")
        assert time.monotonic() - began < 10
