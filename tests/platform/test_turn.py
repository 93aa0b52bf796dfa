"""The relay of video calls, a real coturn with our configuration: whom it serves and where it passes nothing to.

Without coturn these tests are skipped, under CI=true they fail.
"""

import ipaddress
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jinba.embedded.account import Account, service_account
from jinba.embedded.environment import complete
from jinba.embedded.places import CHECKOUT, Places
from jinba.embedded.turn import ADDRESS, BLOCK, RULES, Relay, free_block, own_relay
from tests.platform.coturn import SECRET, Door, embedded_relay, required_turnserver, running
from tests.platform.machine import until
from tests.platform.stun import LIFETIME, REFRESH, credentials

PRIVATE = [
    *("10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("198.18.0.1", "224.0.0.1", "239.255.255.250", "255.255.255.255"),
]
PRIVATE_6 = [
    *("::1", "::", "fd00::1", "fe80::1", "ff02::1", "::ffff:10.1.2.3", "::ffff:127.0.0.1", "::127.0.0.1"),
    *("64:ff9b::a01:203", "2002:a01:203::1"),
]


@pytest.fixture(scope="module")
def turnserver() -> str:
    return required_turnserver()


@pytest.fixture(scope="module")
def account() -> Account:
    """As root somebody else, as in production: coturn must do without root's power."""
    return service_account()


@pytest.fixture(scope="module")
def embedded(turnserver: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with embedded_relay(turnserver, tmp_path_factory.mktemp("embedded")) as (door, _):
        yield door


@pytest.fixture(scope="module")
def production(turnserver: str, account: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The relay as docker-compose.yml starts it, with a certificate, on addresses of this machine."""
    with as_in_production(turnserver, account, tmp_path_factory.mktemp("production")) as door:
        yield door


@contextmanager
def as_in_production(turnserver: str, account: Account, folder: Path, *more: str) -> Iterator[Door]:
    scratch = folder / "scratch"
    account.give(scratch)
    make_certificate(scratch, account)
    port = free_block(os.getpid() + 50)
    assert port
    given = {
        "PATH": f"{Path(turnserver).parent}:{os.environ['PATH']}",
        "TMPDIR": str(scratch),
        "TURN_CERTS": str(scratch),
        "TURN_SECRET": SECRET,
        "TURN_PORT": str(port),
        "TURN_TLS_PORT": str(port + 1),
        "TURN_MIN_PORT": str(port + 2),
        "TURN_MAX_PORT": str(port + BLOCK - 1),
        "TURN_LISTENING_IP": ADDRESS,
    }
    command = ["sh", str(CHECKOUT / "deploy" / "turnserver.sh"), f"--relay-ip={ADDRESS}", "--relay-ip=::1", *more]
    with running(command, given, account.become(CHECKOUT / "deploy", scratch), folder / "log", port) as door:
        yield door


def make_certificate(folder: Path, account: Account) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "turn.example.cn")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    paper = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1)).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(paper.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    for path in folder.iterdir():
        path.chmod(0o600)
        if not account.is_ours:
            os.chown(path, account.uid, account.gid)


def place(tmp_path: Path, **environment: str) -> tuple[Relay | None, str]:
    return own_relay({"PATH": "", "TURNSERVER": "/bin/true", "TURN_SECRET": "s"} | environment, Places(tmp_path), 8000)


def test_every_server_of_a_machine_has_ports_of_its_own(tmp_path: Path) -> None:
    first, _ = place(tmp_path)
    assert first
    with ExitStack() as held:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            door = held.enter_context(socket.socket(socket.AF_INET, kind))
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as coturn does
            door.bind((ADDRESS, first.port))
            second, _ = place(tmp_path)
            assert second
            assert second.port != first.port
        assert f"max-port={first.port + BLOCK - 1}" in first.configuration
    assert abs(second.port - first.port) % BLOCK == 0


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"TURN_URLS": "turn:turn.example.cn"}, "TURN_URLS"),
        ({"HOST": "0.0.0.0"}, "HOST"),
        ({"TURNSERVER": "/nowhere"}, "not installed"),
    ],
)
def test_a_server_without_a_relay_of_its_own_says_why(tmp_path: Path, environment: dict[str, str], words: str) -> None:
    relay, told = place(tmp_path, **environment)
    assert relay is None
    assert words in told


def test_the_secret_of_a_relay_that_is_not_ours_is_not_made_up(tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert complete({}, places)["TURN_SECRET"]
    assert "TURN_SECRET" not in complete({"TURN_URLS": "turn:turn.example.cn"}, places)
    assert complete({"TURN_URLS": "turn:x", "TURN_SECRET": "theirs"}, places)["TURN_SECRET"] == "theirs"


@pytest.fixture(params=["embedded", "production"])
def relay(request: pytest.FixtureRequest) -> Door:
    door: Door = request.getfixturevalue(request.param)
    return door


@pytest.mark.parametrize("by", ["udp", "tcp"])
def test_credentials_of_the_site_open_a_line(relay: Door, by: str) -> None:
    with relay.somebody(by=by) as client:
        assert client.allocate() == 0


def test_an_office_that_lets_only_tls_out_gets_a_line(production: Door) -> None:
    with production.client(*credentials(SECRET), "tls", production.port + 1) as client:
        assert client.allocate() == 0


def test_credentials_that_ran_out_are_refused(relay: Door) -> None:
    with relay.client(*credentials(SECRET, seconds=-1)) as client:
        assert client.allocate() == 401


def test_a_call_that_began_goes_on_when_its_credentials_end(relay: Door) -> None:
    username, password = credentials(SECRET, seconds=1)
    with relay.client(username, password) as client:
        assert client.allocate() == 0
        until(lambda: time.time() > int(username.split(":")[0]) + 1)
        assert client.send(REFRESH, {LIFETIME: (600).to_bytes(4, "big")})[0] == 0
    with relay.client(username, password) as client:
        assert client.allocate() == 401


def test_credentials_by_another_secret_are_refused(relay: Door) -> None:
    with relay.client(*credentials("another secret")) as client:
        assert client.allocate() == 401


def test_credentials_do_not_pass_to_another_name_or_a_later_hour(relay: Door) -> None:
    username, password = credentials(SECRET, "7")
    ends, _ = username.split(":")
    for forged in (f"{ends}:8", f"{int(ends) + 3600}:7", "7", ""):
        with relay.client(forged, password) as client:
            assert client.allocate() == 401


def test_only_udp_is_relayed(relay: Door) -> None:
    with relay.somebody(by="tcp") as client:
        assert client.allocate(transport="tcp") == 442


@pytest.mark.parametrize("peer", [*PRIVATE, "127.0.0.1"])
def test_no_line_leads_into_the_house(production: Door, peer: str) -> None:
    with production.somebody() as client:
        assert client.allocate() == 0
        assert client.permit(peer) == 403
        assert client.bind(peer) == 403
        assert client.permit("1.2.3.4") == 0  # the public internet is what it is for


@pytest.mark.parametrize("peer", PRIVATE_6)
def test_no_line_leads_into_the_house_by_ipv6(production: Door, peer: str) -> None:
    with production.somebody() as client:
        assert client.allocate(family=6) == 0
        assert client.permit(peer) == 403
        assert client.bind(peer) == 403
        assert client.permit("2400:3200::1") == 0


def test_on_one_machine_only_its_own_address_is_a_peer(embedded: Door) -> None:
    with embedded.somebody() as client:
        assert client.allocate() == 0
        assert {peer: client.permit(peer) for peer in PRIVATE} == dict.fromkeys(PRIVATE, 403)
        assert client.permit("127.0.0.2") == 403
        assert client.permit(ADDRESS) == 0


def test_one_seat_holds_24_lines_and_no_more(relay: Door) -> None:
    with ExitStack() as lines:
        # The hour in front of the name changes with each credential; the seat behind it is what is counted.
        codes = [
            lines.enter_context(relay.client(*credentials(SECRET, "9", 60 + number))).allocate() for number in range(25)
        ]
        assert codes == [0] * 24 + [486]
        assert lines.enter_context(relay.somebody("8")).allocate() == 0


def test_the_rules_deny_every_network_that_is_not_public() -> None:
    ranges = re.findall(r"^denied-peer-ip=(\S+)-(\S+)$", RULES.read_text(), re.MULTILINE)
    denied = [(ipaddress.ip_address(first), ipaddress.ip_address(last)) for first, last in ranges]
    inside = [
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
        *("::1/128", "::ffff:0:0/96", "fc00::/7", "fe80::/10", "ff00::/8"),
    ]
    for network in map(ipaddress.ip_network, inside):
        ends = network[0], network[-1]
        assert any(a.version == network.version and a <= ends[0] and ends[1] <= b for a, b in denied), network  # type: ignore[operator]
    assert not re.search(r"^allow", RULES.read_text(), re.MULTILINE)


def test_the_whole_relay_holds_so_many_lines(
    turnserver: str, account: Account, tmp_path: Path, production: Door
) -> None:
    with as_in_production(turnserver, account, tmp_path, "--total-quota=2") as door, ExitStack() as lines:
        codes = [lines.enter_context(door.somebody(str(number))).allocate() for number in range(3)]
        assert codes == [0, 0, 486]


def test_it_runs_as_nobody_in_particular_and_tells_no_secret(relay: Door) -> None:
    assert relay.process.uids().effective != 0
    assert SECRET not in " ".join(relay.process.cmdline())
    assert "SECRET_KEY" not in relay.process.environ()
    assert SECRET not in relay.log.read_text(errors="replace")


def test_a_certificate_that_cannot_be_used_is_said_and_not_passed_over(account: Account, tmp_path: Path) -> None:
    folder = tmp_path / "certs"
    account.give(folder)
    (folder / "fullchain.pem").touch()  # the key is missing
    done = subprocess.run(
        ["sh", CHECKOUT / "deploy" / "turnserver.sh"],
        env={"PATH": os.environ["PATH"], "TURN_SECRET": SECRET, "TURN_CERTS": str(folder), "TMPDIR": str(folder)},
        preexec_fn=account.become(CHECKOUT / "deploy", folder),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert "may not read" in done.stderr
