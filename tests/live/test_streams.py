"""The files of streams as development hands them out: those that are public, with the ages that nginx gives them."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from labor.live.engines import engine
from tests.factories.live import LiveSessionFactory

STREAM = "a-stream-of-tests"
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.STREAMS_ROOT = tmp_path
    made = tmp_path / STREAM
    for name in ("index.m3u8", "p1/00000.ts", "p1/list.csv", ".writer", ".in-12/00000.ts", "replay/00001.ts", "p1/x"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("#EXTM3U\n" * 100)
    return made


def test_playlist_and_segments_with_their_ages(folder: Path, client: Client) -> None:
    playlist = client.get(f"/streams/{STREAM}/index.m3u8", headers={"accept-encoding": "gzip"})
    assert playlist.status_code == 200
    assert playlist["Content-Type"] == "application/vnd.apple.mpegurl"
    assert playlist["Cache-Control"] == "public, max-age=1"
    for name in ("p1/00000.ts", "replay/00001.ts"):
        piece = client.get(f"/streams/{STREAM}/{name}", headers={"accept-encoding": "gzip"})
        assert piece.content == b"#EXTM3U\n" * 100
        assert piece["Content-Type"] == "video/mp2t"
        assert piece["Cache-Control"] == "public, max-age=3600, immutable"
        assert piece["Access-Control-Allow-Origin"] == playlist["Access-Control-Allow-Origin"] == "*"
        assert not piece.cookies


@pytest.mark.parametrize(
    "name",
    [
        ".writer", ".in-12/00000.ts", "p1/list.csv", "p1/x", "p1/", "", "p1/../.writer", "p1/%2e%2e/.writer",
        "p1/00001.ts", "replay/00002.ts",
    ],
)  # fmt: skip
def test_nothing_else_is_handed_out(folder: Path, client: Client, name: str) -> None:
    assert client.get(f"/streams/{STREAM}/{name}").status_code == 404


def test_a_stream_that_is_not_there(folder: Path, client: Client) -> None:
    assert client.get("/streams/another-stream/index.m3u8").status_code == 404


def test_files_are_only_read(folder: Path, client: Client) -> None:
    assert client.post(f"/streams/{STREAM}/index.m3u8").status_code == 405
    assert client.head(f"/streams/{STREAM}/index.m3u8").status_code == 200


def test_players_fetch_it_here_or_from_the_cdn(settings: Any) -> None:
    session = LiveSessionFactory(live=True, stream=STREAM)
    assert engine().playlist_url(session) == f"/streams/{STREAM}/index.m3u8"
    assert engine().whep_url(session) == ""
    settings.LIVE_CDN = "https://cdn.example.cn/"
    assert engine().playlist_url(session) == f"https://cdn.example.cn/streams/{STREAM}/index.m3u8"
