"""Reminders: each once, never of a time that does not count any more, and not lost with whoever was sending."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jinba.notices.models import Notice
from labor.interviews import tasks
from labor.interviews.actions import answering, changing, reminding, telling
from labor.interviews.choices import CancelReason, Lead
from labor.interviews.models import Interview, Reminder
from tests.factories.interviews import BoothFactory, InterviewFactory, SlotFactory, days_ahead, host_of, in_minutes
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db


def agreed(minutes: int, **fields: Any) -> Interview:
    """Confirmed so many minutes before it begins, with the reminders that go with it."""
    interview = InterviewFactory(confirmed=True, starts_at=in_minutes(minutes), **fields)
    reminding.issue(interview=interview)
    return interview


def due(interview: Interview, lead: Lead) -> Reminder:
    """The reminder, as if it were time for it."""
    reminder, _ = Reminder.objects.update_or_create(
        interview=interview, starts_at=interview.starts_at, lead=lead,
        defaults={"due_at": timezone.now() - timedelta(seconds=1)},
    )  # fmt: skip
    return reminder


def texts() -> int:
    return Notice.objects.filter(kind="interview.reminder", deliveries__channel="sms").count()


def test_what_would_be_due_already_is_left_out() -> None:
    made = {minutes: set(agreed(minutes).reminders.values_list("lead", flat=True)) for minutes in (10, 60, 600, 3000)}
    assert made == {10: set(), 60: {15}, 600: {15, 120}, 3000: {15, 120, 1440}}


def test_a_reminder_is_due_so_long_before() -> None:
    interview = agreed(3000)
    assert interview.starts_at is not None
    assert {row.lead: interview.starts_at - row.due_at for row in interview.reminders.all()} == {
        lead.value: timedelta(minutes=lead) for lead in Lead
    }


@pytest.mark.parametrize(("lead", "minutes", "kind", "is_text"), [
    (Lead.DAY, 1400, "interview.tomorrow", False),
    (Lead.HOURS, 110, "interview.reminder", True),
    (Lead.SOON, 14, "interview.reminder", True),
])  # fmt: skip
def test_everybody_who_takes_part_is_reminded_once(lead: Lead, minutes: int, kind: str, is_text: bool) -> None:
    booth = BoothFactory()
    interview = agreed(minutes, booth=booth)
    answering.seating.seat_all(interview=interview)
    reminder = due(interview, lead)
    assert [reminding.remind(), reminding.remind()] == [1, 0]
    reminder.refresh_from_db()
    assert reminder.is_sent and reminder.done_at
    worker, recruiter = interview.application.worker.user, interview.recruiter
    told = {notice.recipient: notice for notice in Notice.objects.filter(kind=kind)}
    assert {worker, recruiter} <= set(told)
    assert told[worker].url.startswith("/rooms/j/") and told[recruiter].url.startswith("/rooms/j/")
    assert booth.name in told[worker].body
    assert texts() == int(is_text)
    hosts = {notice.recipient for notice in Notice.objects.filter(kind=kind)} - {worker, recruiter}
    assert hosts <= {host_of(booth)}


def test_who_has_no_account_gets_a_text_of_his_own() -> None:
    interview = agreed(100, application__worker=WorkerFactory(unclaimed=True))
    answering.seating.seat_all(interview=interview)
    due(interview, Lead.HOURS)
    reminding.remind()
    seat = interview.seats.get(kind="worker")
    assert [row.why for row in seat.texts.all()] == ["reminded"]
    assert Notice.objects.filter(recipient=interview.application.worker.registered_by).count() == 1


@pytest.mark.parametrize("change", ["another time", "cancelled", "picked anew"])
def test_a_change_in_between_stops_the_old_ones(change: str) -> None:
    interview = InterviewFactory()
    worker = interview.application.worker.user
    interview = answering.pick(interview=interview, slot=interview.sitting.slots.all()[0], by=worker)
    old = interview.starts_at
    if change == "another time":
        changing.ask_other_time(interview=interview, by=interview.recruiter)
    elif change == "cancelled":
        changing.cancel(interview=interview, by=interview.recruiter, reason=CancelReason.FULL)
    else:
        slot = SlotFactory(sitting=interview.sitting, starts_at=days_ahead(28))
        answering.pick(interview=interview, slot=slot, by=worker)
    rows = Reminder.objects.filter(interview=interview, starts_at=old)
    assert rows and all(row.done_at and not row.is_sent for row in rows)
    assert interview.reminders.filter(done_at__isnull=True).count() == (3 if change == "picked anew" else 0)
    Reminder.objects.filter(done_at__isnull=False).update(due_at=timezone.now() - timedelta(minutes=1))
    assert reminding.remind() == 0


def test_a_row_that_outlived_its_time_reminds_nobody() -> None:
    """As if the change had been made by somebody who forgot the reminders."""
    interview = agreed(100)
    reminder = due(interview, Lead.HOURS)
    Reminder.objects.filter(pk=reminder.pk).update(starts_at=in_minutes(50))
    gone = agreed(105, application__stage="withdrawn")
    due(gone, Lead.HOURS)
    live = InterviewFactory(live=True, starts_at=in_minutes(-1))
    due(live, Lead.SOON)
    assert reminding.remind() == 0
    assert not Notice.objects.exists()
    assert not Reminder.objects.filter(done_at__isnull=True, due_at__lte=timezone.now()).exists()


def test_after_a_long_outage_only_the_latest_word_is_said() -> None:
    interview = agreed(14)
    for lead in Lead:
        due(interview, lead)
    assert reminding.remind() == 1
    assert Reminder.objects.get(is_sent=True).lead == Lead.SOON
    late = agreed(-1)
    due(late, Lead.SOON)
    assert reminding.remind() == 0


def test_a_sender_that_is_killed_has_said_nothing_and_the_next_round_does(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    interview, other = agreed(100), agreed(101)
    reminder, second = due(interview, Lead.HOURS), due(other, Lead.HOURS)
    say = telling.reminded

    def dies(**fields: Any) -> None:
        say(**fields)
        if fields["interview"] == interview:
            raise SystemError("killed after the words, before the end")

    monkeypatch.setattr(telling, "reminded", dies)
    assert reminding.remind() == 1
    reminder.refresh_from_db()
    second.refresh_from_db()
    assert (reminder.done_at, reminder.is_sent, second.is_sent) == (None, False, True)
    assert not Notice.objects.filter(recipient=interview.recruiter).exists()
    monkeypatch.undo()
    tasks.remind()
    assert Notice.objects.filter(recipient=interview.recruiter).count() == 1


def test_two_rounds_that_saw_the_same_row_remind_once(monkeypatch: pytest.MonkeyPatch) -> None:
    interview = agreed(100)
    reminder = due(interview, Lead.HOURS)
    counts = reminding._counts

    def meanwhile(*args: Any) -> bool:
        Reminder.objects.filter(pk=reminder.pk).update(done_at=timezone.now(), is_sent=True)  # the other round
        return counts(*args)

    monkeypatch.setattr(reminding, "_counts", meanwhile)
    assert reminding.remind() == 0
    assert not Notice.objects.exists()
