"""python -m jinba.embedded.test_tools: finds the programs that only tests need; root on Debian gets what lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinba.embedded.chromium import find_chromium
from jinba.embedded.turn import find_turnserver

POLICY = Path("/usr/sbin/policy-rc.d")
RELAY_LACK = "No coturn: install it (Debian: apt-get install coturn) or set TURNSERVER to the path of turnserver."
NGINX_LACK = "No nginx: install it (Debian: apt-get install nginx)."
DAEMONS = ("coturn", "nginx")


def main() -> None:
    if packages := lacking():
        if os.geteuid() == 0 and shutil.which("apt-get"):
            print(f"· Installing Debian's {' '.join(packages)}", file=sys.stderr, flush=True)
            with no_daemons():
                run("apt-get", "-qq", "update")
                run("apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages)
            if shutil.which("systemctl"):
                for package in DAEMONS:
                    if package in packages:
                        # Its package enabled it: the next start of the machine would bring it up.
                        run("systemctl", "disable", "--now", "--quiet", f"{package}.service")
        for package in lacking():
            if package in ("chromium", *DAEMONS):
                print(f"· No {package}: its tests are skipped (under CI=true they fail).", file=sys.stderr)


def lacking() -> list[str]:
    """The packages of Debian that bring what is not here."""
    found = ["chromium", "fonts-noto-cjk"] if not find_chromium() else []
    found += ["coturn"] if not find_turnserver(dict(os.environ)) else []
    return found if find_nginx() else [*found, "nginx"]


def find_nginx() -> str | None:
    """The path of nginx, which only tests run here: in production it stands in front of the site."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH') or os.defpath}:/usr/sbin:/usr/local/sbin")


@contextmanager
def no_daemons() -> Iterator[None]:
    """Debian starts what it installs, a relay and a web server open to everybody: not inside of this."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text(
            "#!/bin/sh\n# Put here by jinba.embedded.test_tools while it installs; may be removed.\nexit 101\n"
        )
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)


def run(*command: str) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, stdout=subprocess.DEVNULL, env=quiet, check=False)


if __name__ == "__main__":
    main()
