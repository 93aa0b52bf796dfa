"""The hooks of an SRS server, with its documented JSON: who may send, what is kept, who is cut off."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisIsAway

from labor.live.actions import airing, keys, pictures, srs
from labor.live.actions.history import shift
from labor.live.choices import EntryKind, Side, Source, State
from labor.live.engines import engine
from labor.live.engines import srs as server
from labor.live.ingest import shelf
from labor.live.models import Entry, LiveSession, Part, Presence, StreamKey
from labor.live.views import hooks
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory
from tests.live.movies import RATE, call, decoded, movie

pytestmark = pytest.mark.django_db

SECRET = "of the hooks"
HOLDER = "00000000-0000-4000-8000-000000000001"


class Api:
    """SRS's own API: who sends what, and who was cut off."""

    def __init__(self) -> None:
        self.senders: dict[str, str] = {}
        self.dropped: list[str] = []

    def ask(self, method: str, path: str) -> dict[str, Any]:
        if method == "DELETE":
            self.dropped.append(path.rpartition("/")[2])
            return {"code": 0}
        streams = [{"name": name, "publish": {"active": True, "cid": cid}} for name, cid in self.senders.items()]
        return {"code": 0, "streams": [*streams, {"name": "another", "publish": {"active": False}}]}


@pytest.fixture(autouse=True)
def api(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    settings.LIVE_ENGINE = "srs"
    settings.SRS_HOOK_SECRET = SECRET
    settings.SRS_PUSH_URL = "rtmp://srs/live"
    settings.SRS_PLAY_URL = "https://jobs.example.cn/srs/live"
    settings.VAR_DIR = tmp_path / "var"
    server.folder().mkdir(parents=True)
    made = Api()
    monkeypatch.setattr(server, "_ask", made.ask)
    return made


@pytest.fixture
def session() -> LiveSession:
    made: LiveSession = LiveSessionFactory(live=True, anchor=True)
    return made


def key_of(session: LiveSession) -> str:
    return keys.new_key(session=session, by=session.crew.get().user)


def hook(action: str, session: LiveSession, name: str = "", *, secret: str = SECRET, **more: Any) -> int:
    """What SRS 6 sends (`trunk/src/app/srs_app_http_hooks.cpp`), and the status that it gets; `name` is the key."""
    param = f"?key={name}" if name else ""
    body = {
        "service_id": "382k456r",
        "action": action,
        "client_id": "9308h583",
        "ip": "192.0.2.7",
        "vhost": "__defaultVhost__",
        "app": "live",
        "tcUrl": "rtmp://live.example.cn/live",
        "stream": session.stream,
        "param": param,
        "server_id": "vid-werty",
        "stream_url": f"__defaultVhost__/live/{session.stream}",
        "stream_id": "vid-124q9y3",
        **more,
    }
    response = Client().post(f"{reverse('live_hooks:srs')}?secret={secret}", body, content_type="application/json")
    assert response.content == (b"0" if response.status_code == 200 else b"1")
    return response.status_code


# Who may -------------------------------------------------------------------------------------------------------------


def test_the_right_key_begins_a_part(session: LiveSession) -> None:
    name = key_of(session)
    assert hook("on_publish", session, name) == 200
    part = Part.objects.get()
    assert (part.session, part.source, part.is_rehearsal) == (session, Source.ENCODER, False)
    assert StreamKey.objects.get().used_at is not None


def test_a_wrong_a_rotated_a_stolen_and_an_ended_key_are_refused(session: LiveSession) -> None:
    other = LiveSessionFactory(live=True, anchor=True)
    over = LiveSessionFactory(live=True, anchor=True)
    rotated, stolen, ended = map(key_of, (session, other, over))
    right = key_of(session)
    airing.end(session=over, by=None)
    for name in (rotated, stolen, right[:-4] + "aaaa", ""):
        assert hook("on_publish", session, name) == 403
    assert hook("on_publish", over, ended) == 403
    assert hook("on_publish", other, right) == 403  # by the right key to another stream
    assert not Part.objects.exists()
    assert hook("on_publish", session, right) == 200


def test_without_the_secret_nothing_is_looked_at(session: LiveSession, settings: Any) -> None:
    name = key_of(session)
    assert hook("on_publish", session, name, secret="wrong") == 403
    settings.SRS_HOOK_SECRET = ""
    assert hook("on_publish", session, name, secret="") == 403
    assert not Part.objects.exists()
    settings.SRS_HOOK_SECRET = SECRET
    assert hook("on_publish", session, name) == 200


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", '{"stream": "\\u0000"}', '{"stream": "../../etc"}', '{"stream": "\\ud800aaaaaaaa"}', "[" * 50_000],
)
def test_what_is_no_hook_is_a_bad_request(body: str) -> None:
    address = f"{reverse('live_hooks:srs')}?secret={SECRET}"
    assert Client().post(address, body, content_type="application/json").status_code == 400


def test_only_hooks_come_here(session: LiveSession) -> None:
    assert Client().get(f"{reverse('live_hooks:srs')}?secret={SECRET}").status_code == 405
    assert hook("on_play", session) == 200


def test_a_key_that_is_changed_while_somebody_begins_is_refused(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, check = key_of(session), keys.check

    def check_and_lose(*, name: str) -> StreamKey | None:
        found = check(name=name)
        key_of(session)
        return found

    monkeypatch.setattr(keys, "check", check_and_lose)
    assert hook("on_publish", session, name) == 403
    assert Part.objects.get().ended_at is not None


def test_who_tries_too_many_keys_is_refused_for_a_while(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "MOST_WRONG", 2)
    name = key_of(session)
    for _ in range(2):
        assert hook("on_publish", session, "1-" + "a" * 32) == 403
    assert hook("on_publish", session, name) == 403
    assert hook("on_publish", session, name, ip="192.0.2.8") == 200


def test_without_redis_the_right_key_is_still_right(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **more: Any) -> None:
        raise RedisIsAway

    monkeypatch.setattr(hooks.cache, "get", away)
    name = key_of(session)
    assert hook("on_publish", session, name[:-4] + "aaaa") == 403
    assert hook("on_publish", session, name) == 200


def test_who_comes_again_takes_the_place_of_his_old_connection(session: LiveSession, api: Api) -> None:
    name = key_of(session)
    hook("on_publish", session, name)
    api.senders[session.stream] = "9308h583"
    assert hook("on_publish", session, name, client_id="another") == 200
    assert api.dropped == ["9308h583"]
    assert hook("on_unpublish", session, name) == 200  # of the old one
    first, second = Part.objects.order_by("number")
    assert first.ended_at is not None
    assert second.ended_at is None
    hook("on_unpublish", session, name, client_id="another")
    second.refresh_from_db()
    assert second.error == srs.LOST


# Our own push --------------------------------------------------------------------------------------------------------


def pushed(session: LiveSession) -> tuple[Part, str]:
    """A browser's part, and the address that our ffmpeg pushes it to."""
    part = pictures.begin_part(session=session, holder=HOLDER, source=Source.BROWSER)  # type: ignore[arg-type]
    return part, engine().output(part)[-1]


def test_our_own_push_is_known_by_its_token(session: LiveSession) -> None:
    part, address = pushed(session)
    assert address.startswith(f"rtmp://srs/live/{session.stream}?token={part.pk}-")
    param = "?" + address.partition("?")[2]
    assert hook("on_publish", session, param=param) == 200
    assert hook("on_publish", session, param=param[:-2] + "00") == 403
    assert hook("on_publish", session, param="?token=x-1") == 403
    other = LiveSessionFactory(live=True)
    assert hook("on_publish", other, param=param) == 403
    pictures.end_part(part=part)
    assert hook("on_publish", session, param=param) == 403
    assert Part.objects.count() == 1


def test_players_fetch_from_the_server(session: LiveSession) -> None:
    assert engine().playlist_url(session) == f"https://jobs.example.cn/srs/live/{session.stream}.m3u8"
    assert not engine().serves_files


def test_a_few_watch_by_webrtc_and_the_many_do_not(session: LiveSession, settings: Any) -> None:
    assert engine().whep_url(session) == ""
    settings.SRS_WHEP_URL = "https://jobs.example.cn/srs/rtc/v1/whep/"
    settings.LIVE_WHEP_VIEWERS = 3
    address = f"https://jobs.example.cn/srs/rtc/v1/whep/?app=live&stream={session.stream}"
    here = Presence.objects.create(session=session, process=uuid4(), viewers=2)
    assert engine().whep_url(session) == address
    Presence.objects.filter(pk=here.pk).update(viewers=3)
    assert engine().whep_url(session) == ""
    settings.LIVE_WHEP_VIEWERS = 4
    assert engine().whep_url(session) == address


# Segments ------------------------------------------------------------------------------------------------------------


class Hls:
    """The server's folder of a stream, as SRS writes it."""

    def __init__(self, session: LiveSession, work: Path) -> None:
        self.session, self.folder = session, server.folder()
        self.work = work
        self.names: list[str] = []

    def write(self, count: int, *, gone: int = 0) -> None:
        """So many segments more; of all so far the first `gone` are not in the playlist any more."""
        film = self.work / "film.flv"
        film.write_bytes(movie("flv", sound="aac"))
        call("-i", str(film), "-c", "copy", "-f", "segment", "-segment_time", "0.9", str(self.work / "%d.ts"))
        for _ in range(count):
            name = f"{self.session.stream}-{len(self.names)}.ts"
            (self.folder / name).write_bytes((self.work / f"{len(self.names) % 4}.ts").read_bytes())
            self.names.append(name)
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:2", f"#EXT-X-MEDIA-SEQUENCE:{gone}"]
        for number, name in enumerate(self.names[gone:]):
            lines += ["#EXT-X-DISCONTINUITY"] if number == 1 else []
            lines += ["#EXTINF:1.000, no desc", name]
        (self.folder / f"{self.session.stream}.m3u8").write_text("\n".join([*lines, ""]))

    def tell(self, name: str, **more: Any) -> int:
        stream, segment = self.session.stream, self.names[-1]
        facts = {
            "duration": 1.0, "cwd": "/usr/local/srs", "file": str(self.folder / segment), "url": f"live/{segment}",
            "m3u8": str(self.folder / f"{stream}.m3u8"), "m3u8_url": f"live/{stream}.m3u8", "seq_no": 7,
        }  # fmt: skip
        return hook("on_hls", self.session, name, **facts, **more)


@pytest.fixture
def hls(session: LiveSession, tmp_path: Path) -> Hls:
    (tmp_path / "work").mkdir()
    return Hls(session, tmp_path / "work")


def kept(session: LiveSession) -> list[tuple[int, int]]:
    return [(segment.part, segment.index) for segment in shelf.segments(session.stream)]


def test_each_segment_is_kept_once_in_its_order(session: LiveSession, hls: Hls) -> None:
    name = key_of(session)
    hook("on_publish", session, name)
    hls.write(1)
    for _ in range(2):
        assert hls.tell(name) == 200
    assert kept(session) == [(1, 0)]
    hls.write(3)  # three, and the hooks of two were lost
    assert hls.tell(name) == 200
    assert kept(session) == [(1, index) for index in range(4)]
    assert decoded(shelf.root(session.stream) / "index.m3u8") == 4 * RATE
    part = Part.objects.get()
    assert (part.segments, part.seconds) == (4, 4.0)
    assert part.first_at is not None
    assert [entry.kind for entry in Entry.objects.order_by("seq")] == [EntryKind.ON_AIR]


def test_what_the_server_threw_away_is_missing_and_nothing_else(session: LiveSession, hls: Hls) -> None:
    name = key_of(session)
    hook("on_publish", session, name)
    hls.write(1)
    hls.tell(name)
    hls.write(3, gone=2)
    (hls.folder / hls.names[2]).unlink()
    hls.tell(name)
    assert kept(session) == [(1, 0), (1, 1)]


def test_the_next_sender_goes_on_where_the_last_one_stood(session: LiveSession, hls: Hls) -> None:
    name = key_of(session)
    hook("on_publish", session, name)
    hls.write(2)
    hls.tell(name)
    hook("on_unpublish", session, name)
    hook("on_publish", session, name, client_id="again")
    hls.write(1)
    hls.tell(name, client_id="again")
    assert kept(session) == [(1, 0), (1, 1), (2, 0)]


def test_a_changed_key_a_takeover_and_the_end_cut_the_sender_off(session: LiveSession, hls: Hls, api: Api) -> None:
    name = key_of(session)
    hook("on_publish", session, name)
    hls.write(1)
    hls.tell(name)
    assert api.dropped == []
    new = key_of(session)
    hls.write(1)
    assert hls.tell(name) == 200
    assert api.dropped == ["9308h583"]
    hook("on_publish", session, new, client_id="second")
    pictures.begin_part(session=session, holder=HOLDER, source=Source.BROWSER)  # type: ignore[arg-type]
    hls.tell(new, client_id="second")
    page = session.parts.last()
    assert hook("on_publish", session, new, client_id="third") == 403 and page.ended_at is None
    pictures.end_part(part=page)
    hook("on_publish", session, new, client_id="third")
    airing.end(session=session, by=None)
    hls.tell(new, client_id="third")
    assert api.dropped[-2:] == ["second", "third"]
    assert kept(session) == [(1, 0)]


def test_a_rehearsal_is_not_kept_and_goes_on_air_with_the_session(hls: Hls, session: LiveSession) -> None:
    announced = LiveSessionFactory(announced=True, anchor=True, starts_at=in_minutes(10))
    hls.session = announced
    name = key_of(announced)
    hook("on_publish", announced, name)
    hls.write(2)
    hls.tell(name)
    assert kept(announced) == []
    LiveSession.objects.filter(pk=announced.pk).update(starts_at=in_minutes(-1))
    announced.refresh_from_db()
    history_to_live(announced)
    hls.write(1)
    hls.tell(name)
    hls.write(1)
    hls.tell(name)
    assert kept(announced) == [(2, 0)]
    assert [part.is_rehearsal for part in Part.objects.order_by("number")] == [True, False]


def history_to_live(session: LiveSession) -> None:
    shift(session=session, to=State.LIVE, side=Side.CREW, by=session.made_by, live_at=timezone.now())


def test_the_segments_of_our_own_push_are_kept_too(session: LiveSession, hls: Hls) -> None:
    part, address = pushed(session)
    hls.write(2)
    assert hls.tell("", param="?" + address.partition("?")[2]) == 200
    assert kept(session) == [(part.number, 0), (part.number, 1)]


def test_on_a_full_disk_nobody_begins_and_who_sends_is_cut_off(
    session: LiveSession, hls: Hls, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = key_of(session)
    hook("on_publish", session, name)
    hls.write(1)
    monkeypatch.setattr(shelf, "SPARE_BYTES", 10**18)
    hls.tell(name)
    assert api.dropped == ["9308h583"] and kept(session) == []
    assert Part.objects.get().error == srs.FULL
    assert hook("on_publish", session, name) == 403


def test_after_the_end_the_shelf_is_closed_for_the_replay(session: LiveSession, hls: Hls) -> None:
    name = key_of(session)
    hook("on_publish", session, name)
    hls.write(1)
    hls.tell(name)
    airing.end(session=session, by=None)
    hook("on_unpublish", session, name)
    assert not (shelf.root(session.stream) / shelf.WRITER).exists()
    assert kept(session) == [(1, 0)]


def test_the_documented_answer_of_the_server_is_understood(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """By a real connection: the API's way to cut somebody off."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            asked.append(f"{self.command} {self.path}")
            body = json.dumps({"code": 0, "streams": [{"name": "s", "publish": {"active": True, "cid": "a/b"}}]})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_DELETE = answer

        def log_message(self, *args: Any) -> None:
            pass

    monkeypatch.undo()
    with HTTPServer(("127.0.0.1", 0), Handler) as api:
        settings.SRS_API_URL = f"http://127.0.0.1:{api.server_port}"
        Thread(target=api.serve_forever, daemon=True).start()
        server.drop_sender("s")
        api.shutdown()
    assert asked == ["GET /api/v1/streams/?count=1000", "DELETE /api/v1/clients/a%2Fb"]
    server.drop_sender("s")  # nobody there any more: no error
