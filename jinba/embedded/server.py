"""script/server: prepares the checkout, starts every program and says when they are ready."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time

from jinba.embedded import preparation, process
from jinba.embedded.environment import caller_environment, complete
from jinba.embedded.keeper import PATIENCE as KEEPER_PATIENCE
from jinba.embedded.keeper import Keeper, kept
from jinba.embedded.places import CHECKOUT, Places
from jinba.embedded.programs import programs
from jinba.embedded.readiness import what_is_missing
from jinba.embedded.rtmp import own_door
from jinba.embedded.services import Services
from jinba.embedded.supervisor import Program, Supervisor
from jinba.embedded.turn import own_relay

READY_SECONDS = 120.0
GUARD_SECONDS = 2.0


def serve() -> int:
    """Run until Ctrl-C, SIGTERM or the terminal's end."""
    began = time.monotonic()
    environment = caller_environment()
    places = Places.from_environment(environment)
    places.prepare()
    alone = only_server(places)
    port = port_in(environment.get("PORT") or "8000")
    doors = listen(environment.get("HOST") or "localhost", port)
    own_database = not environment.get("DATABASE_URL")
    services = Services(places, environment)
    environment = complete(environment, places) | services.urls | {"PYTHONUNBUFFERED": "1", "PORT": str(port)}
    environment.setdefault("LOG_LEVEL", "WARNING")  # a terminal shows what needs a look
    relay, words = own_relay(environment, places, port)
    if relay:
        relay.write(services.account)
        environment |= {name: value for name, value in relay.settings.items() if not environment.get(name)}
    rtmp, rtmp_words = own_door(environment, port)
    if rtmp:
        environment |= rtmp.settings
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))  # until the supervisor takes the signals over
    try:
        preparation.say("Starting PostgreSQL and Redis" if services.own else "Using the services of the environment")
        preparation.say(words)
        preparation.say(rtmp_words)
        with kept(services) as keeper:
            preparation.prepare(environment, places, own_database)
            beside_us = [relay.program(services.account)] if relay else []
            beside_us += [rtmp.program] if rtmp else []
            return asyncio.run(supervise(keeper, services, environment, places, doors, beside_us, began))
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as problem:
        print(f"Stopped: {' '.join(map(str, problem.cmd))} failed.", file=sys.stderr)
        return 1
    finally:
        os.close(alone)


async def supervise(
    keeper: Keeper,
    services: Services,
    environment: dict[str, str],
    places: Places,
    doors: list[socket.socket],
    beside_us: list[Program],
    began: float,
) -> int:
    supervisor = Supervisor(keeper, environment, CHECKOUT, places.logs)
    stop = asyncio.Event()

    def asked() -> None:
        if stop.is_set():
            supervisor.kill()  # asked a second time: no more patience
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked)
    for program in [*programs(places, environment, [door.fileno() for door in doors]), *beside_us]:
        supervisor.start(program)
    beside = [asyncio.create_task(announce(environment, began)), asyncio.create_task(guard(services))]
    await stop.wait()
    for task in beside:
        task.cancel()
    preparation.say("Stopping")
    await supervisor.stop()
    return 0


async def guard(services: Services) -> None:
    """PostgreSQL and Redis outlive this process, so they are watched by asking, not as children."""
    while services.own:
        await asyncio.sleep(GUARD_SECONDS)
        try:
            await asyncio.to_thread(services.repair)
        except SystemExit as problem:
            preparation.say(str(problem))


async def announce(environment: dict[str, str], began: float) -> None:
    """Print the address, the demo accounts and, once every part answers, `Ready`."""
    accounts = asyncio.create_task(preparation.demo_accounts(environment))
    told = time.monotonic()
    while missing := await what_is_missing(environment):
        if time.monotonic() - told > READY_SECONDS:
            told = time.monotonic()
            preparation.say(f"Not ready yet: {missing}")
        await asyncio.sleep(0.1)
    seconds = time.monotonic() - began
    address = f"http://{environment.get('HOST') or 'localhost'}:{environment['PORT']}/"
    print(f"\nJinba: {address}  (after {seconds:.1f} s)", flush=True)
    if words := await accounts:
        print(words, flush=True)
    print("Ready", flush=True)


def only_server(places: Places) -> int:
    """The lock of the one server per VAR_DIR; its keeper holds it too, while it cleans up after a kill -9."""
    path = places.var / "server.lock"
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + KEEPER_PATIENCE + 40
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = path.read_text().strip()
            if (holder and process.alive(int(holder))) or time.monotonic() > deadline:
                raise SystemExit(
                    f"A server of this checkout runs already (process {holder}). "
                    "One more needs a VAR_DIR and a PORT of its own: VAR_DIR=/tmp/second PORT=8001 script/server"
                ) from None
            time.sleep(0.1)
        else:
            os.truncate(lock, 0)
            os.write(lock, str(os.getpid()).encode())
            return lock


def port_in(text: str) -> int:
    """The number of a port; anything else is a slip of who started it."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise SystemExit(f"PORT={text} is no port number. Choose one: PORT=8001 script/server")
    return int(text)


def listen(host: str, port: int) -> list[socket.socket]:
    """Bind the port before any work is done, on every address of the host's name."""
    doors: list[socket.socket] = []
    problem: OSError | None = None
    for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
        try:
            door = socket.socket(family, socket.SOCK_STREAM)
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6 and address[0] != "::":
                door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            door.bind(address)
            door.listen(1)
        except OSError as found:
            problem = found
            # No IPv6 on this machine is fine; a port that another program has is not.
            if family == socket.AF_INET:
                break
        else:
            doors.append(door)
            problem = None if family == socket.AF_INET else problem
    if not doors or (problem and problem.errno == 98):
        raise SystemExit(
            f"Port {port} of {host} cannot be used ({problem}). Choose another one: PORT=8001 script/server"
        )
    return doors
