"""The recruiter takes up the telephone: because video fails, or because it was to be a telephone call."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from labor.applications.actions.revealing import reveal_contact
from labor.interviews.actions import changing
from labor.interviews.choices import Mode, Side
from labor.interviews.models import Interview


@transaction.atomic
def number_for_interview(*, interview: Interview, by: Any, purpose: str, reason: str = "") -> dict[str, str]:
    """The worker's phone in clear, written down for him to read.

    While the video room is on, the interview goes on by telephone from then.
    """
    shown = reveal_contact(application=interview.application, by=by, purpose=purpose, reason=reason)
    if interview.mode == Mode.VIDEO and interview.is_on(timezone.now()):
        changing.call_by_phone(interview=interview, by_side=Side.EMPLOYER, by=by)
    return shown
