"""What every test gets: real PostgreSQL and Redis, no network beyond this machine, texts kept in memory."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches

from jinba.core import push
from jinba.core.memory import forget_all
from jinba.core.sms import _backend, circuit, locmem

LOCAL = {"localhost", "127.0.0.1", "::1"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages before a server of their own show moving pictures and news within a second: not beside another test."""
    for item in items:
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker("alone")


@pytest.fixture(autouse=True)
def _quiet_surroundings(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.SMS_BACKENDS = ["jinba.core.sms.locmem.Backend"]
    settings.QUIET_HOURS = settings.EMAIL_FROM = ""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STREAMS_ROOT = tmp_path / "streams"
    settings.STAFF_TOTP = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    locmem.outbox.clear()
    _backend.cache_clear()
    circuit.forget()
    caches["pages"].clear()
    caches["default"].clear()
    forget_all()
    yield


@pytest.fixture(autouse=True, scope="session")
def _static_root() -> None:
    """WhiteNoise warns when nothing was collected; the files themselves come from their sources in tests."""
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A connection to any other machine is a mistake in the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
            raise RuntimeError(f"a test tried to reach {address[0]}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The (task, arguments) that were posted after commit, instead of posting them."""
    posted: list[tuple[str, dict[str, Any]]] = []

    def keep(task: str, kwargs: dict[str, Any], **options: Any) -> None:
        posted.append((task, kwargs))

    monkeypatch.setattr("jinba.core.later.current_app.send_task", keep)
    return posted


@pytest.fixture
def pushes() -> Iterator[None]:
    """Nudges travel through Redis as they do in production; the thread that sends them ends with the test."""
    yield
    if push._running:
        push._running.end()
        push._running = None


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The `group kind` of what was pushed to sockets after commit, instead of pushing it."""
    pushed: list[str] = []

    class Pushed:
        def put(self, group: str, kind: str) -> None:
            pushed.append(f"{group} {kind}")

    monkeypatch.setattr("jinba.core.push._pusher", Pushed)
    return pushed


@pytest.fixture
def sms() -> list[dict[str, str]]:
    """The texts sent during the test."""
    return locmem.outbox
