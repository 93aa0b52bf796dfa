"""The files that a fresh machine starts from."""

import re
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jinba.embedded import bootstrap
from jinba.embedded.environment import own_secrets, read_file
from jinba.embedded.places import CHECKOUT, LONGEST_RUNTIME, Places
from jinba.schedule import SCHEDULE

SCRIPTS = sorted(path for path in (CHECKOUT / "script").iterdir() if path.is_file())
LOCKED = [CHECKOUT / "requirements.txt", CHECKOUT / "requirements-dev.txt", CHECKOUT / "requirements-node.txt"]


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_requirements_are_pinned_and_name_no_index(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9._-]+==\S+( *;.*)?( *#.*)?$", line, re.IGNORECASE), line


def test_the_lock_holds_what_the_project_asks_for() -> None:
    asked = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    for wanted, lock in ((asked["dependencies"], LOCKED[0]), (asked["optional-dependencies"]["dev"], LOCKED[1])):
        locked = set(re.findall(r"^[\w.-]+==\S+", lock.read_text(), re.MULTILINE))
        assert {re.sub(r"\[.*?\]", "", line) for line in wanted} <= locked


def test_the_front_ends_lock_names_no_registry() -> None:
    assert '"resolved": "http' not in (CHECKOUT / "jinba" / "frontend" / "package-lock.json").read_text()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short_and_can_be_run(path: Path) -> None:
    assert path.stat().st_mode & 0o111
    assert len(path.read_text().splitlines()) < 25
    subprocess.run(["sh", "-n", path], check=True)


def test_a_bootstrap_without_work_takes_less_than_half_a_second() -> None:
    command = [sys.executable, str(CHECKOUT / "jinba" / "embedded" / "bootstrap.py"), "--dev"]
    subprocess.run(command, check=True)
    began = time.monotonic()
    subprocess.run(command, check=True)
    # Twice the promise: this machine is busy with tests.
    assert time.monotonic() - began < 1.0


def test_a_stamp_changes_with_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "CHECKOUT", tmp_path)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    first = bootstrap.digest([one])
    one.rename(two)
    assert bootstrap.digest([two]) != first
    two.write_text("b")
    assert len({first, bootstrap.digest([two]), bootstrap.digest([two], "3.12")}) == 3


def test_embedded_programs_need_nothing_installed() -> None:
    code = (
        "import jinba.embedded.server, jinba.embedded.splitter, sys; print(any('site-packages' in p for p in sys.path))"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); {code}"],
        capture_output=True,
        text=True,
    )
    assert told.stdout == "False\n", told.stderr


def test_an_env_file_may_have_comments_quotes_and_exports(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# no\n#A=0\nexport B=1\nC='2 # two'\nD=3 # three\nE=\nF=a=b\n\nnonsense\n")
    assert read_file(tmp_path / ".env") == {"B": "1", "C": "2 # two", "D": "3", "E": "", "F": "a=b"}


def test_sockets_move_to_a_short_folder_when_the_path_is_long_or_odd(tmp_path: Path) -> None:
    assert Places(Path("/srv/jinba/var")).runtime == Path("/srv/jinba/var/run")
    for var in (Path("/srv") / ("x" * 90) / "var", Path("/srv/my jinba/var"), Path("/srv/金巴/var")):
        runtime = Places(var).runtime
        assert len(str(runtime)) <= LONGEST_RUNTIME
        assert " " not in str(runtime)
        assert runtime != Places(var / "other").runtime


def test_two_first_commands_at_once_make_one_set_of_secrets(tmp_path: Path) -> None:
    for attempt in range(10):
        path = tmp_path / str(attempt) / "secrets.env"
        path.parent.mkdir()
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(own_secrets, [path] * 8))
        assert all(one == made[0] for one in made)
        assert read_file(path) == made[0]


def test_operations_names_every_task_that_beat_starts() -> None:
    """The list in docs/operations.md and the schedule are the same."""
    part = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8").partition("## What beat starts")[2]
    listed = re.findall(r"^\| `([\w-]+)` \|", part.partition("\n## ")[0], re.MULTILINE)
    assert sorted(listed) == sorted(SCHEDULE)
