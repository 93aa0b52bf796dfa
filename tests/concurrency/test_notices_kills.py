"""Notices under kills of workers and of Redis: invariants I8, I9. The full size runs by `script/bench notices`."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jinba.notices.choices import DeliveryState
from jinba.notices.models import Notice
from tests.concurrency.notice_storm import storm


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short enough for a socket's address, which pytest's own are not."""
    place = Path("/tmp") / f"jinba-storm-{os.getpid()}"
    place.mkdir(mode=0o700)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_each_notice_is_sent_and_shown_once_whatever_is_killed(folder: Path, letters: Any) -> None:
    report = storm(folder, count=300, vain=60, worker_kills=8, redis_kills=3, seconds=5, patience=90)
    assert (report.worker_kills, report.redis_kills) == (8, 3)
    assert report.told == Notice.objects.count() == 300
    assert report.states == {DeliveryState.SENT: 300}
    assert report.never_texted == 0 and len(report.texts) == 300
    assert report.double_share < 0.005
    assert set(report.shown.values()) == {1} and len(report.shown) == 300
    assert report.vain_texts == 0
