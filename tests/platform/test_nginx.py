"""deploy/nginx.conf in a real nginx: before the site's real servers, and before none."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import socket
import uuid
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from websockets.asyncio.client import connect

from jinba.core import push
from jinba.core.doors import MEBIBYTE, RECOVERING, TOO_LARGE
from jinba.core.rest.problems import problem
from labor.live.actions import saying
from labor.live.models import LiveSession
from tests.factories.accounts import UserFactory
from tests.factories.live import LiveSessionFactory
from tests.factories.rooms import signed_in
from tests.live.movies import RATE, decoded, movie, pieces
from tests.platform.edge import HERE, NAME, Answer, Edge, edge, site

pytestmark = pytest.mark.slow

STREAM = "0123456789abcdef0123456789abcdef"
NOBODY_READS = b"nobody reads this"
TEXT, PING, PONG = 0x81, 0x89, 0x8A  # whole frames of that kind
API = "/api/v1/reference/regions/"
A_MINUTE = 3  # questions to the API


@pytest.fixture(scope="module")
def place() -> Iterator[Edge]:
    """An nginx, and a folder with files of every kind."""
    with edge() as made:
        yield made


@pytest.fixture(scope="module")
def live(place: Edge, django_db_setup: None) -> Iterator[Edge]:
    """The whole site behind it, on the test's database."""
    with override_settings(STATIC_ROOT=place.var / "static"):
        # The many files of the admin would cost seconds.
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["admin", "rest_framework"])
    with site(place, API_ANONYMOUS_PER_MINUTE=str(A_MINUTE)):
        yield place


@pytest.fixture
def session(transactional_db: None, live: Edge) -> Iterator[LiveSession]:
    yield LiveSessionFactory(live=True, anchor=UserFactory(park=True))
    if push._running:
        push._running.end()
        push._running = None


def put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


# Pages and static files ----------------------------------------------------------------------------------------------


def test_pages_come_by_tls_and_from_no_other_door(live: Edge) -> None:
    answer = live.ask("/accounts/sign-in/")
    assert answer.status == 200
    assert "登录" in answer.text
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "__Host-csrf" in answer.headers["Set-Cookie"]
    assert answer.headers["Server"] == "nginx"
    moved = live.ask("/live/?page=2", port=live.plain_port)
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{NAME}/live/?page=2")


def test_browsers_may_speak_http_2(place: Edge) -> None:
    context = place.trust
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        closing(socket.create_connection((HERE, place.port), 10)) as line,
        context.wrap_socket(line, server_hostname=NAME) as talk,
    ):
        assert talk.selected_alpn_protocol() == "h2"


def test_built_files_are_kept_for_a_year_and_come_compressed(live: Edge) -> None:
    page = live.ask("/accounts/sign-in/").text
    [style] = re.findall(r'href="(/static/build/site\.[0-9a-f]{12}\.css)"', page)
    [script] = re.findall(r'src="(/static/build/site\.[0-9a-f]{12}\.js)"', page)
    for path, kind in ((style, "text/css"), (script, "javascript")):
        answer = live.ask(path, Accept_Encoding="gzip")
        assert answer.status == 200
        assert kind in answer.headers["Content-Type"]
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
        plain = live.ask(path)
        assert plain.body == gzip.decompress(answer.body)
        # A CDN in front of us.
        assert live.ask(path, Accept_Encoding="gzip", Via="1.1 cdn").headers["Content-Encoding"] == "gzip"
    assert live.ask("/static/img/logo.svg").headers["Cache-Control"] == "public, max-age=60"
    assert live.ask(style, "POST", b"x").status == 405
    missing = live.ask("/static/build/site.000000000000.css")
    assert (missing.status, missing.headers["Cache-Control"]) == (404, None)


def test_a_long_search_survives_being_sent_to_sign_in(live: Edge) -> None:
    """The address stands in the answer's head once more, each % as %25: more than nginx takes unasked."""
    answer = live.ask("/workers/me/?q=" + "%E9%87%91" * 400)
    assert answer.status == 302
    assert len(answer.headers["Location"]) > 4096


# Pictures ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def streams(place: Edge) -> Edge:
    """A stream as the shelf keeps it, and one as SRS does; nothing of it is a film."""
    stream, srs = place.var / "streams" / STREAM, place.var / "srs" / "live"
    for name in ("index.m3u8", "p1/00000.ts", "replay/00003.ts"):
        put(stream / name, name.encode() * 100)
    for name in (f"{STREAM}.m3u8", f"{STREAM}-1700000000000-7.ts"):
        put(srs / name, name.encode() * 100)
    hidden = [
        stream / name for name in (".writer", ".lock", "p1/list.csv", ".in-0a/00000.ts", "index.m3u8.new", ".srs")
    ]
    hidden += [srs / f"{STREAM}.m3u8.tmp", place.var / "streams" / "index.m3u8", place.var / "srs" / "other.ts"]
    hidden += [place.var / name for name in ("media/papers/1", "secrets.env", "recordings/1.ts", "beat-schedule")]
    for file in hidden:
        put(file, NOBODY_READS)
    return place


