"""What a new machine gets before its first test."""

from pathlib import Path
from typing import Any

import pytest

from jinba.embedded import test_tools as tools


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, ...]]:
    """A Debian whose root has none of them; what it runs is noted, with whether daemons may start."""
    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr(tools, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(tools, "find_chromium", lambda: None)
    monkeypatch.setattr(tools, "find_turnserver", lambda environment: None)
    monkeypatch.setattr(tools, "find_nginx", lambda: None)
    monkeypatch.setattr(tools.os, "geteuid", lambda: 0)
    monkeypatch.setattr(tools.shutil, "which", lambda name: f"/usr/bin/{name}")

    def note(*command: str) -> None:
        ran.append((*command, "silent" if tools.POLICY.exists() else "loud"))

    monkeypatch.setattr(tools, "run", note)
    return ran


def test_all_that_lacks_comes_in_one_go_and_starts_no_daemon(
    machine: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    tools.main()
    packages = ("chromium", "fonts-noto-cjk", "coturn", "nginx")
    assert machine == [
        ("apt-get", "-qq", "update", "silent"),
        ("apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages, "silent"),
        ("systemctl", "disable", "--now", "--quiet", "coturn.service", "loud"),
        ("systemctl", "disable", "--now", "--quiet", "nginx.service", "loud"),
    ]
    assert not tools.POLICY.exists()
    assert "No chromium" in capsys.readouterr().err  # nothing came: it says what follows


def test_a_relay_and_an_nginx_of_somebody_else_are_not_stopped(
    machine: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "find_turnserver", lambda environment: "/usr/bin/turnserver")
    monkeypatch.setattr(tools, "find_nginx", lambda: "/usr/sbin/nginx")
    tools.main()
    assert "systemctl" not in {command[0] for command in machine}
    assert not {"coturn", "nginx"} & {word for command in machine for word in command}


def test_a_policy_that_was_there_stays(machine: list[tuple[str, ...]]) -> None:
    tools.POLICY.write_text("exit 101\n")
    tools.main()
    assert tools.POLICY.read_text() == "exit 101\n"


def test_whoever_is_not_root_is_told_and_nothing_is_tried(
    machine: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tools.os, "geteuid", lambda: 1000)
    tools.main()
    assert machine == []
    said: Any = capsys.readouterr().err
    assert "No chromium" in said
    assert "No coturn" in said
    assert "No nginx" in said
