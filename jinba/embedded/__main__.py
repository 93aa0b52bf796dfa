"""python -m jinba.embedded server | run -- COMMAND…"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from jinba.embedded.account import die_with_parent
from jinba.embedded.environment import caller_environment, complete
from jinba.embedded.keeper import kept
from jinba.embedded.places import Places
from jinba.embedded.services import Services


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run", "--", *command] if command:
            return run(command)
        case ["server"]:
            from jinba.embedded.server import serve

            return serve()
    print(__doc__, file=sys.stderr)
    return 2


def run(command: list[str]) -> int:
    """Run one command with the services up; its exit code is ours."""
    environment = caller_environment()
    places = Places.from_environment(environment)
    places.prepare()
    services = Services(places, environment)
    environment = complete(environment, places) | services.urls
    with kept(services):
        # The terminal sends Ctrl-C to the command too: it decides, we wait for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        child = subprocess.Popen(command, env=environment, preexec_fn=as_child)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _frame: child.send_signal(number))
        code = child.wait()
    return code if code >= 0 else 128 - code


def as_child() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_parent()


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
