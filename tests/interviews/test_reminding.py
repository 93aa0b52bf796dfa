"""Reminders: each once, never of a time that does not count any more, and not lost with whoever was sending."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from jinba.notices import actions as notices
from jinba.notices import quiet
from jinba.notices.models import Delivery, Notice
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


# What goes wrong around a reminder


def picked(minutes: int) -> Interview:
    """Somebody picks a time that begins so soon."""
    interview = InterviewFactory(slots=0)
    slot = SlotFactory(sitting=interview.sitting, starts_at=in_minutes(minutes))
    return answering.pick(interview=interview, slot=slot, by=interview.application.worker.user)


def out_of(reminder: Reminder) -> list[str]:
    """How the texts of that reminder stand."""
    key = f"interview:{reminder.interview_id}:reminder:{reminder.pk}"
    return list(Delivery.objects.filter(notice__dedupe_key=key, channel="sms").values_list("state", flat=True))


def test_who_picks_a_time_in_an_hour_is_reminded_once_and_not_at_once() -> None:
    interview = picked(60)
    assert reminding.remind() == 0
    Reminder.objects.update(due_at=timezone.now())
    assert [reminding.remind(), reminding.remind()] == [1, 0]
    assert [row.lead for row in interview.reminders.filter(is_sent=True)] == [Lead.SOON]
    assert Notice.objects.filter(kind__in=("interview.reminder", "interview.tomorrow")).count() == 2  # he and the firm


@pytest.mark.parametrize("minutes", [24 * 60 + 1, 121])
def test_a_day_and_two_hours_before_are_never_due_together(minutes: int) -> None:
    interview = picked(minutes)
    due_at = sorted(interview.reminders.values_list("due_at", flat=True))
    assert all(later - earlier >= timedelta(minutes=105) for earlier, later in pairwise(due_at))


def test_a_new_time_ten_minutes_before_takes_the_last_reminder_back(sms: list[dict[str, str]]) -> None:
    interview = picked(16)
    worker = interview.application.worker.user
    Reminder.objects.update(due_at=timezone.now())
    assert reminding.remind() == 1
    soon = interview.reminders.get(lead=Lead.SOON)
    assert out_of(soon) == ["waiting"]  # the vendor is slow
    slot = SlotFactory(sitting=interview.sitting, starts_at=in_minutes(240))
    interview = answering.pick(interview=interview, slot=slot, by=worker)
    assert out_of(soon) == ["skipped"]
    notices.send_due()
    assert sms and not [text for text in sms if "快开始了" in text["text"]]
    assert [row.lead for row in interview.reminders.filter(done_at=None).order_by("due_at")] == [Lead.HOURS, Lead.SOON]
    assert reminding.remind() == 0


def test_back_to_the_old_time_what_was_not_said_yet_is_said_and_nothing_twice() -> None:
    interview = picked(130)
    worker, slot = interview.application.worker.user, interview.slot
    reminder = interview.reminders.get(lead=Lead.HOURS)
    Reminder.objects.filter(pk=reminder.pk).update(due_at=timezone.now())
    assert reminding.remind() == 1
    other = SlotFactory(sitting=interview.sitting, starts_at=in_minutes(600))
    interview = answering.pick(interview=interview, slot=other, by=worker)
    interview = answering.pick(interview=interview, slot=slot, by=worker)
    left = interview.reminders.filter(done_at=None)
    assert [(row.lead, row.starts_at) for row in left] == [(Lead.SOON, interview.starts_at)]


def test_cancelled_and_asked_again_the_new_interview_has_reminders_of_its_own() -> None:
    interview = picked(110)
    application, starts_at = interview.application, interview.starts_at
    changing.cancel(interview=interview, by=interview.recruiter, reason=CancelReason.FULL)
    again = InterviewFactory(confirmed=True, application=application, starts_at=starts_at, sitting=interview.sitting)
    reminding.issue(interview=again)
    Reminder.objects.update(due_at=timezone.now())
    assert reminding.remind() == 1
    assert not interview.reminders.filter(is_sent=True).exists()
    told = Notice.objects.filter(kind="interview.reminder", recipient=application.worker.user)
    assert [notice.dedupe_key.split(":")[1] for notice in told] == [str(again.pk)]


def test_the_last_reminder_of_an_early_interview_rings_in_the_quiet_hours(
    monkeypatch: pytest.MonkeyPatch, settings: Any, sms: list[dict[str, str]]
) -> None:
    """08:00 with quiet hours until 08:00: at a quarter to eight it is said; what is no alarm waits."""
    settings.QUIET_HOURS = "21-8"
    interview = picked(16)
    monkeypatch.setattr(quiet, "ends_at", lambda now: interview.starts_at)
    later = picked(3000)
    Reminder.objects.filter(interview=interview).update(due_at=timezone.now())
    assert reminding.remind() == 1
    notices.send_due()
    phone = interview.application.worker.user.phone
    assert ["快开始了" in text["text"] for text in sms if text["phone"] == phone].count(True) == 1
    assert later.application.worker.user.phone not in [text["phone"] for text in sms]
