"""What visitors get of a replay: its playlist and chapters while it may be watched, and nothing else ever."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labor.live.actions import replaying
from labor.live.choices import ReplayState, State
from labor.live.models import LiveSession, Pin, Replay
from tests.factories.employers import JobPostingFactory
from tests.factories.live import LiveSessionFactory, ReplayFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(
        replay=True, anchor=True, cards=[JobPostingFactory(title="缝纫工"), JobPostingFactory(title="质检员")]
    )
    return made


@pytest.fixture
def replay(session: LiveSession) -> Replay:
    made: Replay = ReplayFactory(session=session, folder="a" * 32)
    return made


def answers(client: Client, session: LiveSession) -> list[int]:
    return [client.get(reverse(f"live:{name}", args=[session.pk])).status_code for name in ("replay", "chapters")]


def pinned(session: LiveSession, card: int, begins: float, ends: float | None) -> None:
    """Seconds since the start."""
    assert session.live_at
    at = [session.live_at + timedelta(seconds=seconds) if seconds is not None else None for seconds in (begins, ends)]
    which = session.cards.order_by("order")[card]
    Pin.objects.create(session=session, card=which, from_at=at[0], to_at=at[1], seats_left=3, by=session.made_by)


def chapters_of(client: Client, session: LiveSession) -> list[tuple[str, float, float]]:
    found = client.get(reverse("live:chapters", args=[session.pk])).json()["chapters"]
    return [(one["title"], one["at"], one["until"]) for one in found]


def test_the_playlist_names_each_piece_and_where_the_picture_broke_off(client: Client, replay: Replay) -> None:
    response = client.get(reverse("live:replay", args=[replay.session_id]))
    assert response.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert "no-store" in response.headers["Cache-Control"]
    place = f"/streams/{'a' * 32}/replay"
    assert response.content.decode().splitlines() == [
        "#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:8", "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXTINF:8.000000,", f"{place}/00001.ts", "#EXTINF:4.000000,", f"{place}/00002.ts",
        "#EXT-X-DISCONTINUITY", "#EXTINF:8.000000,", f"{place}/00003.ts", "#EXT-X-ENDLIST",
    ]  # fmt: skip


def test_pieces_may_come_by_the_network_that_carries_the_pictures(
    client: Client, replay: Replay, settings: Any
) -> None:
    settings.LIVE_CDN = "https://cdn.example.cn/"
    body = client.get(reverse("live:replay", args=[replay.session_id])).content.decode()
    assert f"https://cdn.example.cn/streams/{replay.folder}/replay/00001.ts" in body


def test_anybody_may_watch_and_it_costs_few_queries(
    client: Client, replay: Replay, django_assert_max_num_queries: Any
) -> None:
    for name in ("replay", "chapters"):
        with django_assert_max_num_queries(3):
            assert client.get(reverse(f"live:{name}", args=[replay.session_id])).status_code == 200
        assert client.post(reverse(f"live:{name}", args=[replay.session_id])).status_code == 405


def test_hidden_it_is_gone_at_once_and_shown_it_has_other_addresses(
    client: Client, replay: Replay, session: LiveSession
) -> None:
    first = client.get(reverse("live:replay", args=[session.pk])).content
    replaying.hide(session=session, by=session.made_by, reason="先收起来")
    assert answers(client, session) == [404, 404]
    replaying.show(session=session, by=session.made_by)
    second = client.get(reverse("live:replay", args=[session.pk])).content
    assert b"00001.ts" in second and b"a" * 32 in first and b"a" * 32 not in second


def test_withdrawn_it_is_gone(client: Client, replay: Replay, session: LiveSession) -> None:
    assert answers(client, session) == [200, 200]
    replaying.withdraw(session=session, by=session.made_by, reason="企业要求")
    assert answers(client, session) == [404, 404]


@pytest.mark.parametrize("state", [state for state in ReplayState if state != ReplayState.READY])
def test_what_is_not_ready_is_not_there(client: Client, replay: Replay, session: LiveSession, state: str) -> None:
    assert answers(client, session) == [200, 200]
    Replay.objects.update(state=state)
    assert answers(client, session) == [404, 404]


@pytest.mark.parametrize("state", [state for state in State if state != State.REPLAY])
def test_a_session_in_another_state_has_none(client: Client, state: str) -> None:
    other = LiveSessionFactory(state=state)
    ReplayFactory(session=other)
    assert answers(client, other) == [404, 404]


# Chapters: pictures from second 0 to 12, and from 60 to 68; the replay shows them as 0 to 20 --------------------------


def test_chapters_are_seconds_of_the_replay(client: Client, replay: Replay, session: LiveSession) -> None:
    pinned(session, 0, 2, 10)
    pinned(session, 1, 61, 66)
    assert chapters_of(client, session) == [("缝纫工", 2, 10), ("质检员", 13, 18)]
    told = client.get(reverse("live:chapters", args=[session.pk])).json()
    first = session.cards.order_by("order")[0]
    assert told["seconds"] == 20
    assert told["chapters"][0] == {
        "at": 2.0, "until": 10.0, "card": first.pk, "posting": first.posting_id, "title": "缝纫工",
    }  # fmt: skip


def test_a_card_put_up_in_a_gap_begins_with_the_next_pictures(
    client: Client, replay: Replay, session: LiveSession
) -> None:
    pinned(session, 0, 5, 40)  # the picture was away from 12 on
    pinned(session, 1, 40, 65)
    assert chapters_of(client, session) == [("缝纫工", 5, 12), ("质检员", 12, 17)]


def test_what_was_up_only_without_pictures_has_no_chapter(client: Client, replay: Replay, session: LiveSession) -> None:
    pinned(session, 0, 20, 50)
    pinned(session, 1, 100, 200)
    assert chapters_of(client, session) == []


def test_chapters_stay_within_the_replay_and_do_not_overlap(
    client: Client, replay: Replay, session: LiveSession
) -> None:
    pinned(session, 0, 0, 11)
    pinned(session, 1, 8, 62)
    pinned(session, 0, 62, None)
    assert chapters_of(client, session) == [("缝纫工", 0, 8), ("质检员", 8, 14), ("缝纫工", 14, 20)]
