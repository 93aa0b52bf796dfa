"""Nobody sees somebody else's personal data in clear without a row that says who, what, why and when."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from jinba.core.errors import Refused
from jinba.core.masking import masked_text
from jinba.privacy.choices import Purpose, Subject
from jinba.privacy.models import PersonalDataAccess

LONGEST = 200
# What the choice itself does not explain has to be told in words.
NEEDS_WORDS = frozenset({Purpose.OTHER, Purpose.COMPLAINT})


def look(
    *,
    by: Any,
    subject: str,
    subject_id: int,
    fields: Iterable[str],
    purpose: str,
    reason: str = "",
    organisation: str = "",
) -> PersonalDataAccess:
    """Write down that `by` sees `fields` of somebody in clear. No row, no data: call it where the data is fetched.

    It has to run in the caller's transaction, so that a row which cannot be kept keeps the data back as well.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a look is written in the transaction that shows the data")
    seen = sorted(set(fields))
    if not seen:
        raise ValueError("a look at nothing")
    return PersonalDataAccess.objects.create(
        by=by,
        role=by.role,
        organisation=organisation,
        subject=Subject(subject),
        subject_id=subject_id,
        fields=seen,
        purpose=_checked_purpose(purpose),
        reason=_checked_reason(purpose, reason),
    )


def _checked_purpose(purpose: str) -> str:
    if purpose not in Purpose.values:
        raise Refused("请选一下为什么要看。", field="purpose")
    return purpose


def _checked_reason(purpose: str, reason: str) -> str:
    """The reason on one line, without numbers that would be personal data again; a choice that tells enough is one."""
    words = masked_text(" ".join((reason or "").split()))
    if len(words) > LONGEST:
        raise Refused(f"原因最多写 {LONGEST} 个字。", field="reason")
    if not words and purpose in NEEDS_WORDS:
        raise Refused("请写一句为什么要看。", field="reason")
    return words or str(Purpose(purpose).label)
