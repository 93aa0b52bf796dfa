"""Who is expected before the screen of a booth: as little of each as his host needs to find him in the list."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from labor.interviews.choices import Compared, Mode, WalkInState
from labor.interviews.models import Booth, Interview, WalkIn
from labor.interviews.models.interviews import CLOSES_AFTER, InterviewQuerySet

DIGITS = 4
NO_MATTER = re.compile(r"[\s·•・.]")


@dataclass(frozen=True)
class Guest:
    """Somebody with an interview here; `number` when he came without an appointment and was called in."""

    interview: Interview
    now: datetime
    number: int | None = None

    @property
    def name(self) -> str:
        return self.interview.application.worker.masked_name

    @property
    def has_phone(self) -> bool:
        return bool(last_four(self.interview))

    @property
    def is_video(self) -> bool:
        return self.interview.mode == Mode.VIDEO

    @property
    def may_enter(self) -> bool:
        return self.is_video and self.interview.is_on(self.now)


def last_four(interview: Interview) -> str:
    """The end of the worker's phone number; empty when he left none."""
    return (interview.application.worker.phone or "")[-DIGITS:]


def compared(interview: Interview, said: str) -> Compared | None:
    """By what `said` shows that it is he: the end of his number, or his whole name as his card has it. None: it is not.

    Nothing of either stands on the screen, so it has to come from himself.
    """
    said = _plain(said)
    if said and said == last_four(interview):
        return Compared.PHONE
    return Compared.ID_NAME if said and said == _plain(interview.application.worker.name) else None


def _plain(text: str) -> str:
    """Full-width digits, spaces, and the dots of long names make no difference."""
    return NO_MATTER.sub("", unicodedata.normalize("NFKC", text))


def expected(*, booth: Booth) -> InterviewQuerySet:
    """The interviews whose worker may sit down here today: booked here, or his number was called into this booth."""
    now, today = timezone.now(), timezone.localdate()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    called = WalkIn.objects.filter(on=today, booth=booth, state=WalkInState.CALLED, interview__isnull=False)
    here = Q(booth=booth, starts_at__lt=midnight) | Q(pk__in=called.values("interview"))
    return Interview.objects.timed().filter(here, ends_at__gt=now - CLOSES_AFTER)


def guests(*, booth: Booth) -> list[Guest]:
    """Those who are expected, whoever was called first, then by their time. Two queries."""
    now = timezone.now()
    numbers = {row.interview_id: row.number for row in called_in(booth=booth)}
    rows = expected(booth=booth).select_related("application__worker", "application__posting__employer")
    found = [Guest(row, now, numbers.get(row.pk)) for row in rows.defer("application__posting__search")]
    return sorted(found, key=_turn)


def _turn(guest: Guest) -> tuple[Any, ...]:
    """Of a queue all begin at one time: there the place counts."""
    interview = guest.interview
    return guest.number is None, interview.starts_at, interview.queue_number or 0, interview.pk


def called_in(*, booth: Booth) -> list[WalkIn]:
    """The number that was called into the booth, if any."""
    rows = WalkIn.objects.filter(on=timezone.localdate(), booth=booth, state=WalkInState.CALLED)
    return list(rows.select_related("worker"))
