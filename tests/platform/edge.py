"""Production's edge on this machine: a real nginx with our own configuration, before servers as compose starts them."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from socket import create_connection
from tempfile import mkdtemp

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection

from jinba.embedded.places import CHECKOUT
from jinba.embedded.test_tools import NGINX_LACK, find_nginx
from tests.platform.compose import words
from tests.platform.machine import free_port, until

HERE = "127.0.0.1"
NAME = "jobs.example.cn"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Edge:
    """An nginx in a folder of its own; what lies below `var` is what it may read of the site's files."""

    folder: Path
    port: int = field(default_factory=free_port)
    plain_port: int = field(default_factory=free_port)
    pages: int = field(default_factory=free_port)
    sockets: int = field(default_factory=free_port)
    srs: int = field(default_factory=free_port)

    @property
    def var(self) -> Path:
        return self.folder / "var"

    @property
    def trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.folder / "certs" / "fullchain.pem")
        context.set_alpn_protocols(["http/1.1"])
        return context

    def line(self) -> HTTPSConnection:
        return HTTPSConnection(HERE, self.port, timeout=30, context=self.trust)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, *, port: int = 0, **headers: str
    ) -> Answer:
        """What a visitor gets who writes exactly this path; names of headers with `_` for `-`. `port`: without TLS."""
        line = HTTPConnection(HERE, port, timeout=30) if port else self.line()
        said = {"Host": NAME} | {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            line.request(method, path, body, said)
            answer = line.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            line.close()

    def write(self, binary: str, *changes: tuple[str, str]) -> Path:
        """deploy/nginx.conf, changed in places of files, addresses, and what this machine's nginx is too old for."""
        told = subprocess.run([binary, "-V"], capture_output=True, text=True, check=True).stderr
        version = tuple(map(int, re.findall(r"nginx/(\d+)\.(\d+)\.(\d+)", told)[0]))
        types = Path(re.findall(r"--conf-path=(\S+)", told)[0]).parent / "mime.types"
        places = "".join(f"{name}_temp_path {self.folder}/{name}; " for name in TEMPORARY)
        is_new = version >= (1, 25, 1)
        changed = [
            ("http {", f"http {{ {places}"),
            ("worker_rlimit_nofile 65536;", ""),
            ("worker_connections 16384;", "worker_connections 512;"),
            ("include mime.types;", f"include {types};"),
            ("resolver 127.0.0.11 valid=10s;", ""),
            ("server web:8000 resolve;", f"server {HERE}:{self.pages};"),
            ("server sockets:8001 resolve;", f"server {HERE}:{self.sockets};"),
            ("server srs:1985 resolve;", f"server {HERE}:{self.srs};"),
            ("listen 80;", f"listen {HERE}:{self.plain_port};"),
            ("listen [::]:80;", ""),
            ("listen 443 ssl;", f"listen {HERE}:{self.port} ssl{'' if is_new else ' http2'};"),
            ("listen [::]:443 ssl;", ""),
            ("http2 on;", "http2 on;" if is_new else ""),
            ("/etc/nginx/certs/", f"{self.folder}/certs/"),
            ("/etc/nginx/sorry/", f"{self.folder}/sorry/"),
            ("/var/lib/jinba/", f"{self.var}/"),
            *changes,
        ]
        text = (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        for old, new in changed:
            assert old in text, old
            text = text.replace(old, new)
        conf = self.folder / "nginx.conf"
        conf.write_text(text, encoding="utf-8")
        return conf


def required_nginx() -> str:
    """Its path; without it the test is skipped, under CI=true it fails."""
    found = find_nginx()
    if not found:
        pytest.fail(NGINX_LACK) if os.environ.get("CI") == "true" else pytest.skip(NGINX_LACK)
    return found


@contextmanager
def edge(*changes: tuple[str, str]) -> Iterator[Edge]:
    """A running nginx; behind it there is nothing yet."""
    binary = required_nginx()
    with ExitStack() as stack:
        # Not below pytest's folder, which is closed to others: nginx reads as somebody else, in production too.
        made = Edge(Path(mkdtemp(prefix="jinba-edge-")))
        stack.callback(shutil.rmtree, made.folder)
        made.folder.chmod(0o755)
        made.var.mkdir()
        (made.folder / "certs").mkdir()
        make_certificate(made.folder / "certs")
        shutil.copytree(CHECKOUT / "deploy" / "sorry", made.folder / "sorry")
        command = [binary, "-c", str(made.write(binary, *changes)), "-e", "stderr"]
        told = subprocess.run([*command, "-t", "-g", f"pid {made.folder}/t.pid;"], capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        assert "[warn]" not in told.stderr
        with (made.folder / "error.log").open("wb") as log:
            child = subprocess.Popen([*command, "-g", f"daemon off; pid {made.folder}/pid;"], stderr=log)
        stack.callback(child.wait, 20)
        stack.callback(child.terminate)
        listens(made.port)
        yield made


@contextmanager
def site(made: Edge, **more: str) -> Iterator[None]:
    """The pages' and the sockets' server as docker-compose.yml starts them, on the test's database, a process each."""
    address, _, options = os.environ["DATABASE_URL"].partition("?")
    database = f"{address.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}?{options}"
    given = {
        "DATABASE_URL": database, "VAR_DIR": str(made.var), "HTTPS": "true", "TRUSTED_PROXIES": "1",
        "ALLOWED_HOSTS": f"{NAME},web", "SITE_URL": f"https://{NAME}", "LIVE_ENGINE": "folder",
        # gunicorn believes who comes from this machine itself; in production nginx is another.
        "FORWARDED_ALLOW_IPS": "192.0.2.1",
    }  # fmt: skip
    web = {"--bind": f"{HERE}:{made.pages}", "--workers": "1"}
    # Pings in an instant, so that a test need not wait for them.
    sockets = {"--host": HERE, "--port": str(made.sockets), "--workers": "1", "--ws-ping-interval": "0.3"}
    children = []
    try:
        for name, options in (("web", web), ("sockets", sockets)):
            command = [sys.executable, "-m", *(option(word, options) for word in words(name))]
            children.append(subprocess.Popen(command, cwd=CHECKOUT, env=os.environ | given | more, umask=0o022))
        listens(made.pages)
        listens(made.sockets)
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(30)


def option(word: str, changed: dict[str, str]) -> str:
    name = word.partition("=")[0]
    return f"{name}={changed[name]}" if name in changed else word


def listens(port: int) -> None:
    def answers() -> bool:
        with suppress(OSError), create_connection((HERE, port), 1):
            return True
        return False

    until(answers, 60)


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ip_address(HERE))])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), extensions=[])
    builder = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    paper = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(paper.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
