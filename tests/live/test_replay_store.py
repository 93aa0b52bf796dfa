"""Replays in an S3-compatible store: stored, fetched by signed addresses only, deleted; and what the setting means."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer

from jinba.embedded.places import CHECKOUT
from labor.live import page, replays
from labor.live.actions import replaying
from labor.live.choices import ReplayState
from labor.live.ingest import shelf
from labor.live.models import LiveSession, Replay
from labor.live.replays import place_of
from labor.live.storage import replay_files
from labor.live.stores import origin_of, origins_of, storage_of
from tests.factories.live import LiveSessionFactory
from tests.live.broadcasts import BEGAN, broadcast, segment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    address = f"http://{host}:{port}"
    words = {"aws_access_key_id": "key", "aws_secret_access_key": "se/cret", "region_name": "cn-east-1"}
    boto3.client("s3", endpoint_url=address, **words).create_bucket(
        Bucket="replays", CreateBucketConfiguration={"LocationConstraint": "cn-east-1"}
    )
    yield address
    running.stop()


@pytest.fixture
def store(server: str, settings: Any) -> None:
    address = f"s3://key:se%2Fcret@replays?endpoint={server}&region=cn-east-1"
    settings.STORAGES = {**settings.STORAGES, "replays": storage_of(address)}


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(ended=True, anchor=True)
    broadcast(made, seconds=8)
    broadcast(made, part=2, begins=BEGAN + timedelta(seconds=50), seconds=7)
    shelf.close(made.stream)
    return made


def addresses(client: Client, session: LiveSession) -> list[str]:
    body = client.get(reverse("live:replay", args=[session.pk])).content.decode()
    return [line for line in body.splitlines() if line.startswith("http")]


def fetched(address: str) -> tuple[int, bytes]:
    try:
        with urlopen(address) as response:
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, b""


@pytest.mark.usefixtures("store")
def test_pieces_are_stored_and_fetched_by_their_signed_addresses(client: Client, session: LiveSession) -> None:
    assert replaying.make(session_id=session.pk)
    replay = Replay.objects.get()
    found = addresses(client, session)
    assert len(found) == 4 and all("X-Amz-Signature=" in address for address in found)
    assert b"".join(fetched(address)[1] for address in found) == b"".join(
        segment(part, index) for part, seconds in ((1, 8), (2, 7)) for index in range(seconds)
    )
    assert replay_files().held(place_of(replay.folder)) == {
        name: size
        for (name, *_), size in zip(replay.segments, map(len, (fetched(one)[1] for one in found)), strict=True)
    }
    assert not (shelf.root(session.stream).parent / replay.folder).exists()


@pytest.mark.usefixtures("store")
def test_they_say_what_they_are_and_how_long_their_addresses_hold(client: Client, session: LiveSession) -> None:
    replaying.make(session_id=session.pk)
    address = addresses(client, session)[0]
    with urlopen(address) as response:
        assert response.headers["Content-Type"] == "video/mp2t"
    assert "X-Amz-Expires=1200" in address  # whoever plays it asks again before
    session.refresh_from_db()
    told = page.replay_of(session)
    assert told and 2 * told["renew"] + replays.PLAYLIST_KEPT <= replays.SIGNED_FOR


@pytest.mark.usefixtures("store")
def test_hidden_there_is_no_new_address_and_shown_it_is_there_again(client: Client, session: LiveSession) -> None:
    replaying.make(session_id=session.pk)
    first = addresses(client, session)
    replaying.hide(session=session, by=session.made_by, reason="先收起来")
    assert addresses(client, session) == []
    replaying.sweep()
    replaying.show(session=session, by=session.made_by)
    assert len(addresses(client, session)) == len(first)
    assert fetched(addresses(client, session)[0])[0] == 200


@pytest.mark.usefixtures("store")
def test_withdrawn_the_pieces_are_deleted(client: Client, session: LiveSession) -> None:
    replaying.make(session_id=session.pk)
    found = addresses(client, session)
    replaying.withdraw(session=session, by=session.made_by, reason="企业要求")
    assert replaying.clear(session_id=session.pk)
    assert [fetched(address)[0] for address in found] == [404] * 4
    replay = Replay.objects.get()
    assert replay.state == ReplayState.DELETED and replay_files().held(place_of(replay.folder)) == {}


@pytest.mark.usefixtures("store")
def test_a_store_that_is_away_costs_a_try(session: LiveSession, settings: Any, caplog: Any) -> None:
    away = storage_of("s3://key:secret@nowhere?endpoint=http://127.0.0.1:9&region=cn-east-1")
    settings.STORAGES = {**settings.STORAGES, "replays": away}
    assert not replaying.make(session_id=session.pk)
    replay = Replay.objects.get()
    assert (replay.state, replay.tries) == (ReplayState.MAKING, 1) and "secret" not in replay.error + caplog.text
    assert shelf.segments(session.stream)


# The setting ---------------------------------------------------------------------------------------------------------


def test_without_it_replays_are_files_of_this_machine() -> None:
    assert storage_of("") == {"BACKEND": "labor.live.storage.StreamFiles"} and origins_of("") == []


def test_signs_in_the_secret_are_read_as_they_were_meant() -> None:
    options = storage_of("s3://AK%2B:se%2Fcret%3D@replays?endpoint=https://oss.example.cn/&region=cn-1")["OPTIONS"]
    assert options == {
        "access_key": "AK+", "secret_key": "se/cret=", "bucket_name": "replays", "region_name": "cn-1",
        "endpoint_url": "https://oss.example.cn", "addressing_style": "path",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "origins"),
    [
        ("s3://k:s@b?endpoint=https://oss.example.cn&region=r", ["https://oss.example.cn"]),
        ("s3://k:s@b?endpoint=https://oss.example.cn&addressing=virtual", ["https://b.oss.example.cn"]),
        ("s3://k:s@b?region=cn-north-1", ["https://b.s3.cn-north-1.amazonaws.com", "https://b.s3.amazonaws.com"]),
    ],
)
def test_the_browser_is_allowed_to_fetch_from_where_it_is(address: str, origins: list[str]) -> None:
    assert origins_of(address) == origins


@pytest.mark.parametrize(
    "address",
    [
        "https://k:s@b", "s3://b", "s3://k@b", "s3://k:s@", "s3://k:s@b?endpoint=oss.example.cn", "s3://k:s@b?zone=1",
        "s3://k:s@b?addressing=odd",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_at_the_start(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="REPLAY_STORE"):
        storage_of(address)


def test_only_addresses_have_an_origin() -> None:
    assert origin_of("https://cdn.example.cn/live?x=1") == ["https://cdn.example.cn"]
    assert origin_of("") == origin_of("rtmp://srs/live") == []


def test_the_policy_of_every_page_names_where_pictures_come_from() -> None:
    code = "from jinba.settings import CONTENT_SECURITY_POLICY as p; print(p)"
    given = {"REPLAY_STORE": "s3://k:s@b?endpoint=https://oss.example.cn", "LIVE_CDN": "https://cdn.example.cn/a"}
    given["SRS_WHEP_URL"] = "https://rtc.example.cn/rtc/v1/whep/"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, env=os.environ | given, capture_output=True, text=True, check=True
    ).stdout
    found = "'https://cdn.example.cn', 'https://oss.example.cn'"
    assert f"'media-src': [\"'self'\", 'blob:', {found}]" in told
    assert f"'connect-src': [\"'self'\", {found}, 'https://rtc.example.cn']" in told
    assert "k:s" not in told
