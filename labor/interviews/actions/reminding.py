"""A word before the start: rows with a due time, claimed one by one. The database is the truth, a beat only looks."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from jinba.core.locks import locked_one
from jinba.notices.actions import recall
from labor.interviews.actions import telling
from labor.interviews.choices import Lead, State
from labor.interviews.models import Interview, Reminder

logger = logging.getLogger(__name__)

AT_ONCE = 200


def issue(*, interview: Interview) -> None:
    """Rows for the time that it has now, in the caller's transaction. What would be due already is left out."""
    assert interview.starts_at
    now = timezone.now()
    stop(interview=interview)
    for lead in Lead:
        due_at = interview.starts_at - timedelta(minutes=lead)
        if due_at <= now:
            continue
        key = {"interview": interview, "starts_at": interview.starts_at, "lead": lead}
        row, is_new = Reminder.objects.get_or_create(**key, defaults={"due_at": due_at})
        if not is_new and not row.is_sent:  # back to a time that it had before
            Reminder.objects.filter(pk=row.pk, is_sent=False).update(done_at=None)


def stop(*, interview: Interview) -> None:
    """Nobody is reminded of a time that does not count any more, nor by a text that is still on its way out."""
    rows = Reminder.objects.filter(interview=interview)
    rows.filter(done_at__isnull=True).update(done_at=timezone.now())
    said = [_key_of(interview.pk, pk) for pk in rows.filter(is_sent=True).values_list("pk", flat=True)]
    if said:
        recall(kind="interview.reminder", dedupe_keys=said, why="面试的时间不算了，或者已经开始")


def _key_of(interview_id: int, pk: int) -> str:
    return f"interview:{interview_id}:reminder:{pk}"


def remind() -> int:
    """Remind of what is due; returns how many reminders went out. Two rounds at once remind once."""
    due = Reminder.objects.filter(done_at__isnull=True, due_at__lte=timezone.now()).order_by("due_at")
    sent = 0
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            sent += _remind(pk)
        except Exception:  # the others need not wait for this one; the next round comes to it again
            logger.exception("reminding: reminder %s", pk)
    return sent


@transaction.atomic
def _remind(pk: int) -> bool:
    """Claim one and tell, in one transaction: whoever is killed in between has done neither."""
    reminder = Reminder.objects.get(pk=pk)
    rows = Interview.objects.select_related(
        "application__worker__user", "application__posting__employer", "sitting", "recruiter", "booth", "helper"
    )
    interview = locked_one(rows, pk=reminder.interview_id)  # a change waits for us, or we for it
    now = timezone.now()
    counts = _counts(reminder, interview, now)
    claimed = Reminder.objects.filter(pk=pk, done_at__isnull=True).update(done_at=now, is_sent=counts)
    if not claimed or not counts:
        return False
    telling.reminded(interview=interview, lead=reminder.lead, key=_key_of(interview.pk, pk))
    return True


def _counts(reminder: Reminder, interview: Interview, now: datetime) -> bool:
    """Whether it is still the time that he was to be reminded of, and the next reminder is not due as well."""
    if interview.state != State.CONFIRMED or interview.starts_at != reminder.starts_at:
        return False
    if interview.application.is_closed:
        return False
    later = [lead for lead in Lead if lead < reminder.lead]
    until = reminder.starts_at - timedelta(minutes=max(later, default=0))
    return now < until
