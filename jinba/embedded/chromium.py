"""Finds Chromium for the browser tests; as root on Debian installs it; else says what is missing. Run as a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGES = ["chromium", "fonts-noto-cjk"]


def main() -> None:
    if find_chromium():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("· Installing Debian's Chromium", file=sys.stderr, flush=True)
        apt("update")
        apt("install", "-y", "--no-install-recommends", *PACKAGES)
    if not find_chromium():
        print(
            "· No Chromium: browser tests are skipped (under CI=true they fail). Install it or set CHROMIUM=path.",
            file=sys.stderr,
        )


def apt(*words: str) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *words], stdout=subprocess.DEVNULL, env=quiet, check=False)


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome; CHROMIUM wins."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


if __name__ == "__main__":
    main()
