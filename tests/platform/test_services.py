"""PostgreSQL and Redis from wheels: started by the first command, stopped by the last, whatever happens between."""

import os
import signal
import stat
import sys

import pytest

from jinba.embedded.environment import read_file
from tests.platform.machine import Machine, until

pytestmark = pytest.mark.slow


def test_a_command_gets_both_services_and_leaves_none_behind(machine: Machine) -> None:
    code = "import os, redis, psycopg; print(redis.Redis.from_url(os.environ['REDIS_URL']).config_get('appendonly'))"
    done = machine.run(sys.executable, "-W", "ignore", "-c", code)
    assert "'appendonly': 'yes'" in done.stdout, done.stderr
    assert machine.processes() == []


def test_the_database_speaks_utf8_with_the_same_order_everywhere(machine: Machine) -> None:
    assert machine.sql(
        "SELECT pg_encoding_to_char(encoding) || datlocale FROM pg_database WHERE datname = current_database()"
    ) == ("UTF8C.UTF-8")


def test_the_exit_code_and_the_arguments_pass_through(machine: Machine) -> None:
    done = machine.run(sys.executable, "-c", "import sys; sys.exit(len(sys.argv[1]))", "a b")
    assert done.returncode == 3


def test_services_named_in_the_environment_are_used_and_not_started(machine: Machine) -> None:
    given = {"DATABASE_URL": "postgresql://elsewhere/x", "REDIS_URL": "redis://elsewhere/0"}
    done = machine.run(
        sys.executable, "-c", "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])", **given
    )
    assert done.stdout.split() == list(given.values())
    assert not (machine.var / "postgres").exists()


def test_the_last_of_several_commands_stops_the_services(machine: Machine) -> None:
    first, second = machine.start("run", "--", "cat"), machine.start("run", "--", "cat")
    server = until(
        lambda: machine.var.joinpath("postgres/postmaster.pid").exists() and machine.process("postgres", "-D")
    )
    for child in (first, second):
        assert child.stdin
        child.stdin.write("up\n")
        child.stdin.flush()
        assert child.stdout and child.stdout.readline() == "up\n"
    first.communicate()
    assert server.is_running()
    assert machine.sql("SELECT 1") == "1"
    assert server.is_running()
    second.communicate()
    assert machine.processes() == []


def test_services_stop_even_after_a_kill_9_of_the_only_command(machine: Machine) -> None:
    child = machine.start("run", "--", "cat")
    until(lambda: machine.var.joinpath("postgres/postmaster.pid").exists() and machine.process("cat"))
    child.kill()
    until(lambda: not machine.processes())


def test_committed_data_survives_a_kill_9_of_everything(machine: Machine) -> None:
    machine.sql("CREATE TABLE kept AS SELECT 7 AS number")
    machine.start("run", "--", "cat")
    until(lambda: machine.var.joinpath("postgres/postmaster.pid").exists() and machine.process("cat"))
    machine.sql("INSERT INTO kept VALUES (8)")
    for process in machine.processes():
        process.send_signal(signal.SIGKILL)
    assert machine.sql("SELECT string_agg(number::text, ' ' ORDER BY number) FROM kept") == "7 8"


def test_a_pid_file_whose_number_belongs_to_another_process_is_no_obstacle(machine: Machine) -> None:
    assert machine.sql("SELECT 1") == "1"
    pid_file = machine.var / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n")
    (machine.var / "redis" / "redis.pid").write_text(str(os.getpid()))
    assert machine.sql("SELECT 1") == "1"


def test_an_interrupted_first_start_is_begun_anew(machine: Machine) -> None:
    unfinished = machine.var / "postgres.new" / "base"
    unfinished.mkdir(parents=True)
    assert machine.sql("SELECT 1") == "1"
    assert not unfinished.exists()


def test_root_hands_the_services_to_an_unprivileged_account(machine: Machine) -> None:
    child = machine.start("run", "--", "cat")
    server = until(
        lambda: machine.var.joinpath("postgres/postmaster.pid").exists() and machine.process("postgres", "-D")
    )
    # pytest's own temporary folder is closed to others, as /root is: the account still gets to its data.
    assert server.uids().real != 0
    assert stat.S_IMODE((machine.var / "postgres").stat().st_mode) == 0o700
    child.communicate()


def test_secrets_are_made_once_and_for_our_eyes_only(machine: Machine) -> None:
    print_key = (sys.executable, "-c", "import os; print(os.environ['SECRET_KEY'])")
    first, second = machine.run(*print_key), machine.run(*print_key)
    assert first.stdout == second.stdout != ""
    secrets = machine.var / "secrets.env"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert set(read_file(secrets)) == {"SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "TURN_SECRET"}
