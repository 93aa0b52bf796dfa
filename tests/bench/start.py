"""Seconds from the command to `Ready`, for the first start (with the demo) and later ones (goal: under 10 s)."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.platform.machine import Machine, free_port


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder) / "var", DEMO="true")
        for name in ("first", "second", "third"):
            began = time.monotonic()
            server = machine.start("server", PORT=str(free_port()))
            assert server.stdout
            assert any(line == "Ready\n" for line in server.stdout), "not ready"
            print(f"{name} start: {time.monotonic() - began:.1f} s")
            began = time.monotonic()
            machine.end()
            print(f"{name} stop:  {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