@pytest.mark.parametrize(
    ("path", "kind", "age"),
    [
        (f"/streams/{STREAM}/index.m3u8", "application/vnd.apple.mpegurl", "public, max-age=1"),
        (f"/streams/{STREAM}/p1/00000.ts", "video/mp2t", "public, max-age=3600, immutable"),
        (f"/streams/{STREAM}/replay/00003.ts", "video/mp2t", "public, max-age=3600, immutable"),
        (f"/srs/live/{STREAM}.m3u8", "application/vnd.apple.mpegurl", "public, max-age=1"),
        (f"/srs/live/{STREAM}-1700000000000-7.ts", "video/mp2t", "public, max-age=60, immutable"),
    ],
)
def test_players_and_cdns_get_pictures_with_their_kind_and_age(streams: Edge, path: str, kind: str, age: str) -> None:
    answer = streams.ask(path, Accept_Encoding="gzip", Origin="https://elsewhere.example")
    assert answer.status == 200
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (kind, age)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Encoding"] is None
    part = streams.ask(path, Range="bytes=5-9")
    assert (part.status, part.body) == (206, answer.body[5:10])
    again = streams.ask(path, If_None_Match=answer.headers["ETag"])
    assert (again.status, again.headers["Cache-Control"]) == (304, age)
    assert streams.ask(path, "POST", b"x").status == 405


@pytest.mark.parametrize(
    "path",
    [
        *(f"/streams/{STREAM}/{name}" for name in (".writer", ".lock", ".srs", "p1/list.csv", ".in-0a/00000.ts", "")),
        *(f"/streams/{STREAM}/{name}" for name in ("index.m3u8.new", "p1/", "p2/00000.ts", "p1/../.writer", "index")),
        *("/streams/", "/streams/index.m3u8", f"/streams/{STREAM}", f"/streams/{STREAM[:-1]}0/index.m3u8"),
        *(f"/streams/{STREAM}/p1%2F..%2F.writer", f"/streams/{STREAM}%2F.lock", f"/streams/{STREAM}/%2e%2e/index.m3u8"),
        *(f"/streams/{STREAM}/../../media/papers/1", f"/streams/{STREAM}/..%2f..%2fsecrets.env", "/streams/../media/"),
        *(f"/streams/{STREAM}/p1/..%2f..%2f..%2f..%2frecordings/1.ts", f"/streams/..%5c..%5c{STREAM}/index.m3u8"),
        *(f"/srs/live/{STREAM}.m3u8.tmp", "/srs/live/", "/srs/", "/srs/live/../other.ts", "/srs/live/..%2fother.ts"),
        *("/srs/other.ts", "/srs/live/%2e%2e/%2e%2e/secrets.env", "/static/../secrets.env", "/static../secrets.env"),
        *("/static/..%2fsecrets.env", "/static/%2e%2e/beat-schedule", "/sorry/503.html"),
    ],
)  # fmt: skip
def test_everything_else_below_is_nobodys(streams: Edge, path: str) -> None:
    answer = streams.ask(path)
    # What belongs to the site's own answers is nginx's word that nobody is behind it here, or the site's 404.
    assert answer.status in (400, 404, 503), path
    assert NOBODY_READS not in answer.body


@pytest.mark.parametrize("path", ["/media/papers/1", "/secrets.env", "/recordings/1.ts", "/var/lib/jinba/secrets.env"])
def test_private_files_have_no_address(live: Edge, streams: Edge, path: str) -> None:
    answer = live.ask(path)
    assert (answer.status, NOBODY_READS in answer.body) == (404, False)


@pytest.mark.parametrize(
    "path",
    ["/live/hooks/srs/?secret=s", "/live//hooks/srs/", "/live/hooks%2fsrs/", "/live/./hooks/srs/", "/%6cive/hooks/"],
)
def test_nobody_outside_reaches_the_hooks(place: Edge, path: str) -> None:
    answer = place.ask(path, "POST", b"{}")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html")


# Sockets -------------------------------------------------------------------------------------------------------------


