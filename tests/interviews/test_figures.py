"""How interviews went: who came, how good the line was, and that it costs the same however many there were."""

import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labor.interviews.choices import SeatKind, Side
from labor.interviews.figures import figures, troubled
from labor.interviews.models import CallReport, Interview, Seat
from tests.factories.accounts import user_in
from tests.factories.interviews import BoothFactory, InterviewFactory, in_minutes

pytestmark = pytest.mark.django_db


def report(interview: Interview, **values: Any) -> CallReport:
    number = Seat.objects.filter(interview=interview).count() + 1
    seat = Seat.objects.create(
        interview=interview, number=number, kind=[SeatKind.RECRUITER, SeatKind.WORKER][number - 1],
        name="座", key="k", link_ends_at=timezone.now(),
    )  # fmt: skip
    return CallReport.objects.create(
        interview=interview, seat=seat, peer=3 - number, connection=uuid.uuid4(), **values
    )  # fmt: skip


def a_week() -> dict[str, Any]:
    today = timezone.localdate()
    return {"first": today - timedelta(days=6), "last": today}


def test_nothing_yet_is_said_as_nothing() -> None:
    found = figures(**a_week())
    assert (found.held, found.attendance, found.line.success, found.line.first_frame_p95) == (0, None, None, None)
    assert len(found.by_day) == 7
    assert troubled(**a_week()) == []


def test_who_came_and_who_did_not() -> None:
    for days in (1, 1, 2):
        InterviewFactory(done=True, at=in_minutes(-days * 24 * 60))
    InterviewFactory(no_show=True)
    InterviewFactory(no_show=True, no_show_by=Side.EMPLOYER)
    InterviewFactory(done=True, at=in_minutes(-30 * 24 * 60))  # long ago
    found = figures(**a_week())
    assert (found.held, found.missed_by_worker, found.missed_by_employer) == (3, 1, 1)
    assert found.attendance == 0.6
    today = timezone.localdate()
    assert dict(found.by_day)[today - timedelta(days=1)] == 2
    assert sum(count for _, count in found.by_day) == 3


def test_a_call_counts_once_though_both_ends_report() -> None:
    good, bad, talked = (InterviewFactory(done=True) for _ in range(3))
    report(good, is_connected=True, first_frame_ms=900, setup_ms=700, seconds=1_800, drops=1, is_relayed=True)
    report(good, is_connected=True, first_frame_ms=1_100, setup_ms=800, seconds=1_800, audio_only_seconds=360)
    report(bad, restarts=2)
    Interview.objects.filter(pk=talked.pk).update(by_phone_at=timezone.now())
    line = figures(**a_week()).line
    assert (line.calls, line.connected, line.success) == (2, 1, 0.5)
    assert (line.first_frame_p50, line.first_frame_p95, line.setup_p95) == (900, 1_100, 800)
    assert (line.drops_per_hour, line.restarts, line.relay_share, line.audio_only_share) == (2, 2, 1, 0.1)
    assert line.by_phone == 1
    # What went wrong is named: the broken one, the failed one, the telephone; not one that was never tried.
    InterviewFactory(done=True)
    assert {one.pk: one.stood for one in troubled(**a_week())} == {good.pk: True, bad.pk: False, talked.pk: False}


def test_a_line_that_broke_for_both_ends_broke_once() -> None:
    talk = InterviewFactory(done=True)
    for drops in (3, 2):  # the recruiter saw one more
        report(talk, is_connected=True, seconds=1_800, drops=drops, restarts=2)
    first = CallReport.objects.last()
    assert first  # his page was loaded anew in between
    CallReport.objects.create(
        interview=talk, seat=first.seat, peer=first.peer, connection=uuid.uuid4(), is_connected=True, seconds=1_800,
        drops=1,
    )  # fmt: skip
    line = figures(**a_week()).line
    assert (line.hours, line.drops, line.restarts, line.drops_per_hour) == (1.0, 4, 2, 4.0)


@pytest.mark.parametrize("role", ["park", "officer", "admin"])
def test_the_staff_reads_it_for_seven_thirty_and_ninety_days(client: Client, role: str) -> None:
    report(InterviewFactory(done=True, booth=BoothFactory()), is_connected=True, drops=2, first_frame_ms=1_234)
    client.force_login(user_in(role))
    for days in ("7", "30", "90", "x"):
        page = client.get("/interviews/figures/", {"days": days})
        assert page.status_code == 200
        text = unescape(page.content.decode())
        assert "1.2 秒" in text and "接通了，断过线" in text
    assert "近 30 天" in text


def test_it_costs_the_same_for_one_and_for_many(client: Client) -> None:
    client.force_login(user_in("officer"))
    client.get("/interviews/figures/")  # what a first request looks up once
    costs = []
    for _ in range(2):
        for _ in range(4):
            report(InterviewFactory(done=True), drops=1)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/interviews/figures/")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 10
