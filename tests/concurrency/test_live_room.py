"""Invariant I17: whoever watches has 1..n without gap or repeat, whatever breaks. Full size: script/bench live_room."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from labor.live.models import Entry, LiveSession
from tests.concurrency.live_storm import Report, storm
from tests.factories.live import LiveSessionFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short enough for a socket's address, which pytest's own are not."""
    place = Path("/tmp") / f"jinba-room-{os.getpid()}"
    place.mkdir(mode=0o700)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def session() -> LiveSession:
    return LiveSessionFactory(live=True)


def weather(folder: Path, session: LiveSession, **how: Any) -> Report:
    async def whole() -> Report:
        try:
            return await storm(folder, session.pk, **how)
        finally:
            await sync_to_async(connections.close_all)()

    return asyncio.run(whole())


def test_each_viewer_has_each_entry_once_whatever_is_cut_or_killed(folder: Path, session: LiveSession) -> None:
    report = weather(
        folder, session, senders=10, each=100, viewers=20, reconnects=100, server_kills=2, redis_kills=1
    )  # fmt: skip
    assert (report.sent, report.server_kills, report.redis_kills) == (1_000, 2, 1)
    assert report.reconnects == 100
    assert list(Entry.objects.values_list("seq", flat=True)) == list(range(1, 1_001))
    assert (report.wrong, report.missed, report.repeated) == (0, 0, 0)
    assert report.delay(0.5) < 2.0  # on a busy machine; the longest is of those whose server was being started


def test_without_the_lock_on_the_room_viewers_miss_entries(folder: Path, session: LiveSession) -> None:
    """The control: were the proof above blind, it would not see this either."""
    report = weather(
        folder, session, senders=10, each=60, viewers=5, reconnects=10, pause=0.002, is_locked=False, patience=15
    )  # fmt: skip
    assert report.sent == 600 and report.wrong == 5
    assert report.missed > 0
