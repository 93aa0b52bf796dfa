"""A viewer's page by the way of production: Chromium, a real nginx, the servers as docker-compose.yml starts them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labor.live.models import LiveSession
from tests.browser.chromium import PHONE
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opens
from tests.browser.film import Film
from tests.browser.live import moves
from tests.factories.live import LiveSessionFactory
from tests.factories.reference import both_cities
from tests.platform import edge
from tests.platform.edge import Edge
from tests.platform.machine import until


@pytest.fixture
def production(site: str, collected: Path, settings: Any) -> Iterator[Edge]:
    with edge.edge() as made:
        shutil.copytree(collected, made.var / "static")
        (made.var / "static").chmod(0o755)  # pytest's folder is closed to the user that nginx reads as
        settings.STREAMS_ROOT = made.var / "streams"
        with edge.site(made, ALLOWED_HOSTS="localhost"):
            yield made


@pytest.mark.alone
def test_a_moving_picture_and_the_room_come_through_nginx(opens: Opens, production: Edge) -> None:
    both_cities()
    session: LiveSession = LiveSessionFactory(live=True, anchor=True)
    film = Film(session).start()
    try:
        # The certificate is the test's own.
        device = opens(PHONE, base_url=f"https://localhost:{production.port}", ignore_https_errors=True)
        page = device.new_page()
        complaints = Complaints(page)
        came: dict[str, str] = {}
        page.on("response", lambda answer: came.setdefault(answer.url.rpartition(".")[2], answer.headers["server"]))
        page.goto(session.get_absolute_url())
        until(lambda: page.evaluate("window.live ? window.live.room.word : ''") == "open", 20)
        assert moves(page)
        assert (came["m3u8"], came["ts"], came["css"]) == ("nginx", "nginx", "nginx")
        assert complaints == []
    finally:
        film.stop()