def test_a_viewers_page_hears_the_room_and_is_kept_by_pings_when_nothing_is_said(
    live: Edge, session: LiveSession
) -> None:
    """nginx gives up after proxy_read_timeout without a word from behind; test_compose.py compares the seconds."""
    saying.say(session=session, by=UserFactory(), text="有夫妻房吗", kind="question", client_id=uuid.uuid4())
    head = [f"GET /ws/live/{session.pk}/ HTTP/1.1", f"Host: {NAME}", f"Origin: https://{NAME}", "Upgrade: websocket"]
    head += ["Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""]
    hello = json.dumps({"t": "hello", "since": 0, "ticket": ""}).encode()
    assert len(hello) < 126
    with (
        closing(socket.create_connection((HERE, live.port), 20)) as line,
        live.trust.wrap_socket(line, server_hostname=NAME) as talk,
        talk.makefile("rb") as heard,
    ):
        talk.sendall("\r\n".join(head).encode())
        assert b" 101 " in heard.readline()
        while heard.readline() != b"\r\n":
            pass
        talk.sendall(bytes([TEXT, 0x80 | len(hello), 0, 0, 0, 0]) + hello)
        pings, room = 0, b""
        while pings < 2 or "有夫妻房吗".encode() not in room:
            kind, length = heard.read(2)
            content = heard.read(int.from_bytes(heard.read(2)) if length == 126 else length)
            assert kind in (TEXT, PING), content
            room += content
            if kind == PING:
                pings += 1
                talk.sendall(bytes([PONG, 0x80 | length, 0, 0, 0, 0]) + content)


def test_what_is_no_socket_gets_no_page_there(live: Edge) -> None:
    assert live.ask("/ws/notices/").status == 426
    assert live.ask("/ws/notices/", "POST", b"x" * 1000, Upgrade="h2c").status == 426


def test_pictures_go_in_by_the_socket_and_out_as_files(live: Edge, session: LiveSession, tmp_path: Path) -> None:
    jar = signed_in(session.crew.get().user).cookies
    cookie = f"__Host-session={jar[settings.SESSION_COOKIE_NAME].value}"

    async def send() -> None:
        address = f"wss://{NAME}/ws/live/{session.pk}/publish/"
        said: Any = {"additional_headers": {"Cookie": cookie}, "origin": f"https://{NAME}", "compression": None}
        async with connect(address, host=HERE, port=live.port, ssl=live.trust, **said) as line:
            hello = {"t": "hello", "holder": str(uuid.uuid4()), "type": "video/x-matroska"}
            await line.send(json.dumps(hello))
            async with asyncio.timeout(40):
                assert json.loads(await line.recv())["t"] == "go"
                for piece in pieces(movie("mkv"), 60_000):
                    await line.send(piece)
                while json.loads(await line.recv()).get("segments", 0) < 3:
                    pass
            await line.send('{"t":"stop"}')
            await line.wait_closed()

    asyncio.run(send())
    root = f"/streams/{session.stream}/"
    playlist = live.ask(f"{root}index.m3u8")
    assert playlist.status == 200
    names = re.findall(r"(?m)^p1/\d+\.ts$", playlist.text)
    assert len(names) >= 3
    put(tmp_path / "index.m3u8", playlist.body)
    for name in names:
        got = live.ask(root + name)
        assert got.status == 200, name  # nginx reads as another user than the one who wrote it
        put(tmp_path / name, got.body)
    assert decoded(tmp_path / "index.m3u8") >= 3 * RATE


# Uploads and addresses -----------------------------------------------------------------------------------------------


def test_the_largest_upload_reaches_the_site_and_a_larger_one_its_words(live: Edge) -> None:
    most = settings.UPLOAD_MEGABYTES * MEBIBYTE
    fits = live.ask("/accounts/sign-in/", "POST", bytes(most), Content_Type="text/plain")
    assert fits.status == 403  # no token of ours in it: somebody read it
    assert TOO_LARGE not in fits.text
    large = live.ask("/accounts/sign-in/", "POST", None, Content_Length=str(most + 1))
    said(large, 413, TOO_LARGE)


def test_addresses_that_visitors_make_up_count_for_nothing(live: Edge) -> None:
    def asked(port: int = 0) -> list[int]:
        answers = []
        for number in range(2 * A_MINUTE + 1):  # more than two minutes' worth: a minute may end meanwhile
            mine = f"203.0.113.{number}"
            names = {
                "X_Forwarded_For": mine,
                "X_Real_IP": mine,
                "Forwarded": f"for={mine}",
                "X_Forwarded_Proto": "https",
            }
            answers.append(live.ask(API, port=port, **names).status)
        return answers

    assert set(asked()) == {200, 429}
    # Behind nginx's back whoever asks is believed: the test above would see it.
    assert set(asked(live.pages)) == {200}


def test_a_visitor_does_not_choose_scheme_or_name(live: Edge) -> None:
    names = {"X_Forwarded_Proto": "http", "X_Forwarded_Ssl": "off", "X_Forwarded_Host": "evil.example"}
    answer = live.ask("/workers/me/", **names, Forwarded="host=evil.example;proto=http")
    assert (answer.status, answer.headers["Location"]) == (302, "/accounts/sign-in/?next=/workers/me/")
    assert "evil" not in live.ask("/accounts/sign-in/", **names).text
    assert live.ask("/accounts/sign-in/", Host="evil.example").status == 400


# WebRTC --------------------------------------------------------------------------------------------------------------


class Srs(BaseHTTPRequestHandler):
    """What SRS 6 answers at /rtc/v1/whep/: the good-bye's place is below /rtc/v1/whip/, as SRS itself counts."""

    asked: list[tuple[str, str, dict[str, str]]]

    def answer(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.asked.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.send_response(201 if self.command == "POST" else 200)
        self.send_header("Location", "/rtc/v1/whip/?action=delete&token=t&app=live&stream=s&session=a:b")
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"v=0")

    do_POST = do_DELETE = do_GET = answer

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def srs(place: Edge) -> Iterator[list[tuple[str, str, dict[str, str]]]]:
    Srs.asked = []
    with ThreadingHTTPServer((HERE, place.srs), Srs) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield Srs.asked
        server.shutdown()


def test_of_srs_a_viewer_reaches_whep_and_his_good_bye(place: Edge, srs: list[Any]) -> None:
    offer = place.ask(
        "/srs/rtc/v1/whep/?app=live&stream=s", "POST", b"v=0", X_Forwarded_For="10.0.0.1", X_Real_IP="10.0.0.1"
    )
    assert (offer.status, offer.text) == (201, "v=0")
    place_of = offer.headers["Location"]
    assert place_of == "/srs/rtc/v1/whep/?action=delete&token=t&app=live&stream=s&session=a:b"
    assert place.ask(place_of, "DELETE").status == 200
    assert [(method, path) for method, path, _ in srs] == [
        ("POST", "/rtc/v1/whep/?app=live&stream=s"),
        ("DELETE", "/rtc/v1/whep/?action=delete&token=t&app=live&stream=s&session=a:b"),
    ]
    heard = srs[0][2]
    assert heard["host"] == NAME
    assert not {"x-forwarded-for", "x-real-ip", "forwarded"} & set(heard)


@pytest.mark.parametrize(
    "path",
    ["/srs/rtc/v1/whip/?app=live&stream=s", "/srs/rtc/v1/publish/", "/srs/api/v1/streams/", "/srs/rtc/v1/whep/../whip/",
     "/srs/rtc/v1/whep/x", "/rtc/v1/whep/", "/api/v1/clients/1", "/srs/rtc/v1/whep%2f..%2fwhip/"],
)  # fmt: skip
def test_nothing_else_of_srs_is_reached(place: Edge, srs: list[Any], path: str) -> None:
    assert place.ask(path, "POST", b"v=0").status >= 400
    assert srs == []


def test_whep_is_not_for_looking(place: Edge, srs: list[Any]) -> None:
    assert place.ask("/srs/rtc/v1/whep/").status == 403
    assert place.ask("/srs/rtc/v1/whep/", "POST", bytes(65 * 1024)).status == 413
    assert srs == []


# Alone ---------------------------------------------------------------------------------------------------------------


def said(answer: Answer, status: int, sentence: str) -> None:
    assert answer.status == status
    assert sentence in answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_as_long_as_nobody_is_behind_it_and_for_who_asks_too_much_it_has_the_sites_words() -> None:
    # Nothing leaks away while the test asks; the rest of the limit is the product's own.
    with edge(("rate=30r/s", "rate=1r/m")) as alone:
        said(alone.ask("/"), 503, RECOVERING)
        said(alone.ask("/accounts/sign-in/", "POST", b"x=1"), 503, RECOVERING)
        away = alone.ask(API)
        assert (away.status, away.headers["Content-Type"]) == (503, "application/problem+json")
        assert away.headers["Retry-After"] == "60"
        assert json.loads(away.body) == problem(503, RECOVERING).data
        large = alone.ask(API, "POST", None, Content_Length=str(settings.UPLOAD_MEGABYTES * MEBIBYTE + 1))
        assert json.loads(large.body) == problem(413).data
        with closing(alone.line()) as line:
            for _ in range(200):
                line.request("GET", "/")
                line.getresponse().read()
        said(alone.ask("/"), 429, "过一分钟再试")
        often = json.loads(alone.ask(API).body)
        assert often == problem(429, often["detail"]).data
