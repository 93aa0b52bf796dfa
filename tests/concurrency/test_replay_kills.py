"""Processes killed while they make a replay: nobody sees half of one, and whoever goes on makes it whole."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from jinba.embedded.places import CHECKOUT
from labor.live.actions import replaying
from labor.live.choices import ReplayState, State
from labor.live.ingest import shelf
from labor.live.models import LiveSession, Replay
from labor.live.replays import place_of
from labor.live.storage import replay_files
from tests.factories.live import LiveSessionFactory
from tests.live.broadcasts import broadcast, segment

SECONDS, KILLS, PATIENCE = 300, 2, 60.0
MAKE = """
import django
django.setup()
from labor.live.actions import replaying
replaying.UPLOADS = 1
replaying.make(session_id={})
"""


def environment() -> dict[str, str]:
    place, _, options = os.environ["DATABASE_URL"].partition("?")
    place = f"{place.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
    return os.environ | {
        "DATABASE_URL": f"{place}?{options}", "VAR_DIR": str(Path(settings.STREAMS_ROOT).parent),
        "DJANGO_SETTINGS_MODULE": "jinba.settings",
    }  # fmt: skip


def stored(session: LiveSession) -> int:
    replay = Replay.objects.filter(session=session).first()
    return len(replay_files().held(place_of(replay.folder))) if replay else 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("letters")
def test_a_replay_whose_makers_are_killed_is_made_whole_in_the_end() -> None:
    session: LiveSession = LiveSessionFactory(ended=True)
    broadcast(session, seconds=SECONDS)
    shelf.close(session.stream)
    kills = 0
    for _ in range(KILLS):
        Replay.objects.update(next_try_at=timezone.now())
        before, deadline = stored(session), time.monotonic() + PATIENCE
        command = [sys.executable, "-W", "ignore", "-c", MAKE.format(session.pk)]
        with subprocess.Popen(command, cwd=CHECKOUT, env=environment(), stderr=subprocess.DEVNULL) as process:
            while stored(session) < before + 3 and process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
        kills += process.returncode == -signal.SIGKILL
        session.refresh_from_db()
        replay = Replay.objects.get()
        assert (session.state, replay.state, replay.segments) == (State.ENDED, ReplayState.MAKING, [])
        assert replaying.due_sessions() == []  # until the claim has run out
    assert kills == KILLS
    Replay.objects.update(next_try_at=timezone.now())
    kept = stored(session)
    assert kept >= 3 * KILLS
    assert replaying.make(session_id=session.pk)
    replay = Replay.objects.get()
    place = Path(replay_files().path(place_of(replay.folder)))
    film = b"".join((place / name).read_bytes() for name, *_ in replay.segments)
    assert film == b"".join(segment(1, index) for index in range(SECONDS))
    assert sorted(one.name for one in place.iterdir()) == [name for name, *_ in replay.segments]
    assert session.events.filter(to_state=State.REPLAY).count() == 1
