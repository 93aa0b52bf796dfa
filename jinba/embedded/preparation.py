"""What has to be true of the data before the programs start; each step says one line and does nothing a second time."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from jinba.embedded.places import CHECKOUT, Places

MANAGE = [sys.executable, str(CHECKOUT / "manage.py")]


def prepare(environment: dict[str, str], places: Places, own_database: bool) -> None:
    """Bring database and static files to the state of the code.

    The stamps stand beside our own cluster and go with it; another database gets every step each time.
    """
    stamps = places.stamps
    manage(environment, "Migrating the database", "migrate", "--no-input", "--verbosity=0")
    reference = CHECKOUT / "jinba" / "reference"
    once(
        stamps / "reference" if own_database else None,
        digest([*reference.glob("data/**/*"), *reference.glob("**/*.py")]),
        lambda: manage(environment, "Loading reference data", "load_reference"),
    )
    lexicon = CHECKOUT / "employers" / "lexicon"
    once(
        stamps / "lexicon" if own_database else None,
        digest(lexicon.glob("*.csv")),
        lambda: manage(environment, "Loading the lexicon", "load_lexicon", "--verbosity=0"),
    )
    once(
        stamps / "groups" if own_database else None,
        digest(
            [
                CHECKOUT / "jinba" / "accounts" / "groups.py",
                *(
                    path
                    for app in ("jinba", "employers", "labor")
                    for path in (CHECKOUT / app).glob("**/migrations/*.py")
                ),
            ]
        ),
        lambda: manage(environment, "Loading the officers' groups", "load_groups", "--verbosity=0"),
    )
    demo = environment.get("DEMO", "").lower()
    if demo in ("1", "true", "yes") or (own_database and not demo):
        once(stamps / "demo", "seeded", lambda: manage(environment, "Seeding the demo", "seed_demo"))
    collect = ["collectstatic", "--no-input", "--clear", "--verbosity=0"]
    once(
        places.var / "static.stamp",
        digest([*(CHECKOUT / "jinba" / "static").rglob("*"), CHECKOUT / "requirements.txt"]),
        lambda: manage(environment, "Collecting static files", *collect),
    )


async def demo_accounts(environment: dict[str, str]) -> str:
    """The accounts that a visitor can sign in with, in the words of the command."""
    child = await asyncio.create_subprocess_exec(
        *MANAGE,
        "demo_accounts",
        env=environment,
        cwd=CHECKOUT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        words, _ = await child.communicate()
    except asyncio.CancelledError:
        child.kill()
        raise
    return words.decode(errors="replace").rstrip() if child.returncode == 0 else ""


def manage(environment: dict[str, str], words: str, *arguments: str) -> None:
    say(words)
    subprocess.run([*MANAGE, *arguments], env=environment, cwd=CHECKOUT, check=True)


def once(stamp: Path | None, value: str, step: Callable[[], None]) -> None:
    """Take the step unless the stamp says that it was taken for this value."""
    if stamp and stamp.exists() and stamp.read_text() == value:
        return
    step()
    if stamp:
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(value)


def digest(files: Iterable[Path]) -> str:
    """Of names, sizes and times: enough to notice an edit, and quick."""
    sources = sorted(path for path in files if path.is_file() and path.suffix != ".pyc")
    seen = ((str(path.relative_to(CHECKOUT)), path.stat()) for path in sources)
    facts = "\n".join(f"{name} {state.st_size} {state.st_mtime_ns}" for name, state in seen)
    return hashlib.sha256(facts.encode()).hexdigest()


def say(words: str) -> None:
    print(f"· {words}", flush=True)
